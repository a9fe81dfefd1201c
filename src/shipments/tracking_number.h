// What may be a tracking number at all, before any courier is asked: the form under which it is
// stored and compared.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace shipments {

inline constexpr std::size_t kShortestNumber = 4;
inline constexpr std::size_t kLongestNumber = 100;

// Trimmed, in capitals, inner white space removed. Nothing when it is too short or long, holds no
// digit, or holds anything but letters, digits and the marks carriers print ( - / . _ # ).
std::optional<std::string> normalise_number(std::string_view typed);

}  // namespace shipments
