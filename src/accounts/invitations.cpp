// Inviting somebody into an account, and taking an invitation up.
#include "accounts/person_rows.h"
#include "accounts/teams.h"
#include "base/text.h"

namespace accounts {
namespace {

constexpr std::string_view kScope = "invitation";
constexpr std::chrono::hours kLife{7 * 24};
constexpr int kMostWaiting = 100;

using InvitedEmail = personal::Personal<std::string, personal::field::InvitedEmail>;

struct Found {
  std::int64_t account_id = 0;
  std::string id, email_hash;
  personal::SubjectId subject = 0;
  InvitedEmail email;
  Role role{};
};

InvitedEmail unseal(const Context& context, std::int64_t account_id, std::string_view id,
                    personal::SubjectId subject, std::string_view sealed) {
  const auto envelope = context.vault.unseal({"invitations", account_id, id}, subject, sealed);
  return envelope ? envelope->take<personal::field::InvitedEmail>() : InvitedEmail();
}

std::optional<Found> find(store::Tx& tx, const Context& context, std::string_view token) {
  if (!looks_like_token(token)) return std::nullopt;
  const auto hash = token_hash(context.vault, kScope, token);
  auto rows = tx.query(
      "SELECT i.account_id, i.id, i.email_hash, i.subject, i.sealed, i.role FROM invitations i "
      "JOIN accounts a ON a.account_id = i.account_id WHERE i.token_hash = $1 AND i.expires_at > "
      "$2 AND a.closed_at IS NULL",
      store::Blob{bytes(hash)}, context.clock.now());
  if (!rows.next()) return std::nullopt;
  const auto role = parse_role(rows.text(5));
  if (!role) return std::nullopt;
  Found found{rows.integer(0),
              std::string(rows.blob(1)),
              std::string(rows.blob(2)),
              rows.integer(3),
              {},
              *role};
  found.email = unseal(context, found.account_id, found.id, found.subject, rows.blob(4));
  return found;
}

void forget(store::Tx& tx, const Context& context, std::int64_t account_id, std::string_view id,
            personal::SubjectId subject) {
  tx.execute("DELETE FROM invitations WHERE account_id = $1 AND id = $2", account_id,
             store::Blob{id});
  const personal::SubjectId subjects[] = {subject};
  context.vault.forget(account_id, subjects);
}

int waiting(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query("SELECT COUNT(*) FROM invitations WHERE account_id = $1", account_id);
  rows.next();
  return static_cast<int>(rows.integer(0));
}

bool is_member(store::Tx& tx, std::int64_t account_id, std::string_view hash) {
  return tx
      .query(
          "SELECT 1 FROM members m JOIN people p ON p.account_id = 0 AND p.person_id = "
          "m.person_id WHERE m.account_id = $1 AND p.email_hash = $2",
          account_id, store::Blob{hash})
      .next();
}

std::string name_of(store::Tx& tx, const Context& context, personal::Actor actor) {
  if (actor.kind != personal::ActorKind::Member) return {};
  const auto person = People(context).find_in(tx, actor.id);
  if (!person) return {};
  personal::Access<personal::Purpose::Correspond> access(context.ledger, actor, 0, "teams.invite");
  access.about(person->subject);
  auto name = open(person->name, access);
  access.record(tx);
  return name;
}

}  // namespace

base::Task<base::Outcome<TeamError>> Teams::invite(std::int64_t account_id, Acting who,
                                                   std::string email, Role role,
                                                   std::string language) {
  email = base::trim(email);
  if (!looks_like_email(email)) co_return base::Failure{TeamError::EmailInvalid};
  if (!may(who.role, Permission::ManageTeam) || (role == Role::Owner && who.role != Role::Owner))
    co_return base::Failure{TeamError::NotYours};
  const auto subject = co_await context_.vault.new_subject(account_id);
  using Done = base::Outcome<TeamError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto now = context_.clock.now();
    const auto hash = email_hash(context_, email);
    if (is_member(tx, account_id, bytes(hash))) return base::Failure{TeamError::AlreadyMember};
    // Invited again: the newer letter counts.
    auto older = tx.query(
        "SELECT id, subject FROM invitations WHERE account_id = $1 AND "
        "email_hash = $2",
        account_id, store::Blob{bytes(hash)});
    if (older.next()) {
      const std::string id(older.blob(0));
      const auto its_subject = older.integer(1);
      forget(tx, context_, account_id, id, its_subject);
    }
    if (waiting(tx, account_id) >= kMostWaiting) return base::Failure{TeamError::TooMany};
    const auto id = base::Id::make(now);
    const auto token = new_token();
    personal::Envelope envelope;
    envelope.put(InvitedEmail(email, personal::Label(personal::Source::Shop)));
    const auto sealed =
        context_.vault.seal({"invitations", account_id, id.bytes()}, subject, envelope).value();
    tx.execute(
        "INSERT INTO invitations (account_id, id, token_hash, email_hash, subject, sealed, "
        "role, invited_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
        "$9, $10)",
        account_id, store::Blob{id.bytes()},
        store::Blob{bytes(token_hash(context_.vault, kScope, token))}, store::Blob{bytes(hash)},
        subject, store::Blob{sealed}, word(role), who.actor.id, now, now + kLife);
    note_member(tx, account_id, 0, "invited", word(role), who.actor, now);
    letters::Letter letter;
    letter.account_id = account_id;
    letter.kind = "invitation";
    letter.language = is_language(language) ? language : "en";
    letter.to = letters::To(email, personal::Label(personal::Source::Shop));
    letter.values = {{"inviter", name_of(tx, context_, who.actor)},
                     {"team", team_name(account_id)},
                     {"until", letter_time(now + kLife)},
                     {"role", std::string(word(role))},
                     {"link", link_to(context_, link::kInvitation, token)}};
    letter.useful = kLife;
    context_.letters.post(tx, letter);
    return base::kDone;
  };
  auto done = co_await context_.database.write(work);
  if (!done) context_.vault.give_back(account_id, subject);
  co_return done;
}

