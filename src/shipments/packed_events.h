// The events of one shipment as one value, which lies in the shipment's own row: an update rewrites
// that row anyway, so its events cost neither a row nor a page of their own.
//
// A version byte, then the events in the order in which they were learnt. What an event has in
// common with the one before (who told it) is not repeated, and a time in the usual form takes five
// bytes instead of twenty-five: some ten to twenty bytes an event. No words, no places: those stay
// in the sealed journey.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shipments/events.h"

namespace shipments {

// What was packed before, with these behind it. Empty text holds no events.
std::string pack_events(std::string_view packed, const std::vector<Event>& more);

// Oldest first, numbered from 1. Nothing for bytes that pack_events did not write.
std::optional<std::vector<Event>> unpack_events(std::string_view packed);

}  // namespace shipments
