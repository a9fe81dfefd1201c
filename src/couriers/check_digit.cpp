#include "couriers/check_digit.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace couriers {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct Word {
  Algorithm algorithm;
  std::string_view word;
  std::string_view name;
};
constexpr Word kWords[] = {
    {Algorithm::S10, "s10", "UPU S10, modulo 11"},
    {Algorithm::Gs1, "gs1", "GS1 modulo 10"},
    {Algorithm::Left13, "left13", "weights 1 3, modulo 10"},
    {Algorithm::Ups, "ups", "UPS, modulo 10"},
    {Algorithm::Evri16, "evri16", "Evri, modulo 10"},
    {Algorithm::Fedex12, "fedex12", "FedEx, modulo 11"},
    {Algorithm::Fedex34, "fedex34", "FedEx, modulo 11"},
    {Algorithm::Mod7, "mod7", "modulo 7"},
    {Algorithm::Dpd37, "dpd37", "ISO 7064 modulo 37,36"},
    {Algorithm::Luhn, "luhn", "Luhn"},
    {Algorithm::Ontrac, "ontrac", "OnTrac, modulo 10"},
    {Algorithm::Identcode, "identcode", "Identcode, modulo 10"},
    {Algorithm::Gls, "gls", "GLS, modulo 10"},
    {Algorithm::Correos23, "correos23", "Correos, modulo 23"},
    {Algorithm::Iso6346, "iso6346", "ISO 6346"},
};

constexpr int digit(char c) { return c - '0'; }
constexpr char to_char(int value) { return static_cast<char>('0' + value); }
// What is missing to the next multiple of ten.
constexpr char complement(int sum) { return to_char((10 - sum % 10) % 10); }

constexpr int alphanumeric(char c) { return base::is_digit(c) ? c - '0' : c - 'A' + 10; }
// UPS and Evri: A is 2, B is 3, ... H is 9, I is 0.
constexpr int ups_value(char c) { return base::is_digit(c) ? c - '0' : (c - 63) % 10; }

template <std::size_t N>
int weighted(std::string_view body, const int (&weights)[N]) {
  int sum = 0;
  std::size_t w = 0;
  for (char c : body) {
    sum += digit(c) * weights[w];
    if (++w == N) w = 0;
  }
  return sum;
}

char s10(std::string_view serial) {
  const int check = 11 - weighted(serial, {8, 6, 4, 2, 3, 5, 9, 7}) % 11;
  return check == 10 ? '0' : check == 11 ? '5' : to_char(check);
}

int gs1_sum(std::string_view body) {
  int sum = 0;
  int weight = 3;
  for (std::size_t i = body.size(); i-- > 0; weight = 4 - weight) sum += digit(body[i]) * weight;
  return sum;
}

int alternating(std::string_view body, int first, int second) {
  int sum = 0;
  for (char c : body) {
    sum += ups_value(c) * first;
    std::swap(first, second);
  }
  return sum;
}

int luhn_sum(std::string_view body) {
  int sum = 0;
  bool doubled = true;
  for (std::size_t i = body.size(); i-- > 0; doubled = !doubled) {
    const int d = digit(body[i]) * (doubled ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  }
  return sum;
}

int modulo7(std::string_view body) {
  int rest = 0;
  for (char c : body) rest = (rest * 10 + digit(c)) % 7;
  return rest;
}

char dpd37(std::string_view body) {
  int p = 36;
  for (char c : body) {
    p += alphanumeric(c);
    if (p > 36) p -= 36;
    p *= 2;
    if (p > 36) p -= 37;
  }
  const int check = (37 - p) % 36;
  return kAlphabet[static_cast<std::size_t>(check)];
}

char ontrac(std::string_view body) {
  if (body.empty()) return '?';
  const int first = body.front() == 'C' ? 4 : 5;
  return complement(first + alternating(body.substr(1), 2, 1));
}

char correos23(std::string_view body) {
  constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  unsigned sum = 0;
  for (char c : body) sum += static_cast<unsigned char>(c);
  return kLetters[sum % 23];
}

// A is 10, and the multiples of eleven are left out: L is 23, V is 34.
constexpr int container_value(char c) {
  if (base::is_digit(c)) return c - '0';
  const int plain = c - 'A' + 10;
  return plain + (plain > 10) + (plain > 20) + (plain > 30);
}

char iso6346(std::string_view body) {
  int sum = 0;
  int weight = 1;
  for (char c : body.substr(0, 10)) {
    sum += container_value(c) * weight;
    weight *= 2;
  }
  return to_char(sum % 11 % 10);
}

}  // namespace

