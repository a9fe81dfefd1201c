#include "consent/person.h"

#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace consent {
namespace {

constexpr std::size_t kLongestAddress = 254;                     // RFC 5321 4.5.3.1.3
constexpr std::size_t kShortestNumber = 7, kLongestNumber = 15;  // digits; E.164

std::optional<std::string> fold(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) || !base::is_utf8(text)) return std::nullopt;
  const auto folded = folding->normalize(
      icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  return folded.toUTF8String(out);
}

std::optional<std::string> ascii_domain(std::string_view domain) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII, status));
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::IDNAInfo found;
  idna->nameToASCII_UTF8({domain.data(), static_cast<std::int32_t>(domain.size())}, sink, found,
                         status);
  if (U_FAILURE(status) || found.hasErrors() || out.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Person> Person::from_bytes(std::string_view bytes) {
  if (bytes.size() != kBytes) return std::nullopt;
  Person person;
  std::copy_n(bytes.data(), kBytes, person.bytes_.data());
  return person;
}

std::optional<std::string> fold_email(std::string_view address) {
  const auto text = base::trim(address);
  if (text.size() > kLongestAddress) return std::nullopt;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  auto local = fold(text.substr(0, at));
  const auto domain = ascii_domain(text.substr(at + 1));
  if (!local || !domain) return std::nullopt;
  return *local + '@' + *domain;
}

std::optional<std::string> fold_phone(std::string_view number) {
  std::string digits;
  bool has_plus = false;
  for (const char c : base::trim(number)) {
    if (base::is_digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !has_plus) {
      has_plus = true;
    } else if (std::string_view(" -./()").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (!has_plus) {
    if (!digits.starts_with("00")) return std::nullopt;
    digits.erase(0, 2);
  }
  if (digits.size() < kShortestNumber || digits.size() > kLongestNumber || digits[0] == '0') {
    return std::nullopt;
  }
  return '+' + digits;
}

std::optional<Person> People::by_email(std::int64_t account_id, std::string_view address) const {
  const auto folded = fold_email(address);
  if (!folded) return std::nullopt;
  return by(account_id, "email", *folded);
}

std::optional<Person> People::by_phone(std::int64_t account_id, std::string_view number) const {
  const auto folded = fold_phone(number);
  if (!folded) return std::nullopt;
  return by(account_id, "phone", *folded);
}

Person People::by(std::int64_t account_id, std::string_view kind, std::string_view text) const {
  std::string spelt(kind);
  spelt += ':';
  spelt += text;
  const auto hash = vault_.keyed_hash(account_id, "address", spelt);
  return Person::from_bytes({reinterpret_cast<const char*>(hash.data()), Person::kBytes}).value();
}

}  // namespace consent
