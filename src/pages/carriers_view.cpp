#include "pages/carriers_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "pages/layout.h"
#include "pages/template.h"
#include "pages/view.h"

namespace embedded {
std::string_view carriers_template();
}  // namespace embedded

namespace pages {
namespace {

using carriers::Heard, carriers::Standing, carriers::State;
using std::chrono::minutes;

bool is_shown(const Standing& standing) {
  return standing.state != State::NotSetUp || standing.was_asked();
}

Tone tone_of(State state) {
  switch (state) {
    case State::Drift:
    case State::Failing:
      return Tone::Bad;
    case State::Ok:
      return Tone::Good;
    case State::NotAsked:
    case State::NotSetUp:
      break;
  }
  return Tone::Calm;
}

std::string_view key_of(State state) {
  switch (state) {
    case State::Drift:
      return "carriers.s_drift";
    case State::Failing:
      return "carriers.s_failing";
    case State::Ok:
      return "carriers.s_ok";
    case State::NotAsked:
      return "carriers.s_not_asked";
    case State::NotSetUp:
      break;
  }
  return "carriers.s_not_set_up";
}

// Of failures; what is none is never said.
std::string_view key_of(Heard what) {
  switch (what) {
    case Heard::Auth:
      return "carriers.h_auth";
    case Heard::RateLimited:
      return "carriers.h_rate_limited";
    case Heard::Server:
      return "carriers.h_server";
    case Heard::BadRequest:
      return "carriers.h_bad_request";
    case Heard::Drift:
      return "carriers.h_drift";
    case Heard::Unreadable:
      return "carriers.h_unreadable";
    case Heard::Unreached:
    case Heard::Answered:
    case Heard::NotFound:
    case Heard::InvalidNumber:
      break;
  }
  return "carriers.h_unreached";
}

// Each cause that occurred, with its count.
template <class Say>
void each_failure(const carriers::HeardCounts& counts, const Say& say) {
  for (std::size_t i = 0; i < carriers::kHeard; ++i) {
    const auto what = static_cast<Heard>(i);
    if (carriers::is_failure(what) && counts.of(what) > 0) say(what, counts.of(what));
  }
}

// What the page says of one standing, in the visitor's language.
class Teller {
 public:
  Teller(const Words& words, base::Instant now) : words_(words), now_(now) {}

  Data row_of(const Standing& standing) const {
    const auto& month = standing.last_month;
    Data row;
    row.set("id", standing.id);
    row.set("name", standing.name);
    row.set("state", std::string(words_.get(key_of(standing.state))));
    row.set("tone", std::string(name(tone_of(standing.state))));
    const auto put = [&row](const char* key, std::string value) {
      if (!value.empty()) row.set(key, std::move(value));
    };
    put("reason", reason(standing));
    if (month.last_success) {
      row.set("success", ago(*month.last_success));
      row.set("success_at", base::to_iso_offset(*month.last_success));
    }
    put("failures", failures(standing));
    if (const auto asked = standing.last_day.asked(); asked > 0)
      row.set("asked", words_.get("carriers.asked", {{"n", std::to_string(asked)}}));
    put("delay", delay(standing));
    put("unknown", not_understood(standing));
    return row;
  }

 private:
  std::string how_long(minutes time) const {
    const auto say = [&](const char* key, std::int64_t number) {
      return words_.get(key, {{"n", std::to_string(number)}});
    };
    const auto m = time.count();
    if (m < 120) return say("carriers.minutes", m);
    if (m < 48 * 60) return say("carriers.hours", (m + 30) / 60);
    return say("carriers.days", (m + 12 * 60) / (24 * 60));
  }
  std::string ago(base::Instant at) const {
    const auto passed = std::chrono::duration_cast<minutes>(now_ - at);
    if (passed < minutes(1)) return std::string(words_.get("carriers.now"));
    const auto time = how_long(passed);
    return words_.get("carriers.ago", {{"time", time}});
  }
  std::string delay(const Standing& standing) const {
    const auto median = standing.last_month.median_delay();
    if (!median) return {};
    return *median >= carriers::kDelayClasses.back() ? std::string(words_.get("carriers.a_day"))
                                                     : how_long(*median);
  }
  std::string failures(const Standing& standing) const {
    std::string out;
    each_failure(standing.last_day, [&](Heard what, std::int64_t number) {
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", number, words_.get(key_of(what)));
    });
    return out;
  }
  std::string not_understood(const Standing& standing) const {
    const auto& month = standing.last_month;
    if (month.events == 0) return {};
    return words_.get("carriers.of", {{"n", std::to_string(month.unknown_events)},
                                      {"all", std::to_string(month.events)}});
  }
  std::string reason(const Standing& standing) const {
    if (standing.state != State::NotSetUp) return {};
    return standing.missing.empty() ? std::string(words_.get("carriers.off"))
                                    : words_.get("carriers.lacks", {{"what", standing.missing}});
  }

