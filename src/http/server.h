// The HTTP/1.1 server: Boost.Beast's parser inside, nothing of it outside.
//
// Keep-alive, pipelining, Expect: 100-continue, chunked and missing lengths, limits for header,
// body, time and connections, TLS with certificate reload, gzip, request ids, access log without
// personal data, metrics, graceful stop. Whatever is refused before a handler runs gets a JSON body
// from the prefix's error page.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "http/networks.h"
#include "http/router.h"

namespace http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one; Server::port() tells
  int threads = 0;         // I/O threads; 0: one per core

  std::string certificate;  // PEM files; both empty: plain HTTP
  std::string key;
  // Every answer says that this site is to be reached by TLS only (RFC 6797), for a year: with a
  // certificate of our own, or behind a proxy that has one.
  bool is_tls_only = false;

  std::size_t header_limit = 16 << 10;  // bytes, request line included; 100 fields at most
  std::size_t target_limit = 8 << 10;
  std::size_t body_limit = 1 << 20;
  std::chrono::milliseconds header_timeout{
      10'000};  // from a request's first byte to the end of its header
  std::chrono::milliseconds body_timeout{20'000};   // from there to the end of the body
  std::chrono::milliseconds idle_timeout{75'000};   // keep-alive silence between requests
  std::chrono::milliseconds write_timeout{20'000};  // a reader slower than this is cut off
  int connection_limit = 10'000;
  int connections_per_peer = 0;  // 0: no limit
  // Proxies of the operator's own: what they say of whom they ask for is believed (origin.h).
  Networks proxies = {};
  std::size_t gzip_from =
      2048;  // answers at least this large are compressed when the client accepts it
  bool access_log = true;
  base::Metrics* metrics = nullptr;  // nullptr: none kept
};

class Server {
 public:
  // Binds and listens at once; throws std::system_error (address in use, certificate unreadable)
  // with a clear text.
  Server(ServerOptions options, Router router);
  ~Server();

  std::uint16_t port() const;
  // Starts the I/O threads and returns.
  void start();
  // Stops accepting, lets running requests finish until the deadline, closes the rest, joins the
  // threads. A handler that is still waiting then is never resumed: its frame is kept for the rest
  // of the process, because whoever it waits for may still write into it. The executors of the I/O
  // threads stay valid too, and ignore what is posted to them.
  void stop(std::chrono::milliseconds deadline);
  // Reads certificate and key again; keeps the old pair and returns a sentence when the new one is
  // unusable.
  std::string reload_certificate();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
