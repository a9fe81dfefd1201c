#include "personal/key_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/random.h"

namespace personal {
namespace {

// Rows of one INSERT, and keys of one SELECT: one statement each, prepared once. A statement has at
// most 256 parameters.
constexpr std::size_t kInsertRows = 31;
constexpr std::size_t kSelectKeys = 63;

WrappedKey wrapped_key(std::string_view bytes) {
  WrappedKey key{};
  if (bytes.size() != key.size()) throw store::StoreError("key store: a wrapped key is cut off");
  std::memcpy(key.data(), bytes.data(), key.size());
  return key;
}

store::Blob blob(const WrappedKey& key) { return store::Blob{as_text(key)}; }

// INSERT ... VALUES ($1, $2, $3), ($1, $4, $5) ...
std::string insert_slots(std::size_t rows) {
  std::string sql = "INSERT INTO slots (account_id, slot, wrapped) VALUES ";
  for (std::size_t i = 0; i < rows; ++i) {
    sql += fmt::format("{}($1, ${}, ${})", i == 0 ? "" : ", ", 2 * i + 2, 2 * i + 3);
  }
  return sql;
}

std::string select_slots() {
  std::string sql = "SELECT slot, wrapped FROM slots WHERE account_id = $1 AND slot IN (";
  for (std::size_t i = 0; i < kSelectKeys; ++i) {
    sql += fmt::format("{}${}", i == 0 ? "" : ", ", i + 2);
  }
  return sql + ")";
}

void write_slots(store::Tx& tx, std::int64_t account_id, std::span<const Slot> slots,
                 std::span<const WrappedKey> wrapped) {
  static const std::string kMany = insert_slots(kInsertRows);
  static const std::string kOne = insert_slots(1);
  std::vector<store::Param> params;
  for (std::size_t done = 0; done < slots.size();) {
    const std::size_t rows = slots.size() - done >= kInsertRows ? kInsertRows : 1;
    params.assign(1, account_id);
    for (std::size_t i = done; i < done + rows; ++i) {
      params.emplace_back(slots[i].slot);
      params.emplace_back(blob(wrapped[i]));
    }
    tx.enqueue_params(rows == 1 ? kOne : kMany, params);
    done += rows;
  }
}

std::vector<Slot> make_block(store::Tx& tx, const SlotOrder& order) {
  const auto count = static_cast<std::int64_t>(order.count);
  std::int64_t after = 0;
  {
    auto counter = tx.query(
        "UPDATE tenant_keys SET next_slot = next_slot + $2 WHERE account_id = $1 RETURNING "
        "next_slot",
        order.account_id, count);
    if (!counter.next()) throw store::StoreError("key store: an account has no key");
    after = counter.integer(0);
  }

  // One request to the kernel for the whole block: a key and a nonce for each slot.
  constexpr std::size_t kEach = Key::kBytes + kNonceBytes;
  std::vector<std::uint8_t> random(order.count * kEach);
  base::fill_random(random);
  std::vector<Slot> slots(order.count);
  std::vector<WrappedKey> wrapped(order.count);
  for (std::size_t i = 0; i < order.count; ++i) {
    const std::uint8_t* bytes = random.data() + i * kEach;
    Nonce nonce;
    std::memcpy(nonce.data(), bytes + Key::kBytes, kNonceBytes);
    slots[i].slot = after - count + static_cast<std::int64_t>(i);
    slots[i].key = Key::copy_of(bytes);
    wrapped[i] = wrap(*order.wrapping, {KeyKind::Subject, order.account_id, slots[i].slot},
                      slots[i].key, nonce);
  }
  sodium_memzero(random.data(), random.size());
  write_slots(tx, order.account_id, slots, wrapped);
  return slots;
}

std::optional<WrappedKey> read_tenant_key(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query("SELECT wrapped FROM tenant_keys WHERE account_id = $1", account_id);
  if (!rows.next()) return std::nullopt;
  return wrapped_key(rows.blob(0));
}

constexpr auto kMasterChanged =
    "key store: the master key was changed by another process; start again with the new key file";

}  // namespace

std::optional<WrappedKey> KeyStore::tenant_key(std::int64_t account_id) {
  return database_.read_now([&](store::Tx& tx) { return read_tenant_key(tx, account_id); });
}

WrappedKey KeyStore::add_tenant_key(std::int64_t account_id, const WrappedKey& fresh,
                                    const std::optional<WrappedKey>& instance, base::Instant now) {
  return database_.write_now([&](store::Tx& tx) {
    // Writes nothing new, but holds the row against a change of the master key until we commit.
    if (instance && tx.execute("UPDATE tenant_keys SET next_slot = next_slot WHERE account_id = 0 "
                               "AND wrapped = $1",
                               blob(*instance)) != 1) {
      throw store::StoreError(kMasterChanged);
    }
    tx.execute(
        "INSERT INTO tenant_keys (account_id, created_at, next_slot, wrapped) VALUES ($1, $2, 1, "
        "$3) ON CONFLICT (account_id) DO NOTHING",
        account_id, now, blob(fresh));
    const auto kept = read_tenant_key(tx, account_id);
    if (!kept) throw store::StoreError("key store: a tenant key was not kept");
    return *kept;
  });
}

std::vector<std::vector<Slot>> KeyStore::make_slots(std::span<const SlotOrder> orders) {
  return database_.write_now([&](store::Tx& tx) {
    std::vector<std::vector<Slot>> blocks;
    for (const auto& order : orders) blocks.push_back(make_block(tx, order));
    return blocks;
  });
}

void KeyStore::delete_slots(std::int64_t account_id, std::span<const std::int64_t> slots) {
  if (slots.empty()) return;
  database_.write_now([&](store::Tx& tx) {
    for (const auto slot : slots) {
      tx.enqueue("DELETE FROM slots WHERE account_id = $1 AND slot = $2", account_id, slot);
    }
  });
}

std::optional<WrappedKey> KeyStore::slot(std::int64_t account_id, std::int64_t slot) {
  return database_.read_now([&](store::Tx& tx) -> std::optional<WrappedKey> {
    auto rows =
        tx.query("SELECT wrapped FROM slots WHERE account_id = $1 AND slot = $2", account_id, slot);
    if (!rows.next()) return std::nullopt;
    return wrapped_key(rows.blob(0));
  });
}

std::vector<std::pair<std::int64_t, WrappedKey>> KeyStore::slots(
    std::int64_t account_id, std::span<const std::int64_t> slots) {
  static const std::string kSelect = select_slots();
  return database_.read_now([&](store::Tx& tx) {
    std::vector<std::pair<std::int64_t, WrappedKey>> found;
    std::vector<store::Param> params;
    for (std::size_t done = 0; done < slots.size(); done += kSelectKeys) {
      params.assign(1, account_id);
      for (std::size_t i = done; i < done + kSelectKeys; ++i) {
        params.emplace_back(slots[std::min(i, slots.size() - 1)]);  // the last one fills up
      }
      auto rows = tx.query_params(kSelect, params);
      while (rows.next()) found.emplace_back(rows.integer(0), wrapped_key(rows.blob(1)));
    }
    return found;
  });
}

WrappedKey KeyStore::rewrap(const WrappedKey& instance, const Key& from, const Key& to) {
  const auto again = [&](std::int64_t account_id, const WrappedKey& wrapped) {
    Key key;
    const KeyIdentity identity{KeyKind::Tenant, account_id, 0};
    if (!unwrap(from, identity, as_text(wrapped), key)) {
      throw store::StoreError("key store: a tenant key does not fit the master key");
    }
    return wrap(to, identity, key, random_nonce());
  };
  const auto fresh = again(0, instance);
  database_.write_now([&](store::Tx& tx) {
    // First of all, so that no other process adds a key under the old master meanwhile.
    if (tx.execute("UPDATE tenant_keys SET wrapped = $2 WHERE account_id = 0 AND wrapped = $1",
                   blob(instance), blob(fresh)) != 1) {
      // Run again after a commit whose answer was lost: then it is done already.
      if (read_tenant_key(tx, 0) == fresh) return;
      throw store::StoreError(kMasterChanged);
    }
    std::vector<std::pair<std::int64_t, WrappedKey>> tenants;
    {
      auto rows = tx.query("SELECT account_id, wrapped FROM tenant_keys WHERE account_id <> 0");
      while (rows.next()) tenants.emplace_back(rows.integer(0), wrapped_key(rows.blob(1)));
    }
    for (const auto& [account_id, wrapped] : tenants) {
      tx.enqueue("UPDATE tenant_keys SET wrapped = $2 WHERE account_id = $1", account_id,
                 blob(again(account_id, wrapped)));
    }
  });
  return fresh;
}

}  // namespace personal
