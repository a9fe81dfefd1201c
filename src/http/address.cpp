#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "base/text.h"

namespace http {
namespace {

using V4 = std::uint32_t;  // host order
using V6 = std::array<std::uint8_t, 16>;

struct Block4 {
  V4 address;
  int bits;
};
constexpr V4 v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr Block4 kSpecial4[] = {
    {v4(0, 0, 0, 0), 8},        // this network
    {v4(10, 0, 0, 0), 8},       // private
    {v4(100, 64, 0, 0), 10},    // carrier-grade NAT; some clouds keep their metadata here
    {v4(127, 0, 0, 0), 8},      // loopback
    {v4(169, 254, 0, 0), 16},   // link-local, 169.254.169.254 among them
    {v4(172, 16, 0, 0), 12},    // private
    {v4(192, 0, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2, 0), 24},     // documentation
    {v4(192, 88, 99, 0), 24},   // 6to4 relays, withdrawn
    {v4(192, 168, 0, 0), 16},   // private
    {v4(198, 18, 0, 0), 15},    // benchmarks
    {v4(198, 51, 100, 0), 24},  // documentation
    {v4(203, 0, 113, 0), 24},   // documentation
    {v4(224, 0, 0, 0), 4},      // multicast
    {v4(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool is_public_v4(V4 address) {
  for (const auto& block : kSpecial4) {
    if ((address ^ block.address) >> (32 - block.bits) == 0) return false;
  }
  return true;
}

struct Block6 {
  V6 address;
  int bits;
};
constexpr Block6 kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Block6 kNat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Block6 k6to4{{0x20, 0x02}, 16};
constexpr Block6 kAllocated{{0x20}, 3};
constexpr Block6 kSpecial6[] = {
    {{0x20, 0x01}, 23},              // protocol assignments: Teredo, ORCHID, benchmarks
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
};

bool is_in(const V6& address, const Block6& block) {
  for (int bit = 0; bit < block.bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int kept = std::min(8, block.bits - bit);
    if ((address[at] ^ block.address[at]) >> (8 - kept) != 0) return false;
  }
  return true;
}

V4 inside(const V6& address, std::size_t at) {
  return v4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool is_public_v6(const V6& address) {
  if (is_in(address, kMapped) || is_in(address, kNat64)) return is_public_v4(inside(address, 12));
  if (is_in(address, k6to4)) return is_public_v4(inside(address, 2));
  if (!is_in(address, kAllocated)) return false;
  for (const auto& block : kSpecial6) {
    if (is_in(address, block)) return false;
  }
  return true;
}

std::string without_brackets(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  return std::string(text.substr(0, text.find('%')));  // without the scope: [fe80::1%eth0]
}

struct Parsed {
  std::optional<V4> v4;
  std::optional<V6> v6;
};

Parsed parse(std::string_view text) {
  const auto plain = without_brackets(text);
  in_addr four{};
  if (::inet_pton(AF_INET, plain.c_str(), &four) == 1) return {ntohl(four.s_addr), {}};
  V6 six{};
  if (::inet_pton(AF_INET6, plain.c_str(), six.data()) == 1) return {{}, six};
  return {};
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return is_public_v4(ntohl(four.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    V6 bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return is_public_v6(bytes);
  }
  return false;
}

bool is_public(std::string_view address) {
  const auto parsed = parse(address);
  if (parsed.v4) return is_public_v4(*parsed.v4);
  return parsed.v6 && is_public_v6(*parsed.v6);
}

bool is_address(std::string_view text) {
  const auto parsed = parse(text);
  return parsed.v4 || parsed.v6;
}

bool is_private_name(std::string_view host) {
  auto name = base::lower(host);
  if (name.ends_with('.')) name.pop_back();
  if (name == "localhost") return true;
  for (const std::string_view suffix : {".localhost", ".local", ".internal", ".home.arpa"}) {
    if (name.ends_with(suffix)) return true;
  }
  return false;
}

}  // namespace http
