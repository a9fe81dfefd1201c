#include "accounts/people.h"

#include <array>

#include "accounts/person_rows.h"
#include "accounts/sessions.h"
#include "accounts/teams.h"
#include "base/text.h"

namespace accounts {
namespace {

constexpr std::size_t kLongestName = 200;  // bytes
constexpr std::string_view kColumns =
    "person_id, subject, sealed, language, zone, currency, created_at, last_seen_at, verified_at, "
    "password_changed_at, suspended_at, warned_at, delete_at, password, policy, terms, agreed_at, "
    "age_stated_at";

std::optional<base::Instant> instant_or_none(const store::Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.instant(column);
}

Person read(const store::Rows& row, const Context& context) {
  Person p;
  p.person_id = row.integer(0);
  p.subject = row.integer(1);
  const auto envelope =
      context.vault.unseal({"people", 0, row_of(p.person_id)}, p.subject, row.blob(2));
  if (envelope) {
    p.name = envelope->take<personal::field::PersonName>();
    p.email = envelope->take<personal::field::PersonEmail>();
  }
  p.preferences = {std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5))};
  p.created_at = row.instant(6);
  p.last_seen_at = row.instant(7);
  p.verified_at = instant_or_none(row, 8);
  p.password_changed_at = instant_or_none(row, 9);
  p.suspended_at = instant_or_none(row, 10);
  p.warned_at = instant_or_none(row, 11);
  p.delete_at = instant_or_none(row, 12);
  p.has_password = !row.is_null(13);
  p.policy = row.text(14);
  p.terms = row.text(15);
  p.agreed_at = instant_or_none(row, 16);
  p.age_stated_at = instant_or_none(row, 17);
  return p;
}

