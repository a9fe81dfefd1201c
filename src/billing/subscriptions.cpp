#include "billing/subscriptions.h"

#include <algorithm>

#include "base/log.h"

namespace billing {
namespace {

constexpr std::int64_t kBatch = 500;

bool is_open(store::Tx& tx, std::int64_t account_id) {
  auto rows =
      tx.query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id);
  return rows.next();
}

base::Failure<Subscriptions::Fault> refusal(SubscribeFault why) {
  return base::Failure{Subscriptions::Fault{why, {}}};
}

}  // namespace

std::string describe(const Subscriptions::Fault& fault) {
  switch (fault.why) {
    case SubscribeFault::NoAccount:
      return "there is no such account, or it is closed";
    case SubscribeFault::NoTariff:
      return "this plan is not on the price list";
    case SubscribeFault::Subscribed:
      return "the account is on a plan already: change it";
    case SubscribeFault::NotSubscribed:
      return "the account is on no plan";
    case SubscribeFault::Step:
      return std::string(describe(fault.step));
    case SubscribeFault::TooLarge:
      break;
  }
  return "the amount is too large for an invoice";
}

std::optional<Subscribed> Subscriptions::find(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query(
      "SELECT tariff, cycle, price, discount, begins_at, ends_at, from_at, anchor_at, periods, "
      "paused_at, ended_at, percent_off, discounted, discounts_left, balance, offer FROM "
      "billing_subscriptions WHERE account_id = $1",
      account_id);
  if (!rows.next()) return std::nullopt;
  Subscribed row;
  auto& s = row.subscription;
  s.tariff = rows.text(0);
  s.cycle = static_cast<Cycle>(rows.integer(1));
  s.period = {rows.integer(2), rows.integer(3), rows.instant(4), rows.instant(5), rows.instant(6)};
  s.anchor = rows.instant(7);
  s.periods = static_cast<int>(rows.integer(8));
  if (!rows.is_null(9)) s.paused_at = rows.instant(9);
  s.is_ended = !rows.is_null(10);
  s.percent_off = static_cast<int>(rows.integer(11));
  s.discounted = static_cast<Cycle>(rows.integer(12));
  s.discounts_left = static_cast<int>(rows.integer(13));
  row.balance = rows.integer(14);
  s.offer = rows.text(15);
  return row;
}

void Subscriptions::write(store::Tx& tx, std::int64_t account_id, const Subscribed& row) {
  const auto& s = row.subscription;
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  tx.execute("DELETE FROM billing_subscriptions WHERE account_id = $1", account_id);
  tx.execute(
      "INSERT INTO billing_subscriptions (account_id, tariff, cycle, price, discount, begins_at, "
      "ends_at, from_at, anchor_at, periods, percent_off, discounted, discounts_left, balance, "
      "offer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
      account_id, s.tariff, number(s.cycle), s.period.price, s.period.discount, s.period.begins,
      s.period.ends, s.period.from, s.anchor, number(s.periods), number(s.percent_off),
      number(s.discounted), number(s.discounts_left), row.balance, s.offer);
  if (s.paused_at)
    tx.execute("UPDATE billing_subscriptions SET paused_at = $1 WHERE account_id = $2",
               *s.paused_at, account_id);
  if (s.is_ended)
    tx.execute("UPDATE billing_subscriptions SET ended_at = $1 WHERE account_id = $2", clock_.now(),
               account_id);
}

