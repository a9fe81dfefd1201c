// What the three sources of Detector (detect, scan, explain) share.
#pragma once
#include "couriers/detect.h"
#include "couriers/engine.h"

namespace couriers {

struct Detector::State {
  explicit State(const Catalogue& catalogue) : engine(catalogue) {}

  // One number, no sentence and no link.
  void detect_number(std::string_view typed, const Hints& hints, const Surroundings& around,
                     Detection& out) const;
  // False when no word of the link can be a number.
  bool detect_link(std::string_view link, const Hints& hints, Detection& out) const;

  const Engine engine;
};

}  // namespace couriers
