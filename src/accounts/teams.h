// Members of an account, and inviting more.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/people.h"
#include "accounts/roles.h"
#include "base/id.h"
#include "personal/fields/accounts.gen.h"

namespace accounts {

enum class TeamError : std::uint8_t {
  EmailInvalid,
  AlreadyMember,
  UnknownMember,
  UnknownInvitation,  // never was, withdrawn, used or too old: told alike
  OtherAddress,       // the invitation went to another address than the one signed in
  LastOwner,          // an account keeps one
  NotYours,           // only an owner makes, changes or removes owners
  TooMany,            // invitations that wait
};
std::string_view word(TeamError error);
std::string_view describe(TeamError error);

struct Member {
  std::int64_t person_id = 0;
  personal::SubjectId subject = 0;
  PersonName name;
  PersonEmail email;
  Role role{};
  base::Instant joined_at{}, last_seen_at{};
  bool has_second_factor = false;  // a passkey or an authenticator
};
struct Invitation {
  base::Id id;
  personal::SubjectId subject = 0;
  personal::Personal<std::string, personal::field::InvitedEmail> email;
  Role role{};
  std::int64_t invited_by = 0;
  base::Instant created_at{}, expires_at{};
};
struct Membership {  // one person's, for the account switch
  std::int64_t account_id = 0;
  Role role{};
  bool is_suspended = false;
};

// Who acts: a member with their role, or the command line.
struct Acting {
  personal::Actor actor;
  Role role = Role::Owner;
};

// A row for the audit log: change is one of invited, joined, role, left, removed, withdrawn.
void note_member(store::Tx& tx, std::int64_t account_id, std::int64_t person_id,
                 std::string_view change, std::string_view role, personal::Actor actor,
                 base::Instant now);

// How letters name an account: accounts have a number and no name.
std::string team_name(std::int64_t account_id);

class Teams {
 public:
  explicit Teams(const Context& context) : context_(context) {}

  base::Task<std::vector<Member>> members(std::int64_t account_id);
  base::Task<std::vector<Membership>> memberships(std::int64_t person_id);
  static std::optional<Role> role_in(store::Tx& tx, std::int64_t account_id,
                                     std::int64_t person_id);

  // A letter with a link for a week. The same answer whether the address is known here or not.
  base::Task<base::Outcome<TeamError>> invite(std::int64_t account_id, Acting who,
                                              std::string email, Role role, std::string language);
  base::Task<std::vector<Invitation>> invitations(std::int64_t account_id);
  base::Task<bool> withdraw(std::int64_t account_id, Acting who, base::Id invitation);
  // Whose account and which role the link is about; to be shown before taking it up.
  struct Offered {
    std::int64_t account_id = 0;
    Role role{};
    bool is_known = false;  // the address has a person already: sign in; else sign up with it
    std::string email;      // prefilled; whoever opens the letter knows it
  };
  base::Task<std::optional<Offered>> see(std::string token);
  // Signed in: joins with this person. The invited address must be theirs.
  base::Task<base::Result<std::int64_t, TeamError>> accept(std::string token,
                                                           std::int64_t person_id);
  // Not known yet: the letter has proven the address, so a person is made of it at once, member of
  // the inviting account and of no other. `name` may be empty; a password or a passkey follows.
  base::Task<base::Result<std::int64_t, TeamError>> accept_as_new(std::string token,
                                                                  std::string name,
                                                                  Agreement agreement,
                                                                  Preferences preferences);

  base::Task<base::Outcome<TeamError>> set_role(std::int64_t account_id, Acting who,
                                                std::int64_t person_id, Role role);
  // Somebody else, or oneself (leaving).
  base::Task<base::Outcome<TeamError>> remove(std::int64_t account_id, Acting who,
                                              std::int64_t person_id);

  // In the caller's transaction, with its row for the audit log.
  static void join(store::Tx& tx, std::int64_t account_id, std::int64_t person_id, Role role,
                   personal::Actor actor, base::Instant now);
  static int owners(store::Tx& tx, std::int64_t account_id);

  std::int64_t sweep();  // invitations that are over. Blocks.

 private:
  Context context_;
};

}  // namespace accounts
