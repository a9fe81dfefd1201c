#include "journey/arrange.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <tuple>

#include "journey/kept.h"
#include "journey/written_time.h"

namespace journey {
namespace {

constexpr std::int64_t kHour = 3600;
// Local clocks run from 12 hours behind UTC to 14 hours before it.
constexpr std::int64_t kMostWest = 12 * kHour, kMostEast = 14 * kHour;

struct Item {
  Arranged arranged;
  const Checkpoint* checkpoint = nullptr;
  std::optional<WrittenTime> written;
  int offset = 0;  // minutes, of exact items
};

Item item(const Checkpoint& c, std::size_t index) {
  Item out{{index, 0, false}, &c, read_time(c.date), 0};
  if (!out.written || !out.written->has_hour) return out;
  if (!out.written->offset && c.derived_offset == kNoOffset) return out;
  out.offset = out.written->offset.value_or(c.derived_offset);
  out.arranged.at = out.written->local - out.offset * 60;
  out.arranged.is_exact = true;
  return out;
}

// The exact items of one source in the carrier's order.
class Neighbours {
 public:
  void add(const Item& item) { items_.push_back(&item); }
  void sort() {
    // By all that a guess takes from them: equal ones are as good as each other.
    std::ranges::sort(items_, {}, [](const Item* i) {
      return std::tuple(i->checkpoint->position, i->arranged.at, i->offset);
    });
  }
  const Item* before(int position) const {
    auto found = first_from(position);
    return found == items_.begin() ? nullptr : *(found - 1);
  }
  const Item* after(int position) const {
    auto found = first_from(position + 1);
    return found == items_.end() ? nullptr : *found;
  }

 private:
  std::vector<const Item*>::const_iterator first_from(int position) const {
    return std::ranges::lower_bound(items_, position, {},
                                    [](const Item* i) { return i->checkpoint->position; });
  }
  std::vector<const Item*> items_;
};

// For a source that never gives an offset: that of the instant nearest to its clock, one for all
// its events, so that their own order stays.
int offset_nearest(const std::vector<Item>& items, std::int64_t local) {
  auto nearest = std::numeric_limits<std::int64_t>::max();
  int offset = 0;
  for (const auto& i : items) {
    if (!i.arranged.is_exact) continue;
    const auto distance = std::llabs(i.written->local - local);
    if (distance > nearest || (distance == nearest && i.offset >= offset)) continue;
    nearest = distance;
    offset = i.offset;
  }
  return offset;
}

// The epoch when the source gives no time at all: then nothing of it needs an offset either.
std::int64_t newest_local(const std::vector<Item>& items, int source) {
  std::optional<std::int64_t> newest;
  for (const auto& i : items) {
    if (i.checkpoint->source == source && i.written)
      newest = std::max(newest.value_or(i.written->local), i.written->local);
  }
  return newest.value_or(0);
}

void guess(Item& item, const Item* before, const Item* after, int offset_otherwise) {
  auto& at = item.arranged.at;
  if (!item.written) {  // no time at all: where the carrier lists it, else when it was heard
    at = before != nullptr ? before->arranged.at
                           : (after != nullptr ? after->arranged.at : item.checkpoint->first_heard);
    return;
  }
  const int offset =
      before != nullptr ? before->offset : (after != nullptr ? after->offset : offset_otherwise);
  at = item.written->local - offset * 60;
  const auto length = item.written->has_hour ? 0 : 24 * kHour - 1;
  const auto earliest = item.written->local - kMostEast;
  const auto latest = item.written->local + length + kMostWest;
  if (after != nullptr) at = std::min(at, after->arranged.at);
  if (before != nullptr) at = std::max(at, before->arranged.at);
  at = std::clamp(at, earliest, latest);
}

// Nobody knows an offset: local clocks compare among themselves.
void take_clocks_as_they_are(std::vector<Item>& items) {
  for (auto& i : items) {
    if (!i.written || !i.written->has_hour) continue;
    i.arranged.at = i.written->local;
    i.arranged.is_exact = true;
  }
}

void guess_the_rest(std::vector<Item>& items) {
  int sources = 0;
  for (const auto& i : items) sources = std::max(sources, i.checkpoint->source + 1);
  std::vector<Neighbours> neighbours(static_cast<std::size_t>(sources));
  for (const auto& i : items)
    if (i.arranged.is_exact) neighbours[static_cast<std::size_t>(i.checkpoint->source)].add(i);
  for (auto& n : neighbours) n.sort();
  std::vector<std::optional<int>> offsets(static_cast<std::size_t>(sources));
  for (auto& i : items) {
    if (i.arranged.is_exact) continue;
    const auto source = static_cast<std::size_t>(i.checkpoint->source);
    auto& offset = offsets[source];
    if (!offset) offset = offset_nearest(items, newest_local(items, i.checkpoint->source));
    const int position = i.checkpoint->position;
    guess(i, neighbours[source].before(position), neighbours[source].after(position), *offset);
  }
}

}  // namespace

std::vector<Arranged> arrange(std::span<const Checkpoint> checkpoints) {
  std::vector<Item> items;
  items.reserve(checkpoints.size());
  for (std::size_t n = 0; n < checkpoints.size(); ++n) items.push_back(item(checkpoints[n], n));
  const auto is_exact = [](const Item& i) { return i.arranged.is_exact; };
  const bool are_clocks = std::ranges::none_of(items, is_exact);
  if (are_clocks) take_clocks_as_they_are(items);
  if (!std::ranges::all_of(items, is_exact)) guess_the_rest(items);
  std::ranges::sort(items, [](const Item& a, const Item& b) {
    if (a.arranged.at != b.arranged.at) return a.arranged.at < b.arranged.at;
    if (a.checkpoint->position != b.checkpoint->position)
      return a.checkpoint->position < b.checkpoint->position;
    return says_less(*a.checkpoint, *b.checkpoint);
  });
  std::vector<Arranged> out;
  out.reserve(items.size());
  for (const auto& i : items) {
    out.push_back(i.arranged);
    if (are_clocks) out.back().is_exact = false;
  }
  return out;
}

}  // namespace journey
