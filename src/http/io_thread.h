// One I/O thread: its event loop, its executor, its connections, and what they borrow while they
// run (a read buffer, a compressor, the date). For this room only.
//
// Everything here happens on the thread itself, except what is marked "any thread".
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/task.h"
#include "http/door.h"
#include "http/gzip.h"
#include "http/wire.h"

namespace http {

struct Service;
class Connection;

using Tick = std::chrono::steady_clock::time_point;
// The executor that tasks see. Outlives its thread: somebody may post long after the end.
class Mailbox final : public base::Executor {
 public:
  void post(std::span<const std::coroutine_handle<>> ready) override;  // any thread
  void open(class IoThread* thread);  // on the I/O thread, before anything runs
  void close();                       // any thread; what is posted later is dropped

 private:
  void deliver();

  std::mutex mutex_;
  IoThread* thread_ = nullptr;
  bool is_scheduled_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
  std::vector<std::coroutine_handle<>> delivering_;  // swapped with waiting_: no allocation
};

class IoThread {
 public:
  explicit IoThread(std::shared_ptr<Service> service);
  ~IoThread();

  // Any thread.
  void start(int number, std::function<void()> on_sweep);
  void adopt(Socket socket, Door::Ticket ticket);
  void hurry();                  // idle connections close, the others after their answer
  void cut();                    // all sockets close now
  void finish();                 // joins
  bool has_connections() const;  // after finish(): those whose handlers still wait for somebody
  boost::asio::io_context& context() { return context_; }

  // For connections.
  Service& service() { return *service_; }
  Mailbox& mailbox() { return *mailbox_; }
  std::vector<char>& scratch() { return scratch_; }
  Gzip& gzip() { return gzip_; }
  std::string_view date_line() const { return date_line_; }
  Tick now() const { return now_; }
  Tick read_clock() { return now_ = std::chrono::steady_clock::now(); }
  std::uint64_t random();
  std::size_t enlist(Connection* connection);
  void delist(Connection* connection);
  // Its answers leave when the running step ends, even if its next handler sleeps.
  void flush_later(Connection* connection) { unflushed_.push_back(connection); }
  // To be called after every resumption of a coroutine.
  void settle();

 private:
  void run(int number);
  void sweep();
  void schedule_sweep();
  void refresh_date();

  std::shared_ptr<Service> service_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      sweeper_;
  Mailbox* mailbox_;  // never freed, see Mailbox
  std::chrono::milliseconds sweep_period_;
  std::function<void()> on_sweep_;
  std::thread thread_;
  std::vector<Connection*> connections_;
  std::vector<Connection*> unflushed_;
  std::vector<char> scratch_;
  Gzip gzip_;
  std::string date_line_;
  std::int64_t date_second_ = 0;
  Tick now_;
  std::uint64_t random_state_ = 0;
};

// Threads whose connections still wait for somebody at the deadline: kept for the rest of the
// process.
void abandon(std::shared_ptr<IoThread> thread);

}  // namespace http
