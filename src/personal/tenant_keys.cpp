#include "personal/tenant_keys.h"

#include <mutex>

namespace personal {
namespace {

constexpr std::int64_t kInstance = 0;

WrappedKey fresh_tenant_key(const Key& master, std::int64_t account_id) {
  return wrap(master, {KeyKind::Tenant, account_id, 0}, random_key(), random_nonce());
}

}  // namespace

TenantKeys::TenantKeys(KeyStore& store, const Key& master, const base::Clock& clock)
    : store_(store), clock_(clock), master_(derive(master, Derived::Wrapping)) {
  const auto found = store_.tenant_key(kInstance);
  instance_ = found ? *found
                    : store_.add_tenant_key(kInstance, fresh_tenant_key(master_, kInstance),
                                            std::nullopt, clock_.now());
  if (!keep(kInstance, instance_)) {
    throw std::runtime_error(
        "the master key does not fit this key store: it was made, or last re-wrapped, with another "
        "master key");
  }
  sodium_mlock(&master_, sizeof master_);  // a kindness of the kernel: done without if refused
}

TenantKeys::~TenantKeys() { sodium_munlock(&master_, sizeof master_); }

std::shared_ptr<const TenantKey> TenantKeys::known(std::int64_t account_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(account_id);
  return found == keys_.end() ? nullptr : found->second;
}

// Null when it does not unwrap.
std::shared_ptr<const TenantKey> TenantKeys::keep(std::int64_t account_id,
                                                  const WrappedKey& wrapped) {
  Key key;
  if (!unwrap(master_, {KeyKind::Tenant, account_id, 0}, as_text(wrapped), key)) return nullptr;
  auto tenant = std::make_shared<TenantKey>();
  tenant->wrapping = derive(key, Derived::Wrapping);
  tenant->hashing = derive(key, Derived::Hashing);
  const std::unique_lock lock(mutex_);
  return keys_.emplace(account_id, std::move(tenant)).first->second;
}

std::shared_ptr<const TenantKey> TenantKeys::find(std::int64_t account_id) {
  if (auto tenant = known(account_id)) return tenant;
  const std::shared_lock lock(master_mutex_);
  const auto wrapped = store_.tenant_key(account_id);
  if (!wrapped) return nullptr;
  auto tenant = keep(account_id, *wrapped);
  if (!tenant) throw store::StoreError("key store: a tenant key does not fit the master key");
  return tenant;
}

std::shared_ptr<const TenantKey> TenantKeys::find_or_make(std::int64_t account_id) {
  if (auto tenant = find(account_id)) return tenant;
  const std::shared_lock lock(master_mutex_);
  const auto wrapped = store_.add_tenant_key(account_id, fresh_tenant_key(master_, account_id),
                                             instance_, clock_.now());
  auto tenant = keep(account_id, wrapped);
  if (!tenant) throw store::StoreError("key store: a tenant key does not fit the master key");
  return tenant;
}

void TenantKeys::rotate(const Key& next) {
  const Key wrapping = derive(next, Derived::Wrapping);
  const std::unique_lock lock(master_mutex_);
  instance_ = store_.rewrap(instance_, master_, wrapping);
  master_ = wrapping;
  store_.checkpoint();  // what the old master key opens is gone from the log, too
}

}  // namespace personal
