// The addresses of this machine, and those that lead to it though no interface has them (a router's
// or load balancer's, which the operator names). A public address is no protection when it is our
// own: behind it stand services that trust whoever comes from here.
//
// The interfaces are read again after a minute, since addresses come and go. Safe from any thread.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace http {

class OwnAddresses {
 public:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as IPv6 writes it: ::ffff:a.b.c.d

  // `others`: IPv4 or IPv6 in text; what is neither is passed over.
  // `port`: our server's. At an address of this machine it is never called, whatever else may be.
  explicit OwnAddresses(const std::vector<std::string>& others = {}, std::uint16_t port = 0);

  bool contains(const sockaddr& address) const;
  // With or without brackets; false for what is no address.
  bool contains(std::string_view address) const;
  std::uint16_t port() const { return port_; }

  static std::optional<Bytes> parse(std::string_view address);
  static std::optional<Bytes> of(const sockaddr& address);

 private:
  bool has(const Bytes& bytes) const;

  std::vector<Bytes> others_;
  const std::uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::vector<Bytes> interfaces_;
  mutable std::optional<std::chrono::steady_clock::time_point> read_at_;
};

}  // namespace http
