// A person's sessions and remembered browsers as a list, and the end of those whose time is over.
#include "accounts/sessions.h"

namespace accounts {

base::Task<std::vector<ListedSession>> Sessions::list(std::int64_t person_id, base::Id current) {
  const auto now = context_.clock.now();
  auto work = [&](store::Tx& tx) {
    std::vector<ListedSession> sessions;
    auto rows = tx.query(
        "SELECT s.id, s.created_at, s.seen_at, s.family, s.sealed, p.subject FROM sessions s JOIN "
        "people p ON p.account_id = 0 AND p.person_id = s.person_id WHERE s.person_id = $1 AND "
        "s.expires_at > $2 AND s.seen_at > $3 ORDER BY s.seen_at DESC, s.id",
        person_id, now, now - rules_.idle);
    while (rows.next()) {
      ListedSession one;
      one.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
      one.created_at = rows.instant(1);
      one.seen_at = rows.instant(2);
      one.is_remembered = !rows.is_null(3);
      one.is_current = one.id == current;
      one.subject = rows.integer(5);
      const auto envelope =
          context_.vault.unseal({"sessions", 0, rows.blob(0)}, one.subject, rows.blob(4));
      if (envelope) one.device = envelope->take<personal::field::SessionDevice>();
      sessions.push_back(std::move(one));
    }
    return sessions;
  };
  co_return co_await context_.database.read(work);
}

base::Task<std::vector<ListedBrowser>> Sessions::browsers(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<ListedBrowser> browsers;
    auto rows = tx.query(
        "SELECT r.family, r.created_at, r.rotated_at, r.expires_at, r.sealed, p.subject FROM "
        "remembered r JOIN people p ON p.account_id = 0 AND p.person_id = r.person_id WHERE "
        "r.person_id = $1 AND r.expires_at > $2 ORDER BY r.rotated_at DESC, r.family",
        person_id, context_.clock.now());
    while (rows.next()) {
      ListedBrowser one;
      one.family = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
      one.created_at = rows.instant(1);
      one.rotated_at = rows.instant(2);
      one.expires_at = rows.instant(3);
      one.subject = rows.integer(5);
      const auto envelope =
          context_.vault.unseal({"remembered", 0, rows.blob(0)}, one.subject, rows.blob(4));
      if (envelope) one.device = envelope->take<personal::field::RememberedDevice>();
      browsers.push_back(std::move(one));
    }
    return browsers;
  };
  co_return co_await context_.database.read(work);
}

std::int64_t Sessions::sweep() {
  const auto now = context_.clock.now();
  std::vector<personal::SubjectId> gone;
  auto work = [&](store::Tx& tx) {
    gone.clear();
    auto rows = tx.query("DELETE FROM sign_ups WHERE expires_at <= $1 RETURNING subject", now);
    while (rows.next()) gone.push_back(rows.integer(0));
    return tx.execute("DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2", now,
                      now - rules_.idle) +
           tx.execute("DELETE FROM remembered WHERE expires_at <= $1", now) +
           tx.execute("DELETE FROM one_time WHERE expires_at <= $1", now);
  };
  const auto count = context_.database.write_now(work);
  context_.vault.forget(0, gone);
  return count + static_cast<std::int64_t>(gone.size());
}

}  // namespace accounts
