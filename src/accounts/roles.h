// Who may do what in an account: one table of roles and permissions, and the word by which every
// route says what it needs. Pure.
//
// Deny by default, three times over: a permission that the table does not give is not there, a
// route whose Need was left empty lets nobody in, and a member without a role is nobody.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace accounts {

enum class Role : std::uint8_t {
  Owner,           // everything an account can be told to do; there is always one
  Admin,           // runs it: people, keys, settings, the security log
  Operator,        // works with shipments
  Analyst,         // figures, and nobody's name
  Support,         // answers customers
  PrivacyOfficer,  // requests, consent, audit
};
inline constexpr std::array kRoles = {Role::Owner,   Role::Admin,   Role::Operator,
                                      Role::Analyst, Role::Support, Role::PrivacyOfficer};
// "owner", "privacy_officer": as stored, and the key of its translation.
std::string_view word(Role role);
std::optional<Role> parse_role(std::string_view word);

enum class Permission : std::uint8_t {
  ReadShipments,     // numbers, status, journeys
  WriteShipments,    // add, correct, stop, delete
  ReadRecipients,    // names and addresses of the people parcels go to
  ReadFigures,       // counts and quality, nobody in them
  ExportShipments,   // everything as a file
  ManageMessages,    // what customers are told, and how it reads
  ManageHooks,       // where programs are told
  ManageKeys,        // API keys
  ManageTeam,        // who else is here
  ManageAccount,     // its name, plan and settings
  CloseAccount,      // for good
  AnswerCustomers,   // conversations with customers
  ReadSecurityLog,   // sign-ins and attempts of this account's people
  ReadAuditLog,      // what was done by whom
  WorkPrivacyCases,  // access, erasure, objection: the desk
  ManagePrivacy,     // policies, retention, holds, processors
  ReadConsent,       // who agreed to what
};
inline constexpr std::size_t kPermissions = 17;
std::string_view word(Permission permission);

bool may(Role role, Permission permission);
// The whole table, for the page that explains it.
std::span<const Role> roles_with(Permission permission);

// What a route needs. Each route of pages and of the first-party API declares one:
//
//   {"POST", "/account/keys", Need::permission(Permission::ManageKeys).recently()}
struct Need {
  enum class Of : std::uint8_t {
    Nobody,    // not declared: refused
    Anyone,    // sign-in pages, public pages
    Person,    // signed in, whatever the account: one's own settings
    Member,    // of the chosen account, with `of_role`
    LeftOver,  // signed in, even when suspended: take one's data, erase it, sign out
  };
  Of of = Of::Nobody;
  Permission of_role{};
  bool step_up = false;  // who they are was proven a short time ago

  static constexpr Need anyone() { return {Of::Anyone, {}, false}; }
  static constexpr Need person() { return {Of::Person, {}, false}; }
  static constexpr Need even_suspended() { return {Of::LeftOver, {}, false}; }
  static constexpr Need permission(Permission p) { return {Of::Member, p, false}; }
  constexpr Need recently() const { return {of, of_role, true}; }
};

// Whoever asks, as far as a Need is concerned (Signed::standing() in sessions.h).
struct Standing {
  bool is_signed_in = false;
  bool is_suspended = false;  // the person, or the chosen account
  std::optional<Role> role;   // in the chosen account
  bool is_recent = false;     // proved who they are within kRecently
};
inline constexpr std::chrono::minutes kRecently{10};

enum class Verdict : std::uint8_t {
  Welcome,
  SignIn,      // to the sign-in page, and back
  ProveAgain,  // to the step-up page, and back
  Suspended,   // says so, and where one's data can be taken
  Refused,     // 403; to people outside the account 404
};
Verdict decide(const Need& need, const Standing& standing);

}  // namespace accounts
