// Purposes as a set that is known when compiling. The purposes themselves are made from
// data/privacy/purposes.toml into personal/purposes.gen.h; include that.
#pragma once
#include <cstdint>
#include <initializer_list>

namespace personal {

enum class Purpose : std::uint8_t;

class PurposeSet {
 public:
  constexpr PurposeSet() = default;
  constexpr PurposeSet(std::initializer_list<Purpose> purposes) {
    for (const Purpose purpose : purposes) bits_ |= bit(purpose);
  }
  constexpr bool contains(Purpose purpose) const { return (bits_ & bit(purpose)) != 0; }

 private:
  // Numbers beyond 63 belong to no set: the generator refuses to make them.
  static constexpr std::uint64_t bit(Purpose purpose) {
    const auto number = static_cast<std::uint8_t>(purpose);
    return number < 64 ? std::uint64_t{1} << number : 0;
  }

  std::uint64_t bits_ = 0;
};

}  // namespace personal
