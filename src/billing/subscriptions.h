// The plans that accounts are on: each step of the engine (subscription.h) with its invoice, in one
// transaction. What a step gives back is kept as the account's balance, which lowers the next
// invoice; what is left of it at the end is the operator's to pay out.
#pragma once
#include <optional>

#include "billing/invoices.h"
#include "billing/price_list.h"
#include "billing/subscription.h"

namespace billing {

enum class SubscribeFault : std::uint8_t {
  NoAccount,  // there is none, or it is closed
  NoTariff,   // not on the price list
  Subscribed,
  NotSubscribed,
  Step,     // see the step's own fault
  TooLarge  // no invoice can be made of it
};

struct Subscribed {
  Subscription subscription;
  std::int64_t balance = 0;         // to the account's credit
  std::optional<base::Id> invoice;  // that was made by this step
};

// Safe from any thread; both engines.
class Subscriptions {
 public:
  struct Fault {
    SubscribeFault why = SubscribeFault::NotSubscribed;
    StepFault step = StepFault::Ended;
  };
  using Done = base::Result<Subscribed, Fault>;

  Subscriptions(store::Database& database, const PriceList& prices, const base::Clock& clock)
      : database_(database), prices_(prices), clock_(clock), invoices_(database, clock) {}

  // All in the caller's transaction. With the best offer that runs, if one does.
  Done start(store::Tx& tx, std::int64_t account_id, std::string_view tariff, Cycle cycle);
  Done change(store::Tx& tx, std::int64_t account_id, std::string_view tariff, Cycle cycle);
  Done pause(store::Tx& tx, std::int64_t account_id);
  Done resume(store::Tx& tx, std::int64_t account_id);
  Done end(store::Tx& tx, std::int64_t account_id);
  std::optional<Subscribed> find(store::Tx& tx, std::int64_t account_id);

  // The next period of each whose period is over; one transaction each. A plan that is no longer on
  // the list stays as it is, and is counted in the log. Blocks; gives back how many were renewed.
  int renew_due();

 private:
  Done take(store::Tx& tx, std::int64_t account_id, std::int64_t balance, Stepped step);
  Done with(store::Tx& tx, std::int64_t account_id,
            Stepped (*step)(const Subscription&, base::Instant));
  void write(store::Tx& tx, std::int64_t account_id, const Subscribed& row);

  store::Database& database_;
  const PriceList& prices_;
  const base::Clock& clock_;
  Invoices invoices_;
};

std::string describe(const Subscriptions::Fault& fault);

}  // namespace billing
