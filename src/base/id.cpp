#include "base/id.h"

#include <cstring>
#include <span>

#include "base/random.h"
#include "base/text.h"

namespace base {
Id Id::make(Instant now) {
  Id id;
  const auto ms = static_cast<std::uint64_t>(to_micros(now) / 1000);
  for (std::size_t i = 0; i < 6; ++i) id.bytes_[i] = static_cast<char>(ms >> (40 - 8 * i));
  const auto rest = std::span(id.bytes_).subspan(6);
  take_random({reinterpret_cast<std::uint8_t*>(rest.data()), rest.size()});
  return id;
}

std::optional<Id> Id::parse(std::string_view hex) {
  if (hex.size() != 2 * kBytes) return std::nullopt;
  return from_bytes(from_hex(hex));
}

std::optional<Id> Id::from_bytes(std::string_view bytes) {
  if (bytes.size() != kBytes) return std::nullopt;
  Id id;
  std::memcpy(id.bytes_.data(), bytes.data(), kBytes);
  return id;
}

std::string Id::hex() const { return to_hex(bytes()); }

}  // namespace base
