// The people who sign in. A person is of the instance, may be a member of several accounts, and is
// found by a keyed hash of the folded address.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/context.h"
#include "base/result.h"
#include "base/task.h"
#include "personal/fields/accounts.gen.h"

namespace accounts {

using PersonName = personal::Personal<std::string, personal::field::PersonName>;
using PersonEmail = personal::Personal<std::string, personal::field::PersonEmail>;

// How a person wants to read (policy clauses 118 and 119). Only what exists can be held.
struct Preferences {
  std::string language = "en";   // BCP 47, as the catalogues have it
  std::string zone = "UTC";      // IANA name
  std::string currency = "EUR";  // ISO 4217
};
bool is_zone(std::string_view name);      // a name of the tz database that this machine knows
bool is_currency(std::string_view code);  // three capitals in use by ISO 4217
bool is_language(std::string_view tag);   // well formed: "nl", "pt-BR", "zh-Hant"
// What is not valid is left as it was.
Preferences merged(Preferences current, std::string_view language, std::string_view zone,
                   std::string_view currency);

struct Person {
  std::int64_t person_id = 0;
  personal::SubjectId subject = 0;
  PersonName name;
  PersonEmail email;
  Preferences preferences;
  base::Instant created_at{}, last_seen_at{};
  std::optional<base::Instant> verified_at, password_changed_at, suspended_at, warned_at, delete_at;
  bool has_password = false;
  // What was agreed to: hashes of the versions, and when.
  std::string policy, terms;
  std::optional<base::Instant> agreed_at, age_stated_at;
};

// What somebody agrees to when they join, explicitly (clauses 13 and 21).
struct Agreement {
  std::string policy;  // content hash of the version shown
  std::string terms;
  bool is_of_age = false;
};

enum class PersonError : std::uint8_t {
  EmailInvalid,
  EmailTaken,
  NameInvalid,
  UnknownPerson,
  UnknownAccount,
  NoSuchZone,
  LinkUsed,   // never was, was used, is too old: told alike
  NotAgreed,  // policy, terms or age left open
  LastOwner,  // an account with other members would be left without one
};
std::string_view word(PersonError error);
std::string_view describe(PersonError error);

bool looks_like_email(std::string_view email);
// Lower case and trimmed: the form an address is hashed in.
std::string folded(std::string_view email);
// "gmial.com" -> "gmail.com": the domain that was probably meant; empty when nothing looks
// mistyped.
std::string domain_meant(std::string_view email);

class People {
 public:
  explicit People(const Context& context) : context_(context) {}

  base::Task<std::optional<Person>> find(std::int64_t person_id);
  // In a transaction of the caller's.
  std::optional<Person> find_in(store::Tx& tx, std::int64_t person_id);
  std::optional<std::int64_t> find_by_email_in(store::Tx& tx, std::string_view email);

  base::Task<base::Outcome<PersonError>> set_name(std::int64_t person_id, std::string name);
  base::Task<Preferences> set_preferences(std::int64_t person_id, Preferences wanted);

  // A new address counts when it has answered; the old one is told, and can take it back for a
  // week: confirm_new_email takes the tokens of both letters.
  base::Task<base::Outcome<PersonError>> ask_new_email(std::int64_t person_id, std::string email);
  base::Task<base::Outcome<PersonError>> confirm_new_email(std::string token);

  // Erases the person: keys first, then every row. Accounts they alone own are closed; refused
  // while an account with other members would be left without an owner. The pages ask for a step-up
  // before.
  struct Erased {
    std::vector<std::int64_t> closed_accounts;  // whose shipments are now to go too
    std::int64_t rows = 0;
  };
  base::Task<base::Result<Erased, PersonError>> erase(std::int64_t person_id);
  // What would hinder it, and what would go with it: for the page that asks.
  struct Farewell {
    std::vector<std::int64_t> closes;   // accounts that would close
    std::vector<std::int64_t> hinders;  // accounts that need another owner before
  };
  base::Task<Farewell> farewell(std::int64_t person_id);
  // Erased after `days`; until then a sign-in takes it back. The letter says so.
  base::Task<> erase_later(std::int64_t person_id, int days);

  // ---- For the command line: these block. ----
  // Without mail: the operator vouches for the address. Joins `account_id`, or the account that has
  // this address, or a new one, as its owner.
  base::Result<std::int64_t, PersonError> add(std::string_view email, std::string_view name,
                                              std::int64_t account_id);
  std::vector<Person> list();
  std::optional<std::int64_t> find_by_email(std::string_view email);
  bool set_suspended(std::int64_t person_id, bool is_suspended);
  // Closes an account: nobody is in it any more, its keys work no more, and its holder is
  // forgotten. Who was in it keeps their sign-in. False: there is none, or it is closed. What is
  // kept in it is then to go (rights/closing.h).
  bool close_account(std::int64_t account_id, personal::Actor by);

 private:
  friend class SignUps;
  Context context_;
};

}  // namespace accounts
