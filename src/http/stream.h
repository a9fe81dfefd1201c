// A plain connection of bytes to a server of the operator's, with or without TLS: for protocols
// that are neither HTTP nor mail (MQTT). libcurl connects and encrypts; what is said is the
// caller's.
//
// The server is the operator's word, so its address is not judged; TLS is always verified. Calls
// block: not for I/O threads. One thread at a time.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace http {

class Stream {
 public:
  struct Options {
    std::string host;
    std::uint16_t port = 0;
    bool tls = false;
    std::string ca_file;  // PEM; empty: the system's
    std::chrono::milliseconds connect{10'000};
  };
  using Deadline = std::chrono::steady_clock::time_point;

  // CallError: Resolve, Connect, Tls, Timeout.
  static base::Result<Stream, CallError> open(const Options& options);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  // All of it. CallError: Timeout, Broken.
  base::Outcome<CallError> write(std::string_view bytes, Deadline deadline);
  // What is there, at least one byte. CallError: Timeout, Broken (also when the other side ended).
  base::Result<std::string, CallError> read(Deadline deadline);

 private:
  struct State;
  explicit Stream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace http
