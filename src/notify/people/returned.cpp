#include "notify/people/returned.h"

#include <functional>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "consent/suppression.h"

namespace notify::people {
namespace {

using channels::Channel;
using channels::email::Bounce;
using consent::Person, consent::Why;

struct Sent {
  std::int64_t account_id;
  Person person;
};

// By one channel: a report about an SMS says nothing of a mail.
std::optional<Sent> find_sent(store::Tx& tx, const std::string& id, Channel channel) {
  auto rows = tx.query("SELECT account_id, person FROM sent WHERE id = $1 AND channel = $2",
                       store::Blob{id}, channels::name(channel));
  if (!rows.next()) return std::nullopt;
  const auto person = Person::from_bytes(rows.blob(1));
  if (!person) return std::nullopt;
  return Sent{rows.integer(0), *person};
}

Taken count_soft(store::Tx& tx, const Sent& sent, const std::string& id, base::Instant now) {
  tx.execute("UPDATE sent SET bounced_at = $3 WHERE account_id = $1 AND id = $2", sent.account_id,
             store::Blob{id}, now);
  auto rows = tx.query(
      "SELECT COUNT(*) FROM sent WHERE account_id = $1 AND person = $2 AND bounced_at > $3",
      sent.account_id, store::Blob{sent.person.bytes()}, now - kSoftWithin);
  rows.next();
  if (rows.integer(0) < kSoftBounces) return Taken::Counted;
  consent::suppress(tx, sent.account_id, sent.person,
                    {Channel::Email, Why::Bounced, now, now + kSoftWithin});
  return Taken::Suppressed;
}

int for_each_account(store::Tx& tx, const consent::People& people, std::string_view number,
                     const std::function<void(std::int64_t, const Person&)>& act) {
  std::vector<std::int64_t> accounts;
  auto rows = tx.query("SELECT DISTINCT account_id FROM sent WHERE channel = 'sms'");
  while (rows.next()) accounts.push_back(rows.integer(0));
  int count = 0;
  for (const auto account_id : accounts) {
    const auto person = people.by_phone(account_id, number);
    if (!person) continue;
    auto wrote = tx.query(
        "SELECT 1 FROM sent WHERE account_id = $1 AND person = $2 AND channel = 'sms' LIMIT 1",
        account_id, store::Blob{person->bytes()});
    if (!wrote.next()) continue;
    act(account_id, *person);
    ++count;
  }
  return count;
}

}  // namespace

Taken take_bounce(store::Tx& tx, std::string_view hex, Bounce::Kind kind, base::Instant now) {
  const auto id = base::from_hex(hex);
  const auto sent = find_sent(tx, id, Channel::Email);
  if (!sent) return Taken::Nothing;
  switch (kind) {
    case Bounce::Kind::Gone:
      consent::suppress(tx, sent->account_id, sent->person,
                        {Channel::Email, Why::Bounced, now, std::nullopt});
      return Taken::Suppressed;
    case Bounce::Kind::Complaint:
      consent::suppress(tx, sent->account_id, sent->person,
                        {Channel::Email, Why::Complained, now, std::nullopt});
      return Taken::Suppressed;
    case Bounce::Kind::Soft:
      return count_soft(tx, *sent, id, now);
    case Bounce::Kind::Policy:
      // Says something about us, not about the address.
      base::log(base::Level::Warning, "mail.refused_by_policy", {{"account", sent->account_id}});
      return Taken::Nothing;
  }
  return Taken::Nothing;
}

Taken take_report(store::Tx& tx, std::string_view key, const channels::Outcome& outcome,
                  base::Instant now) {
  if (outcome.kind != channels::Outcome::Kind::Gone) return Taken::Nothing;
  const auto sent = find_sent(tx, base::from_hex(key), Channel::Sms);
  if (!sent) return Taken::Nothing;
  consent::suppress(tx, sent->account_id, sent->person,
                    {Channel::Sms, Why::Bounced, now, std::nullopt});
  return Taken::Suppressed;
}

int take_stop(store::Tx& tx, const consent::People& people, std::string_view number,
              base::Instant now) {
  return for_each_account(tx, people, number, [&](std::int64_t account_id, const Person& person) {
    consent::suppress(tx, account_id, person, {Channel::Sms, Why::Stopped, now, std::nullopt});
  });
}

int take_start(store::Tx& tx, const consent::People& people, std::string_view number) {
  return for_each_account(tx, people, number, [&](std::int64_t account_id, const Person& person) {
    consent::release(tx, account_id, person, Channel::Sms);
  });
}

}  // namespace notify::people