bool is_name(std::string_view name) {
  return name.size() <= kLongestName && base::is_utf8(name) &&
         std::ranges::none_of(
             name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

std::string_view word(PersonError error) {
  constexpr std::array<std::string_view, 9> kWords = {
      "email_invalid", "email_taken", "name_invalid", "unknown_person", "unknown_account",
      "no_such_zone",  "link_used",   "not_agreed",   "last_owner"};
  return kWords[static_cast<std::size_t>(error)];
}

std::string_view describe(PersonError error) {
  switch (error) {
    case PersonError::EmailInvalid:
      return "that is not an e-mail address";
    case PersonError::EmailTaken:
      return "somebody with this e-mail address is here already";
    case PersonError::NameInvalid:
      return "a name is text of at most 200 bytes, without control characters";
    case PersonError::UnknownPerson:
      return "there is no such person (see: milepost person list)";
    case PersonError::UnknownAccount:
      return "there is no such account (see: milepost account list)";
    case PersonError::NoSuchZone:
      return "there is no time zone of this name";
    case PersonError::LinkUsed:
      return "this link was used already, or is too old";
    case PersonError::NotAgreed:
      return "the terms, the privacy policy and the statement of age are all needed";
    case PersonError::LastOwner:
      return "an account with other members would be left without an owner; make one of them owner "
             "first";
  }
  return "that could not be done";
}

std::string folded(std::string_view email) { return base::lower(base::trim(email)); }

// Enough to catch a slip of the keyboard; whether it exists is found out by writing to it.
bool looks_like_email(std::string_view e) {
  const auto at = e.rfind('@');
  return e.size() <= 254 && at != std::string_view::npos && at > 0 && at <= 64 &&
         e.find('.', at) != std::string_view::npos && e.find('.', at) > at + 1 && e.back() != '.' &&
         base::is_utf8(e) && std::ranges::none_of(e, [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '<' || c == '>' ||
                  c == ',' || c == ';' || c == '"' || c == '\\';
         });
}

std::optional<Person> People::find_in(store::Tx& tx, std::int64_t person_id) {
  auto rows = tx.query(
      fmt::format("SELECT {} FROM people WHERE account_id = 0 AND person_id = $1", kColumns),
      person_id);
  if (!rows.next()) return std::nullopt;
  return read(rows, context_);
}

base::Task<std::optional<Person>> People::find(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) { return find_in(tx, person_id); };
  co_return co_await context_.database.read(work);
}

std::optional<std::int64_t> People::find_by_email_in(store::Tx& tx, std::string_view email) {
  auto rows = tx.query("SELECT person_id FROM people WHERE email_hash = $1",
                       store::Blob{bytes(email_hash(context_, email))});
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

base::Task<base::Outcome<PersonError>> People::set_name(std::int64_t person_id, std::string name) {
  name = base::trim(name);
  if (!is_name(name)) co_return base::Failure{PersonError::NameInvalid};
  auto work = [&](store::Tx& tx) -> base::Outcome<PersonError> {
    const auto person = find_in(tx, person_id);
    if (!person) return base::Failure{PersonError::UnknownPerson};
    personal::Access<personal::Purpose::KeepAccount> access(
        context_.ledger, {personal::ActorKind::Member, person_id}, 0, "people.set_name");
    const auto sealed =
        seal_person(context_, person_id, person->subject, name, open(person->email, access));
    access.record(tx);
    tx.execute(
        "UPDATE people SET sealed = $2, updated_at = $3 WHERE account_id = 0 AND person_id "
        "= $1",
        person_id, store::Blob{sealed}, context_.clock.now());
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

base::Task<Preferences> People::set_preferences(std::int64_t person_id, Preferences wanted) {
  auto work = [&](store::Tx& tx) {
    auto person = find_in(tx, person_id);
    if (!person) return Preferences{};
    auto kept = merged(person->preferences, wanted.language, wanted.zone, wanted.currency);
    tx.execute(
        "UPDATE people SET language = $2, zone = $3, currency = $4, updated_at = $5 WHERE "
        "account_id = 0 AND person_id = $1",
        person_id, kept.language, kept.zone, kept.currency, context_.clock.now());
    return kept;
  };
  co_return co_await context_.database.write(work);
}

// ---- For the command line

base::Result<std::int64_t, PersonError> People::add(std::string_view email, std::string_view name,
                                                    std::int64_t account_id) {
  email = base::trim(email);
  name = base::trim(name);
  if (!looks_like_email(email)) return base::Failure{PersonError::EmailInvalid};
  if (!is_name(name)) return base::Failure{PersonError::NameInvalid};
  NewPerson person;
  person.person_id = new_person_id();
  person.subject = context_.vault.new_subject_now(0);
  person.email = email;
  person.name = name;
  using Added = base::Result<std::int64_t, PersonError>;
  auto work = [&](store::Tx& tx) -> Added {
    if (account_id != 0 &&
        !tx.query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id)
             .next())
      return base::Failure{PersonError::UnknownAccount};
    if (!insert_person(tx, context_, person)) return base::Failure{PersonError::EmailTaken};
    if (account_id == 0) {
      give_account(tx, context_, person.person_id, person.email);
    } else {
      Teams::join(tx, account_id, person.person_id, Role::Owner,
                  {personal::ActorKind::CommandLine, 0}, context_.clock.now());
    }
    return person.person_id;
  };
  const auto added = context_.database.write_now(work);
  if (!added) context_.vault.give_back(0, person.subject);
  return added;
}

std::vector<Person> People::list() {
  return context_.database.read_now([&](store::Tx& tx) {
    std::vector<Person> people;
    auto rows = tx.query(fmt::format(
        "SELECT {} FROM people WHERE account_id = 0 ORDER BY created_at, person_id", kColumns));
    while (rows.next()) people.push_back(read(rows, context_));
    return people;
  });
}

std::optional<std::int64_t> People::find_by_email(std::string_view email) {
  return context_.database.read_now([&](store::Tx& tx) { return find_by_email_in(tx, email); });
}

bool People::set_suspended(std::int64_t person_id, bool is_suspended) {
  const auto now = context_.clock.now();
  const auto at = is_suspended ? std::optional(now) : std::nullopt;
  return context_.database.write_now([&](store::Tx& tx) {
    return tx.execute(
               "UPDATE people SET suspended_at = $2, updated_at = $3 WHERE account_id = 0 "
               "AND person_id = $1",
               person_id, at, now) > 0;
  });
}

}  // namespace accounts