  const Words& words_;
  base::Instant now_;
};

Data counts_of(const std::vector<Standing>& all, const Words& words) {
  Data counts = Data::type::list;
  for (const auto state :
       {State::Drift, State::Failing, State::Ok, State::NotAsked, State::NotSetUp}) {
    const auto number =
        std::count_if(all.begin(), all.end(), [&](const Standing& s) { return s.state == state; });
    if (number == 0) continue;
    Data count;
    count.set("name", std::string(words.get(key_of(state))));
    count.set("count", std::to_string(number));
    count.set("tone", std::string(name(tone_of(state))));
    counts.push_back(count);
  }
  return counts;
}

}  // namespace

std::string render_carriers(const std::vector<Standing>& all, base::Instant now,
                            const Frame& frame) {
  const auto& words = frame.words;
  const Teller teller(words, now);
  Data page, rows = Data::type::list, alarms = Data::type::list;
  bool has_alarm = false, has_rows = false;
  for (const auto& standing : all) {
    if (!is_shown(standing)) continue;
    has_rows = true;
    rows.push_back(teller.row_of(standing));
    if (standing.state != State::Drift) continue;
    has_alarm = true;
    Data alarm;
    alarm.set("id", standing.id);
    alarm.set("name", standing.name);
    alarm.set("times", words.get("carriers.drift_one",
                                 {{"times", std::to_string(standing.last_day.of(Heard::Drift))},
                                  {"asked", std::to_string(standing.last_day.asked())}}));
    alarms.push_back(alarm);
  }
  put_frame(page, frame);
  for (const char* key :
       {"title", "lead", "drift", "drift_why", "tally", "caption", "c_name", "c_state", "c_success",
        "c_failures", "c_delay", "c_unknown", "none", "empty", "json"})
    page.set(fmt::format("w_{}", key), std::string(words.get(fmt::format("carriers.{}", key))));
  page.set("headline", std::string(words.get(has_alarm ? "carriers.alarm" : "carriers.title")));
  const auto at = base::to_iso_offset(now).substr(0, 16).replace(10, 1, " ") + " UTC";
  page.set("fine", words.get("carriers.fine", {{"at", at}}));
  page.set("w_days", std::string(words.get("transit.title")));
  page.set("days_href", "/carriers/days" + language_suffix(frame));
  page.set("counts", counts_of(all, words));
  page.set("alarm?", has_alarm);
  page.set("alarms", alarms);
  page.set("rows?", has_rows);
  page.set("rows", rows);
  return render(embedded::carriers_template(), page);
}

std::string carriers_json(const std::vector<Standing>& all, base::Instant now) {
  base::JsonWriter json;
  const auto instant = [&](const char* key, const std::optional<base::Instant>& at) {
    json.key(key).value_or_null(at ? base::to_iso_offset(*at) : std::string());
  };
  const auto is = [&](State state) {
    return std::count_if(all.begin(), all.end(),
                         [&](const Standing& s) { return s.state == state; });
  };
  json.begin_object();
  instant("at", now);
  json.key("drift_alarm").value(is(State::Drift) > 0);
  json.key("not_set_up").value(is(State::NotSetUp));
  json.key("carriers").begin_array();
  for (const auto& standing : all) {
    if (!is_shown(standing)) continue;
    const auto& month = standing.last_month;
    json.begin_object();
    json.key("id").value(standing.id).key("name").value(standing.name);
    json.key("state").value(carriers::name(standing.state));
    json.key("missing").value_or_null(standing.missing);
    instant("last_success", month.last_success);
    instant("last_failure", month.last_failure);
    json.key("asked_24h").value(standing.last_day.asked());
    json.key("failures_24h").begin_object();
    each_failure(standing.last_day, [&](Heard what, std::int64_t number) {
      json.key(carriers::name(what)).value(number);
    });
    json.end_object();
    json.key("median_delay_minutes");
    const auto median = month.median_delay();
    median ? json.value(median->count()) : json.null();
    json.key("events_30d").value(month.events);
    json.key("events_not_understood_30d").value(month.unknown_events);
    json.end_object();
  }
  json.end_array().end_object();
  return std::move(json).text();
}

}  // namespace pages
