#include "app/security.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/policy.h"
#include "audit/log.h"
#include "base/log.h"
#include "base/time.h"
#include "http/certificate.h"
#include "pages/policy_pages.h"

namespace app {
namespace {

namespace fs = std::filesystem;
using pages::Safeguard;
using State = Safeguard::State;
using std::chrono::days;
using std::chrono::hours;

constexpr days kCertificateLeft{14};
constexpr hours kBackupAge{48};
constexpr days kUpdateAge{7};
constexpr days kProofAge{2};
constexpr int kRowsTried = 50;
constexpr hours kEvery{1}, kLogEvery{24};

State state_of(bool holds) { return holds ? State::Holds : State::Fails; }

template <class Unit>
std::int64_t whole(std::chrono::microseconds time) {
  return std::max<std::int64_t>(0, std::chrono::floor<Unit>(time).count());
}

Safeguard check_tls(const Config& config, base::Instant now) {
  if (!config.certificate.empty()) {
    const auto end = http::certificate_ends(config.certificate);
    if (!end) return {"tls", State::Fails, 0};
    return {"tls", state_of(*end - now >= kCertificateLeft), whole<days>(*end - now)};
  }
  return {"tls", config.is_production() ? State::Unknown : State::Fails, 0};
}

// A page is fetched as a visitor would.
Safeguard check_headers(Instance& instance, const Config& config) {
  pages::PolicyContext context{*instance.database, instance.clock(), operator_of(config)};
  http::Router router;
  pages::add_policy_routes(router, context);
  auto request = http::make_request("GET", "/privacy");
  const auto match = router.match(request);
  const auto response = base::sync_wait((*match.handler)(std::move(request)));
  const auto missing = pages::missing_headers(response).size();
  return missing == 0 ? Safeguard{"headers", State::Holds,
                                  static_cast<std::int64_t>(pages::needed_headers())}
                      : Safeguard{"headers", State::Fails, static_cast<std::int64_t>(missing)};
}

// Ours, and closed to everybody else.
bool is_closed(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
         facts.st_uid == ::geteuid();
}

Safeguard check_keys(const Config& config) {
  const auto folder = fs::path(config.master_key).parent_path().string();
  const bool holds = is_closed(config.master_key) &&
                     (folder.empty() || folder != config.data_folder || is_closed(folder));
  return {"keys", state_of(holds), 0};
}

// The newest rows are tried in one another's place: sealed bytes that belong to their row are
// refused. Nothing is opened, so this reads nobody's data.
Safeguard check_sealing(Instance& instance) {
  struct Row {
    std::int64_t account_id, subject;
    std::string sealed;
  };
  const auto rows = instance.database->read_now([](store::Tx& tx) {
    std::vector<Row> all;
    auto found = tx.query(
        "SELECT account_id, subject, sealed FROM shipments WHERE sealed IS NOT NULL ORDER BY "
        "created_at DESC LIMIT $1",
        static_cast<std::int64_t>(kRowsTried));
    while (found.next())
      all.push_back({found.integer(0), found.integer(1), std::string(found.blob(2))});
    return all;
  });
  if (rows.empty()) return {"sealing", State::Unknown, 0};
  const auto elsewhere = base::Id::make(instance.clock().now());
  const auto wrong = std::ranges::count_if(rows, [&](const Row& row) {
    const auto opened = instance.vault->unseal({"shipments", row.account_id, elsewhere.bytes()},
                                               row.subject, row.sealed);
    return opened || opened.error() == personal::VaultError::Malformed;
  });
  return wrong == 0 ? Safeguard{"sealing", State::Holds, static_cast<std::int64_t>(rows.size())}
                    : Safeguard{"sealing", State::Fails, static_cast<std::int64_t>(wrong)};
}

Safeguard check_backup(const Config& config, base::Instant now) {
  const auto last = last_backup(config);
  if (!last) return {"backup", State::Fails, 0};
  return {"backup", state_of(now - *last <= kBackupAge), whole<hours>(now - *last)};
}

std::optional<base::Instant> modified_at(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return base::Instant(std::chrono::seconds(facts.st_mtime));
}

// By the machine's own clock, which a demonstration's may have left behind.
Safeguard check_patches(const SystemFiles& files) {
  auto last = modified_at(files.updates_stamp);
  if (!last) last = modified_at(files.updates_cache);
  if (!last) return {"patches", State::Unknown, 0};
  const auto age = base::SystemClock().now() - *last;
  const bool is_restart_due = modified_at(files.restart_due).has_value();
  return {"patches", state_of(age <= kUpdateAge && !is_restart_due), whole<days>(age)};
}

Safeguard check_retention(Instance& instance, base::Instant now) {
  struct Proof {
    std::int64_t day = 0, kinds = 0, broken = 0;
  };
  const auto proof = instance.database->read_now([](store::Tx& tx) {
    Proof newest;
    auto rows = tx.query(
        "SELECT day, COUNT(*), SUM(1 - is_kept) FROM retention_proofs WHERE day = (SELECT MAX(day) "
        "FROM retention_proofs) GROUP BY day");
    if (rows.next()) newest = {rows.integer(0), rows.integer(1), rows.integer(2)};
    return newest;
  });
  if (proof.kinds == 0) return {"retention", State::Unknown, 0};
  const auto today = std::chrono::floor<days>(now).time_since_epoch();
  if (today - days(proof.day) > kProofAge) return {"retention", State::Fails, proof.kinds};
  return proof.broken == 0 ? Safeguard{"retention", State::Holds, proof.kinds}
                           : Safeguard{"retention", State::Fails, proof.broken};
}

Safeguard check_log(Instance& instance) {
  const auto verdict = instance.audit->verify_all();
  if (!verdict.is_sound())
    return {"log", State::Fails, static_cast<std::int64_t>(verdict.faults.size())};
  return {"log", verdict.size == 0 ? State::Unknown : State::Holds,
          static_cast<std::int64_t>(verdict.size)};
}

// All but the log.
pages::SafeguardReport check_quickly(Instance& instance, const Config& config,
                                     const SystemFiles& files) {
  const auto now = instance.clock().now();
  return {{check_tls(config, now), check_headers(instance, config), check_keys(config),
           check_sealing(instance), check_backup(config, now), check_patches(files),
           check_retention(instance, now)},
          now};
}

std::string backup_note(const Config& config) { return config.data_folder + "/backed-up"; }

}  // namespace

std::optional<base::Instant> last_backup(const Config& config) {
  std::string line;
  std::getline(std::ifstream(backup_note(config)), line);
  return base::parse_iso(line);
}

void note_backup(const Config& config, base::Instant at) {
  std::ofstream(backup_note(config), std::ios::trunc) << base::to_iso_offset(at) << "\n";
}

pages::SafeguardReport check_security(Instance& instance, const Config& config,
                                      const SystemFiles& files) {
  auto report = check_quickly(instance, config, files);
  report.checks.push_back(check_log(instance));
  return report;
}

SecurityWatch::SecurityWatch(Instance& instance, const Config& config)
    : instance_(instance), config_(config) {
  check();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

pages::SafeguardReport SecurityWatch::report() const {
  const std::lock_guard lock(mutex_);
  auto report = report_;
  if (log_) report.checks.push_back(*log_);
  return report;
}

void SecurityWatch::count(const Safeguard& check) {
  instance_.metrics
      .gauge("milepost_security_fails", "Checks of the security page that fail: alert above 0",
             {{"check", std::string(check.key)}})
      .set(check.state == State::Fails ? 1 : 0);
}

void SecurityWatch::check() {
  auto report = check_quickly(instance_, config_, {});
  for (const auto& check : report.checks) count(check);
  const std::lock_guard lock(mutex_);
  report_ = std::move(report);
}

void SecurityWatch::read_log() {
  const auto now = instance_.clock().now();
  if (log_ && now - log_read_at_ < kLogEvery) return;
  const auto log = check_log(instance_);
  count(log);
  const std::lock_guard lock(mutex_);
  log_ = log;
  log_read_at_ = now;
}

void SecurityWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      read_log();
      check();
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "security.not_checked", {{"error", error.what()}});
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kEvery, [] { return false; });
  }
}

}  // namespace app
