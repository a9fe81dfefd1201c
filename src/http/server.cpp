#include "http/server.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/log.h"
#include "http/connection.h"
#include "http/io_thread.h"
#include "http/service.h"

namespace http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

constexpr int kBacklog = 1024;

[[noreturn]] void fail(const error_code& error, const std::string& doing) {
  throw std::system_error(error.value(), std::generic_category(), "http: cannot " + doing);
}

tcp::endpoint find_endpoint(const ServerOptions& options) {
  error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (!error) return {address, options.port};
  asio::io_context context;
  const auto found = tcp::resolver(context).resolve(options.host, std::to_string(options.port),
                                                    tcp::resolver::passive, error);
  if (error || found.empty())
    throw std::system_error(std::make_error_code(std::errc::address_not_available),
                            "http: unknown host " + options.host);
  return *found.begin();
}

int thread_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// One peer has one name, also on a socket that takes both families.
std::string name_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

// Out of descriptors or memory: trying again at once would only burn the processor.
bool is_exhaustion(const error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_memory ||
         error == asio::error::no_buffer_space || error.value() == ENFILE;
}

}  // namespace

struct Server::State {
  State(ServerOptions options, Router router)
      : service(std::make_shared<Service>(std::move(options), std::move(router))) {
    const int count = thread_count(service->options.threads);
    for (int i = 0; i < count; ++i) threads.push_back(std::make_shared<IoThread>(service));
    acceptor.emplace(threads.front()->context());
    listen();
  }

  void listen();
  void accept_next();
  void take(Socket socket, IoThread& thread);
  void sweep();

  std::shared_ptr<Service> service;
  std::vector<std::shared_ptr<IoThread>> threads;
  // On the first thread; connections go round. One listener, not one per thread with SO_REUSEPORT:
  // that would let a second server share the port unnoticed.
  std::optional<Acceptor> acceptor;
  std::uint16_t port = 0;
  std::size_t next_thread = 0;
  bool is_accept_paused = false;
  bool is_started = false;
};

void Server::State::listen() {
  const auto endpoint = find_endpoint(service->options);
  const auto where = "listen on " + service->options.host + ":" + std::to_string(endpoint.port());
  error_code error;
  if (acceptor->open(endpoint.protocol(), error)) fail(error, where);
  if (acceptor->set_option(Acceptor::reuse_address(true), error)) fail(error, where);
  if (acceptor->bind(endpoint, error)) fail(error, where);
  if (acceptor->listen(kBacklog, error)) fail(error, where);
  port = acceptor->local_endpoint().port();
}

void Server::State::accept_next() {
  IoThread& thread = *threads[next_thread];
  next_thread = (next_thread + 1) % threads.size();
  acceptor->async_accept(thread.context().get_executor(),
                         [this, &thread](const error_code& error, Socket socket) {
                           if (error == asio::error::operation_aborted || !acceptor->is_open())
                             return;
                           if (!error) take(std::move(socket), thread);
                           if (is_exhaustion(error)) {
                             is_accept_paused = true;  // the next sweep tries again
                             return;
                           }
                           accept_next();
                         });
}

void Server::State::take(Socket socket, IoThread& thread) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  socket.native_non_blocking(true, error);
  if (error) return;
  auto ticket = service->door.enter(name_of(peer.address()));
  if (ticket.entry() == Entry::Dropped) {
    service->figures.refused(Refused::Connections);
    return;
  }
  thread.adopt(std::move(socket), std::move(ticket));
}

void Server::State::sweep() {
  service->figures.levels(service->door.count(), service->in_flight.load());
  if (std::exchange(is_accept_paused, false) && acceptor->is_open()) accept_next();
}

Server::Server(ServerOptions options, Router router)
    : state_(std::make_unique<State>(std::move(options), std::move(router))) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const { return state_->port; }

void Server::start() {
  State& s = *state_;
  if (std::exchange(s.is_started, true)) return;
  for (std::size_t i = 0; i < s.threads.size(); ++i)
    s.threads[i]->start(static_cast<int>(i),
                        i == 0 ? [&s] { s.sweep(); } : std::function<void()>());
  asio::post(s.threads.front()->context(), [&s] { s.accept_next(); });
}

void Server::stop(std::chrono::milliseconds deadline) {
  State& s = *state_;
  const auto until = std::chrono::steady_clock::now() + deadline;
  if (!std::exchange(s.is_started, false)) return;
  s.service->is_stopping = true;
  std::promise<void> closed;
  asio::post(s.threads.front()->context(), [&] {
    error_code ignored;
    s.acceptor->close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();
  for (const auto& thread : s.threads) thread->hurry();
  if (!s.service->door.wait_empty(until))
    for (const auto& thread : s.threads) thread->cut();
  for (const auto& thread : s.threads) {
    thread->finish();
    if (thread->has_connections()) abandon(thread);
  }
}

std::string Server::reload_certificate() {
  if (!state_->service->tls) return "this server has no certificate";
  return state_->service->tls->reload();
}

}  // namespace http
