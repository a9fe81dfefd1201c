#include "journey/derive.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "journey/arrange.h"
#include "journey/decide.h"
#include "journey/facts.h"
#include "journey/kept.h"
#include "journey/milestones.h"
#include "journey/written_time.h"

namespace journey {
namespace {

// A journey has some dozens; what a broken carrier sends endlessly must not fill the store.
constexpr std::size_t kMostCheckpoints = 1000;
// Two systems note the same scan within so many seconds.
constexpr std::int64_t kSameMoment = 90;

// One derivation: the checkpoints in order, taken out of the journey and put back where they
// belong.
class Derivation {
 public:
  Derivation(Journey& journey, const Context& context) : j_(journey), context_(context) {}

  void run() {
    collect();
    reset();
    for (auto& c : all_)
      if (c.role != Role::Summary) c.role = role_by_itself(c);
    set_withdrawn_aside();
    set_repeated_aside();
    stand();
    distribute();
    show_facts(j_);
    show_milestones(j_.origin);
    show_milestones(j_.destination);
    show_latest(j_);
    show_time_on_the_way(j_, way_);
  }

 private:
  void collect();
  void reset();
  Role role_by_itself(const Checkpoint& c) const;
  bool is_cancelled(const Checkpoint& c) const;
  bool is_repeating(const Checkpoint& c) const {
    return j_.sources[static_cast<std::size_t>(c.source)].is_repeating;
  }
  const Listing* listing_of(const Checkpoint& c) const;
  void set_withdrawn_aside();
  bool is_taken_back(const Checkpoint& summary) const;
  bool is_same_scan(std::size_t a, std::size_t b) const;
  bool is_same_time(std::size_t a, std::size_t b) const;
  void set_repeated_aside();
  void stand();
  void measure(std::span<const Checkpoint* const> happened, const Ends& ends);
  const Checkpoint* summary() const;
  bool may_weigh(const Checkpoint& summary) const;
  bool is_of_origin(const Checkpoint& c) const;
  void distribute();

