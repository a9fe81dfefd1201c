// Addresses and networks in CIDR form (RFC 4632, RFC 4291 2.3), separated by spaces or commas:
// where an API key may be used from, which proxies are the operator's own. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

class Networks {
 public:
  Networks() = default;
  // Nothing when one of them is not an address or network, or has bits beyond its prefix set
  // (203.0.113.7/24 is a slip: which was meant?), or there are more than fifty.
  static std::optional<Networks> parse(std::string_view text);

  bool are_any() const { return list_.empty(); }
  // An IPv4 address inside IPv6 (::ffff:203.0.113.7) counts as itself. False for what is no
  // address.
  bool contain(std::string_view address) const;
  static bool is_address(std::string_view text);
  const std::string& text() const { return text_; }  // canonical: separated by single spaces

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};  // IPv4 as ::ffff:a.b.c.d
    unsigned bits = 0;
  };
  std::vector<Network> list_;
  std::string text_;
};

}  // namespace http
