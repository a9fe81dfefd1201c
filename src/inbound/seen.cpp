#include "inbound/seen.h"

namespace inbound {
namespace {

std::string_view view(const Seen::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Seen::Digest Seen::digest(std::int64_t account_id, std::string_view connector,
                          std::string_view bytes) const {
  std::string text = std::to_string(account_id);
  text.append("/").append(connector).append("/").append(bytes);
  return vault_.keyed_hash(0, "inbound-document", text);
}

base::Task<bool> Seen::knows(std::int64_t account_id, std::string connector, Digest digest) const {
  auto look = [&](store::Tx& tx) {
    return tx
        .query(
            "SELECT 1 FROM inbound_seen WHERE account_id = $1 AND connector = $2 AND digest = $3",
            account_id, connector, store::Blob{view(digest)})
        .next();
  };
  co_return co_await database_.read(look);
}

base::Task<> Seen::remember(std::int64_t account_id, std::string connector, Digest digest,
                            base::Instant now) {
  auto write = [&](store::Tx& tx) {
    tx.execute(
        "INSERT INTO inbound_seen (account_id, connector, digest, received_at) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, connector, digest) DO NOTHING",
        account_id, connector, store::Blob{view(digest)}, now);
  };
  co_await database_.write(write);
}

std::int64_t Seen::sweep(base::Instant now) {
  return database_.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM inbound_seen WHERE received_at < $1", now - kRemembered);
  });
}

}  // namespace inbound