base::Task<std::vector<Invitation>> Teams::invitations(std::int64_t account_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<Invitation> all;
    auto rows = tx.query(
        "SELECT id, subject, sealed, role, invited_by, created_at, expires_at FROM "
        "invitations WHERE account_id = $1 AND expires_at > $2 ORDER BY "
        "created_at, id",
        account_id, context_.clock.now());
    while (rows.next()) {
      Invitation one;
      one.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
      one.subject = rows.integer(1);
      one.email = unseal(context_, account_id, rows.blob(0), one.subject, rows.blob(2));
      one.role = parse_role(rows.text(3)).value_or(Role::Analyst);
      one.invited_by = rows.integer(4);
      one.created_at = rows.instant(5);
      one.expires_at = rows.instant(6);
      all.push_back(std::move(one));
    }
    return all;
  };
  co_return co_await context_.database.read(work);
}

base::Task<bool> Teams::withdraw(std::int64_t account_id, Acting who, base::Id invitation) {
  if (!may(who.role, Permission::ManageTeam)) co_return false;
  auto work = [&](store::Tx& tx) {
    auto rows = tx.query("SELECT subject, role FROM invitations WHERE account_id = $1 AND id = $2",
                         account_id, store::Blob{invitation.bytes()});
    if (!rows.next()) return false;
    const auto subject = rows.integer(0);
    const std::string role(rows.text(1));
    forget(tx, context_, account_id, invitation.bytes(), subject);
    note_member(tx, account_id, 0, "withdrawn", role, who.actor, context_.clock.now());
    return true;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::optional<Teams::Offered>> Teams::see(std::string token) {
  People people(context_);
  auto work = [&](store::Tx& tx) -> std::optional<Offered> {
    const auto found = find(tx, context_, token);
    if (!found) return std::nullopt;
    personal::Access<personal::Purpose::KeepAccount> access(
        context_.ledger, {personal::ActorKind::Subject, found->subject}, found->account_id,
        "teams.see");
    access.about(found->subject);
    const auto& email = open(found->email, access);
    return Offered{found->account_id, found->role, people.find_by_email_in(tx, email).has_value(),
                   email};
  };
  co_return co_await context_.database.read(work);
}

base::Task<base::Result<std::int64_t, TeamError>> Teams::accept(std::string token,
                                                                std::int64_t person_id) {
  using Done = base::Result<std::int64_t, TeamError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto found = find(tx, context_, token);
    if (!found) return base::Failure{TeamError::UnknownInvitation};
    auto rows = tx.query("SELECT email_hash FROM people WHERE account_id = 0 AND person_id = $1",
                         person_id);
    if (!rows.next()) return base::Failure{TeamError::UnknownMember};
    if (rows.blob(0) != found->email_hash) return base::Failure{TeamError::OtherAddress};
    if (role_in(tx, found->account_id, person_id)) return base::Failure{TeamError::AlreadyMember};
    join(tx, found->account_id, person_id, found->role, {personal::ActorKind::Member, person_id},
         context_.clock.now());
    forget(tx, context_, found->account_id, found->id, found->subject);
    return found->account_id;
  };
  co_return co_await context_.database.write(work);
}

base::Task<base::Result<std::int64_t, TeamError>> Teams::accept_as_new(std::string token,
                                                                       std::string name,
                                                                       Agreement agreement,
                                                                       Preferences preferences) {
  auto look = [&](store::Tx& tx) { return find(tx, context_, token); };
  const auto found = co_await context_.database.read(look);
  if (!found || !agreement.is_of_age || agreement.policy.empty() || agreement.terms.empty())
    co_return base::Failure{TeamError::UnknownInvitation};
  NewPerson person;
  person.person_id = new_person_id();
  person.subject = co_await context_.vault.new_subject(0);
  person.name = base::trim(name);
  person.preferences = merged({}, preferences.language, preferences.zone, preferences.currency);
  person.agreement = agreement;
  person.agreed_at = context_.clock.now();
  {
    personal::Access<personal::Purpose::KeepAccount> access(
        context_.ledger, {personal::ActorKind::Subject, found->subject}, found->account_id,
        "teams.accept");
    access.about(found->subject);
    person.email = open(found->email, access);
  }
  using Done = base::Result<std::int64_t, TeamError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto still = find(tx, context_, token);
    if (!still || !insert_person(tx, context_, person))
      return base::Failure{TeamError::UnknownInvitation};
    join(tx, still->account_id, person.person_id, still->role,
         {personal::ActorKind::Member, person.person_id}, context_.clock.now());
    forget(tx, context_, still->account_id, still->id, still->subject);
    return person.person_id;
  };
  auto done = co_await context_.database.write(work);
  if (!done) context_.vault.give_back(0, person.subject);
  co_return done;
}

std::int64_t Teams::sweep() {
  std::vector<std::pair<std::int64_t, personal::SubjectId>> gone;
  auto work = [&](store::Tx& tx) {
    gone.clear();
    auto rows = tx.query(
        "DELETE FROM invitations WHERE expires_at <= $1 RETURNING account_id, "
        "subject",
        context_.clock.now());
    while (rows.next()) gone.emplace_back(rows.integer(0), rows.integer(1));
    return 0;
  };
  context_.database.write_now(work);
  for (const auto& [account_id, subject] : gone) {
    const personal::SubjectId subjects[] = {subject};
    context_.vault.forget(account_id, subjects);
  }
  return static_cast<std::int64_t>(gone.size());
}

}  // namespace accounts
