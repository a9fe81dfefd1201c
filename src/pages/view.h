// What a page shows, as values: from an opened shipment to the template's data. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "couriers/catalogue.h"
#include "journey/journey.h"
#include "pages/layout.h"
#include "pages/words.h"
#include "shipments/shipment.h"

namespace pages {

// What is known of a shipment's polling: who was asked and told its number, when, and whether it is
// being asked now.
struct Asked {
  std::vector<std::string> names;  // of the connectors that were told the number
  std::optional<base::Instant> last;
  bool is_running = false;
};

// Who answers for the data of a parcel (GDPR Art. 4(7)): its shop, and the service that works for
// it. Empty: not said.
struct Responsible {
  std::string shop, contact, service;
};

// Opened for the purpose of showing it; lives as long as the bytes behind its views.
struct Parcel {
  const shipments::Head& head;
  const journey::JourneyView& journey;
  std::string_view title;
  const couriers::Courier* courier = nullptr;
  Asked asked;
  const couriers::Courier* partner = nullptr;  // of the destination leg
  Responsible responsible = {};
};

enum class Tone { Good, Move, Warn, Bad, Calm };
Tone tone_of(journey::Status status);
std::string_view name(Tone tone);  // the style's class: "good", "move", ...

// What an event means in the reader's language.
std::string meaning_of(journey::Status status, int substatus, const Words& words);

// The whole tracking page. `push_key`: what browsers subscribe with; empty: they are offered
// nothing. `asked`: what became of a question that was asked here (ask_endpoints.h); `rated`: of a
// link that was asked for (review_endpoints.h).
std::string render_tracking(const Parcel& parcel, const Frame& frame,
                            std::string_view push_key = {}, std::string_view asked = {},
                            std::string_view rated = {});

struct ShopRow {
  std::string path;  // of its tracking page
  std::string number, title, carrier;
  journey::Status status{};
  int substatus = 0;
  std::string last, at, place;  // the newest event: words, time as written, where
  std::string estimate;
};
struct Shop {
  std::vector<ShopRow> rows;
  std::vector<std::pair<journey::Status, int>> counts;  // of all parcels, not only those shown
  std::optional<journey::Status> only;
  std::string path;  // of this page
};
// The list alone, for a page of its own: the filters and the table.
std::string render_parcels(const Shop& shop, const Frame& frame);
std::string render_shop(const Shop& shop, const Frame& frame);

// "There is no parcel at this address."
std::string render_nothing(const Frame& frame);
// Somebody asked for too many that are not there: to wait, or no more for an hour.
std::string render_turned_away(const Frame& frame, bool is_refused);

// The style sheet and the script, under names that change with their content.
struct Asset {
  std::string path;
  std::string_view content_type;
  std::string_view body;
};
// In this order.
enum AssetIndex : std::size_t {
  kStyle,
  kLiveScript,
  kPasskeyScript,
  kPushScript,
  kKeepScript,
  kIcon,
  kIcon192,
  kIcon512
};
const std::vector<Asset>& assets();

}  // namespace pages
