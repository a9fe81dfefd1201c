#include "journey/decide.h"

#include <algorithm>

#include "journey/kept.h"

namespace journey {
namespace {

constexpr int kReturned = 10, kReturning = 11;

bool is_known(const Checkpoint& c) { return c.known == Verdict::Kind::Known; }

bool is_exception(const Checkpoint& c, int substatus) {
  return is_known(c) && c.status == Status::Exception && c.substatus == substatus;
}

bool is_returned(const Decision& d) {
  return d.status == Status::Exception && d.substatus == kReturned;
}

// One parcel's way, event by event.
class Way {
 public:
  explicit Way(const Ends& ends) : ends_(ends) {}

  void take(const Checkpoint& c) {
    if (!is_known(c)) return;
    if (now_.status == Status::Delivered) return after_delivery(c);
    if (is_returned(now_)) return;  // whatever is scanned on the sender's shelf
    if (is_returning_) return on_the_way_back(c);
    if (is_exception(c, kReturning)) is_returning_ = true;
    // An announcement after the first scan is late paper, not a step back; an upstream's "expired"
    // or "not found" is about its asking, not about the parcel.
    if (!is_under_way(c) && now_.by != nullptr && !is_announced_) return;
    is_announced_ = !is_under_way(c);
    set(c, c.status, c.substatus);
  }
  const Decision& now() const { return now_; }
  // What was decided before it was delivered.
  const Decision& before_the_end() const { return before_; }

 private:
  void after_delivery(const Checkpoint& c) {
    if (is_return(c)) {
      is_returning_ = is_exception(c, kReturning);
      set(c, c.status, c.substatus);
    } else if (c.status == Status::Delivered && c.substatus > now_.substatus) {
      now_.substatus = c.substatus;  // "delivered", then how
    }
  }
  // A return travels as "in transit" and ends in "delivered": at the sender's, unless the place
  // says that it is the receiver's.
  void on_the_way_back(const Checkpoint& c) {
    if (is_exception(c, kReturned)) set(c, c.status, c.substatus);
    if (c.status != Status::Delivered) return;
    if (ends_.is_destination(c) == IsDestination::Yes) {
      is_returning_ = false;
      set(c, c.status, c.substatus);
    } else {
      set(c, Status::Exception, kReturned);
    }
  }
  void set(const Checkpoint& c, Status status, int substatus) {
    if (!now_.is_finished()) before_ = now_;
    now_ = {status, substatus, &c};
    if (!now_.is_finished()) before_ = now_;
  }

  const Ends& ends_;
  Decision now_, before_;
  bool is_returning_ = false;
  bool is_announced_ = false;
};

std::vector<std::string_view> pieces_of(std::span<const Checkpoint* const> happened) {
  std::vector<std::string_view> pieces;
  for (const auto* c : happened)
    if (!c->piece.empty() && is_known(*c)) pieces.push_back(c->piece);
  std::ranges::sort(pieces);
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  return pieces;
}

// Later in the order given; null is earliest.
bool is_later(const Checkpoint* a, const Checkpoint* b, std::span<const Checkpoint* const> order) {
  const auto place = [&](const Checkpoint* c) {
    return c == nullptr ? -1 : std::ranges::find(order, c) - order.begin();
  };
  return place(a) > place(b);
}

}  // namespace

bool Decision::is_finished() const { return status == Status::Delivered || is_returned(*this); }

bool is_under_way(const Checkpoint& c) {
  return is_known(c) && c.status != Status::Pending && c.status != Status::NotFound &&
         c.status != Status::InfoReceived && c.status != Status::Expired;
}

bool is_return(const Checkpoint& c) {
  return is_exception(c, kReturned) || is_exception(c, kReturning);
}

IsDestination Ends::is_destination(const Checkpoint& c) const {
  const auto said = [](bool yes) { return yes ? IsDestination::Yes : IsDestination::No; };
  const bool crosses = !origin_country.empty() && !destination_country.empty() &&
                       origin_country != destination_country;
  if (crosses && !c.country.empty()) return said(c.country == destination_country);
  const bool tells = !destination_city.empty() && !same_words(destination_city, origin_city);
  if (tells && !c.city.empty()) return said(same_words(c.city, destination_city));
  return IsDestination::Unsaid;
}

Decision decide(std::span<const Checkpoint* const> happened, const Ends& ends, int pieces) {
  const auto seen = pieces_of(happened);
  if (seen.size() < 2) {
    Way way(ends);
    for (const auto* c : happened) way.take(*c);
    return way.now();
  }
  Decision newest_open, newest_end, newest_before;
  int open = 0, delivered = 0;
  for (const auto piece : seen) {
    Way way(ends);
    for (const auto* c : happened)
      if (c->piece.empty() || c->piece == piece) way.take(*c);
    const bool is_over = way.now().is_finished();
    auto& newest = is_over ? newest_end : newest_open;
    if (is_later(way.now().by, newest.by, happened)) newest = way.now();
    if (is_later(way.before_the_end().by, newest_before.by, happened))
      newest_before = way.before_the_end();
    if (!is_over) ++open;
    if (way.now().status == Status::Delivered) ++delivered;
  }
  const bool is_one_missing = pieces > static_cast<int>(seen.size());
  Decision out = open > 0 ? newest_open : newest_end;
  // Pieces that nobody scanned yet are still to come.
  if (open == 0 && is_one_missing && newest_before.by != nullptr) out = newest_before;
  out.pieces_seen = static_cast<int>(seen.size());
  out.pieces_delivered = delivered;
  return out;
}

bool is_over(const Checkpoint& c) {
  return is_known(c) && (c.status == Status::Delivered || is_exception(c, kReturned));
}

void weigh_summary(Decision& decision, const Checkpoint& summary,
                   std::span<const Checkpoint* const> happened) {
  if (!is_known(summary) || decision.is_finished()) return;
  const bool is_going_back =
      decision.status == Status::Exception && decision.substatus == kReturning;
  if (is_going_back) {
    if (is_over(summary)) decision.substatus = kReturned;
    return;
  }
  // Several pieces of which some are under way: what is over is one of them.
  const bool ends = (is_over(summary) || is_return(summary)) && decision.pieces_seen < 2;
  const bool is_news = std::ranges::none_of(
      happened, [&](const auto* c) { return c->first_heard > summary.last_heard; });
  const bool is_first_word = decision.by == nullptr && decision.status == Status::Pending;
  if (!is_first_word && !ends && (!is_news || decision.pieces_seen > 1)) return;
  const bool is_finer = summary.status != decision.status || summary.substatus != 0;
  decision.status = summary.status;
  if (is_finer) decision.substatus = summary.substatus;
}

}  // namespace journey
