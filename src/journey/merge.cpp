#include "journey/merge.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/decide.h"
#include "journey/derive.h"
#include "journey/facts.h"
#include "journey/kept.h"
#include "journey/written_time.h"

namespace journey {
namespace {

// Of what could not be read, so many different texts are kept, and so much of each.
constexpr std::size_t kMostUnread = 20;
constexpr std::size_t kMostRaw = 500;
// Of pieces that are told apart. A shipment of more is one of freight, and keeps what was said.
constexpr std::size_t kMostListings = 200;
constexpr std::size_t kMostPiece = 200;  // as kept() bounds it
// Of estimates: the latest so many different ones.
constexpr std::size_t kMostEstimates = 50;

template <class F>
void each_item_of_sources(Journey& j, F&& f) {
  for (auto* list : {&j.origin.checkpoints, &j.destination.checkpoints, &j.aside})
    for (auto& c : *list) f(c.source);
  for (auto& x : j.facts) f(x.source);
  for (auto& x : j.estimates) f(x.source);
  for (auto& x : j.unread) f(x.source);
  for (auto& x : j.listings) f(x.source);
}

int source_index(Journey& j, const Source& source) {
  const auto found = std::ranges::lower_bound(j.sources, source);
  const int index = static_cast<int>(found - j.sources.begin());
  if (found != j.sources.end() && *found == source) return index;
  j.sources.insert(found, source);
  each_item_of_sources(j, [&](int& s) {
    if (s >= index) ++s;
  });
  return index;
}

// What an import says of the shipment becomes evidence, as an upstream's word of no age.
void adopt_facts(Journey& j, int source) {
  const std::pair<Field, std::string> said[] = {
      {Field::SignedBy, j.signed_by},
      {Field::Weight, j.weight},
      {Field::Dimension, j.dimension},
      {Field::Pieces, j.pieces},
      {Field::ServiceCode, j.service_code},
      {Field::Service, j.product_type},
      {Field::Origin, place_value({"", j.origin_city, j.origin_state, "", ""})},
      {Field::Destination, place_value({"", j.destination_city, j.destination_state, "", ""})},
      {Field::HandedOver,
       j.exchange_number.empty() ? "" : j.destination.courier_code + " " + j.exchange_number},
      {Field::PickupPoint, j.scheduled_address},
      {Field::NextAction, j.status_info},
      {Field::Phone, j.origin.courier_phone},
      {Field::Weblink, j.origin.weblink},
  };
  for (const auto& [field, value] : said)
    if (!value.empty()) j.facts.push_back({field, source, 0, value});
  if (!j.scheduled_delivery_date.empty())
    j.estimates.push_back({j.scheduled_delivery_date, "", source, 0, 0});
}

// A journey without sources came from an import: each leg's carrier, repeated by another platform.
void adopt(Journey& j) {
  if (!j.sources.empty() || j == Journey{}) return;
  const int first = source_index(j, {j.origin.courier_code, true});
  adopt_facts(j, first);
  for (auto* leg : {&j.origin, &j.destination}) {
    if (leg->checkpoints.empty()) continue;
    auto adopted = std::exchange(leg->checkpoints, {});
    const int source = source_index(j, {leg->courier_code, true});
    int position = static_cast<int>(adopted.size());
    for (auto& c : adopted) {
      c.source = source;
      c.position = --position;
      derive_offset(c);
    }
    leg->checkpoints = std::move(adopted);
  }
}

// Positions count from the oldest, so that a history that grows keeps them.
bool is_newest_first(const Report& report) {
  if (report.order != Report::Order::Unsaid) return report.order == Report::Order::NewestFirst;
  int falls = 0, rises = 0;
  std::optional<WrittenTime> before;
  for (const auto& scan : report.scans) {
    const auto now = read_time(scan.time);
    if (!now) continue;
    // A day without an hour tells nothing about the hours of the same day.
    const bool tells =
        before && ((before->has_hour && now->has_hour) || before->day() != now->day());
    if (tells && before->local > now->local) ++falls;
    if (tells && before->local < now->local) ++rises;
    before = now;
  }
  return falls >= rises;  // most carriers list the newest first
}

// The events that are there already, found by what makes them the same. A plain list: a journey has
// some dozens, and looking through their hashes is quicker than making a table of them.
class Known {
 public:
  explicit Known(Journey& j) {
    for (auto* list : {&j.origin.checkpoints, &j.destination.checkpoints, &j.aside})
      for (auto& c : *list) add(c, event_hash(c));
  }
  Checkpoint* find(const Checkpoint& c, std::uint64_t hash) {
    for (const auto& [other, known] : known_)
      if (other == hash && is_same_event(*known, c)) return known;
    return nullptr;
  }
  void add(Checkpoint& c, std::uint64_t hash) { known_.emplace_back(hash, &c); }

