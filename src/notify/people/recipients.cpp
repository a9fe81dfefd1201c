#include "notify/people/recipients.h"

#include <map>

#include "consent/preferences.h"
#include "notify/people/digest.h"
#include "notify/people/sms_meter.h"
#include "notify/queue.h"

namespace notify::people {
namespace {

using shipments::Body;

constexpr std::chrono::days kSentKept{30};
constexpr std::chrono::days kSpentKept{396};  // thirteen months

#define MILEPOST_RECIPIENT_COLUMNS "number, role, language, zone, reach, subject, sealed"
#define MILEPOST_RECEIVER_COLUMNS \
  "number, channel, description, language, subject, sealed, created_at, disabled_at"

std::string row_of(const base::Id& shipment, int number) {
  std::string row(shipment.bytes());
  return row += std::to_string(number);
}

int reach_of(const Recipient& r) {
  return (r.email.is_given() ? Body::kEmail : 0) | (r.phone.is_given() ? Body::kPhone : 0) |
         (r.push.is_given() ? kPush : 0);
}

personal::Envelope envelope_of(const Recipient& recipient) {
  personal::Envelope envelope;
  envelope.put(recipient.name);
  envelope.put(recipient.email);
  envelope.put(recipient.phone);
  envelope.put(recipient.push);
  return envelope;
}

}  // namespace

std::optional<int> Recipients::add(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                                   Recipient recipient) {
  const store::Blob id{shipment.bytes()};
  auto there =
      tx.query("SELECT 1 FROM shipments WHERE account_id = $1 AND id = $2", account_id, id);
  if (!there.next()) return std::nullopt;
  auto count = tx.query(
      "SELECT COUNT(*), MAX(number) FROM recipients WHERE account_id = $1 AND shipment_id = $2",
      account_id, id);
  count.next();
  if (count.integer(0) >= kMost) return std::nullopt;
  const int number = static_cast<int>(count.integer(1)) + 1;
  const auto subject = vault_.new_subject_now(account_id);
  const auto sealed = vault_
                          .seal({"recipients", account_id, row_of(shipment, number)}, subject,
                                envelope_of(recipient))
                          .value();
  tx.execute(
      "INSERT INTO recipients (account_id, shipment_id, number, role, reach, language, zone, "
      "subject, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      account_id, id, number, recipient.role, reach_of(recipient), recipient.language,
      recipient.zone, subject, store::Blob{sealed}, clock_.now());
  return number;
}

bool Recipients::change(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                        const Recipient& recipient) {
  const auto before = find(tx, account_id, shipment, recipient.number);
  if (!before) return false;
  const auto sealed = vault_.seal({"recipients", account_id, row_of(shipment, recipient.number)},
                                  before->subject, envelope_of(recipient));
  if (!sealed) return false;
  tx.execute(
      "UPDATE recipients SET role = $4, reach = $5, language = $6, zone = $7, sealed = $8 WHERE "
      "account_id = $1 AND shipment_id = $2 AND number = $3",
      account_id, store::Blob{shipment.bytes()}, recipient.number, recipient.role,
      reach_of(recipient), recipient.language, recipient.zone, store::Blob{*sealed});
  return true;
}

// Without addresses when the key is gone: nothing can be sent there, and the row goes soon.
Recipient Recipients::read(const store::Rows& rows, std::int64_t account_id,
                           const base::Id& shipment) {
  Recipient found;
  found.number = static_cast<int>(rows.integer(0));
  found.role = rows.text(1);
  found.language = rows.text(2);
  found.zone = rows.text(3);
  found.reach = static_cast<int>(rows.integer(4));
  found.subject = rows.integer(5);
  const auto envelope = vault_.unseal({"recipients", account_id, row_of(shipment, found.number)},
                                      found.subject, rows.blob(6));
  if (!envelope) {
    found.reach = 0;
    return found;
  }
  found.name = envelope.value().take<personal::field::RecipientName>();
  found.email = envelope.value().take<personal::field::RecipientEmail>();
  found.phone = envelope.value().take<personal::field::RecipientPhone>();
  found.push = envelope.value().take<personal::field::RecipientPush>();
  return found;
}

std::vector<Recipient> Recipients::of(store::Tx& tx, std::int64_t account_id,
                                      const base::Id& shipment) {
  std::vector<Recipient> all;
  auto rows =
      tx.query("SELECT " MILEPOST_RECIPIENT_COLUMNS
               " FROM recipients WHERE account_id = $1 AND shipment_id = $2 ORDER BY number",
               account_id, store::Blob{shipment.bytes()});
  while (rows.next()) {
    auto one = read(rows, account_id, shipment);
    if (one.reach != 0) all.push_back(std::move(one));
  }
  return all;
}

std::optional<Recipient> Recipients::find(store::Tx& tx, std::int64_t account_id,
                                          const base::Id& shipment, int number) {
  auto rows =
      tx.query("SELECT " MILEPOST_RECIPIENT_COLUMNS
               " FROM recipients WHERE account_id = $1 AND shipment_id = $2 AND number = $3",
               account_id, store::Blob{shipment.bytes()}, number);
  if (!rows.next()) return std::nullopt;
  auto found = read(rows, account_id, shipment);
  if (found.reach == 0) return std::nullopt;
  return found;
}

std::optional<personal::SubjectId> Recipients::take(store::Tx& tx, std::int64_t account_id,
                                                    const base::Id& shipment, int number) {
  auto rows = tx.query(
      "DELETE FROM recipients WHERE account_id = $1 AND shipment_id = $2 AND number = $3 RETURNING "
      "subject",
      account_id, store::Blob{shipment.bytes()}, number);
  if (!rows.next()) return std::nullopt;
  const auto subject = rows.integer(0);
  consent::forget_recipient(tx, account_id, shipment, number);
  return subject;
}

void Recipients::forget(std::int64_t account_id, personal::SubjectId subject) {
  const personal::SubjectId gone[] = {subject};
  vault_.forget(account_id, gone);
}

bool Recipients::remove(std::int64_t account_id, const base::Id& shipment, int number) {
  const auto subject =
      database_.write_now([&](store::Tx& tx) { return take(tx, account_id, shipment, number); });
  if (!subject) return false;
  forget(account_id, *subject);
  return true;
}

std::int64_t Recipients::sweep() {
  using Subjects = std::map<std::int64_t, std::vector<personal::SubjectId>>;
  const auto now = clock_.now();
  auto take = [&](store::Tx& tx) {
    Subjects gone;
    auto rows = tx.query(
        "DELETE FROM recipients WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.account_id = "
        "recipients.account_id AND s.id = recipients.shipment_id) RETURNING account_id, subject");
    while (rows.next()) gone[rows.integer(0)].push_back(rows.integer(1));
    return gone;
  };
  auto forget_old = [&](store::Tx& tx) {
    tx.execute("DELETE FROM sent WHERE at <= $1", now - kSentKept);
    tx.execute("DELETE FROM informed WHERE at <= $1", now - shipments::kLongestKept);
    tx.execute("DELETE FROM sms_spent WHERE day < $1", day_of(now - kSpentKept));
    sweep_digests(tx, now);
  };
  std::int64_t count = 0;
  for (const auto& [account_id, subjects] : database_.write_now(take)) {
    vault_.forget(account_id, subjects);
    count += static_cast<std::int64_t>(subjects.size());
  }
  database_.write_now(forget_old);
  return count;
}

namespace {

Lane lane_of(std::int64_t account_id, channels::Channel channel, std::int64_t number) {
  return {account_id, channel, number};
}

std::string row_of_room(std::int64_t number) { return std::to_string(number); }

}  // namespace

std::int64_t Recipients::add_receiver(store::Tx& tx, std::int64_t account_id, Receiver receiver) {
  auto last = tx.query("SELECT MAX(number) FROM receivers WHERE account_id = $1", account_id);
  last.next();
  auto number = last.integer(0) + 1;
  while (lane_state(tx, lane_of(account_id, receiver.channel, number))) ++number;
  personal::Envelope envelope;
  envelope.put(receiver.address);
  const auto subject = vault_.new_subject_now(account_id);
  const auto sealed =
      vault_.seal({"receivers", account_id, row_of_room(number)}, subject, envelope).value();
  tx.execute(
      "INSERT INTO receivers (account_id, number, channel, description, language, subject, sealed, "
      "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      account_id, number, channels::name(receiver.channel), receiver.description, receiver.language,
      subject, store::Blob{sealed}, clock_.now());
  return number;
}

bool Recipients::change_receiver(store::Tx& tx, std::int64_t account_id, const Receiver& receiver) {
  tx.execute(
      "UPDATE receivers SET description = $3, language = $4 WHERE account_id = $1 AND number = $2",
      account_id, receiver.number, receiver.description, receiver.language);
  if (!receiver.address.is_given()) return true;
  personal::Envelope envelope;
  envelope.put(receiver.address);
  const auto sealed = vault_.seal({"receivers", account_id, row_of_room(receiver.number)},
                                  receiver.subject, envelope);
  if (!sealed) return false;
  return tx.execute("UPDATE receivers SET sealed = $3 WHERE account_id = $1 AND number = $2",
                    account_id, receiver.number, store::Blob{*sealed}) == 1;
}

Receiver Recipients::read_receiver(const store::Rows& rows, std::int64_t account_id) {
  Receiver found;
  found.number = rows.integer(0);
  found.channel = channels::find_channel(rows.text(1)).value_or(channels::Channel::Webhook);
  found.description = rows.text(2);
  found.language = rows.text(3);
  found.subject = rows.integer(4);
  found.created_at = rows.instant(6);
  if (!rows.is_null(7)) found.disabled_at = rows.instant(7);
  const auto envelope = vault_.unseal({"receivers", account_id, row_of_room(found.number)},
                                      found.subject, rows.blob(5));
  if (envelope) found.address = envelope.value().take<personal::field::ReceiverAddress>();
  return found;
}

std::vector<Receiver> Recipients::all_receivers(store::Tx& tx, std::int64_t account_id) {
  std::vector<Receiver> all;
  auto rows = tx.query("SELECT " MILEPOST_RECEIVER_COLUMNS
                       " FROM receivers WHERE account_id = $1 ORDER BY number",
                       account_id);
  while (rows.next()) all.push_back(read_receiver(rows, account_id));
  return all;
}

std::vector<Receiver> Recipients::receivers(store::Tx& tx, std::int64_t account_id) {
  auto all = all_receivers(tx, account_id);
  std::erase_if(all, [](const Receiver& one) { return one.disabled_at.has_value(); });
  return all;
}

std::optional<Receiver> Recipients::find_receiver(store::Tx& tx, std::int64_t account_id,
                                                  std::int64_t number) {
  auto rows = tx.query("SELECT " MILEPOST_RECEIVER_COLUMNS
                       " FROM receivers WHERE account_id = $1 AND number = $2 AND disabled_at IS "
                       "NULL",
                       account_id, number);
  if (!rows.next()) return std::nullopt;
  return read_receiver(rows, account_id);
}

bool Recipients::disable_receiver(store::Tx& tx, std::int64_t account_id, std::int64_t number,
                                  base::Instant now) {
  return tx.execute("UPDATE receivers SET disabled_at = $3 WHERE account_id = $1 AND number = $2",
                    account_id, number, now) == 1;
}

bool Recipients::enable_receiver(store::Tx& tx, std::int64_t account_id, std::int64_t number) {
  return tx.execute("UPDATE receivers SET disabled_at = NULL WHERE account_id = $1 AND number = $2",
                    account_id, number) == 1;
}

std::optional<personal::SubjectId> Recipients::take_receiver(store::Tx& tx, std::int64_t account_id,
                                                             std::int64_t number,
                                                             base::Instant now) {
  auto rows = tx.query(
      "DELETE FROM receivers WHERE account_id = $1 AND number = $2 RETURNING subject, channel",
      account_id, number);
  if (!rows.next()) return std::nullopt;
  const auto subject = rows.integer(0);
  const auto channel = channels::find_channel(rows.text(1));
  if (channel) close_lane(tx, lane_of(account_id, *channel, number), now);
  return subject;
}

}  // namespace notify::people
