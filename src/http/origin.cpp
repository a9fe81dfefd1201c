#include "http/origin.h"

#include "base/text.h"

namespace http {
namespace {

// "198.51.100.7", "198.51.100.7:4711", "[2001:db8::1]:4711" and "2001:db8::1" without the port.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  const bool is_only_one =
      colon != std::string_view::npos && text.find(':', colon + 1) == text.npos;
  return is_only_one ? text.substr(0, colon) : text;
}

}  // namespace

std::string_view origin_of(const Networks& proxies, std::string_view peer,
                           std::span<const std::string_view> lines) {
  if (!proxies.contain(peer)) return peer;
  auto nearest = peer;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto rest = *line;
    while (true) {
      const auto comma = rest.rfind(',');
      const auto entry = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
      const auto address = without_port(base::trim(entry));
      if (!Networks::is_address(address)) return nearest;
      nearest = address;
      if (!proxies.contain(address)) return address;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return nearest;
}

}  // namespace http
