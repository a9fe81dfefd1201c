#include "personal/vault.h"

#include <algorithm>

#include "base/text.h"
#include "personal/forgotten.h"
#include "personal/key_cache.h"
#include "personal/key_store.h"
#include "personal/sealing.h"
#include "personal/slot_pool.h"
#include "personal/tenant_keys.h"
#include "store/database.h"

namespace personal {
namespace {

// Where several processes share a key store, a key may be used for this long after another process
// destroyed it; where one has it alone, not at all.
constexpr std::chrono::microseconds kSharedAge = std::chrono::seconds(60);

KeyCache::Limits limits_for(const KeyStore& store) {
  KeyCache::Limits limits;
  if (store.is_shared()) limits.age = kSharedAge;
  return limits;
}

store::StoreError damaged() {
  return store::StoreError("key store: a subject's key does not fit its tenant's key");
}

}  // namespace

std::string folded_address(std::string_view typed) {
  typed = base::trim(typed);
  if (typed.find('@') != std::string_view::npos) return base::lower(typed);
  std::string folded;
  if (typed.starts_with('+')) folded = "+";
  if (typed.starts_with("00")) {
    folded = "+";
    typed.remove_prefix(2);
  }
  for (const char c : typed) {
    if (base::is_digit(c)) folded += c;
  }
  return folded;
}

std::string_view describe(VaultError error) {
  switch (error) {
    case VaultError::NoKey:
      return "the person's key was destroyed, or never existed";
    case VaultError::WrongRow:
      return "the sealed bytes do not belong to this row, or were changed";
    case VaultError::Malformed:
      return "these are not sealed bytes";
  }
  return "it cannot be unsealed";
}

struct Vault::State {
  State(store::Database& keys, const Key& master, const base::Clock& its_clock)
      : clock(its_clock),
        store(keys),
        cache(limits_for(store), its_clock),
        tenants(store, master, its_clock),
        pool(store, tenants, cache, its_clock) {}

  bool subject_key(std::int64_t account_id, SubjectId subject, Key& key);

