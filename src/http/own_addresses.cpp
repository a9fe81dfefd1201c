#include "http/own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace http {
namespace {

constexpr std::chrono::minutes kReadAgain{1};

OwnAddresses::Bytes mapped(const in_addr& four) {
  OwnAddresses::Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &four, sizeof four);
  return bytes;
}

OwnAddresses::Bytes bytes_of(const in6_addr& six) {
  OwnAddresses::Bytes bytes{};
  std::memcpy(bytes.data(), &six, sizeof six);
  return bytes;
}

std::vector<OwnAddresses::Bytes> of_interfaces() {
  std::vector<OwnAddresses::Bytes> all;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return all;
  for (const auto* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    if (const auto bytes = OwnAddresses::of(*one->ifa_addr)) all.push_back(*bytes);
  }
  ::freeifaddrs(list);
  return all;
}

}  // namespace

OwnAddresses::OwnAddresses(const std::vector<std::string>& others, std::uint16_t port)
    : port_(port) {
  for (const auto& text : others) {
    if (const auto bytes = parse(text)) others_.push_back(*bytes);
  }
}

std::optional<OwnAddresses::Bytes> OwnAddresses::parse(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  const std::string address(text);
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return mapped(four);
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) == 1) return bytes_of(six);
  return std::nullopt;
}

std::optional<OwnAddresses::Bytes> OwnAddresses::of(const sockaddr& address) {
  // Copied: the family's own type may want another alignment.
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return mapped(four.sin_addr);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    return bytes_of(six.sin6_addr);
  }
  return std::nullopt;
}

bool OwnAddresses::has(const Bytes& bytes) const {
  // The whole of 127/8 is this machine, and so is the address that means "here".
  const bool is_four =
      std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
      bytes[10] == 0xff && bytes[11] == 0xff;
  if (is_four && (bytes[12] == 127 || bytes[12] == 0)) return true;
  const bool is_zero_but_last =
      std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; });
  if (is_zero_but_last && bytes[15] <= 1) return true;
  if (std::ranges::find(others_, bytes) != others_.end()) return true;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!read_at_ || now - *read_at_ > kReadAgain) {
    interfaces_ = of_interfaces();
    read_at_ = now;
  }
  return std::ranges::find(interfaces_, bytes) != interfaces_.end();
}

bool OwnAddresses::contains(const sockaddr& address) const {
  const auto bytes = of(address);
  return bytes && has(*bytes);
}

bool OwnAddresses::contains(std::string_view address) const {
  const auto bytes = parse(address);
  return bytes && has(*bytes);
}

}  // namespace http
