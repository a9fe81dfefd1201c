// Bytes over one socket, plain or TLS, never waiting. For this room only.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "http/tls.h"

namespace http {

// Bound to io_context's own executor: the type-erased default costs an allocation for each wait.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class Wire {
 public:
  // What came of a step: done, or to be repeated when the socket can be read or written, or the
  // end, after which nothing more may be tried.
  enum class Io { Done, NeedsRead, NeedsWrite, Over };

  explicit Wire(Socket socket) : socket_(std::move(socket)) {}

  Socket& socket() { return socket_; }
  void secure(TlsContext& tls) { ssl_ = tls.accept(socket_.native_handle()); }

  Io shake_hands();
  // is_drained: nothing more is there, as far as one read can tell.
  struct Read {
    Io io;
    std::size_t bytes = 0;
    bool is_drained = false;
  };
  Read read(std::span<char> into);
  struct Written {
    Io io;
    std::size_t bytes = 0;
  };
  // Both pieces in one call where that is possible; not both empty.
  Written write(std::string_view head, std::string_view body);
  // No more from us; the peer may still speak.
  void finish_writing();

 private:
  Io tls_result(int result) const;

  Socket socket_;
  Ssl ssl_;  // nullptr: plain
};

}  // namespace http
