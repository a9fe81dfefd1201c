#include "base/card_number.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace base {
namespace {

constexpr std::size_t kLongestCard = 19;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

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

// First digits from..to, as many as written, and the lengths that the scheme gives out.
struct Scheme {
  std::string_view from, to;
  std::array<std::size_t, 3> lengths;
};
constexpr Scheme kSchemes[] = {
    {"4", "4", {13, 16, 19}},       // Visa
    {"51", "55", {16, 0, 0}},       // Mastercard
    {"2221", "2720", {16, 0, 0}},   // Mastercard
    {"34", "34", {15, 0, 0}},       // American Express
    {"37", "37", {15, 0, 0}},       // American Express
    {"3528", "3589", {16, 0, 0}},   // JCB
    {"36", "36", {14, 0, 0}},       // Diners Club
    {"300", "305", {14, 0, 0}},     // Diners Club
    {"6011", "6011", {16, 19, 0}},  // Discover
    {"644", "659", {16, 19, 0}},    // Discover
    {"62", "62", {16, 19, 0}},      // UnionPay
    {"5018", "5018", {16, 19, 0}},  // Maestro
    {"6759", "6763", {16, 19, 0}},  // Maestro
};

bool is_card(std::string_view digits) {
  const auto is_given_out = std::ranges::any_of(kSchemes, [&](const Scheme& scheme) {
    const auto first = digits.substr(0, scheme.from.size());
    return first >= scheme.from && first <= scheme.to &&
           std::ranges::find(scheme.lengths, digits.size()) != scheme.lengths.end();
  });
  return is_given_out && has_right_check_digit(digits);
}

// The digits that begin at `at`, together or in groups with one space or hyphen between them, and
// where each group ends: how many digits until there, and the place in the text.
struct Groups {
  std::string digits;
  std::vector<std::pair<std::size_t, std::size_t>> ends;
};
Groups groups_from(std::string_view text, std::size_t at) {
  Groups groups;
  for (auto i = at; i < text.size() && groups.digits.size() <= kLongestCard; ++i) {
    if (is_digit(text[i])) {
      groups.digits += text[i];
      if (i + 1 == text.size() || !is_digit(text[i + 1]))
        groups.ends.emplace_back(groups.digits.size(), i + 1);
    } else if ((text[i] != ' ' && text[i] != '-') || !is_digit(text[i - 1])) {
      break;
    }
  }
  return groups;
}

struct Found {
  std::size_t begin = std::string_view::npos, end = 0;
  std::string last;  // four digits
};

Found find_card(std::string_view text, std::size_t from, std::size_t least) {
  for (auto i = from; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    // A plus begins a telephone number, a letter an id; the middle of a number is none.
    const bool is_begin = i == 0 || !(is_digit(text[i - 1]) || is_letter(text[i - 1]) ||
                                      text[i - 1] == '+' || text[i - 1] == '_');
    const auto groups = is_begin ? groups_from(text, i) : Groups();
    for (const auto& [count, end] : groups.ends) {
      const bool is_end = end >= text.size() || !(is_letter(text[end]) || text[end] == '_');
      if (is_end && count >= std::max(least, kShortestCard) &&
          is_card(std::string_view(groups.digits).substr(0, count)))
        return {i, end, groups.digits.substr(count - 4, 4)};
    }
    // Other numbers may stand before it, apart by a space: on to the next group.
    while (i + 1 < text.size() && is_digit(text[i + 1])) ++i;
  }
  return {};
}

}  // namespace

bool holds_card_number(std::string_view text, std::size_t least) {
  // Nearly every text has no such run of digits at all, and is told so without a thought.
  std::size_t digits = 0, most = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      most = std::max(most, ++digits);
    } else if (c != ' ' && c != '-') {
      digits = 0;
    }
  }
  if (most < std::max(least, kShortestCard)) return false;
  return find_card(text, 0, least).begin != std::string_view::npos;
}

std::string without_card_numbers(std::string_view text, std::size_t least) {
  std::string out;
  std::size_t at = 0;
  for (auto found = find_card(text, 0, least); found.begin != std::string_view::npos;
       found = find_card(text, at, least)) {
    out += text.substr(at, found.begin - at);
    out += "[card number removed, " + found.last + "]";
    at = found.end;
  }
  out += text.substr(at);
  return out;
}

}  // namespace base
