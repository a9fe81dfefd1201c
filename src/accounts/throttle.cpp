#include "accounts/throttle.h"

#include <algorithm>

#include "accounts/tokens.h"

namespace accounts {
namespace {

constexpr std::string_view kAddressScope = "throttle-address";
constexpr std::string_view kNetworkScope = "throttle-network";

struct Count {
  std::int64_t failures = 0;
  base::Instant free_at{};
};

std::optional<Count> read(store::Tx& tx, const TokenHash& source, base::Instant since) {
  auto rows = tx.query(fmt::format("SELECT failures, free_at FROM sign_in_failures WHERE "
                                   "account_id = 0 AND source = $1 AND last_at > $2{}",
                                   tx.hold_rows()),
                       store::Blob{bytes(source)}, since);
  if (!rows.next()) return std::nullopt;
  return Count{rows.integer(0), rows.instant(1)};
}

std::chrono::seconds wait_after(std::int64_t failures, int free, const ThrottleRules& rules) {
  if (failures < free) return {};
  const auto doublings = std::min<std::int64_t>(failures - free, 20);
  return std::min(rules.longest_wait, rules.first_wait * (std::int64_t{1} << doublings));
}

}  // namespace

std::chrono::seconds Throttle::take(store::Tx& tx, std::string_view address,
                                    std::string_view network) const {
  const auto now = context_.clock.now();
  struct Source {
    TokenHash hash;
    int free;
    Count count;
  };
  std::vector<Source> sources;
  if (!address.empty())
    sources.push_back(
        {token_hash(context_.vault, kAddressScope, address), rules_.free_per_address, {}});
  if (!network.empty())
    sources.push_back({token_hash(context_.vault, kNetworkScope, network_prefix(network)),
                       rules_.free_per_network,
                       {}});
  // Always in one order, so that two transactions never hold one row each and wait for the other's.
  std::ranges::sort(sources, {}, &Source::hash);
  std::chrono::seconds wait{};
  for (auto& source : sources) {
    source.count = read(tx, source.hash, now - rules_.remembered).value_or(Count{});
    if (source.count.free_at > now)
      wait = std::max(wait, std::chrono::ceil<std::chrono::seconds>(source.count.free_at - now));
  }
  if (wait.count() > 0) return wait;
  for (const auto& source : sources) {
    const auto failures = source.count.failures + 1;
    const auto free_at = now + wait_after(failures, source.free, rules_);
    tx.execute(
        "INSERT INTO sign_in_failures (account_id, source, failures, last_at, free_at) VALUES (0, "
        "$1, $2, $3, $4) ON CONFLICT (account_id, source) DO UPDATE SET failures = "
        "excluded.failures, last_at = excluded.last_at, free_at = excluded.free_at",
        store::Blob{bytes(source.hash)}, failures, now, free_at);
  }
  return {};
}

void Throttle::succeeded(store::Tx& tx, std::string_view address, std::string_view network) const {
  tx.execute("DELETE FROM sign_in_failures WHERE account_id = 0 AND source = $1",
             store::Blob{bytes(token_hash(context_.vault, kAddressScope, address))});
  // One success does not clear a network that tries many addresses; it takes its own attempt back.
  if (network.empty()) return;
  tx.execute(
      "UPDATE sign_in_failures SET failures = failures - 1 WHERE account_id = 0 AND source = $1 "
      "AND failures > 0",
      store::Blob{bytes(token_hash(context_.vault, kNetworkScope, network_prefix(network)))});
}

std::int64_t Throttle::sweep() {
  return context_.database.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM sign_in_failures WHERE last_at <= $1",
                      context_.clock.now() - rules_.remembered);
  });
}

}  // namespace accounts
