// One connection from its first byte to its last, on one I/O thread. For this room only.
//
// A coroutine (serve) reads, parses, awaits the handler and sends, in a straight line. It tries
// each read and write at once and waits for the socket only when the kernel says so. Deadlines are
// figures that the thread's sweep looks at; there are no timers of its own.
#pragma once
#include <coroutine>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"
#include "http/border.h"
#include "http/io_thread.h"
#include "http/service.h"
#include "http/wire.h"

namespace http {

class Connection {
 public:
  // Runs until the connection ends; owns it meanwhile.
  static void start(IoThread& thread, Socket socket, Door::Ticket ticket);
  ~Connection();

  // For the thread.
  void expire_if_due(Tick now);
  void hurry();
  void cut();
  // Sends what it can without waiting; true when nothing is left.
  bool push();
  std::size_t place = 0;  // in the thread's list

 private:
  using Io = Wire::Io;
  struct Exchange;
  struct Readiness;

  Connection(IoThread& thread, Socket socket, Door::Ticket ticket);
  static base::Task<void> live(std::unique_ptr<Connection> connection);
  base::Task<void> serve();
  base::Task<void> shake_hands();
  base::Task<void> respond();
  base::Task<void> let_others();
  base::Task<void> flush();
  base::Task<void> linger();

  Readiness ready(Io needed);
  void judge_silence();
  void arm_read();
  void arm_write();

  Io receive();
  Io send();
  bool has_output() const { return !out_.empty() || !body_.empty(); }
  void sent(std::size_t bytes);

  void eat();
  bool is_idle() const;
  bool may_gather() const;
  bool has_more_requests() const;
  void keep_rest();
  void leave_scratch();
  Exchange open_exchange(Request& request);
  void believe_proxy(Request::Parts& parts) const;
  Response unrouted(Exchange& exchange, const Request& request);
  Response broken(const Exchange& exchange);
  void answer(Exchange& exchange, Response response);
  void refuse(int status);
  void write_answer(const Exchange& exchange, Response& response);
  Response error_page(const ErrorPage& page, int status, const Request* request);
  void choose_id(Request& request);

  IoThread& thread_;
  Service& service_;
  Door::Ticket ticket_;
  Wire wire_;
  std::coroutine_handle<> frame_;
  BorderParser parser_;

  std::string_view input_;  // not yet eaten: in the thread's scratch, or in rest_
  std::string rest_;
  std::string out_;   // heads and small bodies, in order
  std::string body_;  // one large body, after out_
  std::size_t out_sent_ = 0;
  std::size_t body_sent_ = 0;
  std::size_t sent_since_armed_ = 0;

  Tick deadline_;
  BorderParser::State armed_for_ = BorderParser::State::Complete;  // Complete: for nothing
  int burst_ = 0;
  bool is_open_ = true;      // another request may come
  bool is_over_ = false;     // no byte goes either way any more
  bool is_expired_ = false;  // its deadline passed while it waited
  bool is_fresh_ = true;     // no request came yet
  bool is_drained_ = false;  // the last read emptied the socket
  bool is_waiting_ = false;  // for the socket
  bool is_sending_ = false;  // with a deadline
  bool is_lingering_ = false;
  bool must_linger_ = false;
};

}  // namespace http
