// Unwrapped subject keys, the most recently used of them, in memory that is not swapped out.
//
// Sharded, so that many threads rarely meet; a hit is a lock, a look-up and a copy of 32 bytes.
//
// Forgetting must win against a thread that read the key just before it was destroyed: whoever
// loads a key asks for ticket() before reading the key store, and put() refuses a key whose ticket
// is older than the last forget().
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "personal/secret.h"

namespace personal {

struct SlotId {
  std::int64_t account_id = 0;
  std::int64_t slot = 0;
  friend bool operator==(const SlotId&, const SlotId&) = default;
};

class KeyCache {
 public:
  struct Limits {
    std::size_t keys = 65'536;  // some 8 MB with what finds them
    // How long a key may be used before it is read again; zero: as long as it stays. Bounds how
    // long another process that shares the key store may still open what was forgotten here.
    std::chrono::microseconds age{};
  };
  KeyCache(Limits limits, const base::Clock& clock);
  ~KeyCache();

  using Ticket = std::uint64_t;

  bool get(const SlotId& id, Key& key);
  bool has(const SlotId& id);
  Ticket ticket(const SlotId& id);
  void put(const SlotId& id, const Key& key, Ticket ticket);
  void forget(std::int64_t account_id, std::span<const std::int64_t> slots);

 private:
  struct Shard;
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const SlotId& id);

  Limits limits_;
  const base::Clock& clock_;
  std::array<std::unique_ptr<Shard>, kShards> shards_;
};

}  // namespace personal
