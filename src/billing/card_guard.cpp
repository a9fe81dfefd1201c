#include "billing/card_guard.h"

#include <string>
#include <vector>

#include "base/text.h"

namespace billing {
namespace {

constexpr std::size_t kShortest = 13, kLongest = 19;

// ISO/IEC 7812-1, annex B.
bool has_right_check_digit(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, is_doubled = !is_doubled) {
    const int n = (*at - '0') * (is_doubled ? 2 : 1);
    sum += n > 9 ? n - 9 : n;
  }
  return sum % 10 == 0;
}

// Is there a run of neighbouring groups that spells a number?
bool has_card(const std::vector<std::string>& groups) {
  for (std::size_t first = 0; first < groups.size(); ++first) {
    std::string digits;
    for (std::size_t i = first; i < groups.size() && digits.size() <= kLongest; ++i) {
      if (groups[i].size() > kLongest) return true;
      digits += groups[i];
      if (digits.size() >= kShortest && digits.size() <= kLongest && has_right_check_digit(digits))
        return true;
    }
  }
  return false;
}

bool is_between(char c) {
  return c == ' ' || c == '.' || c == '-' || c == '/' || c == '\t' || c == '\n' || c == '\r';
}

// A space that does not break (U+00A0, U+202F), as it comes out of copied text.
std::size_t wide_space(std::string_view text) {
  if (text.starts_with("\xc2\xa0")) return 2;
  return text.starts_with("\xe2\x80\xaf") ? 3 : 0;
}

}  // namespace

bool looks_like_card(std::string_view text) {
  std::vector<std::string> groups(1);
  while (!text.empty()) {
    const auto wide = wide_space(text);
    if (base::is_digit(text.front())) {
      groups.back() += text.front();
    } else if (wide > 0 || is_between(text.front())) {
      if (!groups.back().empty()) groups.emplace_back();
    } else {
      if (has_card(groups)) return true;
      groups.assign(1, {});
    }
    text.remove_prefix(wide > 0 ? wide : 1);
  }
  return has_card(groups);
}

}  // namespace billing
