// What a shop agrees to before it brings in other people's data: the terms of processing on its
// behalf (GDPR Art. 28(3)), why it may pass the data on, and which categories of it. Each agreement
// is a row of its own and is never changed; the newest counts.
//
// Who runs the instance for a shop of their own is that shop's controller and agrees with nobody;
// who signed up agreed by it. It is for accounts that the operator made for others.
//
// Functions work in the caller's transaction.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"

namespace accounts {

// What may be brought in. No card numbers, no dates of birth: there is no word for them.
inline constexpr std::array<std::string_view, 6> kCategories = {"name",     "e-mail", "phone",
                                                                "postcode", "order",  "free-text"};
// Why the shop may pass it on: the recipient's order, a contract with them, their consent.
inline constexpr std::array<std::string_view, 3> kPassingBases = {"order", "contract", "consent"};

struct ProcessingTerms {
  std::string terms;  // the version's hash
  std::string basis;
  std::vector<std::string> categories;
  base::Instant agreed_at{};
  std::int64_t agreed_by = 0;  // a member; 0: the operator, for the shop

  bool covers(std::string_view category) const;
};

enum class TermsError : std::uint8_t { NoAccount, NoVersion, UnknownBasis, UnknownCategory };
std::string_view describe(TermsError error);

base::Outcome<TermsError> agree(store::Tx& tx, std::int64_t account_id,
                                const ProcessingTerms& terms);
// The account is another shop's: from now on nothing may be brought in until it agreed.
void await_agreement(store::Tx& tx, std::int64_t account_id, base::Instant now);
// What holds now. Nothing: an agreement is awaited, and nobody's data may be brought in. An account
// for which none was ever awaited may bring in every category, under no version.
std::optional<ProcessingTerms> processing_terms(store::Tx& tx, std::int64_t account_id);

}  // namespace accounts
