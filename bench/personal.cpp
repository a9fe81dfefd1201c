// What personal data costs: sealing, keys, slots made ahead, the access ledger. One JSON line for
// each figure, with the bar it is held to; a bar of 0 means the figure is only told. Exits 1 when a
// bar does not hold.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/json_writer.h"
#include "base/log.h"
#include "personal/access.h"
#include "personal/fields.gen.h"
#include "personal/key_cache.h"
#include "personal/vault.h"
#include "store/database.h"
#include "store/migrations.h"

namespace {

using namespace personal;
using Watch = std::chrono::steady_clock;

bool all_hold = true;

double nanoseconds(Watch::time_point since) {
  return std::chrono::duration<double, std::nano>(Watch::now() - since).count();
}

enum class Bar { AtMost, AtLeast, None };

void tell(std::string_view figure, double value, std::string_view unit, double bar, Bar kind) {
  const bool holds = kind == Bar::None || (kind == Bar::AtMost ? value <= bar : value >= bar);
  all_hold = all_hold && holds;
  base::JsonWriter json;
  json.begin_object().key("figure").value(figure).key("value").value(value);
  json.key("unit").value(unit);
  if (kind == Bar::None) {
    json.key("bar").null().key("holds").null();
  } else {
    json.key("bar").value(bar).key("holds").value(holds);
  }
  json.end_object();
  fmt::print("{}\n", std::move(json).text());
}

// The best of many rounds, so that neighbours on the machine are not measured too.
template <class F>
double each(int times, F work) {
  double best = 1e18;
  for (int round = 0; round < 20; ++round) {
    const auto start = Watch::now();
    for (int i = 0; i < times; ++i) work(i);
    best = std::min(best, nanoseconds(start) / times);
  }
  return best;
}

std::unique_ptr<store::Database> open_migrated(const std::string& file, store::Schema schema,
                                               const base::Clock& clock) {
  store::Options options;
  options.url = "sqlite:" + file;
  auto database = store::Database::open(options);
  store::migrate(*database, schema, clock.now());
  return database;
}

// About 300 bytes: what a shop gives with a parcel.
Envelope usual_envelope() {
  Envelope envelope;
  envelope.put(Personal<std::string, field::CustomerName>("Mirabelle Quendel", Label()));
  envelope.put(Personal<std::string, field::CustomerEmail>("mirabelle@example.org", Label()));
  envelope.put(Personal<std::string, field::CustomerSms>("+31612345678", Label()));
  envelope.put(Personal<std::string, field::Title>("One lamp, two bulbs", Label()));
  envelope.put(Personal<std::string, field::Journey>(std::string(210, 'j'), Label()));
  return envelope;
}

void measure_sealing(Vault& vault, std::int64_t account) {
  const auto subject = vault.new_subject_now(account);
  const RowIdentity row{"shipments", account, "0123456789abcdef"};
  const auto envelope = usual_envelope();
  const auto sealed = vault.seal(row, subject, envelope);
  tell("seal_300_bytes", each(5000, [&](int) { (void)vault.seal(row, subject, envelope); }), "ns",
       2500, Bar::AtMost);
  tell("unseal_300_bytes", each(5000, [&](int) { (void)vault.unseal(row, subject, *sealed); }),
       "ns", 2500, Bar::AtMost);
  std::vector<SubjectId> subjects;
  for (int i = 0; i < 200; ++i) subjects.push_back(vault.new_subject_now(account));
  tell("prefetch_200_known_keys", each(100, [&](int) { vault.prefetch(account, subjects); }) / 1000,
       "us", 0, Bar::None);
  tell("keyed_hash", each(5000, [&](int) { (void)vault.keyed_hash(0, "api-key", "0123456789"); }),
       "ns", 1500, Bar::AtMost);
}

void measure_cache(const base::Clock& clock) {
  KeyCache cache({}, clock);
  for (int slot = 1; slot <= 20'000; ++slot) cache.put({1, slot}, Key(), 0);
  Key key;
  tell("key_cache_hit",
       each(200'000,
            [&](int i) {
              cache.get({1, i * 7919 % 10'000 + 1}, key);
            }),
       "ns", 150, Bar::AtMost);
}

void measure_cold(store::Database& keys, MasterKey master, const base::Clock& clock,
                  std::int64_t account, std::vector<SubjectId> subjects) {
  Vault vault(keys, std::move(master), clock);
  (void)vault.keyed_hash(account, "x", "x");
  const auto start = Watch::now();
  for (std::size_t i = 0; i + 200 <= subjects.size(); i += 200) {
    vault.prefetch(account, std::span(subjects).subspan(i, 200));
  }
  tell("prefetch_200_cold_keys",
       nanoseconds(start) / 1000 / (static_cast<double>(subjects.size()) / 200), "us", 2000,
       Bar::AtMost);
}

std::vector<SubjectId> measure_slots(Vault& vault, std::int64_t account) {
  constexpr int kSlots = 300'000;
  std::vector<SubjectId> taken;
  taken.reserve(kSlots);
  const auto start = Watch::now();
  for (int i = 0; i < kSlots; ++i) taken.push_back(vault.new_subject_now(account));
  tell("subjects_taken_in_a_row", kSlots / (nanoseconds(start) / 1e9), "1/s", 30'000, Bar::AtLeast);

  // At the rate of the busiest create path: does anybody wait?
  constexpr int kPaced = 60'000;
  constexpr double kGap = 1e9 / 30'000;
  std::vector<double> waits;
  const auto begin = Watch::now();
  for (int i = 0; i < kPaced; ++i) {
    while (nanoseconds(begin) < i * kGap) std::this_thread::yield();
    const auto at = Watch::now();
    (void)vault.new_subject_now(account);
    waits.push_back(nanoseconds(at));
  }
  std::sort(waits.begin(), waits.end());
  tell("subject_at_30000_a_second_median", waits[waits.size() / 2], "ns", 1000, Bar::AtMost);
  tell("subject_at_30000_a_second_p999", waits[waits.size() * 999 / 1000] / 1000, "us", 0,
       Bar::None);
  return taken;
}

void measure_forgetting(Vault& vault, std::int64_t account, std::span<const SubjectId> subjects) {
  const auto one = Watch::now();
  vault.forget(account, subjects.first(1));
  tell("forget_one", nanoseconds(one) / 1e6, "ms", 0, Bar::None);
  const auto many = Watch::now();
  vault.forget(account, subjects.subspan(1, 10'000));
  tell("forget_10000", nanoseconds(many) / 1e6, "ms", 2000, Bar::AtMost);
}

void measure_ledger(store::Database& main, const base::Clock& clock) {
  Ledger ledger(main, clock);
  LedgerRow row;
  row.account_id = 1;
  row.at = clock.now();
  row.operation = "v4.trackings.get";
  double best = 1e18;
  for (int round = 0; round < 5; ++round) {
    constexpr int kBurst = 20'000;  // fits in memory: the caller's cost alone
    const auto start = Watch::now();
    for (int i = 0; i < kBurst; ++i) ledger.append_soon(row);
    best = std::min(best, nanoseconds(start) / kBurst);
    ledger.flush();
  }
  tell("ledger_append_soon", best, "ns", 100, Bar::AtMost);

  const Personal<std::string, field::CustomerEmail> email("mira@example.org", Label());
  tell("access_open_and_close",
       each(1000,
            [&](int i) {
              Access<Purpose::ServeController> access(ledger, {}, 1, "v4.trackings.get");
              access.about(i);
              (void)open(email, access);
            }),
       "ns", 0, Bar::None);
  {
    Access<Purpose::ServeController> access(ledger, {}, 1, "v4.trackings.list");
    access.about(1);
    tell("open_one_more_value", each(100'000, [&](int) { (void)open(email, access); }), "ns", 100,
         Bar::AtMost);
  }

  constexpr int kRows = 400'000;  // more than memory holds: back-pressure included
  const auto start = Watch::now();
  for (int i = 0; i < kRows; ++i) ledger.append_soon(row);
  ledger.flush();
  tell("ledger_rows_committed", kRows / (nanoseconds(start) / 1e9), "1/s", 50'000, Bar::AtLeast);
}

}  // namespace

int main() {
  base::open_log("", base::LogForm::Json, base::Level::Warning);
  const base::SystemClock clock;
  auto pattern = (std::filesystem::temp_directory_path() / "milepost_bench_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return 2;
  {
    const auto keys = open_migrated(pattern + "/keys.db", store::Schema::Keys, clock);
    const auto main_database = open_migrated(pattern + "/main.db", store::Schema::Main, clock);
    const auto master_file = pattern + "/master.key";
    std::vector<SubjectId> taken;
    {
      Vault vault(*keys, MasterKey::load(master_file, true), clock);
      vault.prepare(1);
      measure_cache(clock);
      measure_sealing(vault, 1);
      taken = measure_slots(vault, 1);
    }
    measure_cold(*keys, MasterKey::load(master_file, false), clock, 1,
                 std::vector(taken.begin(), taken.begin() + 20'000));
    Vault vault(*keys, MasterKey::load(master_file, false), clock);
    measure_forgetting(vault, 1, taken);
    measure_ledger(*main_database, clock);
  }
  std::filesystem::remove_all(pattern);
  return all_hold ? 0 : 1;
}
