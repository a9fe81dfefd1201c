#include "http/cookie.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "http/cookies.gen.h"
#include "http/message.h"

namespace http {
namespace {

constexpr std::size_t kShortestToken = 22;  // 128 bits in base64url
constexpr std::size_t kLongestValue = 512;
constexpr std::size_t kMostNames = 100;

bool is_token(std::string_view value) {
  return value.size() >= kShortestToken && value.size() <= kLongestValue &&
         std::ranges::all_of(value, [](char c) {
           return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
         });
}

std::string_view take(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// One answer: a purpose's id, the revision that was asked about, and yes or no.
bool is_answer(std::string_view one) {
  const auto purpose = take(one, '.');
  const auto revision = take(one, '.');
  return !purpose.empty() && purpose.size() <= 40 &&
         std::ranges::all_of(purpose, base::is_letter) && !revision.empty() &&
         revision.size() <= 4 && std::ranges::all_of(revision, base::is_digit) &&
         (one == "yes" || one == "no");
}

bool are_answers(std::string_view value) {
  if (value.empty() || value.size() > kLongestValue) return false;
  while (!value.empty()) {
    if (!is_answer(take(value, '~'))) return false;
  }
  return true;
}

bool is_listed(std::string_view words, std::string_view value) {
  while (!words.empty()) {
    if (take(words, ' ') == value) return true;
  }
  return false;
}

std::string line_of(const CookieEntry& entry, std::string_view value) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}", entry.name, value,
                     entry.same_site);
}

// Calls `see` with each name and value of the Cookie header, until it says stop.
template <class See>
void each_cookie(const Request& request, See&& see) {
  auto rest = request.header("Cookie");
  while (!rest.empty()) {
    auto value = base::trim(take(rest, ';'));
    const auto name = base::trim(take(value, '='));
    if (!name.empty() && !see(name, base::trim(value))) return;
  }
}

}  // namespace

const Register& the_register() {
  static constexpr Register ours{kCookieEntries, kStorageEntries, kVendorEntries};
  return ours;
}

bool allows(const CookieEntry& entry, std::string_view value) {
  if (entry.values == "random") return is_token(value);
  if (entry.values == "answers") return are_answers(value);
  return is_listed(entry.values, value);
}

void SetCookies::set(const Cookie& cookie, std::string_view value) {
  set_for(cookie, value, std::chrono::hours(24) * cookie.entry().lifetime_days);
}

void SetCookies::set_for(const Cookie& cookie, std::string_view value,
                         std::chrono::seconds lifetime) {
  const auto& entry = cookie.entry();
  if (!allows(entry, value)) {
    throw std::logic_error(
        fmt::format("the register does not allow this value of the cookie {}", entry.id));
  }
  auto line = line_of(entry, value);
  const std::chrono::seconds most = std::chrono::hours(24) * entry.lifetime_days;
  // A session cookie has no lifetime at all: the browser's end is its end.
  if (entry.lifetime_days > 0) {
    line +=
        fmt::format("; Max-Age={}", std::clamp(lifetime, std::chrono::seconds(0), most).count());
  }
  lines_.push_back(std::move(line));
}

void SetCookies::clear(const Cookie& cookie) {
  lines_.push_back(line_of(cookie.entry(), "") + "; Max-Age=0");
}

std::string_view value_of(const Request& request, const Cookie& cookie) {
  std::string_view found;
  each_cookie(request, [&](std::string_view name, std::string_view value) {
    if (name != cookie.name()) return true;
    if (allows(cookie.entry(), value)) found = value;
    return false;  // the first counts: browsers send the most specific path first
  });
  return found;
}

std::vector<std::string_view> cookie_names(const Request& request) {
  std::vector<std::string_view> names;
  each_cookie(request, [&](std::string_view name, std::string_view) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names.size() < kMostNames;
  });
  return names;
}

}  // namespace http
