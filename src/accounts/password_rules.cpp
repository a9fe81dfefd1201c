#include <algorithm>
#include <array>
#include <unordered_set>

#include "accounts/passwords.h"
#include "base/text.h"

namespace embedded {
std::string_view common_passwords();
}

namespace accounts {
namespace {

constexpr std::size_t kLeftOver = 4;  // characters that must be one's own

const std::unordered_set<std::string_view>& common() {
  static const auto words = [] {
    std::unordered_set<std::string_view> all;
    auto text = embedded::common_passwords();
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      all.insert(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
  }();
  return words;
}

// "P@ssw0rd2024!" is "password": what people do to a word to please a rule.
std::string undressed(std::string_view text) {
  constexpr std::string_view kWorn = "@4310$5!7", kBare = "aaeiossit";
  while (!text.empty() && !base::is_letter(text.back())) text.remove_suffix(1);
  std::string out = base::lower(text);
  for (char& c : out) {
    const auto at = kWorn.find(c);
    if (at != std::string_view::npos) c = kBare[at];
  }
  return out;
}

// aaaaaaaa, abcabcabc, abcdefgh, 87654321
bool is_pattern(std::string_view text) {
  for (std::size_t period = 1; period <= 4 && period * 2 <= text.size(); ++period) {
    if (text.substr(period) == text.substr(0, text.size() - period)) return true;
  }
  for (const int step : {1, -1}) {
    const auto breaks =
        std::ranges::adjacent_find(text, [step](char a, char b) { return b - a != step; });
    if (breaks == text.end()) return true;
  }
  return false;
}

bool is_common(std::string_view text) {
  const auto lower = base::lower(text);
  return is_pattern(lower) || common().contains(lower) || common().contains(undressed(text)) ||
         undressed(text) == "qwerty" || undressed(text) == "admin" || undressed(text) == "welcome";
}

// Little remains when the words others know are taken out.
bool is_like(std::string_view text, const std::vector<std::string>& about) {
  std::string rest = base::lower(text);
  bool was_found = false;
  const auto take_out = [&](std::string_view word) {
    if (word.size() < kLeftOver) return;
    for (auto at = rest.find(word); at != std::string::npos; at = rest.find(word)) {
      rest.erase(at, word.size());
      was_found = true;
    }
  };
  for (const auto& known : about) take_out(base::lower(known));  // whole before its parts
  for (const auto& known : about) {
    const auto lower = base::lower(known);
    std::size_t start = 0;
    while (start <= lower.size()) {
      const auto end = std::min(lower.find_first_of(" @.-_+", start), lower.size());
      take_out(std::string_view(lower).substr(start, end - start));
      start = end + 1;
    }
  }
  return was_found && base::utf8_length(rest) < kLeftOver;
}

}  // namespace

std::optional<PasswordFault> weigh_password(std::string_view password,
                                            const std::vector<std::string>& about) {
  if (!base::is_utf8(password) || std::ranges::any_of(password, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      }))
    return PasswordFault::NotText;
  const auto length = base::utf8_length(password);
  if (length < kShortestPassword) return PasswordFault::TooShort;
  if (length > kLongestPassword) return PasswordFault::TooLong;
  if (is_common(password)) return PasswordFault::Common;
  if (is_like(password, about)) return PasswordFault::LikeYours;
  return std::nullopt;
}

std::string_view word(PasswordFault fault) {
  constexpr std::array<std::string_view, 5> kWords = {"too_short", "too_long", "not_text", "common",
                                                      "like_yours"};
  return kWords[static_cast<std::size_t>(fault)];
}

std::string_view describe(PasswordFault fault) {
  switch (fault) {
    case PasswordFault::TooShort:
      return "a password has at least eight characters; a short sentence is easy to remember";
    case PasswordFault::TooLong:
      return "a password has at most 256 characters";
    case PasswordFault::NotText:
      return "a password is text that can be typed";
    case PasswordFault::Common:
      return "this password is among the first that strangers try";
    case PasswordFault::LikeYours:
      return "this password is made of your name, your address or the name of this service";
  }
  return "this password cannot be used";
}

}  // namespace accounts
