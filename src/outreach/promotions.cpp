#include "outreach/promotions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "consent/suppression.h"

namespace outreach {
namespace {

using consent::Person;

constexpr store::Claimable kSends{"promotion_sends", "id", store::IdForm::Bytes};

// Why nothing may go to this reader; empty: it may.
std::string_view obstacle(store::Tx& tx, std::int64_t account_id, const Person& person,
                          base::Instant confirmed_at, base::Instant now) {
  switch (consent::standing_of(tx, account_id, person, kPurpose, now, now)) {
    case consent::Standing::Given:
      break;
    case consent::Standing::Objected:
      return "objected";
    case consent::Standing::Withdrawn:
    case consent::Standing::Unsaid:
      return "withdrawn";
  }
  const auto stop = consent::suppression_of(tx, account_id, person, channels::Channel::Email, now);
  if (!stop) return {};
  // Who ended their parcels' messages and asked for this list afterwards meant what they said.
  const bool is_older_no = stop->why == consent::Why::Unsubscribed && stop->since < confirmed_at;
  return is_older_no ? "" : "suppressed";
}

void stop_mail(store::Tx& tx, std::int64_t account_id, const Person& person, consent::Why why,
               base::Instant now) {
  consent::suppress(tx, account_id, person, {channels::Channel::Email, why, now, std::nullopt});
}

}  // namespace

std::string_view describe(NewsRefusal refusal) {
  switch (refusal) {
    case NewsRefusal::NoList:
      return "there is no such list";
    case NewsRefusal::NotGranted:
      return "this list is not yours to write to";
    case NewsRefusal::NoTitle:
      return "news needs a title of at most 150 bytes";
    case NewsRefusal::NoText:
      return "news needs words, 20,000 bytes of them at most";
    case NewsRefusal::NoReaders:
      break;
  }
  return "nobody on this list has said yes";
}

base::Result<std::int64_t, NewsRefusal> Promotions::queue(store::Tx& tx, const Member& member,
                                                          const base::Id& list,
                                                          std::string_view title,
                                                          std::string_view body) {
  title = base::trim(title);
  body = base::trim(body);
  if (title.empty() || title.size() > kLongestTitle || title.find_first_of("\r\n") != title.npos)
    return base::Failure{NewsRefusal::NoTitle};
  if (body.empty() || body.size() > kLongestNews) return base::Failure{NewsRefusal::NoText};
  const auto found = parts_.lists.find(tx, member, list);
  if (!found) return base::Failure{NewsRefusal::NoList};
  if (found->level < static_cast<int>(Level::Send)) return base::Failure{NewsRefusal::NotGranted};
  if (found->readers == 0) return base::Failure{NewsRefusal::NoReaders};
  const auto now = parts_.clock.now();
  const auto id = base::Id::make(now);
  tx.execute(
      "INSERT INTO promotions (account_id, id, list_id, title, body, made_by, queued_at, "
      "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      member.account_id, store::Blob{id.bytes()}, store::Blob{list.bytes()}, title, body, member.id,
      now, now + kEntryKept);
  std::vector<std::string> readers;
  {
    auto rows = tx.query(
        "SELECT person FROM list_entries WHERE account_id = $1 AND list_id = $2 AND confirmed_at "
        "IS NOT NULL AND expires_at > $3",
        member.account_id, store::Blob{list.bytes()}, now);
    while (rows.next()) readers.emplace_back(rows.blob(0));
  }
  for (const auto& person : readers) {
    tx.execute(
        "INSERT INTO promotion_sends (account_id, id, promotion_id, person, outcome, attempts, "
        "queued_at, due_at, expires_at) VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $5, $6)",
        member.account_id, store::Blob{base::Id::make(now).bytes()}, store::Blob{id.bytes()},
        store::Blob{person}, now, now + kEntryKept);
  }
  return static_cast<std::int64_t>(readers.size());
}

std::vector<News> Promotions::of(store::Tx& tx, std::int64_t account_id, const base::Id& list,
                                 int most) {
  std::vector<News> all;
  {
    auto rows = tx.query(
        "SELECT id, title, body, made_by, queued_at FROM promotions WHERE account_id = $1 AND "
        "list_id = $2 ORDER BY queued_at DESC, id DESC LIMIT $3",
        account_id, store::Blob{list.bytes()}, static_cast<std::int64_t>(most));
    while (rows.next())
      all.push_back({base::Id::from_bytes(rows.blob(0)).value_or(base::Id()),
                     std::string(rows.text(1)),
                     std::string(rows.text(2)),
                     rows.integer(3),
                     rows.instant(4),
                     {}});
  }
  for (auto& news : all) {
    auto rows = tx.query(
        "SELECT outcome, COUNT(*) FROM promotion_sends WHERE account_id = $1 AND promotion_id = $2 "
        "GROUP BY outcome",
        account_id, store::Blob{news.id.bytes()});
    while (rows.next()) news.outcomes.emplace(rows.text(0), rows.integer(1));
  }
  return all;
}

std::vector<ClaimedSend> Promotions::claim(std::string_view owner, std::chrono::microseconds length,
                                           int most) {
  return parts_.database.write_now([&](store::Tx& tx) {
    std::vector<ClaimedSend> sends;
    for (auto& claim : store::claim_due(tx, kSends, owner, parts_.clock.now(), length, most)) {
      auto rows = tx.query("SELECT attempts FROM promotion_sends WHERE account_id = $1 AND id = $2",
                           claim.account_id, store::Blob{claim.id});
      if (!rows.next()) continue;
      const auto attempts = static_cast<int>(rows.integer(0));
      const auto id = base::Id::from_bytes(claim.id).value_or(base::Id());
      sends.push_back({std::move(claim), id, attempts});
    }
    return sends;
  });
}

std::optional<Ready> Promotions::take(store::Tx& tx, const ClaimedSend& send) {
  const auto account_id = send.claim.account_id;
  const auto now = parts_.clock.now();
  Ready ready;
  ready.door.account_id = account_id;
  {
    auto rows = tx.query(
        "SELECT p.list_id, p.title, p.body, s.person FROM promotion_sends s JOIN promotions p ON "
        "p.account_id = s.account_id AND p.id = s.promotion_id WHERE s.account_id = $1 AND s.id = "
        "$2 AND s.due_at IS NOT NULL",
        account_id, store::Blob{send.claim.id});
    if (!rows.next()) return std::nullopt;  // it was erased, or the list destroyed
    ready.door.list = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
    ready.title = rows.text(1);
    ready.body = rows.text(2);
    ready.door.person = Person::from_bytes(rows.blob(3)).value_or(Person());
  }
  const auto name = parts_.lists.name_of(tx, account_id, ready.door.list);
  if (!name) return settle(tx, send, "no-list"), std::nullopt;
  ready.list = *name;
  personal::SubjectId subject = 0;
  std::string sealed;
  {
    auto rows = tx.query(
        "SELECT subject, sealed, language, confirmed_at FROM list_entries WHERE account_id = $1 "
        "AND list_id = $2 AND person = $3 AND confirmed_at IS NOT NULL AND expires_at > $4",
        account_id, store::Blob{ready.door.list.bytes()}, store::Blob{ready.door.person.bytes()},
        now);
    if (!rows.next()) return settle(tx, send, "left"), std::nullopt;
    subject = rows.integer(0);
    sealed = rows.blob(1);
    ready.language = rows.text(2);
    ready.confirmed_at = rows.instant(3);
  }
  const auto why = obstacle(tx, account_id, ready.door.person, ready.confirmed_at, now);
  if (!why.empty()) return settle(tx, send, why), std::nullopt;
  const auto envelope = parts_.vault.unseal(
      {"list_entries", account_id, entry_row(ready.door.list, ready.door.person)}, subject, sealed);
  if (!envelope) return settle(tx, send, "left"), std::nullopt;
  PromoteAccess access(parts_.ledger, {}, account_id, "outreach.send");
  access.about(subject);
  ready.address = open(envelope->take<personal::field::ListAddress>(), access);
  access.record(tx);
  return ready;
}

void Promotions::settle(store::Tx& tx, const ClaimedSend& send, std::string_view outcome) {
  tx.execute(
      "UPDATE promotion_sends SET outcome = $3, settled_at = $4, due_at = NULL, lease_owner = "
      "NULL, lease_until = NULL WHERE account_id = $1 AND id = $2",
      send.claim.account_id, store::Blob{send.claim.id}, outcome, parts_.clock.now());
}

void Promotions::settle(const ClaimedSend& send, std::string_view outcome) {
  parts_.database.write_now([&](store::Tx& tx) { settle(tx, send, outcome); });
}

void Promotions::settle_gone(const ClaimedSend& send, const ListDoor& reader) {
  parts_.database.write_now([&](store::Tx& tx) {
    settle(tx, send, "refused");
    stop_mail(tx, reader.account_id, reader.person, consent::Why::Bounced, parts_.clock.now());
  });
}

void Promotions::put_off(const ClaimedSend& send, std::string_view owner, base::Instant until) {
  parts_.database.write_now([&](store::Tx& tx) {
    if (!store::finish_claim(tx, kSends, send.claim, owner, until)) return;
    tx.execute(
        "UPDATE promotion_sends SET attempts = attempts + 1 WHERE account_id = $1 AND id = $2",
        send.claim.account_id, store::Blob{send.claim.id});
  });
}

bool take_bounce(store::Tx& tx, std::string_view id, channels::email::Bounce::Kind kind,
                 base::Instant now) {
  using Kind = channels::email::Bounce::Kind;
  const auto bytes = base::from_hex(id);
  std::int64_t account_id = 0;
  std::optional<Person> person;
  {
    auto rows = tx.query("SELECT account_id, person FROM promotion_sends WHERE id = $1",
                         store::Blob{bytes});
    if (!rows.next()) return false;
    account_id = rows.integer(0);
    person = Person::from_bytes(rows.blob(1));
  }
  // A mailbox that is full, or a host that minds our address, says nothing of this reader.
  if (!person || (kind != Kind::Gone && kind != Kind::Complaint)) return true;
  stop_mail(tx, account_id, *person,
            kind == Kind::Gone ? consent::Why::Bounced : consent::Why::Complained, now);
  tx.execute("UPDATE promotion_sends SET outcome = 'refused' WHERE account_id = $1 AND id = $2",
             account_id, store::Blob{bytes});
  return true;
}

}  // namespace outreach
