// The client's thread: libcurl's multi interface on epoll, and who may go when. For this room only.
//
// Calls to one origin wait for each other beyond Options::per_host, all together beyond
// Options::calls, and origins take turns, so that a slow one with a long queue delays nobody else.
// The limits are ours, not libcurl's, because a transfer that waits inside libcurl has no deadline.
#pragma once
#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/transfer.h"

using CURLM = void;

namespace http {

class CallLoop {
 public:
  explicit CallLoop(const Client::Options& options);
  ~CallLoop();

  // Any thread. Takes the transfer and resumes its continuation later; or gives the reason why not.
  std::optional<CallError> submit(Transfer& transfer);
  // Any thread but the loop's. Idempotent.
  void stop();

 private:
  using Tick = std::chrono::steady_clock::time_point;
  struct Origin {
    std::list<Transfer*> waiting;
    int active = 0;
    bool is_ready = false;  // stands in ready_
  };

  // libcurl's way of asking for events.
  static int on_socket(CURL* easy, int socket, int what, void* self, void* known) noexcept;
  static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;

  void run();
  void take_new();
  void start_ready();
  void start(Transfer& transfer);
  void wait_for_events();
  void collect();
  void expire();
  void leave(Transfer& transfer);  // its origin gets a free place
  void end_all();
  void finish(Transfer& transfer);
  void deliver();
  void make_ready(const std::string& name, Origin& origin);
  int milliseconds_to_wait() const;
  CURL* fresh_handle();

  const Client::Options options_;
  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  std::optional<Tick> timer_;

  std::unordered_map<std::string, Origin> origins_;
  std::deque<std::string> ready_;
  std::set<std::pair<Tick, Transfer*>> deadlines_;  // of those who wait
  std::set<Transfer*> active_;
  std::vector<CURL*> spare_;
  std::vector<Transfer*> finished_;

  std::mutex mutex_;
  std::vector<Transfer*> inbox_;
  bool is_stopping_ = false;
  std::atomic<int> waiting_{0};
  std::thread thread_;
};

}  // namespace http
