#include "journey/milestones.h"

#include <algorithm>
#include <chrono>

#include "journey/decide.h"
#include "journey/working_days.h"
#include "journey/written_time.h"

namespace journey {
namespace {

bool is(const Checkpoint& c, Status status, int substatus) {
  return c.known == Verdict::Kind::Known && c.status == status && c.substatus == substatus;
}

bool is(const Checkpoint& c, Status status) {
  return c.known == Verdict::Kind::Known && c.status == status;
}

// What the event is the first of.
void note_milestone(Leg& leg, const Checkpoint& c) {
  const auto first = [&](Milestone m) {
    auto& date = leg.milestones[static_cast<std::size_t>(m)];
    if (date.empty()) date = c.date;
  };
  if (is(c, Status::InfoReceived)) first(Milestone::InfoReceived);
  if (is(c, Status::Transit)) first(Milestone::Pickup);
  if (is(c, Status::Pickup, 1) || is(c, Status::Pickup, 3)) first(Milestone::OutForDelivery);
  if (is(c, Status::Delivered)) first(Milestone::Delivery);
  if (is(c, Status::Exception, 11)) first(Milestone::Returning);
  if (is(c, Status::Exception, 10)) first(Milestone::Returned);
}

void note_date(Leg& leg, const Checkpoint& c) {
  const auto first = [&](LegDate d) {
    auto& date = leg.dates[static_cast<std::size_t>(d)];
    if (date.empty()) date = c.date;
  };
  if (is(c, Status::Transit)) first(LegDate::Pickup);
  if (is(c, Status::Transit, 7)) first(LegDate::DepartedAirport);
  if (is(c, Status::Transit, 4)) first(LegDate::ArrivedAbroad);
  if (is(c, Status::Exception, 6) || is(c, Status::Transit, 5)) first(LegDate::CustomsReceived);
  if (is(c, Status::Transit, 3)) first(LegDate::ArrivedDestination);
}

std::string latest_line(const Checkpoint& c) {
  std::string line = c.text;
  if (!c.location.empty()) line += "," + c.location;
  if (c.date.empty()) return line;
  auto when = c.date.substr(0, 16);
  if (when.size() > 10) when[10] = ' ';
  return line + "," + when;
}

// Of two legs' newest: the later by their clocks, which is as good as it gets between strangers.
bool is_later(const Checkpoint& a, const Checkpoint& b) {
  const auto at = [](const Checkpoint& c) {
    const auto written = read_time(c.date);
    if (!written) return std::int64_t{0};
    const int derived = c.derived_offset == kNoOffset ? 0 : c.derived_offset;
    return written->local - written->offset.value_or(derived) * 60;
  };
  return at(a) > at(b);
}

}  // namespace

void show_milestones(Leg& leg) {
  if (leg.checkpoints.empty()) return;
  leg.milestones = {};
  leg.dates = {};
  for (auto c = leg.checkpoints.rbegin(); c != leg.checkpoints.rend(); ++c) {  // oldest first
    note_milestone(leg, *c);
    note_date(leg, *c);
  }
}

void show_latest(Journey& j) {
  const Checkpoint* latest = nullptr;
  for (const auto* leg : {&j.origin, &j.destination}) {
    const auto newest = std::ranges::find_if(
        leg->checkpoints, [](const auto& c) { return c.known != Verdict::Kind::Note; });
    if (newest == leg->checkpoints.end()) continue;
    if (latest == nullptr || is_later(*newest, *latest)) latest = &*newest;
  }
  if (latest == nullptr) return;
  j.latest_event = latest_line(*latest);
  j.latest_checkpoint_time = latest->date;
}

void show_time_on_the_way(Journey& j, const OnTheWay& way) {
  const auto from = read_time(way.from), until = read_time(way.until);
  if (!from || !until) return;
  const auto day = [](const WrittenTime& t) {
    return std::chrono::sys_days(std::chrono::days(t.day()));
  };
  const auto days = (day(*until) - day(*from)).count();
  // A parcel that moves has been on the way for a day at least; 0 means unknown.
  j.transit_time = static_cast<int>(std::clamp<std::int64_t>(days, 1, 9999));
  j.working_days = working_days_between(day(*from), day(*until), way.country);
}

}  // namespace journey
