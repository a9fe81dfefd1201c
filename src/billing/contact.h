// Whom an account's invoices are for. Not the account's holder, whom accounts knows: often another
// person in another office, asked for nothing but this.
//
// Each value is sealed by itself, in a column of its own and bound to it, under a key that belongs
// to this contact alone (policy clause 31): none opens in another's place, and one that is asked
// for opens no other. The key is destroyed when the account closes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "personal/access.h"
#include "personal/fields/billing.gen.h"
#include "personal/vault.h"
#include "store/database.h"

namespace billing {

template <class F>
using Sealed = personal::Personal<std::string, F>;

struct Contact {
  Sealed<personal::field::BillingName> name;
  Sealed<personal::field::BillingEmail> email;
  Sealed<personal::field::BillingCompany> company;
  Sealed<personal::field::BillingVatNumber> vat_number;
  Sealed<personal::field::BillingOrderReference> order_reference;
  Sealed<personal::field::BillingFirstLine> first_line;
  Sealed<personal::field::BillingSecondLine> second_line;
  Sealed<personal::field::BillingPostcode> postcode;
  Sealed<personal::field::BillingCity> city;
  Sealed<personal::field::BillingRegion> region;
  Sealed<personal::field::BillingCountry> country;
  base::Instant changed_at{};
};

// As it came in, to be taken into its sealed form at once; spaces around values are cut off.
struct ContactForm {
  std::string_view name, email, company, vat_number, order_reference, first_line, second_line,
      postcode, city, region, country;
};

enum class ContactFault : std::uint8_t {
  Missing,     // name, e-mail, first line, postcode, city and country are needed
  TooLong,     // more than kMostValue bytes
  NoEmail,     // not written like an address
  NoCountry,   // not two letters (ISO 3166-1)
  NoText,      // bytes that are no text, or control characters
  CardNumber,  // card_guard.h
  NoAccount    // there is none, or it is closed
};
std::string_view describe(ContactFault fault);

// Safe from any thread; both engines.
class Contacts {
 public:
  static constexpr std::size_t kMostValue = 200;  // bytes

  Contacts(store::Database& database, personal::Vault& vault, const base::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  // Everything that was said before is replaced, in the caller's transaction.
  base::Outcome<ContactFault> put(store::Tx& tx, std::int64_t account_id, const ContactForm& form);
  std::optional<Contact> find(store::Tx& tx, std::int64_t account_id);
  // With its key: what a backup still holds opens no more.
  bool forget(store::Tx& tx, std::int64_t account_id);
  // Those of closed accounts, with what is known of how they paid. Blocks; gives back how many.
  std::int64_t sweep();

 private:
  store::Database& database_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace billing
