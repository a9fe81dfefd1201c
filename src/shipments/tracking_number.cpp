#include "shipments/tracking_number.h"

#include "base/text.h"

namespace shipments {

std::optional<std::string> normalise_number(std::string_view typed) {
  typed = base::trim(typed);
  if (typed.size() > 4 * kLongestNumber) return std::nullopt;
  std::string number;
  number.reserve(typed.size());
  bool has_digit = false;
  for (const char c : typed) {
    if (c == ' ') continue;
    if (!base::is_letter(c) && !base::is_digit(c) &&
        std::string_view("-/._#").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
    has_digit = has_digit || base::is_digit(c);
    number += base::to_upper(c);
  }
  if (!has_digit || number.size() < kShortestNumber || number.size() > kLongestNumber) {
    return std::nullopt;
  }
  return number;
}

}  // namespace shipments
