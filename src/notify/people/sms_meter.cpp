#include "notify/people/sms_meter.h"

#include "channels/sms/number.h"
#include "channels/sms/segments.h"

namespace notify::people {
namespace {

namespace sms = channels::sms;

void add(store::Tx& tx, std::int64_t account_id, std::int64_t day, int messages,
         std::int64_t segments, sms::Money money) {
  tx.execute(
      "INSERT INTO sms_spent (account_id, day, messages, segments, money) VALUES ($1, $2, $3, $4, "
      "$5) ON CONFLICT (account_id, day) DO UPDATE SET messages = sms_spent.messages + "
      "excluded.messages, segments = sms_spent.segments + excluded.segments, money = "
      "sms_spent.money + excluded.money",
      account_id, day, messages, segments, money);
}

}  // namespace

std::int64_t day_of(base::Instant at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

std::int64_t month_of(base::Instant at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  return std::chrono::sys_days{date.year() / date.month() / 1}.time_since_epoch().count();
}

SmsSpent sms_spent(store::Tx& tx, std::int64_t account_id, std::int64_t from, std::int64_t until) {
  auto rows = tx.query(
      "SELECT SUM(messages), SUM(segments), SUM(money) FROM sms_spent WHERE account_id = $1 AND "
      "day >= $2 AND day < $3",
      account_id, from, until);
  rows.next();
  return {rows.integer(0), rows.integer(1), rows.integer(2)};
}

SmsMeter::Judgement SmsMeter::judge(store::Tx& tx, std::int64_t account_id, std::string_view number,
                                    std::string_view text, base::Instant now) const {
  Judgement judgement;
  const auto to = sms::PhoneNumber::parse(number);
  if (!to) {
    judgement.why_not = "no-number";
    return judgement;
  }
  const auto cost = sms::cost_of(prices_, *to, text);
  judgement.cost = cost.value_or(Cost{sms::segments_of(sms::economical(text)).count(), 0});
  const auto today = day_of(now);
  const std::pair<std::optional<sms::Money>, std::int64_t> caps[] = {
      {caps_.a_day, today}, {caps_.a_month, month_of(now)}};
  for (const auto& [cap, since] : caps) {
    if (!cap) continue;
    switch (sms::may_spend(cost, sms_spent(tx, account_id, since, today + 1).money, cap)) {
      case sms::Spend::Allowed:
        break;
      case sms::Spend::OverCap:
        judgement.why_not = "sms-cap";
        return judgement;
      case sms::Spend::NoPrice:
        judgement.why_not = "sms-no-price";
        return judgement;
    }
  }
  return judgement;
}

void count_sms(store::Tx& tx, std::int64_t account_id, std::string_view delivery_id,
               const sms::Cost& cost, base::Instant now) {
  const bool is_new =
      tx.execute(
          "UPDATE sent SET segments = $3, money = $4, at = $5 WHERE account_id = $1 AND id = $2 "
          "AND segments IS NULL",
          account_id, store::Blob{delivery_id}, cost.segments, cost.money, now) == 1;
  if (is_new) add(tx, account_id, day_of(now), 1, cost.segments, cost.money);
}

void give_back_sms(store::Tx& tx, std::int64_t account_id, std::string_view delivery_id) {
  std::int64_t segments = 0, day = 0;
  sms::Money money = 0;
  {
    auto rows = tx.query(
        "SELECT segments, money, at FROM sent WHERE account_id = $1 AND id = $2 AND segments IS "
        "NOT NULL",
        account_id, store::Blob{delivery_id});
    if (!rows.next()) return;
    segments = rows.integer(0);
    money = rows.integer(1);
    day = day_of(rows.instant(2));
  }
  tx.execute("UPDATE sent SET segments = NULL, money = NULL WHERE account_id = $1 AND id = $2",
             account_id, store::Blob{delivery_id});
  add(tx, account_id, day, -1, -segments, -money);
}

}  // namespace notify::people
