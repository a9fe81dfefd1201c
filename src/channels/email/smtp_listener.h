// A small mail server: a port, and a SinkSession for each connection to it. Everything runs on one
// thread of its own; what it takes in is handed over on that thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "channels/email/sink_session.h"

namespace channels::email {

class SmtpListener {
 public:
  struct Options {
    std::string host = "127.0.0.1";  // an IPv4 or IPv6 address
    std::uint16_t port = 0;          // 0: any that is free
    std::size_t peers = 64;          // at the same time; others wait to be accepted
    std::chrono::seconds idle{120};  // of silence, then a peer is let go
    SinkSession::Options session;
  };
  // Throws std::system_error when the port cannot be had.
  SmtpListener(Options options, SinkSession::Take take);
  ~SmtpListener();

  std::uint16_t port() const { return port_; }
  int connections() const;  // so far
  void stop();

 private:
  struct Peer;
  void run();
  void accept();
  // False when the peer is to be let go.
  bool serve(Peer& peer, short events);

  const Options options_;
  const SinkSession::Take take_;
  int listener_ = -1;
  int wake_ = -1;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Peer>> peers_;
  mutable std::mutex mutex_;
  int connections_ = 0;
  std::thread thread_;
};

}  // namespace channels::email
