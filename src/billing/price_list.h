// What plans cost and which offers run: the operator's own file, read anew at each start.
//
//   currency = "EUR"
//
//   [[tariff]]
//   id = "shop"              # letters, digits, hyphens; also on the invoices' lines
//   title = "Shop"
//   monthly = "19.00"
//   annual = "190.00"
//
//   [[offer]]
//   id = "anniversary"
//   title = "Ten years"
//   starts = 2026-11-27T00:00:00+01:00    # with the offset of the clock it was meant on
//   ends = 2026-12-01T00:00:00+01:00      # the first moment at which it is over
//   tariffs = ["shop"]                    # left out: all of them
//   cycle = "monthly"                     # or "annual"
//   percent_off = 50
//   periods = 3                           # how many invoices it lowers
//
// An offer is known only while it runs: running() is the one way to it, and needs the time. Pages
// and commands that show one ask there, so that none can outlive its window (policy clause 1).
//
// Immutable once read; safe from any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "billing/money.h"

namespace billing {

// Stored; only append.
enum class Cycle : std::uint8_t { Monthly = 0, Annual = 1 };
std::string_view word(Cycle cycle);
std::optional<Cycle> cycle_named(std::string_view word);

struct Tariff {
  std::string id, title;
  std::int64_t monthly = 0, annual = 0;  // minor units
  std::int64_t price(Cycle cycle) const { return cycle == Cycle::Monthly ? monthly : annual; }
};

struct Offer {
  std::string id, title;
  base::Instant starts{}, ends{};
  std::vector<std::string> tariffs;  // empty: all
  Cycle cycle = Cycle::Monthly;
  int percent_off = 0;
  int periods = 0;

  bool is_for(std::string_view tariff, Cycle on) const;
};

class PriceList {
 public:
  struct Read;
  static Read read(std::string_view toml, std::string_view file);

  const Currency& currency() const { return currency_; }
  const std::vector<Tariff>& tariffs() const { return tariffs_; }
  const Tariff* find(std::string_view id) const;
  // At this moment, in the file's order.
  std::vector<Offer> running(base::Instant now) const;
  // The one that lowers the price most in its first period.
  std::optional<Offer> best(std::string_view tariff, Cycle cycle, base::Instant now) const;

 private:
  explicit PriceList(const Currency& currency) : currency_(currency) {}
  Currency currency_;
  std::vector<Tariff> tariffs_;
  std::vector<Offer> offers_;
};

struct PriceList::Read {
  std::optional<PriceList> list;      // nothing when there is a mistake
  std::vector<std::string> mistakes;  // "FILE: .."
};

}  // namespace billing
