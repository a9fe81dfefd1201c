#include "accounts/context.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace accounts {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

// The more special one first: Edge and Opera call themselves Chrome, and Chrome calls itself
// Safari.
constexpr Named kBrowsers[] = {{"Edg", "Edge"},       {"OPR/", "Opera"},    {"Firefox/", "Firefox"},
                               {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"},
                               {"Safari/", "Safari"}, {"curl/", "curl"}};
constexpr Named kSystems[] = {{"Android", "Android"}, {"iPhone", "iPhone"},   {"iPad", "iPad"},
                              {"CrOS", "ChromeOS"},   {"Windows", "Windows"}, {"Mac OS X", "macOS"},
                              {"Linux", "Linux"}};

template <std::size_t N>
std::string_view first_named(std::string_view text, const Named (&names)[N]) {
  for (const auto& [mark, name] : names) {
    if (text.find(mark) != std::string_view::npos) return name;
  }
  return {};
}

// The first `count` groups of an IPv6 address, "::" filled in; empty when it is none.
std::string first_groups(std::string_view address, std::size_t count) {
  std::array<std::string_view, 8> head{};
  std::size_t groups = 0;
  while (groups < count) {
    const auto colon = address.find(':');
    if (colon == std::string_view::npos) return {};
    const auto group = address.substr(0, colon);
    if (group.empty()) break;  // "::" begins: zeros as far as we look
    head[groups++] = group;
    address.remove_prefix(colon + 1);
  }
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += i < groups ? base::lower(head[i]) : std::string("0");
    out += ':';
  }
  return out + ":/48";
}

}  // namespace

std::string device_words(std::string_view user_agent) {
  const auto browser = first_named(user_agent, kBrowsers);
  const auto system = first_named(user_agent, kSystems);
  if (browser.empty() && system.empty()) return "Unknown";
  if (browser.empty()) return std::string(system);
  if (system.empty()) return std::string(browser);
  return std::string(browser) + " on " + std::string(system);
}

std::string network_prefix(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (base::lower(address).starts_with(kMapped)) address.remove_prefix(kMapped.size());
  if (address.find(':') != std::string_view::npos) {
    auto prefix = first_groups(address, 3);
    return prefix.empty() ? std::string(address) : prefix;
  }
  const auto dot = address.rfind('.');
  if (dot == std::string_view::npos) return std::string(address);
  return std::string(address.substr(0, dot)) + ".0/24";
}

}  // namespace accounts
