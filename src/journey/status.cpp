#include "journey/status.h"

#include <array>

#include "base/text.h"

namespace journey {
namespace {

constexpr std::array<std::string_view, 9> kNames = {"pending",   "notfound",  "inforeceived",
                                                    "transit",   "pickup",    "undelivered",
                                                    "delivered", "exception", "expired"};

}  // namespace

std::string_view name(Status status) { return kNames[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view word) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (base::equals_ignoring_case(kNames[i], word)) return static_cast<Status>(i);
  }
  return std::nullopt;
}

std::string substatus_name(Status status, int number) {
  std::string out(name(status));
  const int n = number % 1000;
  out += static_cast<char>('0' + n / 100);
  out += static_cast<char>('0' + n / 10 % 10);
  out += static_cast<char>('0' + n % 10);
  return out;
}

std::optional<Substatus> parse_substatus(std::string_view word) {
  if (word.size() < 4) return std::nullopt;
  const auto status = parse_status(word.substr(0, word.size() - 3));
  if (!status) return std::nullopt;
  int number = 0;
  for (const char c : word.substr(word.size() - 3)) {
    if (!base::is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  if (number == 0) return std::nullopt;
  return Substatus{*status, number};
}

}  // namespace journey
