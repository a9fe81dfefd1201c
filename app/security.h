// What guards an instance's data, checked: for the page (pages/security_page.h), for `milepost
// security check` and as figures (milepost_security_fails{check=".."}).
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/config.h"
#include "app/instance.h"
#include "pages/security_page.h"

namespace app {

// Where this machine says when it was updated; for tests another place than Debian's.
struct SystemFiles {
  std::string updates_stamp = "/var/lib/apt/periodic/update-success-stamp";
  std::string updates_cache = "/var/cache/apt/pkgcache.bin";  // where there is no such stamp
  std::string restart_due = "/run/reboot-required";
};

// When the newest backup was made here (app/backup.h writes it); nothing: never.
std::optional<base::Instant> last_backup(const Config& config);
void note_backup(const Config& config, base::Instant at);

// All of them, in the order of the page. Blocks, and reads the whole log.
pages::SafeguardReport check_security(Instance& instance, const Config& config,
                                      const SystemFiles& files = {});

// Checks at once and once an hour, the log's every entry once a day, on a thread of its own.
class SecurityWatch {
 public:
  SecurityWatch(Instance& instance, const Config& config);
  // The newest; without the log until that has been read. Safe from any thread.
  pages::SafeguardReport report() const;

 private:
  void run(const std::stop_token& stop);
  void check();
  void read_log();
  void count(const pages::Safeguard& check);

  Instance& instance_;
  const Config& config_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  pages::SafeguardReport report_;
  std::optional<pages::Safeguard> log_;
  base::Instant log_read_at_{};
  std::jthread thread_;
};

}  // namespace app