  Journey& j_;
  const Context& context_;
  std::vector<Checkpoint> all_;     // oldest first; without summaries
  std::vector<Arranged> arranged_;  // of all_, in the same order
  std::vector<Checkpoint> summaries_;
  Decision decision_;
  OnTheWay way_;
};

void Derivation::collect() {
  std::vector<Checkpoint> found;
  for (auto* list : {&j_.origin.checkpoints, &j_.destination.checkpoints, &j_.aside}) {
    for (auto& c : *list) (c.role == Role::Summary ? summaries_ : found).push_back(std::move(c));
    list->clear();
  }
  if (found.size() > kMostCheckpoints) {
    // The newest by their own dates, which do not change with the order of arrival.
    std::ranges::sort(found, [](const Checkpoint& a, const Checkpoint& b) {
      return a.date != b.date ? a.date > b.date : says_less(a, b);
    });
    found.resize(kMostCheckpoints);
  }
  const auto order = arrange(found);
  all_.reserve(found.size());
  for (auto a : order) {
    all_.push_back(std::move(found[a.index]));
    a.index = all_.size() - 1;
    arranged_.push_back(a);
  }
  std::ranges::sort(summaries_, says_less);
}

// Only evidence stays. What no carrier's report has a place for stays too.
void Derivation::reset() {
  Journey fresh;
  fresh.sources = std::move(j_.sources);
  fresh.facts = std::move(j_.facts);
  fresh.estimates = std::move(j_.estimates);
  fresh.unread = std::move(j_.unread);
  fresh.listings = std::move(j_.listings);
  fresh.previously = std::move(j_.previously);
  fresh.origin.courier_code = context_.courier_code;
  j_ = std::move(fresh);
}

Role Derivation::role_by_itself(const Checkpoint& c) const {
  if (c.kind == Scan::Kind::Expected) return Role::Expected;
  return is_cancelled(c) ? Role::Cancelled : Role::Shown;
}

bool Derivation::is_cancelled(const Checkpoint& c) const {
  if (c.id.empty()) return false;
  return std::ranges::any_of(all_, [&](const Checkpoint& other) {
    return other.cancels == c.id && other.source == c.source &&
           (other.piece.empty() || other.piece == c.piece);
  });
}

const Listing* Derivation::listing_of(const Checkpoint& c) const {
  const auto found = std::ranges::find_if(
      j_.listings, [&](const Listing& l) { return l.source == c.source && l.piece == c.piece; });
  return found == j_.listings.end() ? nullptr : &*found;
}

// What a carrier listed once and no longer does, though it lists something before and something
// after it: a scan of another parcel, a delivery that was none, or a time put right. The newest and
// the oldest are never missed: answers lag, and old scans are dropped.
void Derivation::set_withdrawn_aside() {
  for (const auto& listing : j_.listings) {
    const auto is_of_it = [&](const Checkpoint& c) {
      return c.source == listing.source && c.piece == listing.piece && c.role != Role::Summary &&
             c.kind == Scan::Kind::Happened;
    };
    const auto is_listed = [&](const Checkpoint& c) {
      return is_of_it(c) && c.first_heard <= listing.heard && c.last_heard >= listing.heard;
    };
    const auto first = std::ranges::find_if(all_, is_listed);
    auto last = all_.end();
    for (auto c = first; c != all_.end(); ++c)
      if (is_listed(*c)) last = c;
    if (last == all_.end()) continue;
    for (auto c = first; c != last; ++c)
      if (is_of_it(*c) && c->last_heard < listing.heard && c->role == Role::Shown)
        c->role = Role::Withdrawn;
  }
}

// It said that it is over, and so did an event that is gone since.
bool Derivation::is_taken_back(const Checkpoint& summary) const {
  return std::ranges::any_of(all_, [&](const Checkpoint& c) {
    if (c.role != Role::Withdrawn || c.source != summary.source || !is_over(c)) return false;
    const auto* listing = listing_of(c);
    return listing != nullptr && summary.last_heard < listing->heard;
  });
}

bool Derivation::is_same_time(std::size_t a, std::size_t b) const {
  if (arranged_[a].is_exact && arranged_[b].is_exact &&
      std::llabs(arranged_[a].at - arranged_[b].at) <= kSameMoment)
    return true;
  const auto x = read_time(all_[a].date), y = read_time(all_[b].date);
  if (!x || !y) return false;
  // The same clock on the wall, whatever became of the offset.
  return x->has_hour && y->has_hour ? x->local / 60 == y->local / 60 : x->day() == y->day();
}

bool Derivation::is_same_scan(std::size_t a, std::size_t b) const {
  const auto &x = all_[a], &y = all_[b];
  if (!x.piece.empty() && !y.piece.empty() && x.piece != y.piece) return false;
  if (!is_same_time(a, b)) return false;
  if (!x.raw_status.empty() && x.raw_status == y.raw_status) return true;
  if (same_words(x.text, y.text)) return true;
  if (x.known != Verdict::Kind::Known || y.known != Verdict::Kind::Known || x.status != y.status)
    return false;
  if (x.substatus == y.substatus || x.substatus == 0 || y.substatus == 0) return true;
  // An upstream tells more coarsely or more finely how it was delivered; and what happens at one
  // moment in one town is one scan, whether it is called a hub or a depot there.
  const bool is_one_town = !x.city.empty() && same_words(x.city, y.city);
  return x.status == Status::Delivered || (x.status == Status::Transit && is_one_town);
}

// Carriers before upstreams, the upstreams among themselves by name: the first keeps its scan.
void Derivation::set_repeated_aside() {
  for (std::size_t a = 0; a < all_.size(); ++a) {
    if (all_[a].role != Role::Shown || !is_repeating(all_[a])) continue;
    for (std::size_t b = 0; b < all_.size() && all_[a].role == Role::Shown; ++b) {
      const bool goes_before =
          !is_repeating(all_[b]) || (is_repeating(all_[b]) && all_[b].source < all_[a].source);
      const bool may_be = all_[b].role == Role::Shown || all_[b].role == Role::Cancelled ||
                          all_[b].role == Role::Withdrawn;
      if (goes_before && may_be && is_same_scan(a, b)) all_[a].role = Role::Repeated;
    }
  }
}

// The word that counts: the latest, unless an earlier one said that it is over.
const Checkpoint* Derivation::summary() const {
  const Checkpoint *latest = nullptr, *over = nullptr;
  const auto is_later = [&](const Checkpoint& c, const Checkpoint* than) {
    if (than == nullptr) return true;
    if (is_repeating(c) != is_repeating(*than)) return is_repeating(*than);
    return c.last_heard > than->last_heard;  // sorted, so that equal ones have an order
  };
  for (const auto& c : summaries_) {
    if (is_later(c, latest)) latest = &c;
    if (is_over(c) && !is_taken_back(c) && is_later(c, over)) over = &c;
  }
  return over != nullptr && !is_return(*latest) ? over : latest;
}

// An upstream's summary is made of what it knows, which is less than the carrier's own events.
bool Derivation::may_weigh(const Checkpoint& summary) const {
  const bool is_by_carrier = decision_.by != nullptr && !is_repeating(*decision_.by);
  return !is_repeating(summary) || !is_by_carrier || is_over(summary);
}

void Derivation::stand() {
  std::vector<const Checkpoint*> happened;
  for (const auto& c : all_)
    if (c.role == Role::Shown && c.known != Verdict::Kind::Note) happened.push_back(&c);
  const auto way = ends(j_, context_);
  const auto pieces = std::atoi(std::string(fact(j_, Field::Pieces)).c_str());
  decision_ = decide(happened, way, pieces);
  const auto* said = summary();
  if (said != nullptr && may_weigh(*said)) weigh_summary(decision_, *said, happened);
  j_.status = decision_.status;
  j_.substatus = decision_.substatus;
  j_.status_at = decision_.by == nullptr ? std::string() : decision_.by->date;
  j_.pieces_seen = decision_.pieces_seen;
  j_.pieces_delivered = decision_.pieces_delivered;
  j_.unknown_checkpoints = static_cast<int>(std::ranges::count_if(
      happened, [](const auto* c) { return c->known == Verdict::Kind::Unknown; }));
  if (said != nullptr) j_.status_info = said->text;
  measure(happened, way);
}

void Derivation::measure(std::span<const Checkpoint* const> happened, const Ends& ends) {
  way_.country = ends.destination_country;
  for (const auto* c : happened) {
    if (!is_under_way(*c) || c->date.empty()) continue;
    if (way_.from.empty()) way_.from = c->date;
    if (way_.country.empty()) way_.country = c->country;
    way_.until = c->date;
  }
  if (decision_.is_finished() && !j_.status_at.empty()) way_.until = j_.status_at;
}

bool Derivation::is_of_origin(const Checkpoint& c) const {
  return is_repeating(c) || j_.origin.courier_code.empty() ||
         j_.sources[static_cast<std::size_t>(c.source)].courier_code == j_.origin.courier_code;
}

void Derivation::distribute() {
  std::string_view partner;
  for (auto c = all_.rbegin(); c != all_.rend(); ++c) {  // newest first
    if (c->role != Role::Shown) {
      j_.aside.push_back(std::move(*c));
    } else if (is_of_origin(*c)) {
      j_.origin.checkpoints.push_back(std::move(*c));
    } else {
      if (partner.empty()) partner = j_.sources[static_cast<std::size_t>(c->source)].courier_code;
      j_.destination.checkpoints.push_back(std::move(*c));
    }
  }
  for (auto& c : summaries_) j_.aside.push_back(std::move(c));
  const auto next = handed_over(fact(j_, Field::HandedOver)).courier_code;
  const auto said = next != j_.origin.courier_code && !next.empty() ? next : partner;
  if (!said.empty()) j_.destination.courier_code = said;
}

}  // namespace

void derive(Journey& journey, const Context& context) { Derivation(journey, context).run(); }

}  // namespace journey
