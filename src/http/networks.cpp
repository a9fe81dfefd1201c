#include "http/networks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace http {
namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr unsigned kMappedBits = 96;
constexpr std::size_t kMost = 50;

struct Address {
  Bytes bytes{};
  bool is_v4 = false;
};

std::optional<Address> read_address(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) {
    address.bytes[10] = address.bytes[11] = 0xFF;
    address.is_v4 = true;
    return address;
  }
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

bool is_set(const Bytes& bytes, unsigned bit) {
  return (bytes[bit / 8] >> (7U - bit % 8) & 1U) != 0;
}

bool agree(const Bytes& a, const Bytes& b, unsigned bits) {
  const auto whole = bits / 8;
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const auto rest = bits % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8U - rest) == 0;
}

}  // namespace

std::optional<Networks> Networks::parse(std::string_view text) {
  Networks networks;
  while (true) {
    const auto start = text.find_first_not_of(" ,\t\r\n");
    if (start == std::string_view::npos) return networks;
    text.remove_prefix(start);
    const auto word = text.substr(0, text.find_first_of(" ,\t\r\n"));
    text.remove_prefix(word.size());
    const auto slash = word.find('/');
    const auto address = read_address(word.substr(0, slash));
    if (!address || networks.list_.size() >= kMost) return std::nullopt;
    Network network{address->bytes, 128};
    if (slash != std::string_view::npos) {
      const auto digits = word.substr(slash + 1);
      unsigned bits = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      if (error != std::errc() || end != digits.data() + digits.size() ||
          bits > (address->is_v4 ? 32U : 128U))
        return std::nullopt;
      network.bits = address->is_v4 ? kMappedBits + bits : bits;
    }
    for (unsigned bit = network.bits; bit < 128; ++bit) {
      if (is_set(network.bytes, bit)) return std::nullopt;
    }
    networks.list_.push_back(network);
    if (!networks.text_.empty()) networks.text_ += ' ';
    networks.text_ += word;
  }
}

bool Networks::is_address(std::string_view text) { return read_address(text).has_value(); }

bool Networks::contain(std::string_view address) const {
  const auto one = read_address(address);
  return one && std::ranges::any_of(list_, [&](const Network& network) {
           return agree(network.bytes, one->bytes, network.bits);
         });
}

}  // namespace http
