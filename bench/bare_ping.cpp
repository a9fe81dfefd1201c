// The honest limit: GET /ping on bare Boost.Beast, written for speed by the book.
//
//   bench_bare_ping --port 9101 [--bytes N]
//
// With --bytes the answer is padded to N bytes, as long as a shipment's: what of a look-up's cost
// is the kernel's and the client's.
//
// One I/O thread, coroutines bound to io_context's own executor (no type erasure), keep-alive, a
// buffer that lives as long as the connection, string_body, TCP_NODELAY; no timeouts, limits, ids,
// logs or metrics, none of which the library brings by itself.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

using Executor = asio::io_context::executor_type;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
using Use = asio::use_awaitable_t<Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Message = beast::http::response<beast::http::string_body>;

std::string body = R"({"ok":true})";

Message respond(const beast::http::request<beast::http::string_body>& request) {
  const bool is_ping = request.method() == beast::http::verb::get && request.target() == "/ping";
  Message response(is_ping ? beast::http::status::ok : beast::http::status::not_found,
                   request.version());
  response.set(beast::http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = is_ping ? body : R"({"ok":false})";
  response.prepare_payload();
  return response;
}

Awaitable<void> serve(Socket socket) {
  beast::flat_buffer buffer;
  beast::error_code error;
  for (;;) {
    beast::http::request<beast::http::string_body> request;
    co_await beast::http::async_read(socket, buffer, request, asio::redirect_error(Use{}, error));
    if (error) break;
    Message response = respond(request);
    const bool keeps_alive = response.keep_alive();
    co_await beast::http::async_write(socket, response, asio::redirect_error(Use{}, error));
    if (error || !keeps_alive) break;
  }
  socket.shutdown(tcp::socket::shutdown_send, error);
}

Awaitable<void> listen(Acceptor acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(Use{});
    socket.set_option(tcp::no_delay(true));
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool pads = argc == 5 && std::string_view(argv[3]) == "--bytes";
  if ((argc != 3 && !pads) || std::string_view(argv[1]) != "--port") {
    std::fprintf(stderr, "usage: bench_bare_ping --port N [--bytes N]\n");
    return 2;
  }
  if (pads) body.resize(static_cast<std::size_t>(std::atoi(argv[4])), ' ');
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[2]));
  asio::io_context context(1);
  Acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
  std::printf("http://127.0.0.1:%u/ping\n", unsigned(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, listen(std::move(acceptor)), asio::detached);
  context.run();
}
