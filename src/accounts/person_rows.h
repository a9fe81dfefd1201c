// How a person becomes a row and a row a person. Inside this room only.
#pragma once
#include <optional>
#include <string>

#include "accounts/people.h"
#include "accounts/roles.h"
#include "accounts/tokens.h"

namespace accounts {

inline constexpr std::string_view kPersonEmailScope = "person-email";
inline constexpr std::string_view kAccountEmailScope =
    "account-email";  // as accounts.cpp hashes it

// The row's name within its table, for sealing.
inline std::string row_of(std::int64_t person_id) { return std::to_string(person_id); }

TokenHash email_hash(const Context& context, std::string_view email);

struct NewPerson {
  std::int64_t person_id = 0;  // random: never another's again, and tells nothing about how many
  personal::SubjectId subject = 0;
  std::string email, name;
  Preferences preferences;
  std::optional<std::string> password;  // hashed
  std::optional<Agreement> agreement;   // none: an operator made them
  std::optional<base::Instant> agreed_at;
};
std::int64_t new_person_id();
std::string seal_person(const Context& context, std::int64_t person_id, personal::SubjectId subject,
                        std::string_view name, std::string_view email);
// False when the address is taken.
bool insert_person(store::Tx& tx, const Context& context, const NewPerson& person);

// The account a new person works in: the one made for this address, if nobody owns it yet, else a
// new one. They become its owner.
std::int64_t give_account(store::Tx& tx, const Context& context, std::int64_t person_id,
                          std::string_view email);

// An instant as letters take it: "2026-03-20T12:00:00Z".
std::string letter_time(base::Instant at);
// A letter to somebody, in their language; its row in the access ledger goes with the transaction.
// "at" is filled in: now.
void write_to(store::Tx& tx, const Context& context, const Person& person, std::string_view kind,
              letters::Values values, std::chrono::hours useful = std::chrono::hours(72));
// The same with "link" leading to this path.
void write_with_link(store::Tx& tx, const Context& context, const Person& person,
                     std::string_view kind, std::string_view path, std::string_view token,
                     letters::Values values = {},
                     std::chrono::hours useful = std::chrono::hours(72));
std::string link_to(const Context& context, std::string_view path, std::string_view token = {});

// What others know about a person, for weigh_password.
std::vector<std::string> known_of(const Context& context, const Person& person);

// At most one of these letters to a person within `apart`: false when one was written already.
bool may_write_again(store::Tx& tx, const Context& context, std::string_view kind,
                     std::int64_t person_id, std::chrono::minutes apart);

}  // namespace accounts
