#include "journey/weight.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "base/text.h"

namespace journey {
namespace {

struct Unit {
  std::string_view word;  // lower case
  double kilograms;
};
// X12's and UN/ECE's unit codes (K, KGM, L, LBR, GRM, ONZ) among the words.
constexpr auto kUnits = std::to_array<Unit>({
    {"kg", 1},
    {"kgs", 1},
    {"k", 1},
    {"kgm", 1},
    {"kilo", 1},
    {"kilos", 1},
    {"kilogram", 1},
    {"kilograms", 1},
    {"g", 0.001},
    {"gr", 0.001},
    {"grm", 0.001},
    {"gram", 0.001},
    {"grams", 0.001},
    {"gramm", 0.001},
    {"lb", 0.45359237},
    {"lbs", 0.45359237},
    {"l", 0.45359237},
    {"lbr", 0.45359237},
    {"pound", 0.45359237},
    {"pounds", 0.45359237},
    {"oz", 0.028349523},
    {"ozs", 0.028349523},
    {"onz", 0.028349523},
    {"ounce", 0.028349523},
    {"ounces", 0.028349523},
    {"t", 1000},
    {"tne", 1000},
});

}  // namespace

std::string kilograms(std::string_view written) {
  std::string number;
  std::size_t at = 0;
  while (at < written.size() &&
         (base::is_digit(written[at]) || written[at] == '.' || written[at] == ',') &&
         number.size() < 20) {
    number += written[at] == ',' ? '.' : written[at];
    ++at;
  }
  // "1,250.5": all but the last are thousands' marks.
  for (auto dot = number.find('.'); dot != std::string::npos && dot != number.rfind('.');
       dot = number.find('.'))
    number.erase(dot, 1);
  const auto unit = base::lower(base::trim(written.substr(at)));
  const double amount = std::strtod(number.c_str(), nullptr);
  if (amount <= 0) return {};
  for (const auto& [word, factor] : kUnits) {
    if (unit != word) continue;
    auto out = fmt::format("{:.2f}", amount * factor);
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out == "0" ? std::string() : out;
  }
  return {};
}

}  // namespace journey
