#include "rights/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/log.h"
#include "base/metrics.h"

namespace rights {
namespace {

constexpr std::string_view kBirths[] = {"created_at", "received_at", "made_at",
                                        "heard_at",   "first_at",    "erased_at"};

void show(base::Metrics& metrics, const std::vector<RetentionProof>& proofs, base::Instant now) {
  int broken = 0;
  for (const auto& proof : proofs) {
    const base::Metrics::Labels of{{"retention", proof.retention}};
    const auto days = proof.oldest_at
                          ? std::chrono::duration<double, std::ratio<86400>>(now - *proof.oldest_at)
                          : std::chrono::duration<double, std::ratio<86400>>(0);
    metrics.gauge("milepost_retention_oldest_days", "Age of the oldest living row of a class", of)
        .set(days.count());
    metrics.gauge("milepost_retention_most_days", "The longest time that was promised", of)
        .set(proof.most_days);
    if (!proof.is_kept(now)) ++broken;
  }
  metrics.gauge("milepost_retention_broken", "Classes that are kept longer than promised")
      .set(broken);
}

}  // namespace

std::vector<RetentionProof> prove_retention(store::Tx& tx) {
  std::map<std::string, RetentionProof> by_class;
  for (const auto& column : dictionary().columns()) {
    if (column.schema != "main" ||
        std::ranges::find(kBirths, column.name.column) == std::end(kBirths))
      continue;
    const auto* retention = retention_of(column.retention);
    if (retention == nullptr || retention->days <= 0) continue;
    auto& proof = by_class[retention->id];
    proof.retention = retention->id;
    proof.most_days = retention->days;
    auto rows =
        tx.query(fmt::format("SELECT MIN({}) FROM {}", column.name.column, column.name.table));
    if (!rows.next() || rows.is_null(0)) continue;
    if (!proof.oldest_at || rows.instant(0) < *proof.oldest_at) {
      proof.oldest_at = rows.instant(0);
      proof.table = column.name.table;
    }
  }
  std::vector<RetentionProof> all;
  for (auto& [name, proof] : by_class) all.push_back(std::move(proof));
  return all;
}

std::vector<RetentionProof> keep_proof(store::Database& database, base::Instant now,
                                       base::Metrics* metrics) {
  const auto day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  const auto proofs = database.read_now(prove_retention);
  database.write_now([&](store::Tx& tx) {
    for (const auto& proof : proofs) {
      tx.execute(
          "INSERT INTO retention_proofs (day, retention, oldest_at, most_days, is_kept) VALUES "
          "($1, "
          "$2, $3, $4, $5) ON CONFLICT (day, retention) DO UPDATE SET oldest_at = "
          "excluded.oldest_at, most_days = excluded.most_days, is_kept = excluded.is_kept",
          static_cast<std::int64_t>(day), proof.retention, proof.oldest_at, proof.most_days,
          static_cast<std::int64_t>(proof.is_kept(now)));
    }
    return 0;
  });
  if (metrics != nullptr) show(*metrics, proofs, now);
  std::vector<RetentionProof> broken;
  for (const auto& proof : proofs) {
    if (proof.is_kept(now)) continue;
    base::log(base::Level::Error, "retention.broken",
              {{"retention", proof.retention},
               {"table", proof.table},
               {"most_days", proof.most_days},
               {"days", std::chrono::floor<std::chrono::days>(now - *proof.oldest_at).count()}});
    broken.push_back(proof);
  }
  return broken;
}

std::vector<std::string> broken_promises(store::Tx& tx) {
  std::vector<std::string> all;
  auto rows = tx.query(
      "SELECT retention FROM retention_proofs WHERE is_kept = 0 AND day = (SELECT MAX(day) FROM "
      "retention_proofs) ORDER BY retention");
  while (rows.next()) all.emplace_back(rows.text(0));
  return all;
}

std::int64_t sweep_proofs(store::Database& database, base::Instant now) {
  const auto before = std::chrono::floor<std::chrono::days>(now - std::chrono::days(396))
                          .time_since_epoch()
                          .count();
  return database.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM retention_proofs WHERE day < $1",
                      static_cast<std::int64_t>(before));
  });
}

}  // namespace rights