Subscriptions::Done Subscriptions::take(store::Tx& tx, std::int64_t account_id,
                                        std::int64_t balance, Stepped step) {
  if (!step) return base::Failure{Fault{SubscribeFault::Step, step.error()}};
  Subscribed row{std::move(step->subscription), balance, std::nullopt};
  auto& lines = step->lines;
  if (!lines.empty()) {
    const auto sum = sum_of(lines).value_or(0);
    // What is to the account's credit lowers the invoice; what the step gives back adds to it.
    const auto used = std::clamp<std::int64_t>(sum, 0, balance);
    if (used > 0) {
      const auto now = clock_.now();
      lines.push_back({LineKind::Credit, row.subscription.tariff, -used, now, now, 0});
    }
    row.balance += sum < 0 ? -sum : -used;
    const auto made = invoices_.add(tx, account_id, prices_.currency(), lines);
    if (!made) return refusal(SubscribeFault::TooLarge);
    row.invoice = *made;
  }
  write(tx, account_id, row);
  return row;
}

Subscriptions::Done Subscriptions::start(store::Tx& tx, std::int64_t account_id,
                                         std::string_view tariff, Cycle cycle) {
  if (!is_open(tx, account_id)) return refusal(SubscribeFault::NoAccount);
  const auto* one = prices_.find(tariff);
  if (one == nullptr) return refusal(SubscribeFault::NoTariff);
  const auto before = find(tx, account_id);
  if (before && !before->subscription.is_ended) return refusal(SubscribeFault::Subscribed);
  const auto now = clock_.now();
  auto offer = prices_.best(tariff, cycle, now);
  // Ending and beginning again is no way to more of the same offer.
  if (offer && before && before->subscription.offer == offer->id)
    offer->periods = before->subscription.discounts_left;
  return take(tx, account_id, before ? before->balance : 0,
              billing::start(*one, cycle, offer, now));
}

Subscriptions::Done Subscriptions::change(store::Tx& tx, std::int64_t account_id,
                                          std::string_view tariff, Cycle cycle) {
  const auto* one = prices_.find(tariff);
  if (one == nullptr) return refusal(SubscribeFault::NoTariff);
  const auto before = find(tx, account_id);
  if (!before) return refusal(SubscribeFault::NotSubscribed);
  return take(tx, account_id, before->balance,
              billing::change(before->subscription, *one, cycle, clock_.now()));
}

Subscriptions::Done Subscriptions::with(store::Tx& tx, std::int64_t account_id,
                                        Stepped (*step)(const Subscription&, base::Instant)) {
  const auto before = find(tx, account_id);
  if (!before) return refusal(SubscribeFault::NotSubscribed);
  return take(tx, account_id, before->balance, step(before->subscription, clock_.now()));
}

Subscriptions::Done Subscriptions::pause(store::Tx& tx, std::int64_t account_id) {
  return with(tx, account_id, billing::pause);
}
Subscriptions::Done Subscriptions::resume(store::Tx& tx, std::int64_t account_id) {
  return with(tx, account_id, billing::resume);
}
Subscriptions::Done Subscriptions::end(store::Tx& tx, std::int64_t account_id) {
  return with(tx, account_id, billing::end);
}

int Subscriptions::renew_due() {
  const auto due = database_.read_now([&](store::Tx& tx) {
    auto rows = tx.query(
        "SELECT account_id FROM billing_subscriptions s WHERE ends_at <= $1 AND paused_at IS NULL "
        "AND ended_at IS NULL AND EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = "
        "s.account_id AND a.closed_at IS NULL) ORDER BY ends_at LIMIT $2",
        clock_.now(), kBatch);
    std::vector<std::int64_t> all;
    while (rows.next()) all.push_back(rows.integer(0));
    return all;
  });
  int renewed = 0, lost = 0;
  for (const auto account_id : due) {
    const auto is_done = database_.write_now([&](store::Tx& tx) {
      const auto before = find(tx, account_id);
      const auto* one = before ? prices_.find(before->subscription.tariff) : nullptr;
      if (one == nullptr) return false;
      return take(tx, account_id, before->balance,
                  billing::renew(before->subscription, *one, clock_.now()))
          .has_value();
    });
    ++(is_done ? renewed : lost);
  }
  if (lost > 0) base::log(base::Level::Warning, "billing.not_renewed", {{"accounts", lost}});
  return renewed;
}

}  // namespace billing
