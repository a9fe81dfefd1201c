#include "accounts/sessions.h"

#include <algorithm>
#include <map>

#include "accounts/person_rows.h"
#include "accounts/teams.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

namespace accounts {
namespace {

constexpr std::string_view kSessionScope = "session";
constexpr std::string_view kRememberedScope = "remembered";
constexpr std::string_view kCsrfScope = "csrf";
constexpr std::chrono::minutes kSeenGrain{1};
constexpr std::chrono::seconds kTwoTabs{10};

using SessionDevice = personal::Personal<std::string, personal::field::SessionDevice>;
using RememberedDevice = personal::Personal<std::string, personal::field::RememberedDevice>;

std::string seal_device(const Context& context, std::string_view table, const base::Id& id,
                        personal::SubjectId subject, const std::string& device) {
  const personal::Label label(personal::Source::Buyer);
  personal::Envelope envelope;
  if (table == "sessions") {
    envelope.put(SessionDevice(device, label));
  } else {
    envelope.put(RememberedDevice(device, label));
  }
  return context.vault.seal({table, 0, id.bytes()}, subject, envelope).value();
}

// "0123..ef.token": which family, and its token of the moment.
struct Presented {
  base::Id family;
  std::string_view token;
};
std::optional<Presented> parse(std::string_view text) {
  constexpr std::size_t kHex = 2 * base::Id::kBytes;
  if (text.size() <= kHex) return std::nullopt;
  const auto family = base::Id::parse(text.substr(0, kHex));
  const auto token = text.substr(kHex);
  if (!family || !looks_like_token(token)) return std::nullopt;
  return Presented{*family, token};
}

// Was this person let in from this network with this browser before? Nobody's first time is news.
bool is_news(store::Tx& tx, const Context& context, std::int64_t person_id, const Origin& origin) {
  const auto network = token_hash(context.vault, "network", network_prefix(origin.network));
  personal::Access<personal::Purpose::Secure> access(context.ledger, {}, 0, "sessions.compare");
  auto rows = tx.query(
      "SELECT s.id, s.network, s.sealed, p.subject FROM security_log s JOIN people p ON "
      "p.account_id = 0 AND p.person_id = s.person_id WHERE s.person_id = $1 AND s.kind = $2 ORDER "
      "BY s.at DESC LIMIT 50",
      person_id, word(SecurityEvent::SignedIn));
  bool is_first = true;
  while (rows.next()) {
    is_first = false;
    if (rows.blob(1) != bytes(network) || rows.is_null(2)) continue;
    const auto envelope =
        context.vault.unseal({"security_log", 0, rows.blob(0)}, rows.integer(3), rows.blob(2));
    if (!envelope) continue;
    access.about(rows.integer(3));
    const auto device = envelope->take<personal::field::EventDevice>();
    if (open(device, access) == origin.device) {
      access.record(tx);
      return false;
    }
  }
  access.record(tx);
  return !is_first;
}

std::int64_t first_account(store::Tx& tx, std::int64_t person_id) {
  auto rows = tx.query(
      "SELECT m.account_id FROM members m JOIN accounts a ON a.account_id = m.account_id WHERE "
      "m.person_id = $1 AND a.closed_at IS NULL ORDER BY m.joined_at, m.account_id LIMIT 1",
      person_id);
  return rows.next() ? rows.integer(0) : 0;
}

// Who comes back keeps their account (clause 44).
void note_presence(store::Tx& tx, SecurityLog& log, std::int64_t person_id, base::Instant now,
                   const Origin& origin) {
  if (tx.execute("UPDATE people SET delete_at = NULL, warned_at = NULL WHERE account_id = 0 AND "
                 "person_id = $1 AND delete_at IS NOT NULL",
                 person_id) > 0)
    log.note(tx, SecurityEvent::DeletionTakenBack, person_id, origin);
  tx.execute("UPDATE people SET last_seen_at = $2 WHERE account_id = 0 AND person_id = $1",
             person_id, base::Instant(std::chrono::floor<std::chrono::hours>(now)));
}

void forget_family(store::Tx& tx, std::string_view family) {
  tx.execute("DELETE FROM remembered WHERE account_id = 0 AND family = $1", store::Blob{family});
  tx.execute("DELETE FROM sessions WHERE account_id = 0 AND family = $1", store::Blob{family});
}

}  // namespace

// What a new session's rows are made of; made before the transaction, so that it may be replayed.
struct Sessions::Opened {
  std::int64_t person_id = 0;
  personal::SubjectId subject = 0;
  Methods methods = 0;
  base::Instant authenticated_at{};
  std::optional<base::Id> family;
  Origin origin;
};

namespace {

Started insert_session(store::Tx& tx, const Context& context, const SessionRules& rules,
                       const auto& opened) {
  const auto now = context.clock.now();
  Started started;
  started.session = base::Id::make(now);
  started.token = new_token();
  const auto hash = token_hash(context.vault, kSessionScope, started.token);
  const auto sealed =
      seal_device(context, "sessions", started.session, opened.subject, opened.origin.device);
  const auto family =
      opened.family ? std::optional(store::Blob{opened.family->bytes()}) : std::nullopt;
  tx.execute(
      "INSERT INTO sessions (account_id, id, token_hash, person_id, chosen, methods, created_at, "
      "seen_at, authenticated_at, expires_at, family, sealed) VALUES (0, $1, $2, $3, $4, $5, $6, "
      "$6, $7, $8, $9, $10)",
      store::Blob{started.session.bytes()}, store::Blob{bytes(hash)}, opened.person_id,
      first_account(tx, opened.person_id), opened.methods, now, opened.authenticated_at,
      now + rules.longest, family, store::Blob{sealed});
  return started;
}

}  // namespace

Standing Signed::standing(base::Instant now) const {
  return {true, is_person_suspended || is_account_suspended, role,
          now - authenticated_at <= kRecently};
}

base::Task<Started> Sessions::start(std::int64_t person_id, Methods methods, Origin origin,
                                    Keep keep) {
  People people(context_);
  auto work = [&](store::Tx& tx) {
    const auto now = context_.clock.now();
    const auto person = people.find_in(tx, person_id);
    if (!person) throw store::StoreError("sessions: the person is gone");
    const bool is_new = is_news(tx, context_, person_id, origin);
    Opened opened{person_id, person->subject, methods, now, std::nullopt, origin};
    std::optional<std::string> remembered;
    if (keep == Keep::ThisBrowser) {
      const auto family = base::Id::make(now);
      const auto token = new_token();
      const auto hash = token_hash(context_.vault, kRememberedScope, token);
      const auto sealed =
          seal_device(context_, "remembered", family, person->subject, origin.device);
      tx.execute(
          "INSERT INTO remembered (account_id, family, person_id, token_hash, methods, created_at, "
          "rotated_at, expires_at, sealed) VALUES (0, $1, $2, $3, $4, $5, $5, $6, $7)",
          store::Blob{family.bytes()}, person_id, store::Blob{bytes(hash)}, methods, now,
          now + rules_.remembered_idle, store::Blob{sealed});
      opened.family = family;
      remembered = family.hex() + token;
    }
    auto started = insert_session(tx, context_, rules_, opened);
    started.remembered = std::move(remembered);
    started.remembered_for = rules_.remembered_idle;
    log_.note(tx, SecurityEvent::SignedIn, person_id, origin);
    note_presence(tx, log_, person_id, now, origin);
    if (is_new)
      write_with_link(tx, context_, *person, "new-sign-in", link::kSecurity, {},
                      {{"device", origin.device}});
    return started;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::optional<Signed>> Sessions::find(std::string token) {
  if (!looks_like_token(token)) co_return std::nullopt;
  const auto now = context_.clock.now();
  const auto hash = token_hash(context_.vault, kSessionScope, token);
  base::Instant seen_at{};
  auto look = [&](store::Tx& tx) -> std::optional<Signed> {
    auto rows = tx.query(
        "SELECT s.id, s.person_id, s.chosen, s.methods, s.authenticated_at, s.seen_at, "
        "p.suspended_at, p.language, p.zone, p.currency, a.suspended_at, m.role FROM sessions s "
        "JOIN people p ON p.account_id = 0 AND p.person_id = s.person_id LEFT JOIN members m ON "
        "m.account_id = s.chosen AND m.person_id = s.person_id LEFT JOIN accounts a ON "
        "a.account_id = s.chosen WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3",
        store::Blob{bytes(hash)}, now, now - rules_.idle);
    if (!rows.next()) return std::nullopt;
    Signed s;
    s.session = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
    s.person_id = rows.integer(1);
    s.role = rows.is_null(11) ? std::nullopt : parse_role(rows.text(11));
    s.account_id = s.role ? rows.integer(2) : 0;
    s.methods = static_cast<Methods>(rows.integer(3));
    s.authenticated_at = rows.instant(4);
    seen_at = rows.instant(5);
    s.is_person_suspended = !rows.is_null(6);
    s.preferences = {std::string(rows.text(7)), std::string(rows.text(8)),
                     std::string(rows.text(9))};
    s.is_account_suspended = s.role && !rows.is_null(10);
    return s;
  };
  auto found = co_await context_.database.read(look);
  if (!found) co_return std::nullopt;
  found->csrf = csrf_for(token);
  if (now - seen_at >= kSeenGrain) {
    auto touch = [&](store::Tx& tx) {
      tx.execute("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1", store::Blob{bytes(hash)},
                 now);
      const auto hour = std::chrono::floor<std::chrono::hours>(now);
      tx.execute(
          "UPDATE people SET last_seen_at = $2 WHERE account_id = 0 AND person_id = $1 AND "
          "last_seen_at < $2",
          found->person_id, base::Instant(hour));
    };
    co_await context_.database.write(touch);
  }
  co_return found;
}

base::Task<base::Result<Started, ResumeError>> Sessions::resume(std::string remembered,
                                                                Origin origin) {
  const auto presented = parse(remembered);
  if (!presented) co_return base::Failure{ResumeError::Unknown};
  People people(context_);
  using Resumed = base::Result<Started, ResumeError>;
  auto work = [&](store::Tx& tx) -> Resumed {
    const auto now = context_.clock.now();
    const auto family = store::Blob{presented->family.bytes()};
    auto rows = tx.query(
        fmt::format("SELECT person_id, token_hash, previous_hash, methods, rotated_at, created_at "
                    "FROM remembered WHERE account_id = 0 AND family = $1 AND expires_at > $2{}",
                    tx.hold_rows()),
        family, now);
    if (!rows.next()) return base::Failure{ResumeError::Unknown};
    const auto person_id = rows.integer(0);
    const auto hash = token_hash(context_.vault, kRememberedScope, presented->token);
    const bool is_current = crypto::equal(rows.blob(1), bytes(hash));
    const bool is_previous = !rows.is_null(2) && crypto::equal(rows.blob(2), bytes(hash));
    const auto methods = static_cast<Methods>(rows.integer(3));
    const auto rotated_at = rows.instant(4);
    const auto created_at = rows.instant(5);
    const auto person = people.find_in(tx, person_id);
    if (!person) return base::Failure{ResumeError::Unknown};
    if (!is_current) {
      if (is_previous && now - rotated_at <= kTwoTabs)
        return base::Failure{ResumeError::JustRotated};
      forget_family(tx, presented->family.bytes());
      log_.note(tx, SecurityEvent::TokenReused, person_id, origin);
      write_with_link(tx, context_, *person, "remembered-reused", link::kSecurity, {},
                      {{"device", origin.device}});
      return base::Failure{ResumeError::Reused};
    }
    const auto next = new_token();
    const auto expires =
        std::min(now + rules_.remembered_idle, created_at + rules_.remembered_longest);
    const auto next_hash = token_hash(context_.vault, kRememberedScope, next);
    tx.execute(
        "UPDATE remembered SET previous_hash = token_hash, token_hash = $2, rotated_at = "
        "$3, expires_at = $4 WHERE account_id = 0 AND family = $1",
        family, store::Blob{bytes(next_hash)}, now, base::Instant(expires));
    // Recognised, not proven: what needs a recent proof asks for one.
    Opened opened{person_id,
                  person->subject,
                  static_cast<Methods>(methods | static_cast<Methods>(Method::Remembered)),
                  base::Instant{},
                  presented->family,
                  origin};
    auto started = insert_session(tx, context_, rules_, opened);
    started.remembered = presented->family.hex() + next;
    started.remembered_for = std::chrono::duration_cast<std::chrono::seconds>(expires - now);
    note_presence(tx, log_, person_id, now, origin);
    return started;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::optional<Started>> Sessions::renew(std::string token, Methods methods) {
  if (!looks_like_token(token)) co_return std::nullopt;
  auto work = [&](store::Tx& tx) -> std::optional<Started> {
    const auto now = context_.clock.now();
    Started started;
    started.token = new_token();
    const auto old_hash = token_hash(context_.vault, kSessionScope, token);
    const auto new_hash = token_hash(context_.vault, kSessionScope, started.token);
    auto rows = tx.query("SELECT id, methods, person_id FROM sessions WHERE token_hash = $1",
                         store::Blob{bytes(old_hash)});
    if (!rows.next()) return std::nullopt;
    started.session = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
    const auto had = static_cast<Methods>(rows.integer(1));
    const auto person_id = rows.integer(2);
    tx.execute(
        "UPDATE sessions SET token_hash = $2, methods = $3, authenticated_at = $4, seen_at "
        "= $4 WHERE token_hash = $1",
        store::Blob{bytes(old_hash)}, store::Blob{bytes(new_hash)},
        static_cast<Methods>(had | methods), now);
    log_.note(tx, SecurityEvent::SteppedUp, person_id, {});
    return started;
  };
  co_return co_await context_.database.write(work);
}

base::Task<bool> Sessions::choose(base::Id session, std::int64_t person_id,
                                  std::int64_t account_id) {
  auto work = [&](store::Tx& tx) {
    if (!Teams::role_in(tx, account_id, person_id)) return false;
    return tx.execute(
               "UPDATE sessions SET chosen = $3 WHERE account_id = 0 AND id = $1 AND "
               "person_id = $2",
               store::Blob{session.bytes()}, person_id, account_id) > 0;
  };
  co_return co_await context_.database.write(work);
}

base::Task<> Sessions::end(std::string token) {
  if (!looks_like_token(token)) co_return;
  auto work = [&](store::Tx& tx) {
    const auto hash = token_hash(context_.vault, kSessionScope, token);
    auto rows = tx.query("DELETE FROM sessions WHERE token_hash = $1 RETURNING person_id, family",
                         store::Blob{bytes(hash)});
    if (!rows.next()) return;
    const auto person_id = rows.integer(0);
    const std::string family(rows.blob(1));
    while (rows.next()) {
    }
    if (!family.empty()) forget_family(tx, family);
    log_.note(tx, SecurityEvent::SignedOut, person_id, {});
  };
  co_await context_.database.write(work);
}

base::Task<bool> Sessions::end_one(std::int64_t person_id, base::Id session) {
  auto work = [&](store::Tx& tx) {
    auto rows = tx.query(
        "DELETE FROM sessions WHERE account_id = 0 AND id = $1 AND person_id = $2 RETURNING family",
        store::Blob{session.bytes()}, person_id);
    if (!rows.next()) return false;
    const std::string family(rows.blob(0));
    while (rows.next()) {
    }
    // Or the browser would simply make itself another.
    if (!family.empty()) forget_family(tx, family);
    log_.note(tx, SecurityEvent::SessionEnded, person_id, {});
    return true;
  };
  co_return co_await context_.database.write(work);
}

base::Task<bool> Sessions::forget_browser(std::int64_t person_id, base::Id family) {
  auto work = [&](store::Tx& tx) {
    if (!tx.query("SELECT 1 FROM remembered WHERE account_id = 0 AND family = $1 AND person_id = "
                  "$2",
                  store::Blob{family.bytes()}, person_id)
             .next())
      return false;
    forget_family(tx, family.bytes());
    log_.note(tx, SecurityEvent::SessionEnded, person_id, {});
    return true;
  };
  co_return co_await context_.database.write(work);
}

base::Task<int> Sessions::end_others(std::int64_t person_id, base::Id except) {
  auto work = [&](store::Tx& tx) {
    const auto ended = tx.execute(
        "DELETE FROM sessions WHERE account_id = 0 AND person_id = $1 "
        "AND id <> $2",
        person_id, store::Blob{except.bytes()});
    tx.execute(
        "DELETE FROM remembered WHERE account_id = 0 AND person_id = $1 AND family NOT IN "
        "(SELECT family FROM sessions WHERE account_id = 0 AND id = $2 AND family IS NOT "
        "NULL)",
        person_id, store::Blob{except.bytes()});
    return static_cast<int>(ended);
  };
  co_return co_await context_.database.write(work);
}

int Sessions::end_all(store::Tx& tx, std::int64_t person_id) {
  tx.execute("DELETE FROM remembered WHERE account_id = 0 AND person_id = $1", person_id);
  return static_cast<int>(
      tx.execute("DELETE FROM sessions WHERE account_id = 0 AND person_id = $1", person_id));
}

bool Sessions::is_csrf(std::string_view session_token, std::string_view given) const {
  return crypto::equal(csrf_for(session_token), given);
}

std::string Sessions::csrf_for(std::string_view session_token) const {
  const auto hash = token_hash(context_.vault, kCsrfScope, session_token);
  return crypto::to_base64url(bytes(hash));
}

}  // namespace accounts
