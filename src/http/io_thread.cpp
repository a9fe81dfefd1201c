#include "http/io_thread.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/random.h"
#include "http/connection.h"
#include "http/service.h"

namespace http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kScratch = 64 << 10;
constexpr milliseconds kSweep{250};

// Coarse, but never coarser than a quarter of the shortest timeout.
milliseconds sweep_period(const ServerOptions& options) {
  const auto shortest = std::min(
      {options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 4, milliseconds(5), kSweep);
}

// Signals are the program's business, not ours; SIGPIPE comes out of OpenSSL's write().
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF})
    sigdelset(&all, fault);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// Reachable for ever, so that leak checkers know they are meant to stay.
template <class T>
void keep_for_ever(T kept) {
  static std::mutex mutex;
  static auto* const all = new std::vector<T>;
  const std::lock_guard lock(mutex);
  all->push_back(std::move(kept));
}

}  // namespace

// ---- Mailbox

void Mailbox::post(std::span<const std::coroutine_handle<>> ready) {
  const std::lock_guard lock(mutex_);
  if (thread_ == nullptr || ready.empty()) return;
  waiting_.insert(waiting_.end(), ready.begin(), ready.end());
  if (std::exchange(is_scheduled_, true)) return;
  // Under the lock, so that the context cannot go away in between.
  asio::post(thread_->context(), [this] { deliver(); });
}

void Mailbox::open(IoThread* thread) {
  const std::lock_guard lock(mutex_);
  thread_ = thread;
  become_current(this);
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  thread_ = nullptr;
}

void Mailbox::deliver() {
  {
    const std::lock_guard lock(mutex_);
    is_scheduled_ = false;
    delivering_.swap(waiting_);
  }
  thread_->read_clock();
  for (const auto handle : delivering_) {
    handle.resume();
    thread_->settle();
  }
  delivering_.clear();
}

// ---- IoThread

IoThread::IoThread(std::shared_ptr<Service> service)
    : service_(std::move(service)),
      guard_(context_.get_executor()),
      sweeper_(context_.get_executor()),
      mailbox_(new Mailbox),
      sweep_period_(sweep_period(service_->options)),
      scratch_(kScratch),
      now_(std::chrono::steady_clock::now()) {
  keep_for_ever(mailbox_);
  std::uint8_t seed[8];
  base::fill_random(seed);
  for (const auto byte : seed) random_state_ = random_state_ << 8 | byte;
}

IoThread::~IoThread() = default;

void IoThread::start(int number, std::function<void()> on_sweep) {
  on_sweep_ = std::move(on_sweep);
  thread_ = std::thread([this, number] { run(number); });
}

void IoThread::run(int number) {
  block_signals();
  pthread_setname_np(pthread_self(), ("http-" + std::to_string(number)).c_str());
  mailbox_->open(this);
  sweep();
  context_.run();
}

void IoThread::adopt(Socket socket, Door::Ticket ticket) {
  asio::post(context_, [this, socket = std::move(socket), ticket = std::move(ticket)]() mutable {
    read_clock();
    Connection::start(*this, std::move(socket), std::move(ticket));
    settle();
  });
}

void IoThread::hurry() {
  asio::post(context_, [this] {
    for (auto* connection : connections_) connection->hurry();
  });
}

void IoThread::cut() {
  asio::post(context_, [this] {
    for (auto* connection : connections_) connection->cut();
  });
}

// The loop ends by itself when nothing is left to wait for: it is never stopped from outside.
void IoThread::finish() {
  asio::post(context_, [this] {
    on_sweep_ = nullptr;
    guard_.reset();
    sweeper_.cancel();
  });
  thread_.join();
  mailbox_->close();
}

std::uint64_t IoThread::random() {  // splitmix64: ids need to differ, not to be secret
  std::uint64_t z = random_state_ += 0x9E3779B97F4A7C15ULL;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  return z ^ z >> 31;
}

std::size_t IoThread::enlist(Connection* connection) {
  connections_.push_back(connection);
  return connections_.size() - 1;
}

void IoThread::delist(Connection* connection) {
  connections_.back()->place = connection->place;
  connections_[connection->place] = connections_.back();
  connections_.pop_back();
  std::erase(unflushed_, connection);
}

void IoThread::settle() {
  for (auto* connection : unflushed_) connection->push();
  unflushed_.clear();
}

void IoThread::sweep() {
  read_clock();
  refresh_date();
  for (auto* connection : connections_) connection->expire_if_due(now_);
  if (on_sweep_) on_sweep_();
  schedule_sweep();
}

void IoThread::schedule_sweep() {
  if (!guard_.owns_work()) return;
  sweeper_.expires_after(sweep_period_);
  sweeper_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

// RFC 9110 5.6.7, by hand: strftime would ask the locale.
void IoThread::refresh_date() {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto now = floor<seconds>(system_clock::now());
  if (now.time_since_epoch().count() == date_second_) return;
  date_second_ = now.time_since_epoch().count();
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss time(now - day);
  date_line_ = fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
                           kDays[weekday(day).c_encoding()], unsigned(date.day()),
                           kMonths[unsigned(date.month()) - 1], int(date.year()),
                           time.hours().count(), time.minutes().count(), time.seconds().count());
}

bool IoThread::has_connections() const { return !connections_.empty(); }

void abandon(std::shared_ptr<IoThread> thread) { keep_for_ever(std::move(thread)); }

}  // namespace http
