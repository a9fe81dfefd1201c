#include "http/wire.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace http {
namespace {

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Wire::Io Wire::tls_result(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Io::NeedsRead;
    case SSL_ERROR_WANT_WRITE:
      return Io::NeedsWrite;
    default:
      return Io::Over;
  }
}

Wire::Io Wire::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Io::Done : tls_result(result);
}

Wire::Read Wire::read(std::span<char> into) {
  if (ssl_) {
    std::size_t bytes = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return {result == 1 ? Io::Done : tls_result(result), bytes};
  }
  for (;;) {
    const auto result = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
    if (result > 0) {
      const auto bytes = static_cast<std::size_t>(result);
      return {Io::Done, bytes, bytes < into.size()};
    }
    if (result < 0 && errno == EINTR) continue;
    return {result < 0 && must_wait() ? Io::NeedsRead : Io::Over};
  }
}

Wire::Written Wire::write(std::string_view head, std::string_view body) {
  if (ssl_) {
    const auto piece = head.empty() ? body : head;
    std::size_t bytes = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &bytes);
    return {result == 1 ? Io::Done : tls_result(result), bytes};
  }
  // sendmsg never writes through its pieces; its C interface lacks the const.
  iovec pieces[2] = {{const_cast<char*>(head.data()), head.size()},
                     {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = body.empty() ? 1 : 2;
  for (;;) {
    const auto result = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (result >= 0) return {Io::Done, static_cast<std::size_t>(result)};
    if (errno == EINTR) continue;
    return {must_wait() ? Io::NeedsWrite : Io::Over};
  }
}

void Wire::finish_writing() {
  if (ssl_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

}  // namespace http
