// A mail catcher: a mail server on this machine that delivers nothing and shows everything. For the
// demonstration and for tests; what it catches is in memory and gone with it.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/email/smtp_listener.h"

namespace channels::email {

struct Caught {
  std::uint64_t number = 0;  // 1, 2, 3 ...
  base::Instant at{};
  std::string from;  // the envelope's, which may differ from the header's
  std::vector<std::string> to;
  std::string bytes;
};

// Safe from any thread.
class Catcher {
 public:
  struct Options {
    std::uint16_t port = 0;  // on 127.0.0.1; 0: any that is free
    std::size_t keep = 300;  // messages, the newest; 64 MB of them
    SinkSession::Options session;
    const base::Clock* clock = nullptr;  // nullptr: the system's
  };
  // Throws std::system_error when the port cannot be had.
  explicit Catcher(Options options);

  std::uint16_t port() const { return listener_.port(); }
  // "smtp://127.0.0.1:PORT", as [mail] relays takes it.
  std::string url() const;

  std::vector<std::shared_ptr<const Caught>> messages() const;  // the newest first
  std::shared_ptr<const Caught> message(std::uint64_t number) const;
  int connections() const { return listener_.connections(); }  // so far
  void stop() { listener_.stop(); }

 private:
  bool keep(SunkMessage message);

  Options options_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Caught>> caught_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  SmtpListener listener_;
};

}  // namespace channels::email
