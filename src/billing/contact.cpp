#include "billing/contact.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "billing/card_guard.h"

namespace billing {
namespace {

constexpr std::string_view kTable = "billing_contacts";

// The columns, what is typed for each, and where it goes: each is one row of this list.
template <class Visit>
void each_value(Visit visit) {
  visit("name", &ContactForm::name, &Contact::name);
  visit("email", &ContactForm::email, &Contact::email);
  visit("company", &ContactForm::company, &Contact::company);
  visit("vat_number", &ContactForm::vat_number, &Contact::vat_number);
  visit("order_reference", &ContactForm::order_reference, &Contact::order_reference);
  visit("first_line", &ContactForm::first_line, &Contact::first_line);
  visit("second_line", &ContactForm::second_line, &Contact::second_line);
  visit("postcode", &ContactForm::postcode, &Contact::postcode);
  visit("city", &ContactForm::city, &Contact::city);
  visit("region", &ContactForm::region, &Contact::region);
  visit("country", &ContactForm::country, &Contact::country);
}

bool is_line(std::string_view text) {
  return base::is_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find(' ') == std::string_view::npos && text.find('.', at) != std::string_view::npos;
}

bool is_country(std::string_view text) {
  return text.size() == 2 && base::is_letter(text[0]) && base::is_letter(text[1]);
}

std::optional<ContactFault> fault_of(const ContactForm& form) {
  std::optional<ContactFault> fault;
  each_value([&](std::string_view, auto typed, auto) {
    const auto text = base::trim(form.*typed);
    if (text.size() > Contacts::kMostValue && !fault) fault = ContactFault::TooLong;
    if (!is_line(text) && !fault) fault = ContactFault::NoText;
    if (looks_like_card(text)) fault = ContactFault::CardNumber;
  });
  if (fault) return fault;
  for (const auto needed :
       {form.name, form.email, form.first_line, form.postcode, form.city, form.country})
    if (base::trim(needed).empty()) return ContactFault::Missing;
  if (!is_email(base::trim(form.email))) return ContactFault::NoEmail;
  if (!is_country(base::trim(form.country))) return ContactFault::NoCountry;
  return std::nullopt;
}

bool is_open(store::Tx& tx, std::int64_t account_id) {
  return tx.query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id)
      .next();
}

std::optional<personal::SubjectId> subject_of(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query("SELECT subject FROM billing_contacts WHERE account_id = $1", account_id);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

}  // namespace

std::string_view describe(ContactFault fault) {
  switch (fault) {
    case ContactFault::Missing:
      return "name, e-mail, first line of the address, postcode, city and country are needed";
    case ContactFault::TooLong:
      return "a value has 200 bytes at most";
    case ContactFault::NoEmail:
      return "the e-mail address is not written like one";
    case ContactFault::NoCountry:
      return "a country is two letters, such as NL";
    case ContactFault::NoText:
      return "a value is one line of text";
    case ContactFault::CardNumber:
      return "this looks like a card's number, which is kept nowhere here";
    case ContactFault::NoAccount:
      break;
  }
  return "there is no such account, or it is closed";
}

base::Outcome<ContactFault> Contacts::put(store::Tx& tx, std::int64_t account_id,
                                          const ContactForm& form) {
  if (const auto fault = fault_of(form)) return base::Failure{*fault};
  if (!is_open(tx, account_id)) return base::Failure{ContactFault::NoAccount};
  const auto known = subject_of(tx, account_id);
  const auto subject = known ? *known : vault_.new_subject_now(account_id);
  tx.execute(
      "INSERT INTO billing_contacts (account_id, subject, changed_at) VALUES ($1, $2, $3) ON "
      "CONFLICT (account_id) DO UPDATE SET subject = excluded.subject, changed_at = "
      "excluded.changed_at",
      account_id, subject, clock_.now());
  each_value([&](std::string_view column, auto typed, auto member) {
    using Value = std::remove_cvref_t<decltype(std::declval<Contact&>().*member)>;
    const auto text = base::trim(form.*typed);
    if (text.empty()) {
      tx.execute(fmt::format("UPDATE billing_contacts SET {} = NULL WHERE account_id = $1", column),
                 account_id);
      return;
    }
    personal::Envelope envelope;
    envelope.put(Value(std::string(text), personal::Label(personal::Source::Buyer)));
    const auto sealed = vault_.seal({kTable, account_id, column}, subject, envelope).value();
    tx.execute(fmt::format("UPDATE billing_contacts SET {} = $1 WHERE account_id = $2", column),
               store::Blob{sealed}, account_id);
  });
  return base::kDone;
}

std::optional<Contact> Contacts::find(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query(
      "SELECT subject, changed_at, name, email, company, vat_number, order_reference, first_line, "
      "second_line, postcode, city, region, country FROM billing_contacts WHERE account_id = $1",
      account_id);
  if (!rows.next()) return std::nullopt;
  Contact contact;
  contact.changed_at = rows.instant(1);
  int at = 2;
  each_value([&](std::string_view column, auto, auto member) {
    using F = typename std::remove_cvref_t<decltype(contact.*member)>::FieldType;
    const int here = at++;
    if (rows.is_null(here)) return;
    const auto envelope =
        vault_.unseal({kTable, account_id, column}, rows.integer(0), rows.blob(here));
    if (envelope) contact.*member = envelope->template take<F>();
  });
  return contact;
}

bool Contacts::forget(store::Tx& tx, std::int64_t account_id) {
  const auto subject = subject_of(tx, account_id);
  if (!subject) return false;
  // Before the commit: a row without a key is noise, a key without its row opens old copies.
  vault_.forget(account_id, std::span(&*subject, 1));
  return tx.execute("DELETE FROM billing_contacts WHERE account_id = $1", account_id) == 1;
}

std::int64_t Contacts::sweep() {
  constexpr std::string_view kClosed =
      "account_id IN (SELECT account_id FROM accounts WHERE closed_at IS NOT NULL)";
  return database_.write_now([&](store::Tx& tx) {
    std::vector<std::int64_t> accounts;
    auto rows = tx.query(fmt::format("SELECT account_id FROM {} WHERE {}", kTable, kClosed));
    while (rows.next()) accounts.push_back(rows.integer(0));
    for (const auto account_id : accounts) forget(tx, account_id);
    for (const auto* table : {"billing_methods", "billing_subscriptions"})
      tx.execute(fmt::format("DELETE FROM {} WHERE {}", table, kClosed));
    return static_cast<std::int64_t>(accounts.size());
  });
}

}  // namespace billing
