// What one update makes of a shipment. Pure: heads and journeys in, heads, journeys and events out.
#pragma once
#include <string>
#include <vector>

#include "journey/journey.h"
#include "shipments/ingest.h"

namespace shipments {

// A shipment as it stands while updates are taken in, one after the other.
struct Progress {
  Head head;
  journey::Journey journey;
  std::vector<Event> events;         // new since it was read, oldest first
  bool has_changed = false;          // the row must be written
  bool has_changed_journey = false;  // and so must the sealed body
};

// Takes one update in and says what it did. The same update again changes nothing.
Ingested advance(Progress& progress, const Update& update);

}  // namespace shipments
