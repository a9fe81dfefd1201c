// Which carrier is how fast, honestly (policy clauses 48 and 49): mean, median and ninetieth
// percentile in calendar and working days, with how many parcels, of when, and how much noise;
// those that never arrived counted; and carriers that cannot be told apart are shown as
// such.
#pragma once
#include <map>
#include <mutex>
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
  // Between which places it lies among those of its lane: one more than are surely faster, and as
  // many fewer than all as are surely slower. Different where it cannot be told from another: a
  // league table without this makes differences out of chance (Goldstein and Spiegelhalter 1996).
  int rank_from = 1, rank_to = 1;
  bool is_tied() const { return rank_from != rank_to; }
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
// The newest that were released, of at most the last six quarters; nothing when none were. Computed
// once for each release: their bounds take some milliseconds. Safe from any thread.
class ReleasedFigures {
 public:
  std::optional<CarrierFigures> newest(store::Tx& tx, Grouping grouping, base::Instant now);

 private:
  std::mutex mutex_;
  std::map<Grouping, CarrierFigures> known_;
};

}  // namespace insight