std::optional<Algorithm> algorithm(std::string_view word) {
  for (const Word& known : kWords)
    if (known.word == word) return known.algorithm;
  return std::nullopt;
}

std::string_view name(Algorithm algorithm) {
  for (const Word& known : kWords)
    if (known.algorithm == algorithm) return known.name;
  return "check digit";
}

char check_character(Algorithm algorithm, std::string_view body) {
  switch (algorithm) {
    case Algorithm::S10:
      return s10(body);
    case Algorithm::Gs1:
      return complement(gs1_sum(body));
    case Algorithm::Left13:
      return complement(weighted(body, {1, 3}));
    case Algorithm::Ups:
      return complement(alternating(body, 1, 2));
    case Algorithm::Evri16:
      return to_char(alternating(body, 2, 1) % 10);
    case Algorithm::Fedex12:
      return to_char(weighted(body, {3, 1, 7}) % 11 % 10);
    case Algorithm::Fedex34:
      return to_char(weighted(body, {1, 7, 3}) % 11 % 10);
    case Algorithm::Mod7:
      return to_char(modulo7(body));
    case Algorithm::Dpd37:
      return dpd37(body);
    case Algorithm::Luhn:
      return complement(luhn_sum(body));
    case Algorithm::Ontrac:
      return ontrac(body);
    case Algorithm::Identcode:
      return complement(weighted(body, {4, 9}));
    case Algorithm::Gls:
      return complement(weighted(body, {3, 1}) + 1);
    case Algorithm::Correos23:
      return correos23(body);
    case Algorithm::Iso6346:
      return iso6346(body);
  }
  return '?';
}

std::optional<Check> Check::parse(std::string_view text) {
  Check check;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    check.prefix = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  const std::size_t at = text.find('@');
  const auto known = couriers::algorithm(text.substr(0, at));
  if (!known) return std::nullopt;
  check.algorithm = *known;
  if (at == std::string_view::npos) return check;
  const std::string_view slice = text.substr(at + 1);
  const char* const last = slice.data() + slice.size();
  const auto begin = std::from_chars(slice.data(), last, check.begin);
  if (begin.ec != std::errc{}) return std::nullopt;
  if (begin.ptr == last) return check;
  const auto end = std::from_chars(begin.ptr + 1, last, check.end);
  if (*begin.ptr != '-' || end.ec != std::errc{} || end.ptr != last) return std::nullopt;
  return check;
}

std::size_t Check::position(std::size_t length) const {
  if (algorithm == Algorithm::S10) return 10;
  return (end == 0 ? length : end) - 1;
}

char Check::expected(std::string_view number) const {
  if (algorithm == Algorithm::S10) return s10(number.substr(2, 8));
  const std::string_view body = number.substr(begin, position(number.size()) - begin);
  if (prefix.empty()) return check_character(algorithm, body);
  std::array<char, 64> joined{};
  if (prefix.size() + body.size() > joined.size()) return '?';
  body.copy(joined.data() + prefix.copy(joined.data(), prefix.size()), body.size());
  return check_character(algorithm, {joined.data(), prefix.size() + body.size()});
}

bool Check::holds(std::string_view number) const {
  const std::size_t at = position(number.size());
  return begin < at && at < number.size() && expected(number) == number[at];
}

}  // namespace couriers
