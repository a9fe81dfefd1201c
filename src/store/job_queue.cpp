#include "store/job_queue.h"

namespace store::engine {

bool JobQueue::needs_signal() {
  if (sleeping_ == 0 || signalled_ > 0) return false;
  ++signalled_;
  return true;
}

void JobQueue::push(Job& job) {
  bool signal;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) throw StoreError("the database has been stopped");
    if (jobs_.size() >= limit_) throw StoreError("the database is overloaded");
    jobs_.push_back(&job);
    ++pushed_;
    signal = needs_signal();
  }
  if (signal) work_.notify_one();
}

bool JobQueue::wait(std::uint64_t& newest) {
  std::unique_lock lock(mutex_);
  while (jobs_.empty() && !nudged_ && !closed_) {
    ++sleeping_;
    work_.wait(lock);
    --sleeping_;
    if (signalled_ > 0) --signalled_;
  }
  nudged_ = false;
  newest = pushed_;
  return !jobs_.empty() || !closed_;
}

Job* JobQueue::next(std::uint64_t newest) {
  Job* job;
  bool signal = false;
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.empty() || pushed_ - jobs_.size() >= newest) return nullptr;
    job = jobs_.front();
    jobs_.pop_front();
    if (!jobs_.empty()) signal = needs_signal();
  }
  if (signal) work_.notify_one();
  return job;
}

void JobQueue::next(std::vector<Job*>& jobs, std::size_t most) {
  bool signal = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(most, jobs_.size());
    const auto end = jobs_.begin() + static_cast<std::ptrdiff_t>(count);
    jobs.insert(jobs.end(), jobs_.begin(), end);
    jobs_.erase(jobs_.begin(), end);
    if (!jobs_.empty()) signal = needs_signal();
  }
  if (signal) work_.notify_one();
}

void JobQueue::nudge() {
  {
    const std::lock_guard lock(mutex_);
    nudged_ = true;
  }
  work_.notify_one();
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_.notify_all();
}

std::size_t JobQueue::size() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

}  // namespace store::engine
