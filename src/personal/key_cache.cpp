#include "personal/key_cache.h"

#include <algorithm>
#include <new>

namespace personal {
namespace {

std::uint64_t mixed(const SlotId& id) {
  auto x = static_cast<std::uint64_t>(id.slot) +
           0x9e3779b97f4a7c15U * static_cast<std::uint64_t>(id.account_id);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

struct SlotHash {
  std::size_t operator()(const SlotId& id) const { return mixed(id) >> 4; }
};

constexpr std::uint32_t kNone = 0xffffffff;

}  // namespace

// A list through an array, newest first; the keys themselves lie apart, in guarded memory.
struct KeyCache::Shard {
  struct Place {
    SlotId id;
    base::Instant since;
    std::uint32_t newer = kNone;
    std::uint32_t older = kNone;
  };

  explicit Shard(std::size_t most)
      : capacity(static_cast<std::uint32_t>(most)),
        keys(static_cast<std::uint8_t*>(sodium_allocarray(most, Key::kBytes))) {
    if (keys == nullptr) throw std::bad_alloc();
  }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard() { sodium_free(keys); }  // wipes

  std::uint8_t* key_at(std::uint32_t place) { return keys + std::size_t{place} * Key::kBytes; }

  void unlink(std::uint32_t at) {
    const auto& place = places[at];
    (place.newer == kNone ? newest : places[place.newer].older) = place.older;
    (place.older == kNone ? oldest : places[place.older].newer) = place.newer;
  }
  void link_newest(std::uint32_t at) {
    auto& place = places[at];
    place.newer = kNone;
    place.older = newest;
    (newest == kNone ? oldest : places[newest].newer) = at;
    newest = at;
  }
  void touch(std::uint32_t at) {
    if (at == newest) return;
    unlink(at);
    link_newest(at);
  }
  void evict(std::uint32_t at) {
    unlink(at);
    sodium_memzero(key_at(at), Key::kBytes);
    by_id.erase(places[at].id);
    free.push_back(at);
  }
  std::uint32_t room() {
    if (free.empty() && places.size() < capacity) {
      places.emplace_back();
      return static_cast<std::uint32_t>(places.size() - 1);
    }
    if (free.empty()) evict(oldest);
    const auto at = free.back();
    free.pop_back();
    return at;
  }

  std::mutex mutex;
  std::uint32_t capacity;
  std::uint8_t* keys;
  std::vector<Place> places;
  std::vector<std::uint32_t> free;
  std::unordered_map<SlotId, std::uint32_t, SlotHash> by_id;
  std::uint32_t newest = kNone;
  std::uint32_t oldest = kNone;
  Ticket forgotten = 0;  // how often something was forgotten here
};

KeyCache::KeyCache(Limits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {
  const auto each = std::max<std::size_t>(1, limits.keys / kShards);
  for (auto& shard : shards_) shard = std::make_unique<Shard>(each);
}

KeyCache::~KeyCache() = default;

KeyCache::Shard& KeyCache::shard_of(const SlotId& id) { return *shards_[mixed(id) % kShards]; }

bool KeyCache::get(const SlotId& id, Key& key) {
  auto& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return false;
  const auto at = found->second;
  if (limits_.age.count() > 0 && clock_.now() - shard.places[at].since >= limits_.age) {
    shard.evict(at);
    return false;
  }
  shard.touch(at);
  std::memcpy(key.data(), shard.key_at(at), Key::kBytes);
  return true;
}

bool KeyCache::has(const SlotId& id) {
  Key unused;
  return get(id, unused);
}

KeyCache::Ticket KeyCache::ticket(const SlotId& id) {
  auto& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  return shard.forgotten;
}

void KeyCache::put(const SlotId& id, const Key& key, Ticket ticket) {
  auto& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  if (shard.forgotten != ticket) return;
  std::uint32_t at = kNone;
  if (const auto found = shard.by_id.find(id); found != shard.by_id.end()) {
    at = found->second;
    shard.touch(at);
  } else {
    at = shard.room();
    shard.by_id.emplace(id, at);
    shard.places[at].id = id;
    shard.link_newest(at);
  }
  if (limits_.age.count() > 0) shard.places[at].since = clock_.now();
  std::memcpy(shard.key_at(at), key.data(), Key::kBytes);
}

void KeyCache::forget(std::int64_t account_id, std::span<const std::int64_t> slots) {
  for (const auto slot : slots) {
    const SlotId id{account_id, slot};
    auto& shard = shard_of(id);
    const std::lock_guard lock(shard.mutex);
    ++shard.forgotten;
    if (const auto found = shard.by_id.find(id); found != shard.by_id.end()) {
      shard.evict(found->second);
    }
  }
}

}  // namespace personal
