#include <unicode/ucal.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "accounts/people.h"
#include "base/text.h"

namespace accounts {
namespace {

using Names = std::unordered_set<std::string>;

Names all_of(UEnumeration* names) {
  Names out;
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t length = 0;
  while (const char* name = uenum_next(names, &length, &error))
    out.emplace(name, static_cast<std::size_t>(length));
  uenum_close(names);
  return out;
}

// ICU also knows three-letter zones of its own, and zones that are no place's: not tz database
// names.
const Names& zones() {
  static const Names names = [] {
    UErrorCode error = U_ZERO_ERROR;
    auto all = all_of(ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, nullptr, nullptr, &error));
    std::erase_if(all, [](const std::string& name) {
      return (name.find('/') == std::string::npos && name != "UTC") || name == "Etc/Unknown" ||
             name.starts_with("SystemV/");
    });
    return all;
  }();
  return names;
}

const Names& currencies() {
  static const Names names = [] {
    UErrorCode error = U_ZERO_ERROR;
    return all_of(ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &error));
  }();
  return names;
}

// One slip of the keyboard apart: a letter wrong, missing, too much, or two swapped.
bool is_one_slip(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  const auto [x, y] = std::ranges::mismatch(a, b);
  const auto at = static_cast<std::size_t>(x - a.begin());
  if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
  if (a.substr(at + 1) == b.substr(at + 1)) return true;
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
         a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace

bool is_zone(std::string_view name) { return zones().contains(std::string(name)); }

bool is_currency(std::string_view code) { return currencies().contains(std::string(code)); }

bool is_language(std::string_view tag) {
  const auto letters = [](std::string_view part, bool (*is)(char)) {
    return std::ranges::all_of(part, is);
  };
  auto end = std::min(tag.find('-'), tag.size());
  auto part = tag.substr(0, end);
  if (part.size() < 2 || part.size() > 3 || !letters(part, base::is_lower)) return false;
  tag.remove_prefix(end);
  if (tag.size() >= 5 && (tag.size() == 5 || tag[5] == '-')) {  // a script: Hant
    part = tag.substr(1, 4);
    if (!base::is_upper(part[0]) || !letters(part.substr(1), base::is_lower)) return false;
    tag.remove_prefix(5);
  }
  if (tag.empty()) return true;
  return tag.size() == 3 && letters(tag.substr(1), base::is_upper);  // a region: BR
}

Preferences merged(Preferences current, std::string_view language, std::string_view zone,
                   std::string_view currency) {
  if (is_language(language)) current.language = language;
  if (is_zone(zone)) current.zone = zone;
  if (is_currency(currency)) current.currency = currency;
  return current;
}

std::string domain_meant(std::string_view email) {
  constexpr std::array<std::string_view, 16> kOften = {
      "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com",
      "live.com",  "msn.com",        "web.de",      "gmx.de",      "gmx.net",   "t-online.de",
      "proton.me", "ziggo.nl",       "kpnmail.nl",  "orange.fr"};
  const auto domain = folded(email.substr(std::min(email.rfind('@'), email.size() - 1) + 1));
  for (const auto often : kOften) {
    if (domain == often) return {};
  }
  for (const auto often : kOften) {
    if (often.size() > 7 && is_one_slip(domain, often)) return std::string(often);
  }
  return {};
}

}  // namespace accounts
