#include "accounts/inactivity.h"

#include "accounts/person_rows.h"

namespace accounts {
namespace {

constexpr int kAtATime = 100;

std::vector<std::int64_t> ids(store::Rows rows) {
  std::vector<std::int64_t> all;
  while (rows.next()) all.push_back(rows.integer(0));
  return all;
}

bool warn(store::Tx& tx, const Context& context, People& people, std::int64_t person_id,
          base::Instant at) {
  const auto person = people.find_in(tx, person_id);
  if (!person || person->delete_at) return false;
  tx.execute(
      "UPDATE people SET warned_at = $2, delete_at = $3 WHERE account_id = 0 AND person_id "
      "= $1 AND delete_at IS NULL",
      person_id, context.clock.now(), at);
  if (person->email.is_given())
    write_with_link(tx, context, *person, "account-inactive-warning", link::kSignIn, {},
                    {{"until", letter_time(at)}}, std::chrono::hours(30 * 24));
  return true;
}

}  // namespace

Inactivity::Walk Inactivity::walk() {
  Walk walk;
  const auto now = context_.clock.now();
  const auto silent_since = now - rules_.silent;
  auto sleepers = context_.database.read_now([&](store::Tx& tx) {
    // Whoever owns an account whose keys are in use is not asleep: it works for them.
    return ids(tx.query(
        "SELECT p.person_id FROM people p WHERE p.account_id = 0 AND p.last_seen_at <= $1 AND "
        "p.delete_at IS NULL AND NOT EXISTS (SELECT 1 FROM members m JOIN api_keys k ON "
        "k.account_id = m.account_id WHERE m.person_id = p.person_id AND m.role = 'owner' AND "
        "k.last_used_at > $1) ORDER BY p.last_seen_at LIMIT $2",
        silent_since, kAtATime));
  });
  for (const auto person_id : sleepers) {
    walk.warned += context_.database.write_now([&](store::Tx& tx) {
      return warn(tx, context_, people_, person_id, now + rules_.notice) ? 1 : 0;
    });
  }
  const auto due = context_.database.read_now([&](store::Tx& tx) {
    return ids(
        tx.query("SELECT person_id FROM people WHERE account_id = 0 AND delete_at <= $1 "
                 "ORDER BY delete_at LIMIT $2",
                 now, kAtATime));
  });
  for (const auto person_id : due) {
    // An owner whom others need stays until they have another: the next walk asks again.
    const auto erased = base::sync_wait(people_.erase(person_id));
    if (!erased) continue;
    ++walk.erased;
    walk.closed_accounts.insert(walk.closed_accounts.end(), erased->closed_accounts.begin(),
                                erased->closed_accounts.end());
  }
  return walk;
}

}  // namespace accounts
