// How long parcels take, from a histogram that counts those that never arrived as well.
//
// Whoever averages over delivered parcels rewards losing them. Here a parcel that was not there
// when we last looked counts as what it is, "longer than that" (Kaplan and Meier 1958), and the
// mean is the mean of the first 30 days: each day on which a parcel is not there yet costs one day,
// whether it comes later or never.
//
// Pure. Counts may bear noise: they are brought to the nearest histogram that could be true (no
// negative counts, sum equal to the group's size as far as that is known), which costs no privacy.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "insight/noise.h"

namespace insight {

inline constexpr int kLongestDays = 30;
// Buckets: there on day 0..30; out of sight within the first, second, third week or later; watched
// for 30 days and not there.
inline constexpr int kSightClasses = 4;
inline constexpr int kNever = kLongestDays + 1 + kSightClasses;
inline constexpr int kTransitBuckets = kNever + 1;
int bucket_of_arrival(int days);     // beyond 30 days: kNever
int bucket_of_last_sight(int days);  // the same

// A number of days and between which two it lies with 95 % confidence, for noise and chance
// together. Nothing: beyond 30 days.
struct Quantile {
  std::optional<int> days, from, to;
  friend bool operator==(const Quantile&, const Quantile&) = default;
};

struct Times {
  double mean = 0;         // of the first 30 days
  double mean_noise = 0;   // 95 % of the noise lies within so much
  double mean_spread = 0;  // and of noise and chance together
  Quantile median, p90;
  double never = 0;  // share that was not there after 30 days
};

// `size` is the noisy size of the group; the scales are those of the noise over it and over each
// count. A scale of nothing: no noise.
Times times_of(std::int64_t size, const std::vector<std::int64_t>& counts,
               const std::optional<Fraction>& size_scale, const std::optional<Fraction>& scale);

}  // namespace insight
