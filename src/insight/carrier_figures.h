// Which carrier is how fast, honestly (policy clauses 48 and 49): mean, median and ninetieth
// percentile in calendar and working days, with how many parcels, of when, and how much noise;
// those that never arrived counted; and carriers that cannot be told apart share a rank.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "insight/anonymised.h"
#include "insight/gate.h"
#include "insight/quarter.h"
#include "insight/survival.h"
#include "insight/transits.h"

namespace insight {

struct CarrierFigure {
  std::string carrier;       // its code
  std::string lane;          // "NL-DE"; empty: all of them
  std::int64_t parcels = 0;  // noisy, one of each person's
  Times calendar, working;
  int rank = 1;          // among those of the same lane: one more than are surely faster
  bool is_tied = false;  // another has the same rank
};

struct CarrierFigures {
  Quarter quarter;
  Release release;
  std::int64_t parcels_noise = 0;      // 95 % of the noise over `parcels` lies within so much
  std::vector<CarrierFigure> figures;  // by lane, rank and mean
};

// Pure post-processing: made of what the gate gave out and of nothing else.
CarrierFigures carrier_figures(const Quarter& quarter, const Anonymised<Counts>& counts);
// Only those of a lane ("NL-DE").
CarrierFigures of_lane(CarrierFigures all, std::string_view lane);

// {"quarter", "from", "until", "released_at", "terms": {..}, "figures": [..]}
std::string to_json(const CarrierFigures& figures);

// What stands below every table of them: count, dates, noise and terms, in a sentence each.
std::vector<std::string> small_print(const CarrierFigures& figures);

enum class NoFigures : std::uint8_t {
  NotRipe,  // the quarter is too young, or its first parcels are forgotten
  Spent,
  Tainted,
};
std::string_view describe(NoFigures why);

// Asks the gate, or finds what was answered. Blocks.
base::Result<CarrierFigures, NoFigures> ask_carrier_figures(Gate& gate, const Quarter& quarter,
                                                            Grouping grouping, base::Instant now);
// The newest that were released, of at most the last six quarters; nothing when none were.
std::optional<CarrierFigures> newest_carrier_figures(store::Tx& tx, Grouping grouping,
                                                     base::Instant now);

}  // namespace insight
