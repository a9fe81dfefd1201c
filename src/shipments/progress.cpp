#include "shipments/progress.h"

#include <algorithm>
#include <unordered_map>

#include "journey/written_time.h"

namespace shipments {
namespace {

using journey::Checkpoint;
using journey::Journey;
using journey::Status;

// Sub-statuses of the v4 contract, section 6.
constexpr int kNoInformation = 2;     // notfound002
constexpr int kNothingFor30Days = 1;  // expired001
constexpr int kNothingYet = 1;        // pending001

bool knows_anything(const Journey& journey) {
  return !journey.origin.checkpoints.empty() || !journey.destination.checkpoints.empty();
}

// What makes a checkpoint the same as before, however it is understood now.
std::string identity_of(const Checkpoint& c) {
  std::string key;
  key.reserve(c.date.size() + c.text.size() + c.raw_status.size() + c.location.size() +
              c.piece.size() + 5);
  for (const auto* part : {&c.date, &c.raw_status, &c.location, &c.text, &c.piece}) {
    key += *part;
    key += '\x1f';
  }
  return key;
}

using Counted = std::unordered_map<std::string, int>;

void count_leg(const journey::Leg& leg, Counted& counted) {
  for (const auto& checkpoint : leg.checkpoints) ++counted[identity_of(checkpoint)];
}

Counted count(const Journey& journey) {
  Counted counted;
  count_leg(journey.origin, counted);
  count_leg(journey.destination, counted);
  return counted;
}

// The milestone that this checkpoint is, if the leg dates one by it.
std::optional<journey::Milestone> milestone_of(const journey::Leg& leg, const Checkpoint& c) {
  for (std::size_t i = journey::kMilestones; i-- > 0;) {
    if (!c.date.empty() && leg.milestones[i] == c.date) return static_cast<journey::Milestone>(i);
  }
  return std::nullopt;
}

struct Teller {
  Mouth mouth;
  const std::string& name;
  base::Instant learnt_at;
};

Event event_of(EventKind kind, Status status, int substatus, const Teller& source) {
  Event event;
  event.kind = kind;
  event.status = status;
  event.substatus = substatus;
  event.learnt_at = source.learnt_at;
  event.mouth = source.mouth;
  event.source = source.name;
  return event;
}

// Legs list their newest checkpoint first; events go out oldest first. Notes are no events.
void append_new(const journey::Leg& leg, Counted& known, const Teller& source,
                std::vector<Event>& events) {
  for (auto c = leg.checkpoints.rbegin(); c != leg.checkpoints.rend(); ++c) {
    if (c->known == journey::Verdict::Kind::Note) continue;
    const auto found = known.find(identity_of(*c));
    if (found != known.end() && found->second > 0) {
      --found->second;
      continue;
    }
    const bool is_known = c->known == journey::Verdict::Kind::Known;
    auto event =
        event_of(is_known ? EventKind::Scan : EventKind::Unknown,
                 is_known ? c->status : Status::Pending, is_known ? c->substatus : 0, source);
    event.happened = c->date;
    event.milestone = milestone_of(leg, *c);
    events.push_back(std::move(event));
  }
}

// When it happened, as well as it can be told: good enough to decide when to ask again, and
// nothing else.
struct Moment {
  base::Instant at{};
  std::optional<int> offset;  // minutes east of UTC
};
std::optional<Moment> moment_of(std::string_view date, int derived_offset) {
  const auto time = journey::read_time(date);
  if (!time) return std::nullopt;
  Moment moment;
  moment.offset = time->offset;
  if (!moment.offset && derived_offset != journey::kNoOffset) moment.offset = derived_offset;
  moment.at = base::Instant(std::chrono::seconds(time->local) -
                            std::chrono::minutes(moment.offset.value_or(0)));
  return moment;
}

std::optional<Moment> newest_of(const Journey& journey) {
  std::optional<Moment> newest;
  for (const auto* leg : {&journey.origin, &journey.destination}) {
    for (const auto& c : leg->checkpoints) {
      if (c.known == journey::Verdict::Kind::Note) continue;
      const auto moment = moment_of(c.date, c.derived_offset);
      if (!moment) continue;
      if (!newest || moment->at > newest->at) newest = moment;
      break;  // they lie in order
    }
  }
  return newest;
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// What the shop did not say about the way, the carrier may.
bool fill_country(std::string& country, const journey::Place& place) {
  if (!country.empty() || !is_country(place.country)) return false;
  country = place.country;
  return true;
}

journey::Context context_of(const Head& head) {
  journey::Context context;
  context.courier_code = head.courier_code;
  context.tracking_number = head.tracking_number;
  context.origin_country =
      head.origin_country.empty() ? head.tracking_origin_country : head.origin_country;
  context.destination_country = head.destination_country.empty() ? head.tracking_destination_country
                                                                 : head.destination_country;
  return context;
}

void take_report(Progress& p, const Update& update, const Teller& source, Ingested& result) {
  auto known = count(p.journey);
  const auto context = context_of(p.head);
  const auto merged = journey::merge(p.journey, context, update.report, source.learnt_at);
  if (merged.changed) {
    append_new(p.journey.origin, known, source, p.events);
    append_new(p.journey.destination, known, source, p.events);
    p.has_changed = p.has_changed_journey = true;
  }
  result.new_events = merged.new_events;
  result.unknown_events = merged.unknown_events;
  result.quarantined = merged.new_unread;
  // An ISO date or time; the day is what people are told, and ISO days sort as text.
  const std::string estimate = p.journey.scheduled_delivery_date.substr(0, 10);
  if (!estimate.empty() && estimate != p.head.estimate) {
    p.head.estimate = estimate;
    p.has_changed = true;
  }
  p.has_changed |= fill_country(p.head.origin_country, update.report.origin);
  p.has_changed |= fill_country(p.head.destination_country, update.report.destination);
  // An expired shipment lives again when something new is learnt, not because it was asked again.
  const bool is_asleep = p.head.status == Status::Expired && result.new_events == 0;
  if (is_asleep || !knows_anything(p.journey)) return;
  const auto standing = journey::standing(p.journey);
  p.head.status = standing.status;
  p.head.substatus = standing.substatus;
  p.head.true_status.reset();
}

void take_not_found(Progress& p, const Teller& source) {
  const bool may_be = p.head.status == Status::Pending || p.head.status == Status::NotFound;
  if (!may_be || knows_anything(p.journey)) return;
  if (p.head.status == Status::NotFound && p.head.substatus == kNoInformation) return;
  p.head.status = Status::NotFound;
  p.head.substatus = kNoInformation;
  p.events.push_back(event_of(EventKind::NotFound, p.head.status, p.head.substatus, source));
}

void take_silence(Progress& p, const Teller& source) {
  if (p.head.status == Status::Expired || p.head.status == Status::Delivered) return;
  p.head.true_status = p.head.status;
  p.head.true_substatus = p.head.substatus;
  p.head.status = Status::Expired;
  p.head.substatus = kNothingFor30Days;
  p.events.push_back(event_of(EventKind::Expired, p.head.status, p.head.substatus, source));
}

void take_again(Progress& p, const Teller& source) {
  if (p.head.status != Status::Expired) return;
  p.head.status = p.head.true_status.value_or(Status::Pending);
  p.head.substatus = p.head.true_status ? p.head.true_substatus : kNothingYet;
  // A number that was not known may have become so.
  if (p.head.status == Status::NotFound) {
    p.head.status = Status::Pending;
    p.head.substatus = kNothingYet;
  }
  p.head.true_status.reset();
  p.events.push_back(event_of(EventKind::Again, p.head.status, p.head.substatus, source));
}

}  // namespace

Ingested advance(Progress& p, const Update& update) {
  Ingested result;
  result.before = p.head.status;
  const int substatus_before = p.head.substatus;
  const auto events_before = p.events.size();
  const bool had_changed = std::exchange(p.has_changed, false);
  const Teller source{update.mouth, update.source, update.heard_at};
  switch (update.says) {
    case Update::Says::Report:
      take_report(p, update, source, result);
      break;
    case Update::Says::NotFound:
      take_not_found(p, source);
      break;
    case Update::Says::Silence:
      take_silence(p, source);
      break;
    case Update::Says::Again:
      take_again(p, source);
      break;
  }
  p.has_changed |= p.head.status != result.before || p.head.substatus != substatus_before ||
                   p.events.size() != events_before;
  result.outcome = p.has_changed ? Ingested::Outcome::Changed : Ingested::Outcome::Unchanged;
  p.has_changed |= had_changed;
  result.after = p.head.status;
  result.substatus = p.head.substatus;
  if (const auto newest = newest_of(p.journey)) {
    result.newest_at = newest->at;
    result.offset_minutes = newest->offset;
  }
  const auto& picked_up =
      p.journey.origin.milestones[static_cast<std::size_t>(journey::Milestone::Pickup)];
  if (const auto moment = moment_of(picked_up, result.offset_minutes.value_or(0))) {
    result.picked_up_at = moment->at;
  }
  result.follow_up = journey::follow_up(p.journey, context_of(p.head));
  return result;
}

}  // namespace shipments
