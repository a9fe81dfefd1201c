// Parcels to simulate polling with: what happens to each, and when its carrier shows it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "polling/rates.h"

namespace bench {

struct ParcelEvent {
  base::Instant at{};       // when it happened
  base::Instant visible{};  // when the carrier shows it
  polling::Kind kind{};
  polling::Stage leads_to{};
};

struct Parcel {
  base::Instant registered{};
  std::string lane;
  bool is_scanned_out = false;      // its carrier shows out-for-delivery
  std::vector<ParcelEvent> events;  // by time; the last is the delivery
};

struct ParcelRecipe {
  std::uint64_t seed = 20'260'101;
  double scanned_out = 1;   // share of parcels with an out-for-delivery scan
  double lag_minutes = 20;  // mean publish lag
};

// Made up altogether: lanes of one to ten days, working days, evenings, weekends.
std::vector<Parcel> made_up_parcels(int count, const ParcelRecipe& recipe);

// Real times of label, pickup and delivery (contracts of the data's licence: evaluation only), with
// the scans between added by the recipe. Empty when the file is not there. By registration time.
std::vector<Parcel> olist_parcels(const std::string& path, const ParcelRecipe& recipe);

}  // namespace bench
