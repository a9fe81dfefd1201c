#include "accounts/teams.h"

#include <array>

#include "accounts/person_rows.h"

namespace accounts {
namespace {

std::optional<base::Outcome<TeamError>> refuse_if_last(store::Tx& tx, std::int64_t account_id,
                                                       Role role) {
  if (role != Role::Owner || Teams::owners(tx, account_id) > 1) return std::nullopt;
  return base::Failure{TeamError::LastOwner};
}

// Only an owner makes, changes or removes owners; whoever may not manage the team changes nobody
// but themselves.
bool may_change(const Acting& who, std::int64_t person_id, Role from, std::optional<Role> to) {
  const bool is_self = who.actor.kind == personal::ActorKind::Member && who.actor.id == person_id;
  if (!to && is_self) return true;  // leaving
  if (!may(who.role, Permission::ManageTeam)) return false;
  return who.role == Role::Owner || (from != Role::Owner && to != Role::Owner);
}

}  // namespace

std::string_view word(TeamError error) {
  constexpr std::array<std::string_view, 8> kWords = {
      "email_invalid", "already_member", "unknown_member", "unknown_invitation",
      "other_address", "last_owner",     "not_yours",      "too_many"};
  return kWords[static_cast<std::size_t>(error)];
}

std::string_view describe(TeamError error) {
  switch (error) {
    case TeamError::EmailInvalid:
      return "that is not an e-mail address";
    case TeamError::AlreadyMember:
      return "this person is a member already";
    case TeamError::UnknownMember:
      return "there is no such member";
    case TeamError::UnknownInvitation:
      return "this invitation was used or withdrawn, or is too old";
    case TeamError::OtherAddress:
      return "this invitation was sent to another address than yours";
    case TeamError::LastOwner:
      return "an account keeps at least one owner; make somebody else owner first";
    case TeamError::NotYours:
      return "your role does not allow this change";
    case TeamError::TooMany:
      return "a hundred invitations are waiting; withdraw some first";
  }
  return "that could not be done";
}

std::string team_name(std::int64_t account_id) { return fmt::format("Milepost {}", account_id); }

void note_member(store::Tx& tx, std::int64_t account_id, std::int64_t person_id,
                 std::string_view change, std::string_view role, personal::Actor actor,
                 base::Instant now) {
  const auto id = base::Id::make(now);
  tx.execute(
      "INSERT INTO member_events (account_id, id, at, actor_kind, actor_id, person_id, "
      "change, role) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      account_id, store::Blob{id.bytes()}, now, actor.kind, actor.id, person_id, change, role);
}

void Teams::join(store::Tx& tx, std::int64_t account_id, std::int64_t person_id, Role role,
                 personal::Actor actor, base::Instant now) {
  tx.execute("INSERT INTO members (account_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4)",
             account_id, person_id, word(role), now);
  note_member(tx, account_id, person_id, "joined", word(role), actor, now);
}

std::optional<Role> Teams::role_in(store::Tx& tx, std::int64_t account_id, std::int64_t person_id) {
  auto rows = tx.query(
      "SELECT m.role FROM members m JOIN accounts a ON a.account_id = "
      "m.account_id WHERE m.account_id = $1 AND m.person_id = $2 AND a.closed_at "
      "IS NULL",
      account_id, person_id);
  return rows.next() ? parse_role(rows.text(0)) : std::nullopt;
}

int Teams::owners(store::Tx& tx, std::int64_t account_id) {
  // Held until the end: two owners who leave at once must not both find the other.
  auto rows = tx.query(fmt::format("SELECT person_id FROM members WHERE account_id = $1 AND role = "
                                   "'owner'{}",
                                   tx.hold_rows()),
                       account_id);
  int count = 0;
  while (rows.next()) ++count;
  return count;
}

base::Task<std::vector<Member>> Teams::members(std::int64_t account_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<Member> members;
    auto rows = tx.query(
        "SELECT m.person_id, p.subject, p.sealed, m.role, m.joined_at, p.last_seen_at, (SELECT "
        "COUNT(*) FROM passkeys k WHERE k.person_id = m.person_id) + (SELECT COUNT(*) FROM "
        "authenticators t WHERE t.person_id = m.person_id AND t.confirmed_at IS NOT NULL) FROM "
        "members m JOIN people p ON p.account_id = 0 AND p.person_id = m.person_id WHERE "
        "m.account_id = $1 ORDER BY m.joined_at, m.person_id",
        account_id);
    while (rows.next()) {
      Member one;
      one.person_id = rows.integer(0);
      one.subject = rows.integer(1);
      const auto envelope =
          context_.vault.unseal({"people", 0, row_of(one.person_id)}, one.subject, rows.blob(2));
      if (envelope) {
        one.name = envelope->take<personal::field::PersonName>();
        one.email = envelope->take<personal::field::PersonEmail>();
      }
      const auto role = parse_role(rows.text(3));
      if (!role) continue;
      one.role = *role;
      one.joined_at = rows.instant(4);
      one.last_seen_at = rows.instant(5);
      one.has_second_factor = rows.integer(6) > 0;
      members.push_back(std::move(one));
    }
    return members;
  };
  co_return co_await context_.database.read(work);
}

base::Task<std::vector<Membership>> Teams::memberships(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<Membership> all;
    auto rows = tx.query(
        "SELECT m.account_id, m.role, a.suspended_at FROM members m JOIN accounts a ON "
        "a.account_id = m.account_id WHERE m.person_id = $1 AND a.closed_at IS NULL ORDER BY "
        "m.joined_at, m.account_id",
        person_id);
    while (rows.next()) {
      if (const auto role = parse_role(rows.text(1)))
        all.push_back({rows.integer(0), *role, !rows.is_null(2)});
    }
    return all;
  };
  co_return co_await context_.database.read(work);
}

