#include "http/call_loop.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <system_error>

namespace http {
namespace {

void initialise_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw std::system_error(std::make_error_code(std::errc::not_supported), "libcurl");
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

}  // namespace

CallLoop::CallLoop(const Client::Options& options) : options_(options) {
  initialise_once();
  epoll_ = checked(::epoll_create1(EPOLL_CLOEXEC), "epoll");
  wake_ = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.calls));
  thread_ = std::thread([this] { run(); });
}

CallLoop::~CallLoop() {
  stop();
  for (CURL* easy : spare_) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
  ::close(wake_);
  ::close(epoll_);
}

std::optional<CallError> CallLoop::submit(Transfer& transfer) {
  bool is_first;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return CallError::Stopped;
    if (waiting_.load(std::memory_order_relaxed) >= options_.waiting) return CallError::Overload;
    waiting_.fetch_add(1, std::memory_order_relaxed);
    is_first = inbox_.empty();
    inbox_.push_back(&transfer);
  }
  if (is_first) ::eventfd_write(wake_, 1);
  return std::nullopt;
}

void CallLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  ::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
}

// ---- libcurl asks

int CallLoop::on_socket(CURL*, int socket, int what, void* self, void* known) noexcept {
  auto& loop = *static_cast<CallLoop*>(self);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  ::epoll_ctl(loop.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  curl_multi_assign(loop.multi_, socket, self);  // from now on known
  return 0;
}

int CallLoop::on_timer(CURLM*, long milliseconds, void* self) noexcept {
  auto& timer = static_cast<CallLoop*>(self)->timer_;
  timer.reset();
  if (milliseconds >= 0)
    timer = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

// ---- the loop

void CallLoop::run() {
  // Signals are the program's business; SIGPIPE comes out of OpenSSL's write().
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    take_new();
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) break;
    }
    start_ready();
    collect();
    deliver();
    wait_for_events();
    expire();
  }
  end_all();
  deliver();
}

void CallLoop::take_new() {
  std::vector<Transfer*> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(inbox_);
  }
  for (Transfer* transfer : taken) {
    auto& origin = origins_[transfer->origin];
    transfer->place = origin.waiting.insert(origin.waiting.end(), transfer);
    deadlines_.emplace(transfer->until, transfer);
    make_ready(transfer->origin, origin);
  }
}

void CallLoop::make_ready(const std::string& name, Origin& origin) {
  if (origin.is_ready || origin.waiting.empty() || origin.active >= options_.per_host) return;
  origin.is_ready = true;
  ready_.push_back(name);
}

void CallLoop::start_ready() {
  while (!ready_.empty() && static_cast<int>(active_.size()) < options_.calls) {
    const std::string name = std::move(ready_.front());
    ready_.pop_front();
    const auto found = origins_.find(name);
    if (found == origins_.end()) continue;
    auto& origin = found->second;
    origin.is_ready = false;
    if (origin.waiting.empty()) continue;
    Transfer& transfer = *origin.waiting.front();
    origin.waiting.pop_front();
    deadlines_.erase({transfer.until, &transfer});
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    ++origin.active;
    make_ready(name, origin);
    start(transfer);
  }
}

CURL* CallLoop::fresh_handle() {
  if (spare_.empty()) return curl_easy_init();
  CURL* easy = spare_.back();
  spare_.pop_back();
  return easy;
}

void CallLoop::start(Transfer& transfer) {
  active_.insert(&transfer);
  CURL* easy = fresh_handle();
  if (easy == nullptr) {
    transfer.error = CallError::Overload;
  } else if (!prepare(transfer, easy, options_)) {
    transfer.error = CallError::BadCall;
  } else if (curl_multi_add_handle(multi_, easy) != CURLM_OK) {
    transfer.error = CallError::Broken;
  } else {
    return;
  }
  if (easy != nullptr) curl_easy_cleanup(easy);
  leave(transfer);
  finish(transfer);
}

int CallLoop::milliseconds_to_wait() const {
  auto next = timer_;
  if (!deadlines_.empty() && (!next || deadlines_.begin()->first < *next))
    next = deadlines_.begin()->first;
  if (!next) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*next - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void CallLoop::wait_for_events() {
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_wait());
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      eventfd_t ignored;
      ::eventfd_read(wake_, &ignored);
      continue;
    }
    int what = 0;
    if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  if (timer_ && *timer_ <= std::chrono::steady_clock::now()) {
    timer_.reset();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void CallLoop::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    char* of = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &of);
    auto& transfer = *reinterpret_cast<Transfer*>(of);
    settle(transfer, code);
    curl_multi_remove_handle(multi_, easy);
    curl_easy_reset(easy);
    spare_.push_back(easy);
    leave(transfer);
    finish(transfer);
  }
  start_ready();
}

// Those whose deadline came before their turn.
void CallLoop::expire() {
  const auto now = std::chrono::steady_clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Transfer& transfer = *deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    origins_[transfer.origin].waiting.erase(transfer.place);
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    transfer.error = CallError::Timeout;
    finish(transfer);
  }
}

void CallLoop::leave(Transfer& transfer) {
  active_.erase(&transfer);
  const auto found = origins_.find(transfer.origin);
  auto& origin = found->second;
  --origin.active;
  make_ready(transfer.origin, origin);
  if (origin.active == 0 && origin.waiting.empty()) origins_.erase(found);
}

void CallLoop::finish(Transfer& transfer) {
  release(transfer);
  finished_.push_back(&transfer);
}

void CallLoop::end_all() {
  take_new();
  for (auto& [name, origin] : origins_) {
    for (Transfer* transfer : origin.waiting) {
      transfer->error = CallError::Stopped;
      finish(*transfer);
    }
  }
  for (Transfer* transfer : active_) {
    CURL* easy = transfer->easy;
    curl_multi_remove_handle(multi_, easy);
    curl_easy_cleanup(easy);
    transfer->error = CallError::Stopped;
    finish(*transfer);
  }
  active_.clear();
  origins_.clear();
  deadlines_.clear();
}

// One post for each executor, however many calls ended: a wake-up is the dearest thing here.
void CallLoop::deliver() {
  while (!finished_.empty()) {
    std::vector<Transfer*> done;
    done.swap(finished_);
    std::ranges::stable_sort(done, std::less<>(), &Transfer::executor);
    // Read out first: a transfer dies as soon as its continuation runs.
    std::vector<std::pair<base::Executor*, std::coroutine_handle<>>> ready;
    ready.reserve(done.size());
    for (const Transfer* transfer : done)
      ready.emplace_back(transfer->executor, transfer->continuation);
    std::vector<std::coroutine_handle<>> batch;
    for (std::size_t i = 0; i < ready.size(); ++i) {
      batch.push_back(ready[i].second);
      if (i + 1 < ready.size() && ready[i + 1].first == ready[i].first) continue;
      if (ready[i].first != nullptr) {
        ready[i].first->post(batch);
      } else {
        for (const auto handle : batch) handle.resume();
      }
      batch.clear();
    }
  }
}

}  // namespace http
