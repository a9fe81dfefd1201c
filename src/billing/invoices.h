// Invoices of accounts: what was charged for which time, in whole minor units, and whether it was
// paid. The sum of the lines is the total; nothing is rounded here. An invoice names nobody: whom
// it is for is the contact's, so that it can be kept as long as tax law asks.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "billing/money.h"
#include "store/database.h"

namespace billing {

// Stored; only append.
enum class LineKind : std::uint8_t { Charge, Credit, Discount };
std::string_view word(LineKind kind);

struct Line {
  LineKind kind = LineKind::Charge;
  std::string tariff;       // id of the plan
  std::int64_t amount = 0;  // minor units; credits and discounts are negative
  base::Instant begins_at{}, ends_at{};
  int discounts_left = 0;  // after this one

  friend bool operator==(const Line&, const Line&) = default;
};

// Stored; only append.
enum class InvoiceState : std::uint8_t { Open = 0, Paid = 1 };
std::string_view word(InvoiceState state);

struct Invoice {
  std::int64_t account_id = 0;
  base::Id id;
  Money total;
  InvoiceState state = InvoiceState::Open;
  base::Instant created_at{};
  std::optional<base::Instant> paid_at;
  std::vector<Line> lines;  // empty in a list
};

enum class InvoiceFault : std::uint8_t { NoLines, WrongSign, TooLarge };
std::string_view describe(InvoiceFault fault);

// The exact sum; nothing when it is more than kMostMoney either way.
std::optional<std::int64_t> sum_of(const std::vector<Line>& lines);
inline constexpr std::int64_t kMostMoney = 1'000'000'000'000;

// Safe from any thread; both engines.
class Invoices {
 public:
  static constexpr std::chrono::days kKept{3653};

  Invoices(store::Database& database, const base::Clock& clock)
      : database_(database), clock_(clock) {}

  // In the caller's transaction. One with nothing to pay is paid.
  base::Result<base::Id, InvoiceFault> add(store::Tx& tx, std::int64_t account_id,
                                           const Currency& currency,
                                           const std::vector<Line>& lines);
  std::optional<Invoice> find(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  // The newest first, without their lines.
  std::vector<Invoice> list(store::Tx& tx, std::int64_t account_id, int most);
  // False: there is none, or it was paid before.
  bool note_paid(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  // Those whose ten years are over, with how they were paid. Blocks; gives back how many.
  std::int64_t sweep();

 private:
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace billing
