#include "channels/email/address.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.h"

namespace channels::email {
namespace {

constexpr std::size_t kLongestLocal = 64;  // RFC 5321 4.5.3.1
constexpr std::size_t kLongestDomain = 253;
constexpr std::size_t kLongestLabel = 63;

// RFC 5322 3.2.3; everything beyond ASCII was judged by is_utf8.
bool is_atom_character(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return base::is_letter(c) || base::is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         kMarks.find(c) != std::string_view::npos;
}

// The C1 controls and the separators of lines and paragraphs are UTF-8 and still no letters.
bool has_hidden_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto pair = text.substr(i);
    if (pair[0] == '\xc2' && static_cast<unsigned char>(pair[1]) < 0xa1) return true;
    if (pair.starts_with("\xe2\x80\xa8") || pair.starts_with("\xe2\x80\xa9")) return true;
  }
  return false;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > kLongestLocal || local.front() == '.' || local.back() == '.')
    return false;
  if (local.find("..") != std::string_view::npos || !base::is_utf8(local)) return false;
  return !has_hidden_control(local) &&
         std::ranges::all_of(local, [](char c) { return c == '.' || is_atom_character(c); });
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return base::is_lower(c) || base::is_digit(c) || c == '-';
         });
}

bool is_name_of_labels(std::string_view name) {
  if (name.size() > kLongestDomain) return false;
  std::size_t labels = 0;
  for (std::size_t begin = 0; begin <= name.size(); ++labels) {
    const auto end = std::min(name.find('.', begin), name.size());
    if (!is_label(name.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  const auto last = name.substr(name.rfind('.') + 1);
  // 10.0.0.1 is no name.
  return labels >= 2 && !std::ranges::all_of(last, base::is_digit);
}

std::string by_uts46(std::string_view name) {
  UErrorCode trouble = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, decltype(&uidna_close)> rules(
      uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                          UIDNA_USE_STD3_RULES,
                      &trouble),
      uidna_close);
  if (U_FAILURE(trouble)) return {};
  std::array<char, kLongestDomain + 3> out{};
  UIDNAInfo facts = UIDNA_INFO_INITIALIZER;
  const auto size =
      uidna_nameToASCII_UTF8(rules.get(), name.data(), static_cast<std::int32_t>(name.size()),
                             out.data(), static_cast<std::int32_t>(out.size()), &facts, &trouble);
  if (U_FAILURE(trouble) || facts.errors != 0 || size <= 0) return {};
  return {out.data(), static_cast<std::size_t>(size)};
}

}  // namespace

bool Address::needs_utf8() const { return !is_ascii(local); }

std::optional<std::string> ascii_domain(std::string_view name) {
  if (name.size() > 4 * kLongestDomain) return std::nullopt;
  auto ascii = is_ascii(name) ? base::lower(name) : by_uts46(name);
  if (!is_name_of_labels(ascii)) return std::nullopt;
  return ascii;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) return std::nullopt;
  auto domain = ascii_domain(text.substr(at + 1));
  if (!domain) return std::nullopt;
  return Address{std::string(text.substr(0, at)), std::move(*domain)};
}

}  // namespace channels::email
