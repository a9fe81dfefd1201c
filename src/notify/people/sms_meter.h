// What an account spends on SMS: counted in the transaction that sends, held against its caps for a
// day and a month (UTC), given back when the provider did not take the message.
#pragma once
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "channels/sms/price.h"
#include "store/database.h"

namespace notify::people {

// Each account's own. Nothing: no cap.
struct SmsCaps {
  std::optional<channels::sms::Money> a_day, a_month;
};

struct SmsSpent {
  std::int64_t messages = 0, segments = 0;
  channels::sms::Money money = 0;
};

class SmsMeter {
 public:
  using Cost = channels::sms::Cost;
  SmsMeter(channels::sms::Prices prices, SmsCaps caps) : prices_(std::move(prices)), caps_(caps) {}

  struct Judgement {
    std::string_view why_not;  // "sms-cap", "sms-no-price", "no-number"; empty: it may be sent
    Cost cost;                 // of a country without a price: no money
  };
  // Whether the account may still spend what this text to this number costs.
  Judgement judge(store::Tx& tx, std::int64_t account_id, std::string_view number,
                  std::string_view text, base::Instant now) const;

 private:
  const channels::sms::Prices prices_;
  const SmsCaps caps_;
};

// Once for each delivery, however often it is attempted; its row in `sent` must be there.
void count_sms(store::Tx& tx, std::int64_t account_id, std::string_view delivery_id,
               const channels::sms::Cost& cost, base::Instant now);
// It was not taken: what was counted is given back.
void give_back_sms(store::Tx& tx, std::int64_t account_id, std::string_view delivery_id);
// From that day until before that other one, in days since 1970.
SmsSpent sms_spent(store::Tx& tx, std::int64_t account_id, std::int64_t from, std::int64_t until);
// This day's and this month's first, in days since 1970.
std::int64_t day_of(base::Instant at);
std::int64_t month_of(base::Instant at);

}  // namespace notify::people