base::Task<base::Outcome<TeamError>> Teams::set_role(std::int64_t account_id, Acting who,
                                                     std::int64_t person_id, Role role) {
  using Done = base::Outcome<TeamError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto had = role_in(tx, account_id, person_id);
    if (!had) return base::Failure{TeamError::UnknownMember};
    if (!may_change(who, person_id, *had, role)) return base::Failure{TeamError::NotYours};
    if (*had == role) return base::kDone;
    if (auto refused = refuse_if_last(tx, account_id, *had)) return *refused;
    tx.execute("UPDATE members SET role = $3 WHERE account_id = $1 AND person_id = $2", account_id,
               person_id, word(role));
    note_member(tx, account_id, person_id, "role", word(role), who.actor, context_.clock.now());
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

base::Task<base::Outcome<TeamError>> Teams::remove(std::int64_t account_id, Acting who,
                                                   std::int64_t person_id) {
  using Done = base::Outcome<TeamError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto had = role_in(tx, account_id, person_id);
    if (!had) return base::Failure{TeamError::UnknownMember};
    if (!may_change(who, person_id, *had, std::nullopt)) return base::Failure{TeamError::NotYours};
    if (auto refused = refuse_if_last(tx, account_id, *had)) return *refused;
    tx.execute("DELETE FROM members WHERE account_id = $1 AND person_id = $2", account_id,
               person_id);
    tx.execute("UPDATE sessions SET chosen = 0 WHERE person_id = $2 AND chosen = $1", account_id,
               person_id);
    const bool is_self = who.actor.kind == personal::ActorKind::Member && who.actor.id == person_id;
    note_member(tx, account_id, person_id, is_self ? "left" : "removed", word(*had), who.actor,
                context_.clock.now());
    const auto person = is_self ? std::nullopt : People(context_).find_in(tx, person_id);
    if (person)
      write_to(tx, context_, *person, "member-removed", {{"team", team_name(account_id)}});
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

}  // namespace accounts
