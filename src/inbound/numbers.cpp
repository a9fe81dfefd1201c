#include "inbound/numbers.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "shipments/tracking_number.h"

namespace inbound {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

// GS1's check digit: weights 3 and 1 by turns from the right.
char check_digit(std::string_view digits) {
  int sum = 0, weight = 3;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, weight = 4 - weight)
    sum += (*it - '0') * weight;
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

// "urn:epc:id:sscc:4012345.1234567890": company prefix and serial, whose first digit is the
// extension that stands before the prefix on the label.
std::optional<std::string> sscc_of_epc(std::string_view said) {
  constexpr std::string_view kUrn = "urn:epc:id:sscc:";
  if (!base::equals_ignoring_case(said.substr(0, kUrn.size()), kUrn)) return std::nullopt;
  said.remove_prefix(kUrn.size());
  const auto dot = said.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto prefix = said.substr(0, dot), serial = said.substr(dot + 1);
  if (!all_digits(prefix) || !all_digits(serial) || prefix.size() + serial.size() != 17)
    return std::nullopt;
  std::string digits(serial.substr(0, 1));
  digits.append(prefix).append(serial.substr(1));
  digits += check_digit(digits);
  return digits;
}

// "https://id.gs1.org/00/340123450000000000"
std::optional<std::string> sscc_of_link(std::string_view said) {
  const auto at = said.find("/00/");
  if (!said.starts_with("http") || at == std::string_view::npos) return std::nullopt;
  const auto digits = said.substr(at + 4, 18);
  if (digits.size() != 18 || !all_digits(digits)) return std::nullopt;
  return std::string(digits);
}

void add(std::vector<std::string>& forms, std::string_view said) {
  const auto number = shipments::normalise_number(said);
  if (number && std::ranges::find(forms, *number) == forms.end()) forms.push_back(*number);
}

}  // namespace

std::vector<std::string> number_forms(std::string_view said) {
  std::vector<std::string> forms;
  for (const auto& sscc : {sscc_of_epc(said), sscc_of_link(said)})
    if (sscc) add(forms, *sscc);
  add(forms, said);
  std::string bare;
  for (const char c : said)
    if (c != '-' && c != '.' && c != '/') bare += c;
  add(forms, bare);
  return forms;
}

}  // namespace inbound
