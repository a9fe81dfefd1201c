#include "store/sqlite_log.h"

#include <algorithm>
#include <limits>

namespace store::engine {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// Pages in the log from which they are brought back into the file: 16 MiB. Larger spreads the cost
// of a page that changes often over more commits; smaller keeps reads quick.
constexpr int kCheckpointPages = 4000;
// A log that is full within a second may become twice as long, up to 48 MiB: to wait for the disk
// ten times a second would cost a fifth of what can be written.
constexpr auto kFullTooSoon = 1s;
constexpr int kMostCheckpointPages = 3 * kCheckpointPages;
// What the writer copies itself, within a few milliseconds. While more has come since the log was
// gone over, it is gone over again, unless that hardly helps.
constexpr int kFewPages = 300;
constexpr bool hardly_helps(int behind, int before) { return behind > before / 4 * 3; }
// After so many more it is tried again, if readers kept the log from starting over; then after
// twice as many, and so on.
constexpr int kRetryPages = 250;
// How long the writer waits for readers to leave the log, before it lets it grow: longer with the
// square of the log's length, so that a machine too busy to let a reader finish within the first
// few milliseconds does not grow it without end.
constexpr std::chrono::milliseconds kReadersGrace{4};
std::chrono::milliseconds readers_grace(int pages) {
  const int times = std::max(1, pages / kCheckpointPages);
  return kReadersGrace * times * times;
}
// From here (64 MiB) the writer waits for a checkpoint that is under way: a thread that gets less
// of the machine than the writer would never end.
constexpr int kLongPages = 4 * kCheckpointPages;
// When long readers have kept the log from starting over until here (1 GiB), the writer waits for
// them; before, it lets the log grow rather than make others wait.
constexpr int kTooManyPages = 262'144;
// Until a checkpoint is tried again that another one stood in the way of.
constexpr std::chrono::milliseconds kBetweenCheckpoints(2);

constexpr int kNeverYet = std::numeric_limits<int>::max();

}  // namespace

SqliteLog::SqliteLog(SqliteConnection& writer, const std::string& path, const Options& options)
    : writer_(writer),
      busy_timeout_(options.busy_timeout),
      long_from_(kCheckpointPages),
      ask_at_(kCheckpointPages),
      retry_pages_(kRetryPages),
      behind_(kNeverYet),
      begun_(steady_clock::now()),
      connection_(std::make_unique<SqliteConnection>(path, options, Access::Write)) {
  sqlite3_wal_hook(
      writer_.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteLog*>(self)->pages_ = pages;
        return SQLITE_OK;
      },
      this);
  sqlite3_wal_autocheckpoint(connection_->handle(), 0);
  thread_ = std::thread([this] { work(); });
}

void SqliteLog::stop() {
  if (!thread_.joinable()) return;
  copy_.store(Copy::Stop);
  copy_.notify_one();
  thread_.join();
  connection_.reset();
}

void SqliteLog::work() {
  for (;;) {
    copy_.wait(Copy::Idle);
    copy_.wait(Copy::Done);
    const Copy state = copy_.load();
    if (state == Copy::Stop) return;
    if (state != Copy::Wanted) continue;
    int pages = 0, copied = 0;
    sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages,
                              &copied);
    copied_.store(copied);
    Copy wanted = Copy::Wanted;
    copy_.compare_exchange_strong(wanted, Copy::Done);
    copy_.notify_all();
  }
}

void SqliteLog::ask_for_copy() {
  copy_.store(Copy::Wanted);
  copy_.notify_one();
}

void SqliteLog::keep_short() {
  const bool started_over = pages_ < std::exchange(last_pages_, pages_);
  if (started_over) has_started_over();
  Copy state = copy_.load();
  if (state == Copy::Wanted && pages_ >= kLongPages) {
    copy_.wait(Copy::Wanted);
    state = copy_.load();
  }
  if (state == Copy::Idle && pages_ >= ask_at_) {
    behind_ = kNeverYet;
    ask_for_copy();
  } else if (state == Copy::Done) {
    const int behind = pages_ - copied_.load();
    if (behind <= kFewPages || pages_ >= kLongPages ||
        hardly_helps(behind, std::exchange(behind_, behind)))
      return start_over();
    ask_for_copy();
  }
}

void SqliteLog::has_started_over() {
  const auto now = steady_clock::now();
  const bool too_soon = now - std::exchange(begun_, now) < kFullTooSoon;
  long_from_ = std::clamp(too_soon ? 2 * long_from_ : long_from_ / 2, kCheckpointPages,
                          kMostCheckpointPages);
  ask_at_ = long_from_;
  retry_pages_ = kRetryPages;
}

// Waits a moment for those who still read from the log; whoever comes later reads from the file.
void SqliteLog::start_over() {
  const auto grace =
      pages_ < kTooManyPages ? std::min(readers_grace(pages_), busy_timeout_) : busy_timeout_;
  sqlite3_busy_timeout(writer_.handle(), static_cast<int>(grace.count()));
  sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  sqlite3_busy_timeout(writer_.handle(), static_cast<int>(busy_timeout_.count()));
  ask_at_ = pages_ + retry_pages_;
  retry_pages_ = std::min(2 * retry_pages_, kCheckpointPages);
  copy_.store(Copy::Idle);
}

// SQLite waits for readers, but not for another checkpoint: not for our own in the background, nor
// for one of another process.
int SqliteLog::empty() {
  const auto deadline = steady_clock::now() + busy_timeout_;
  copy_.wait(Copy::Wanted);
  for (;;) {
    const int code = sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr,
                                               SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code == SQLITE_OK) pages_ = 0;
    if (code != SQLITE_BUSY || steady_clock::now() >= deadline) return code;
    std::this_thread::sleep_for(kBetweenCheckpoints);
  }
}

}  // namespace store::engine