 private:
  std::vector<std::pair<std::uint64_t, Checkpoint*>> known_;
};

bool says_nothing(const Report& r) {
  Report empty;
  empty.courier_code = r.courier_code;
  empty.is_repeating = r.is_repeating;
  empty.tracking_number = r.tracking_number;
  empty.order = r.order;
  empty.is_whole = r.is_whole;
  empty.language = r.language;
  return r == empty;
}

class Merge {
 public:
  Merge(Journey& j, const Report& report, Heard heard)
      : j_(j),
        report_(report),
        heard_(heard),
        source_(source_index(j, {bounded(report.courier_code, 100), report.is_repeating})) {}

  Merged run() {
    take_scans();
    take_listing();
    take_facts();
    take_estimate();
    take_unread();
    return merged_;
  }

 private:
  void take_scans();
  bool is_listed_again(Heard before, const Checkpoint& now) const;
  void take_listing();
  void take(Known& known, Checkpoint&& c, std::vector<Checkpoint>& fresh);
  void count(const Checkpoint& c);
  void take_facts();
  void take_fact(Field field, std::string value);
  void take_estimate();
  void take_unread();

  Journey& j_;
  const Report& report_;
  const Heard heard_;
  const int source_;
  Merged merged_;
};

void Merge::take_scans() {
  Known known(j_);
  std::vector<Checkpoint> fresh;
  fresh.reserve(report_.scans.size() + 1);  // pointers into it stay good
  const bool reversed = is_newest_first(report_);
  const auto size = static_cast<int>(report_.scans.size());
  for (int i = 0; i < size; ++i) {
    const int position = reversed ? size - 1 - i : i;
    const auto& scan = report_.scans[static_cast<std::size_t>(i)];
    take(known, kept(scan, source_, position, heard_), fresh);
  }
  const bool says_whole = report_.verdict.kind != Verdict::Kind::Unknown ||
                          !report_.status_words.empty() || !report_.status_code.empty();
  if (says_whole) take(known, kept_summary(report_, source_, heard_), fresh);
  std::ranges::move(fresh, std::back_inserter(j_.aside));
}

void Merge::take(Known& known, Checkpoint&& c, std::vector<Checkpoint>& fresh) {
  const auto hash = event_hash(c);
  if (auto* same = known.find(c, hash)) {
    const auto heard_before = same->last_heard;
    if (!join(*same, c) && !is_listed_again(heard_before, *same)) return;
    derive_offset(*same);
    merged_.changed = true;
    return;
  }
  merged_.changed = true;
  count(c);
  derive_offset(c);
  fresh.push_back(std::move(c));
  known.add(fresh.back(), hash);
}

// It had dropped out of the carrier's last list, and is heard of again.
bool Merge::is_listed_again(Heard before, const Checkpoint& now) const {
  return std::ranges::any_of(j_.listings, [&](const Listing& l) {
    return l.source == now.source && before < l.heard && now.last_heard >= l.heard;
  });
}

// Which pieces the answer tells of, and when. A piece it does not name it says nothing about.
void Merge::take_listing() {
  if (!report_.is_whole) return;
  std::vector<std::string> pieces;
  for (const auto& scan : report_.scans) {
    auto piece = bounded(scan.piece, kMostPiece);
    if (std::ranges::find(pieces, piece) == pieces.end()) pieces.push_back(std::move(piece));
  }
  for (auto& piece : pieces) {
    const auto place = [](const Listing& l) {
      return std::pair(l.source, std::string_view(l.piece));
    };
    const auto at = std::ranges::lower_bound(
        j_.listings, std::pair(source_, std::string_view(piece)), {}, place);
    if (at != j_.listings.end() && place(*at) == std::pair(source_, std::string_view(piece))) {
      at->heard = std::max(at->heard, heard_);
    } else if (j_.listings.size() < kMostListings) {
      j_.listings.insert(at, {source_, std::move(piece), heard_});
    }
  }
}

void Merge::count(const Checkpoint& c) {
  const bool happened =
      c.role != Role::Summary && c.kind == Scan::Kind::Happened && c.known != Verdict::Kind::Note;
  if (!happened) return;
  ++merged_.new_events;
  if (c.known == Verdict::Kind::Unknown) ++merged_.unknown_events;
}

void Merge::take_facts() {
  const auto& r = report_;
  take_fact(Field::SignedBy, r.signed_by);
  take_fact(Field::Weight, r.weight.empty() ? std::string() : r.weight + r.weight_unit);
  take_fact(Field::Dimension, r.dimension);
  take_fact(Field::Pieces, r.pieces);
  take_fact(Field::ServiceCode, r.service_code);
  take_fact(Field::Service, r.service);
  take_fact(Field::Origin, place_value(r.origin));
  take_fact(Field::Destination, place_value(r.destination));
  take_fact(Field::ShipDate, r.ship_date);
  if (!r.next_number.empty() || !r.next_courier.empty())
    take_fact(Field::HandedOver, r.next_courier + " " + r.next_number);
  take_fact(Field::PickupPoint, r.pickup_point);
  take_fact(Field::ProofOfDelivery, r.proof_of_delivery);
  take_fact(Field::NextAction, r.next_action);
  take_fact(Field::Phone, r.phone);
  take_fact(Field::Weblink, r.weblink);
}

void Merge::take_fact(Field field, std::string value) {
  if (value.empty()) return;
  value = bounded(value, 500);
  const auto place = [](const Fact& f) { return std::pair(f.field, f.source); };
  const auto found = std::ranges::lower_bound(j_.facts, std::pair(field, source_), {}, place);
  if (found == j_.facts.end() || place(*found) != std::pair(field, source_)) {
    j_.facts.insert(found, {field, source_, heard_, std::move(value)});
    merged_.changed = true;
    return;
  }
  const bool wins = heard_ > found->heard || (heard_ == found->heard && value > found->value);
  found->heard = std::max(found->heard, heard_);
  if (!wins || value == found->value) return;
  found->value = std::move(value);
  merged_.changed = true;
}

void Merge::take_estimate() {
  if (report_.estimate.empty() && report_.estimate_until.empty()) return;
  const auto* current = current_estimate(j_);
  const Estimate before = current == nullptr ? Estimate{} : *current;
  Estimate now{bounded(report_.estimate.empty() ? report_.estimate_until : report_.estimate, 40),
               bounded(report_.estimate_until, 40), source_, heard_, heard_};
  const auto same = std::ranges::find_if(j_.estimates, [&](const Estimate& e) {
    return e.source == now.source && e.from == now.from && e.until == now.until;
  });
  if (same == j_.estimates.end()) {
    j_.estimates.push_back(now);
    merged_.changed = true;
  } else {
    same->first_heard = std::min(same->first_heard, heard_);
    same->last_heard = std::max(same->last_heard, heard_);
  }
  std::ranges::sort(j_.estimates, [](const Estimate& a, const Estimate& b) {
    return std::tie(a.first_heard, a.from, a.until, a.source) <
           std::tie(b.first_heard, b.from, b.until, b.source);
  });
  if (j_.estimates.size() > kMostEstimates) j_.estimates.erase(j_.estimates.begin());
  const auto* after = current_estimate(j_);
  if (after->from != before.from || after->until != before.until) merged_.changed = true;
}

void Merge::take_unread() {
  for (const auto& q : report_.quarantined) {
    Unread now{bounded(q.raw, kMostRaw), bounded(q.why, 200), source_, heard_};
    const auto found = std::ranges::lower_bound(j_.unread, now.raw, {}, &Unread::raw);
    if (found != j_.unread.end() && found->raw == now.raw) {
      found->first_heard = std::min(found->first_heard, heard_);
      found->why = std::max(found->why, now.why);
      found->source = std::min(found->source, source_);
      continue;
    }
    if (j_.unread.size() >= kMostUnread && now.raw > j_.unread.back().raw) continue;
    j_.unread.insert(found, std::move(now));
    if (j_.unread.size() > kMostUnread) j_.unread.pop_back();
    merged_.changed = true;
    ++merged_.new_unread;
  }
}

}  // namespace

namespace {

// Is there an event that was not heard of at this moment, but before?
bool lists_no_more(const Journey& j, Heard heard) {
  const auto is_missing = [&](const Checkpoint& c) {
    return c.role != Role::Summary && c.role != Role::Withdrawn && c.last_heard < heard;
  };
  return std::ranges::any_of(j.origin.checkpoints, is_missing) ||
         std::ranges::any_of(j.destination.checkpoints, is_missing) ||
         std::ranges::any_of(j.aside, is_missing);
}

}  // namespace

Merged merge(Journey& journey, const Context& context, const Report& report,
             base::Instant heard_at) {
  const auto heard = std::chrono::floor<std::chrono::seconds>(heard_at).time_since_epoch().count();
  if (says_nothing(report)) return {};
  adopt(journey);
  const auto sources = journey.sources.size();
  auto merged = Merge(journey, report, heard).run();
  const bool is_new_voice = journey.sources.size() != sources;
  const bool is_other_courier = journey.origin.courier_code != context.courier_code;
  // What was only heard again can still decide between several voices, and what was not heard again
  // may have been taken back.
  const bool may_be_gone = report.is_whole && lists_no_more(journey, heard);
  const bool may_decide = sources >= 2 || may_be_gone;
  if (!merged.changed && !is_new_voice && !is_other_courier && !may_decide) return merged;
  if (!merged.changed && !is_new_voice && !is_other_courier) {
    const auto before = journey;
    derive(journey, context);
    merged.changed = !(before == journey);
    return merged;
  }
  merged.changed = true;
  derive(journey, context);
  return merged;
}

bool rejudge(Journey& journey, const Context& context, const Judge& judge) {
  if (journey.sources.empty()) return false;
  bool changed = false;
  for (auto* list : {&journey.origin.checkpoints, &journey.destination.checkpoints, &journey.aside})
    for (auto& c : *list) {
      const auto verdict = judge(journey.sources[static_cast<std::size_t>(c.source)], c);
      changed = set_verdict(c, verdict) || changed;
    }
  if (changed) derive(journey, context);
  return changed;
}

Standing standing(const Journey& journey) {
  const bool is_before_evidence = journey.sources.empty();
  if (!is_before_evidence) return {journey.status, journey.substatus, journey.status_at};
  Journey copy = journey;
  adopt(copy);
  if (copy.sources.empty()) return {};
  derive(copy, {.courier_code = copy.origin.courier_code,
                .tracking_number = {},
                .origin_country = {},
                .destination_country = {}});
  return {copy.status, copy.substatus, copy.status_at};
}

std::optional<FollowUp> follow_up(const Journey& journey, const Context& context) {
  std::string_view courier = context.courier_code;
  std::optional<FollowUp> last;
  std::vector<std::string_view> asked{courier};
  for (std::size_t step = 0; step <= journey.sources.size(); ++step) {
    const auto said = step == 0 ? fact(journey, Field::HandedOver) : hand_over_by(journey, courier);
    const auto next = handed_over(said);
    if (next.number.empty()) break;
    const bool is_itself = next.number == context.tracking_number &&
                           (next.courier_code.empty() || next.courier_code == context.courier_code);
    if (is_itself) break;
    last = FollowUp{std::string(next.courier_code), std::string(next.number)};
    courier = next.courier_code;
    if (courier.empty() || std::ranges::find(asked, courier) != asked.end()) break;
    asked.push_back(courier);
  }
  return last;
}

}  // namespace journey
