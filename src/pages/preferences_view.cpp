#include <fmt/format.h>

#include "messages/message.h"
#include "pages/layout.h"
#include "pages/preferences_page.h"
#include "pages/preferences_zones.h"
#include "pages/template.h"
#include "pages/view.h"

namespace embedded {
std::string_view preferences_template();
}

namespace pages {
namespace {

using channels::Channel;
using consent::Cell;
using kainjow::mustache::list;

// In the order in which a parcel meets them, the ones that matter most to a buyer first.
constexpr journey::Trigger kOrder[] = {
    journey::Trigger::OutForDelivery,  journey::Trigger::Delivered,
    journey::Trigger::ReadyForPickup,  journey::Trigger::FailedAttempt,
    journey::Trigger::Delayed,         journey::Trigger::Exception,
    journey::Trigger::Returned,        journey::Trigger::EstimateSet,
    journey::Trigger::EstimateChanged, journey::Trigger::InfoReceived,
    journey::Trigger::InTransit,       journey::Trigger::NoMovement,
    journey::Trigger::NotFound,        journey::Trigger::Expired};
constexpr Channel kWays[] = {Channel::Email, Channel::Sms, Channel::Push};

std::string text(std::string_view view) { return std::string(view); }

bool is_offered(const Wishes& wishes, journey::Trigger trigger, Channel channel) {
  const auto cell = wishes.offered.at(trigger, channel);
  return cell == Cell::On || cell == Cell::Offered;
}

std::vector<Channel> ways_of(const Wishes& wishes) {
  std::vector<Channel> ways;
  for (const auto way : kWays) {
    // A browser that never asked for notices has nothing to choose.
    if (way == Channel::Push && wishes.channel != Channel::Push) continue;
    for (const auto trigger : kOrder) {
      if (!is_offered(wishes, trigger, way)) continue;
      ways.push_back(way);
      break;
    }
  }
  return ways;
}

Data way_list(const std::vector<Channel>& ways, const Words& words) {
  list names;
  for (const auto way : ways) {
    Data one;
    one.set("name", text(words.get(fmt::format("prefs.way.{}", name(way)))));
    one.set("id", text(name(way)));
    names.push_back(one);
  }
  return Data(names);
}

Data rows_of(const Wishes& wishes, const std::vector<Channel>& ways, const Words& words) {
  list rows;
  for (const auto trigger : kOrder) {
    list cells;
    bool has_any = false;
    for (const auto way : ways) {
      Data cell;
      const bool offered = is_offered(wishes, trigger, way);
      has_any |= offered;
      const bool is_on = consent::is_told(wishes.offered.at(trigger, way),
                                          wishes.preferences.wanted.at(trigger, way));
      cell.set("offered", offered);
      cell.set("value", fmt::format("{}.{}", name(way), journey::name(trigger)));
      cell.set("way", text(words.get(fmt::format("prefs.way.{}", name(way)))));
      cell.set("ticked", is_on);
      cells.push_back(cell);
    }
    if (!has_any) continue;
    Data row;
    row.set("name", text(words.get(fmt::format("trigger.{}", journey::name(trigger)))));
    row.set("cells", Data(cells));
    rows.push_back(row);
  }
  return Data(rows);
}

Data option(std::string value, std::string label, bool chosen) {
  Data one;
  one.set("value", std::move(value));
  one.set("label", std::move(label));
  one.set("chosen", chosen);
  return one;
}

Data languages_of(const Wishes& wishes) {
  list options;
  for (const auto language : messages::languages()) {
    options.push_back(option(text(language), text(messages::own_name(language)),
                             language == wishes.preferences.language));
  }
  return Data(options);
}

Data zones_of(const Wishes& wishes) {
  const auto& chosen = wishes.preferences.zone;
  list options;
  bool is_listed = chosen.empty();
  for (const auto zone : kZones) {
    is_listed |= zone == chosen;
    std::string label(zone);
    for (auto& c : label) {
      if (c == '_') c = ' ';
    }
    options.push_back(option(text(zone), std::move(label), zone == chosen));
  }
  if (!is_listed) options.push_back(option(chosen, chosen, true));
  return Data(options);
}

Data hours_of(std::optional<int> minutes) {
  list options;
  for (int hour = 0; hour < 24; ++hour) {
    options.push_back(option(fmt::format("{}", hour), fmt::format("{:02}:00", hour),
                             minutes && *minutes / 60 == hour));
  }
  return Data(options);
}

std::string_view key_of(Done done) {
  switch (done) {
    case Done::Saved:
      return "prefs.done.saved";
    case Done::Stopped:
      return "prefs.done.stopped";
    case Done::Resumed:
      return "prefs.done.resumed";
    case Done::Nothing:
      break;
  }
  return {};
}

}  // namespace

std::string render_preferences(const Wishes& wishes, std::string_view path, Done done,
                               bool asks_to_stop, const Words& words) {
  Data page;
  put_frame(page, {words});
  for (const char* key :
       {"title",     "lead",        "what",          "how",          "language",    "language.shop",
        "zone",      "zone.parcel", "quiet",         "quiet.off",    "quiet.from",  "quiet.until",
        "when",      "when.now",    "when.daily",    "save",         "stop",        "stop.title",
        "stop.text", "resume",      "stopped.title", "stopped.text", "erased.text", "privacy"}) {
    std::string place = fmt::format("w_{}", key);
    for (auto& c : place) {
      if (c == '.') c = '_';
    }
    page.set(place, text(words.get(fmt::format("prefs.{}", key))));
  }
  if (!wishes.shop.empty()) page.set("shop", words.get("prefs.from", {{"shop", wishes.shop}}));
  page.set("path", text(path));
  page.set("lang_query", fmt::format("?lang={}", words.language()));
  const bool is_silent = wishes.is_stopped || wishes.is_channel_stopped || wishes.is_erased;
  page.set("erased", wishes.is_erased);
  page.set("silent", is_silent && !wishes.is_erased);
  page.set("speaking", !is_silent);
  page.set("stop_first", asks_to_stop && !is_silent);
  page.set("stop_last", !asks_to_stop && !is_silent);
  // The banner of silence says it already.
  if (done != Done::Nothing && !(done == Done::Stopped && is_silent))
    page.set("done", text(words.get(key_of(done))));
  const auto ways = ways_of(wishes);
  page.set("ways", way_list(ways, words));
  page.set("rows", rows_of(wishes, ways, words));
  page.set("options_language", languages_of(wishes));
  page.set("options_zone", zones_of(wishes));
  const auto& quiet = wishes.preferences.quiet;
  page.set("options_from", hours_of(quiet ? std::optional(quiet->from) : std::nullopt));
  page.set("options_until", hours_of(quiet ? std::optional(quiet->until) : std::nullopt));
  page.set("daily", wishes.preferences.pace == consent::Pace::Daily);
  page.set("at_once", wishes.preferences.pace != consent::Pace::Daily);
  return render(embedded::preferences_template(), page);
}

}  // namespace pages
