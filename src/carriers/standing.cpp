#include "carriers/standing.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "carriers/definition.h"

namespace carriers {
namespace {

constexpr std::chrono::hours kDay{24}, kLately{1};
constexpr std::chrono::days kMonth{30};

template <class Counts>
Counts counts_of(const std::map<std::string, Counts>& all, const std::string& id) {
  const auto found = all.find(id);
  return found == all.end() ? Counts() : found->second;
}

}  // namespace

std::string_view name(State state) {
  constexpr std::array<std::string_view, 5> kNames{"drift", "failing", "ok", "not_asked",
                                                   "not_set_up"};
  return kNames[static_cast<std::size_t>(state)];
}

State judge(bool is_ready, const HeardCounts& last_day, const HeardCounts& lately) {
  if (!is_ready) return State::NotSetUp;
  if (last_day.of(Heard::Drift) > 0) return State::Drift;
  if (last_day.asked() == 0) return State::NotAsked;
  // What recovered is well, whatever the day was like; what is asked rarely is told by the day.
  const auto& counts = lately.asked() > 0 ? lately : last_day;
  return counts.failures() * 2 >= counts.asked() ? State::Failing : State::Ok;
}

std::vector<Standing> standings(store::Tx& tx, const Connectors& connectors,
                                const AllSettings& settings, base::Instant now) {
  const auto months = Health::read(tx, now - kMonth);
  const auto days = Health::read_hours(tx, now - kDay);
  const auto hours = Health::read_hours(tx, now - kLately);
  std::vector<Standing> all;
  for (const auto& connector : connectors.all()) {
    const auto& definition = connector->definition();
    const auto given = settings.find(definition.id);
    const Settings its = given == settings.end() ? Settings() : given->second;
    if (definition.access.base.empty() && its.base.empty()) continue;
    Standing standing;
    standing.id = definition.id;
    standing.name = definition.name;
    standing.last_day = counts_of(days, definition.id);
    standing.last_month = counts_of(months, definition.id);
    if (its.is_enabled) standing.missing = missing_secret(definition, its);
    standing.state = judge(its.is_enabled && standing.missing.empty(), standing.last_day,
                           counts_of(hours, definition.id));
    all.push_back(std::move(standing));
  }
  std::sort(all.begin(), all.end(), [](const Standing& a, const Standing& b) {
    return std::tie(a.state, a.name, a.id) < std::tie(b.state, b.name, b.id);
  });
  return all;
}

}  // namespace carriers
