// The page of how many days carriers take: figures that came through the release gate, drawn and
// with their terms. Pure.
#pragma once
#include <optional>
#include <string>

#include "couriers/catalogue.h"
#include "insight/carrier_figures.h"
#include "pages/layout.h"

namespace pages {

struct TransitFigures {
  std::optional<insight::CarrierFigures> everywhere;  // nothing: none were released yet
  std::optional<insight::CarrierFigures> lanes;
};

std::string render_transit(const TransitFigures& figures, const couriers::Catalogue& catalogue,
                           const Frame& frame);

}  // namespace pages
