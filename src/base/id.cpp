#include "base/id.h"

#include <cstring>
#include <span>

#include "base/random.h"
#include "base/text.h"

namespace base {
namespace {

// Randomness for 400 ids at a time: a system call per id would cost more than everything else here.
class RandomPool {
 public:
  void take(std::span<char> out) {
    if (left_ < out.size()) {
      fill_random(bytes_);
      left_ = bytes_.size();
    }
    std::memcpy(out.data(), bytes_.data() + (bytes_.size() - left_), out.size());
    left_ -= out.size();
  }

 private:
  std::array<std::uint8_t, 4000> bytes_{};
  std::size_t left_ = 0;
};

}  // namespace

Id Id::make(Instant now) {
  thread_local RandomPool pool;
  Id id;
  const auto ms = static_cast<std::uint64_t>(to_micros(now) / 1000);
  for (std::size_t i = 0; i < 6; ++i) id.bytes_[i] = static_cast<char>(ms >> (40 - 8 * i));
  pool.take(std::span(id.bytes_).subspan(6));
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
