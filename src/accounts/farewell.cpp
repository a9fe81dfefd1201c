// A person leaves for good: what goes, what stands in the way, and what closes behind them.
#include <array>

#include "accounts/people.h"
#include "accounts/person_rows.h"
#include "accounts/security_log.h"
#include "accounts/sessions.h"
#include "accounts/teams.h"
#include "base/random.h"

namespace accounts {
namespace {

constexpr std::array<std::string_view, 9> kTables = {"sessions",       "remembered",     "one_time",
                                                     "authenticators", "recovery_codes", "passkeys",
                                                     "identities",     "security_log",   "members"};

People::Farewell weigh(store::Tx& tx, std::int64_t person_id) {
  People::Farewell farewell;
  auto rows = tx.query(
      "SELECT m.account_id, m.role, (SELECT COUNT(*) FROM members o WHERE o.account_id = "
      "m.account_id), (SELECT COUNT(*) FROM members o WHERE o.account_id = m.account_id AND o.role "
      "= 'owner') FROM members m WHERE m.person_id = $1 ORDER BY m.account_id",
      person_id);
  while (rows.next()) {
    if (rows.integer(2) == 1) {
      farewell.closes.push_back(rows.integer(0));
    } else if (rows.text(1) == word(Role::Owner) && rows.integer(3) == 1) {
      farewell.hinders.push_back(rows.integer(0));
    }
  }
  return farewell;
}

// Nothing works any more and nobody is written in it; its shipments are the rights room's to erase.
void close(store::Tx& tx, const Context& context, std::int64_t account_id) {
  const auto now = context.clock.now();
  TokenHash nobody{};
  base::fill_random(nobody);
  auto rows = tx.query("SELECT subject FROM accounts WHERE account_id = $1", account_id);
  if (!rows.next()) return;
  const personal::SubjectId holder[] = {rows.integer(0)};
  if (holder[0] > 0) context.vault.forget(account_id, holder);
  tx.execute(
      "UPDATE accounts SET closed_at = $2, suspended_at = $2, updated_at = $2, sealed = "
      "NULL, email_hash = $3 WHERE account_id = $1",
      account_id, now, store::Blob{bytes(nobody)});
  tx.execute("DELETE FROM api_keys WHERE account_id = $1", account_id);
  auto gone =
      tx.query("DELETE FROM invitations WHERE account_id = $1 RETURNING subject", account_id);
  std::vector<personal::SubjectId> subjects;
  while (gone.next()) subjects.push_back(gone.integer(0));
  context.vault.forget(account_id, subjects);
}

}  // namespace

bool People::close_account(std::int64_t account_id, personal::Actor by) {
  auto work = [&](store::Tx& tx) {
    const auto now = context_.clock.now();
    if (tx.execute("UPDATE accounts SET closed_at = $2 WHERE account_id = $1 AND closed_at IS NULL",
                   account_id, now) == 0)
      return false;
    std::vector<std::pair<std::int64_t, std::string>> inside;
    {
      auto rows = tx.query("SELECT person_id, role FROM members WHERE account_id = $1", account_id);
      while (rows.next()) inside.emplace_back(rows.integer(0), std::string(rows.text(1)));
    }
    for (const auto& [person_id, role] : inside)
      note_member(tx, account_id, person_id, "removed", role, by, now);
    tx.execute("DELETE FROM members WHERE account_id = $1", account_id);
    close(tx, context_, account_id);
    return true;
  };
  return context_.database.write_now(work);
}

base::Task<People::Farewell> People::farewell(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) { return weigh(tx, person_id); };
  co_return co_await context_.database.read(work);
}

base::Task<base::Result<People::Erased, PersonError>> People::erase(std::int64_t person_id) {
  // Read before: the key goes inside the transaction, and the transaction may be run again.
  const auto person = co_await find(person_id);
  if (!person) co_return base::Failure{PersonError::UnknownPerson};
  using Done = base::Result<Erased, PersonError>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto farewell = weigh(tx, person_id);
    if (!farewell.hinders.empty()) return base::Failure{PersonError::LastOwner};
    Erased erased;
    if (person->email.is_given()) write_to(tx, context_, *person, "account-deleted", {});
    for (const auto account_id : farewell.closes) close(tx, context_, account_id);
    erased.closed_accounts = farewell.closes;
    auto memberships =
        tx.query("SELECT account_id, role FROM members WHERE person_id = $1", person_id);
    std::vector<std::pair<std::int64_t, std::string>> left;
    while (memberships.next())
      left.emplace_back(memberships.integer(0), std::string(memberships.text(1)));
    for (const auto& [account_id, role] : left)
      note_member(tx, account_id, person_id, "left", role, {personal::ActorKind::Member, person_id},
                  context_.clock.now());
    for (const auto table : kTables)
      erased.rows +=
          tx.execute(fmt::format("DELETE FROM {} WHERE person_id = $1", table), person_id);
    erased.rows +=
        tx.execute("DELETE FROM people WHERE account_id = 0 AND person_id = $1", person_id);
    // Before the commit: a row without a key is noise, a key without its row opens old copies.
    const personal::SubjectId subject[] = {person->subject};
    context_.vault.forget(0, subject);
    return erased;
  };
  co_return co_await context_.database.write(work);
}

base::Task<> People::erase_later(std::int64_t person_id, int days) {
  const auto at = context_.clock.now() + std::chrono::days(days);
  SecurityLog log(context_);
  auto work = [&](store::Tx& tx) {
    tx.execute("UPDATE people SET delete_at = $2 WHERE account_id = 0 AND person_id = $1",
               person_id, at);
    log.note(tx, SecurityEvent::DeletionAsked, person_id, {});
    Sessions::end_all(tx, person_id);
    const auto person = find_in(tx, person_id);
    if (person)
      write_with_link(tx, context_, *person, "account-deletion-scheduled", link::kSignIn, {},
                      {{"until", letter_time(at)}});
  };
  co_await context_.database.write(work);
}

}  // namespace accounts