  const base::Clock& clock;
  KeyStore store;
  KeyCache cache;
  TenantKeys tenants;
  std::unique_ptr<ForgottenFile> forgotten;
  SlotPool pool;  // last: the first to go, while it can still delete what it did not use
};

// False when there is none.
bool Vault::State::subject_key(std::int64_t account_id, SubjectId subject, Key& key) {
  const SlotId id{account_id, subject};
  if (cache.get(id, key)) return true;
  if (subject <= 0) return false;
  const auto ticket = cache.ticket(id);
  const auto wrapped = store.slot(account_id, subject);
  if (!wrapped) return false;
  const auto tenant = tenants.find(account_id);
  if (!tenant) return false;
  const KeyIdentity identity{KeyKind::Subject, account_id, subject};
  if (!unwrap(tenant->wrapping, identity, as_text(*wrapped), key)) throw damaged();
  cache.put(id, key, ticket);
  return true;
}

Vault::Vault(store::Database& keys, MasterKey master, const base::Clock& clock) {
  start_sodium();
  state_ = std::make_unique<State>(keys, Key::copy_of(master.bytes_.data()), clock);
}

Vault::~Vault() = default;

void Vault::prepare(std::int64_t account_id) {
  const auto subject = state_->pool.take_now(account_id);
  state_->pool.give_back(account_id, subject);
}

base::Task<SubjectId> Vault::new_subject(std::int64_t account_id) {
  if (const auto subject = state_->pool.take(account_id)) co_return *subject;
  if (base::Executor::current() == nullptr) co_return state_->pool.take_now(account_id);
  auto later = state_->pool.take_later(account_id);
  co_return co_await later;
}

SubjectId Vault::new_subject_now(std::int64_t account_id) {
  return state_->pool.take_now(account_id);
}

void Vault::give_back(std::int64_t account_id, SubjectId subject) {
  state_->pool.give_back(account_id, subject);
}

base::Result<std::string, VaultError> Vault::seal(const RowIdentity& row, SubjectId subject,
                                                  const Envelope& envelope) {
  Key key;
  if (!state_->subject_key(row.account_id, subject, key)) return base::Failure{VaultError::NoKey};
  return seal_bytes(key, row, subject, envelope.bytes_);
}

base::Result<Envelope, VaultError> Vault::unseal(const RowIdentity& row, SubjectId subject,
                                                 std::string_view sealed) {
  if (!looks_sealed(sealed)) return base::Failure{VaultError::Malformed};
  Key key;
  if (!state_->subject_key(row.account_id, subject, key)) return base::Failure{VaultError::NoKey};
  Envelope envelope;
  if (!unseal_bytes(key, row, subject, sealed, envelope.bytes_)) {
    return base::Failure{VaultError::WrongRow};
  }
  if (!is_well_formed_envelope(envelope.bytes_)) return base::Failure{VaultError::Malformed};
  return envelope;
}

void Vault::prefetch(std::int64_t account_id, std::span<const SubjectId> subjects) {
  std::vector<SubjectId> missing;
  std::vector<KeyCache::Ticket> tickets;
  for (const auto subject : subjects) {
    const SlotId id{account_id, subject};
    if (subject > 0 && !state_->cache.has(id)) missing.push_back(subject);
  }
  if (missing.empty()) return;
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  for (const auto subject : missing) tickets.push_back(state_->cache.ticket({account_id, subject}));
  const auto tenant = state_->tenants.find(account_id);
  if (!tenant) return;
  for (const auto& [slot, wrapped] : state_->store.slots(account_id, missing)) {
    Key key;
    const KeyIdentity identity{KeyKind::Subject, account_id, slot};
    if (!unwrap(tenant->wrapping, identity, as_text(wrapped), key)) throw damaged();
    const auto at = std::lower_bound(missing.begin(), missing.end(), slot) - missing.begin();
    state_->cache.put({account_id, slot}, key, tickets[static_cast<std::size_t>(at)]);
  }
}

std::vector<SubjectId> Vault::forgotten_among(std::int64_t account_id,
                                              std::span<const SubjectId> subjects) {
  std::vector<SubjectId> gone(subjects.begin(), subjects.end());
  std::sort(gone.begin(), gone.end());
  for (const auto& [slot, wrapped] : state_->store.slots(account_id, gone)) {
    const auto at = std::lower_bound(gone.begin(), gone.end(), slot);
    if (at != gone.end() && *at == slot) gone.erase(at);
  }
  return gone;
}

void Vault::note_forgotten_in(const std::string& path) {
  state_->forgotten = std::make_unique<ForgottenFile>(path);
}

void Vault::forget(std::int64_t account_id, std::span<const SubjectId> subjects) {
  if (subjects.empty()) return;
  if (state_->forgotten) state_->forgotten->append(state_->clock.now(), account_id, subjects);
  state_->pool.remove(account_id, subjects);
  state_->store.delete_slots(account_id, subjects);
  state_->cache.forget(account_id, subjects);  // after the commit: see key_cache.h
  state_->store.checkpoint();
}

std::array<std::uint8_t, 32> Vault::keyed_hash(std::int64_t account_id, std::string_view scope,
                                               std::string_view text) {
  const auto tenant = state_->tenants.find(account_id);
  if (!tenant) throw store::StoreError("key store: an account has no key");
  std::string scoped;
  scoped.reserve(8 + scope.size() + text.size());
  for (int shift = 0; shift < 64; shift += 8) scoped += static_cast<char>(scope.size() >> shift);
  scoped += scope;
  scoped += text;
  std::array<std::uint8_t, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const std::uint8_t*>(scoped.data()),
                     scoped.size(), tenant->hashing.data(), Key::kBytes);
  wipe(scoped);
  return hash;
}

std::array<std::uint8_t, 32> Vault::address_hash(std::int64_t account_id,
                                                 std::string_view address) {
  auto folded = folded_address(address);
  const auto hash = keyed_hash(account_id, "address", folded);
  wipe(folded);
  return hash;
}

void Vault::rotate_master(MasterKey next) {
  state_->tenants.rotate(Key::copy_of(next.bytes_.data()));
}

}  // namespace personal
