#include "accounts/counting.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace accounts {
namespace {

bool is_inside4(const std::uint8_t* a) {
  return a[0] == 10 || a[0] == 127 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
         (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) ||
         (a[0] == 100 && (a[1] & 0xc0) == 64);  // RFC 1918, 3927, 6598
}

std::string text_of(const std::uint8_t* bytes, std::size_t count) {
  return base::to_hex(std::string_view(reinterpret_cast<const char*>(bytes), count));
}

}  // namespace

std::string counted_network(std::string_view peer) {
  const std::string text(peer);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return is_inside4(bytes.data()) ? std::string() : text_of(bytes.data(), 3);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return {};
  const bool is_mapped =
      std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
      bytes[10] == 0xff && bytes[11] == 0xff;
  if (is_mapped)
    return is_inside4(bytes.data() + 12) ? std::string() : text_of(bytes.data() + 12, 3);
  const bool is_loopback =
      std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t b) { return b == 0; });
  const bool is_inside =
      (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
  return is_loopback || is_inside ? std::string() : text_of(bytes.data(), 8);
}

double Counting::left_of(const Source& source, base::Instant now) const {
  const std::chrono::duration<double> since = now - source.at;
  return std::max(0.0, source.misses - since / std::chrono::duration<double>(rules_.drains));
}

Counting::Verdict Counting::look(std::string_view peer) const {
  const auto network = counted_network(peer);
  if (network.empty()) return {};
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(network);
  if (found == sources_.end()) return {};
  if (found->second.refused_until > now)
    return {Degree::Refused,
            std::chrono::ceil<std::chrono::seconds>(found->second.refused_until - now)};
  const auto misses = left_of(found->second, now);
  if (misses >= rules_.patient) return {Degree::Wait, rules_.wait};
  if (misses >= rules_.free) return {Degree::Slow, {}};
  return {};
}

void Counting::missed(std::string_view peer) {
  const auto network = counted_network(peer);
  if (network.empty()) return;
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (sources_.size() >= rules_.most_networks) forget_old(now);
  auto& source = sources_[network];
  source.misses = left_of(source, now) + 1;
  source.at = now;
  if (source.misses >= rules_.most) source.refused_until = now + rules_.refused;
}

// Those that mean nothing any more; should that free nothing, all: the count begins anew, which
// harms less than a memory without end.
void Counting::forget_old(base::Instant now) {
  std::erase_if(sources_, [&](const auto& one) {
    return left_of(one.second, now) <= 0 && one.second.refused_until <= now;
  });
  if (sources_.size() >= rules_.most_networks) sources_.clear();
}

}  // namespace accounts
