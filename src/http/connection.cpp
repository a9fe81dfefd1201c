#include "http/connection.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <typeinfo>

#include "base/log.h"
#include "base/text.h"
#include "http/answer.h"
#include "http/origin.h"
#include "http/parts.h"

namespace http {
namespace {

using std::chrono::milliseconds;

constexpr Tick kNever = Tick::max();
// Answers of pipelined requests gather up to here before they are sent.
constexpr std::size_t kGather = 64 << 10;
// Smaller bodies are copied behind their head: cheaper than a second piece for the kernel.
constexpr std::size_t kCopied = 16 << 10;
// Compressing more would hold up the other connections of the thread.
constexpr std::size_t kMostGzipped = 1 << 20;
// Pipelined requests of one connection before the others have their turn.
constexpr int kBurst = 64;
// A slow reader gets its write timeout again for each such piece it takes.
constexpr std::size_t kProgress = 16 << 10;
// After a refusal the client may still be sending; hearing it out lets it read the answer, because
// a close with unread bytes becomes a reset (RFC 9112 9.6).
constexpr milliseconds kLinger{2'000};
constexpr std::size_t kMostDrained = 32 << 20;
// What a silent connection keeps of its buffers.
constexpr std::size_t kKeptBuffer = 16 << 10;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view method_label(std::string_view method) {
  for (const std::string_view known :
       {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"})
    if (method == known) return known;
  return "other";
}

Refused reason_of(int status) {
  switch (status) {
    case 408:
      return Refused::Timeout;
    case 413:
      return Refused::Body;
    case 414:
      return Refused::Target;
    case 431:
      return Refused::Header;
    case 503:
      return Refused::Connections;
    default:
      return Refused::Syntax;
  }
}

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

// To be called inside a catch block.
void log_exception(std::string_view event, std::string_view id, std::string_view route) {
  try {
    throw;
  } catch (const std::exception& error) {
    base::log(
        base::Level::Error, event,
        {{"id", id}, {"route", route}, {"type", type_name(typeid(error))}, {"what", error.what()}});
  } catch (...) {
    base::log(base::Level::Error, event, {{"id", id}, {"route", route}, {"type", "unknown"}});
  }
}

}  // namespace

// ---- Waiting

struct Connection::Readiness {
  Connection& connection;
  Io needed;

  struct Resume {
    IoThread* thread;
    bool* is_waiting;
    std::coroutine_handle<> frame;
    void operator()(const boost::system::error_code&) const {
      *is_waiting = false;
      thread->read_clock();
      frame.resume();
      thread->settle();
    }
  };

  bool await_ready() const noexcept { return connection.is_over_; }
  void await_suspend(std::coroutine_handle<> frame) {
    connection.is_waiting_ = true;
    connection.wire_.socket().async_wait(
        needed == Io::NeedsWrite ? Socket::wait_write : Socket::wait_read,
        Resume{&connection.thread_, &connection.is_waiting_, frame});
  }
  void await_resume() const noexcept {}
};

namespace {

// Goes on on the connection's own thread, behind whatever waits there.
struct ComeHome {
  Mailbox& mailbox;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) { mailbox.post({&frame, 1}); }
  void await_resume() const noexcept {}
};

// An abandoned connection must be able to reach its own frames (see abandon()).
struct RememberFrame {
  std::coroutine_handle<>& place;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> frame) noexcept {
    place = frame;
    return false;
  }
  void await_resume() const noexcept {}
};

}  // namespace

// What is remembered of a request while its handler owns it.
struct Connection::Exchange {
  Router::Match match;
  const ErrorPage* page = nullptr;
  Tick began;
  std::array<char, 64> id_text{};
  std::size_t id_size = 0;
  std::string_view method;
  bool is_head = false;
  bool accepts_gzip = false;
  bool keeps_alive = false;
  bool says_keep_alive = false;

  std::string_view id() const { return {id_text.data(), id_size}; }
};

// ---- Life

Connection::Connection(IoThread& thread, Socket socket, Door::Ticket ticket)
    : thread_(thread),
      service_(thread.service()),
      ticket_(std::move(ticket)),
      wire_(std::move(socket)),
      parser_(service_.limits),
      deadline_(thread.now() + service_.options.header_timeout) {
  place = thread_.enlist(this);
}

Connection::~Connection() {
  if (!is_over_) wire_.finish_writing();
  thread_.delist(this);
}

void Connection::start(IoThread& thread, Socket socket, Door::Ticket ticket) {
  base::spawn(live(
      std::unique_ptr<Connection>(new Connection(thread, std::move(socket), std::move(ticket)))));
}

base::Task<void> Connection::live(std::unique_ptr<Connection> connection) {
  try {
    co_await connection->serve();
  } catch (...) {  // no memory, no descriptor: this connection ends, the server does not
    log_exception("http.connection_failed", "", "");
  }
}

void Connection::expire_if_due(Tick now) {
  if (now < deadline_ || !is_waiting_) return;
  is_expired_ = true;
  boost::system::error_code ignored;
  wire_.socket().cancel(ignored);
}

// A waiting connection looks once more for a request that is on its way, then closes.
void Connection::hurry() {
  if (!is_waiting_) return;
  if (is_lingering_) is_expired_ = true;
  if (!is_lingering_ && parser_.state() != BorderParser::State::Start) return;
  boost::system::error_code ignored;
  wire_.socket().cancel(ignored);
}

void Connection::cut() {
  is_over_ = true;
  boost::system::error_code ignored;
  wire_.socket().close(ignored);
}

base::Task<void> Connection::serve() {
  using State = BorderParser::State;
  co_await RememberFrame{frame_};
  if (service_.tls) co_await shake_hands();
  if (ticket_.entry() != Entry::Seated && !is_over_) refuse(503);

  while (is_open_ && !is_over_) {
    eat();
    if (parser_.state() == State::Complete) {
      co_await respond();
      if (++burst_ >= kBurst) co_await let_others();
      if (may_gather()) continue;
    } else if (parser_.state() == State::Refused) {
      refuse(parser_.refusal());
    }
    if (!push()) co_await flush();
    if (!is_open_ || is_over_ || has_more_requests()) continue;

    const Io io = receive();
    if (io == Io::Done || is_over_) continue;
    if (is_idle() && service_.is_stopping.load(std::memory_order_relaxed)) break;
    burst_ = 0;
    arm_read();
    keep_rest();
    co_await ready(io);
    judge_silence();
  }
  if (!is_over_ && !push()) co_await flush();
  if (!is_over_ && (must_linger_ || !input_.empty())) co_await linger();
}

base::Task<void> Connection::shake_hands() {
  wire_.secure(*service_.tls);
  for (;;) {
    const Io io = wire_.shake_hands();
    if (io == Io::Done) co_return;
    if (io != Io::Over) co_await ready(io);
    if (io != Io::Over && !is_over_ && !is_expired_) continue;
    service_.figures.refused(Refused::Tls);
    is_over_ = true;
    co_return;
  }
}

base::Task<void> Connection::respond() {
  Request request = parser_.take();
  Exchange exchange = open_exchange(request);
  if (exchange.match.handler == nullptr) {
    answer(exchange, unrouted(exchange, request));
    co_return;
  }
  leave_scratch();
  Response response;
  service_.in_flight.fetch_add(1, std::memory_order_relaxed);
  try {
    auto task = (*exchange.match.handler)(std::move(request));
    response = co_await task;
  } catch (...) {
    response = broken(exchange);
  }
  service_.in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (base::Executor::current() != &thread_.mailbox()) co_await ComeHome{thread_.mailbox()};
  if (!is_over_) answer(exchange, std::move(response));
}

base::Task<void> Connection::let_others() {
  burst_ = 0;
  leave_scratch();
  co_await ComeHome{thread_.mailbox()};
}

base::Task<void> Connection::flush() {
  is_sending_ = false;
  while (has_output() && !is_over_) {
    const Io io = send();
    if (io == Io::Done) continue;
    arm_write();
    keep_rest();
    co_await ready(io);
    is_over_ = is_over_ || is_expired_;
  }
}

base::Task<void> Connection::linger() {
  wire_.finish_writing();
  is_lingering_ = true;
  input_ = {};
  deadline_ = thread_.now() + kLinger;
  for (std::size_t drained = 0; drained < kMostDrained && !is_over_ && !is_expired_;) {
    const Io io = receive();
    drained += input_.size();
    input_ = {};
    if (io == Io::Done || is_over_) continue;
    if (service_.is_stopping.load(std::memory_order_relaxed)) break;
    co_await ready(io);
  }
}

// After a wait for input: whose time is over is told so, if it had begun to speak.
void Connection::judge_silence() {
  if (!is_expired_) return;
  if (is_idle()) {
    is_over_ = true;
  } else {
    is_expired_ = false;
    parser_.refuse(408);
  }
}

// ---- Deadlines

Connection::Readiness Connection::ready(Io needed) { return {*this, needed}; }

// Once for each phase, so that a byte now and then does not prolong it.
void Connection::arm_read() {
  const auto phase = parser_.state();
  if (phase == armed_for_) return;
  const auto& options = service_.options;
  armed_for_ = phase;
  switch (phase) {
    case BorderParser::State::Start:
      // Whoever connects and says nothing is not a client waiting for its next idea.
      deadline_ = thread_.now() + (is_fresh_ ? options.header_timeout : options.idle_timeout);
      break;
    case BorderParser::State::Header:
      deadline_ = thread_.now() + options.header_timeout;
      break;
    default:
      deadline_ = thread_.now() + options.body_timeout;
  }
}

void Connection::arm_write() {
  if (is_sending_ && sent_since_armed_ < kProgress) return;
  is_sending_ = true;
  sent_since_armed_ = 0;
  armed_for_ = BorderParser::State::Complete;
  deadline_ = thread_.now() + service_.options.write_timeout;
}

// ---- Bytes in and out

Connection::Io Connection::receive() {
  // What a short read left empty is not asked again before the kernel says so; only at the end one
  // last look tells whether a request is on its way.
  if (std::exchange(is_drained_, false) && !service_.is_stopping.load(std::memory_order_relaxed))
    return Io::NeedsRead;
  auto& scratch = thread_.scratch();
  const auto read = wire_.read(scratch);
  is_drained_ = read.is_drained;
  is_over_ = is_over_ || read.io == Io::Over;
  if (read.io != Io::Done) return read.io;
  const std::string_view fresh(scratch.data(), read.bytes);
  if (input_.empty()) {
    input_ = fresh;
  } else {  // kept in rest_ by then
    rest_.erase(0, rest_.size() - input_.size());
    rest_ += fresh;
    input_ = rest_;
  }
  return Io::Done;
}

Connection::Io Connection::send() {
  const auto written = wire_.write(std::string_view(out_).substr(out_sent_),
                                   std::string_view(body_).substr(body_sent_));
  is_over_ = is_over_ || written.io == Io::Over;
  if (written.io == Io::Done) sent(written.bytes);
  return written.io;
}

void Connection::sent(std::size_t bytes) {
  sent_since_armed_ += bytes;
  const auto of_head = std::min(bytes, out_.size() - out_sent_);
  out_sent_ += of_head;
  body_sent_ += bytes - of_head;
  if (out_sent_ < out_.size()) return;
  out_.clear();
  if (out_.capacity() > kKeptBuffer) out_ = {};
  out_sent_ = 0;
  if (body_sent_ < body_.size()) return;
  body_ = {};
  body_sent_ = 0;
}

bool Connection::push() {
  while (has_output() && !is_over_)
    if (send() != Io::Done) break;
  return !has_output();
}

// ---- Requests and answers

void Connection::eat() {
  if (input_.empty()) return;
  input_.remove_prefix(parser_.feed(input_));
  if (input_.empty() && rest_.capacity() > kKeptBuffer) rest_ = {};
  if (parser_.take_expectation()) out_ += kContinue;
}

bool Connection::is_idle() const {
  return parser_.state() == BorderParser::State::Start && input_.empty();
}

// Answers to pipelined requests leave together.
bool Connection::may_gather() const {
  return is_open_ && !input_.empty() && body_.empty() && out_.size() - out_sent_ < kGather;
}

bool Connection::has_more_requests() const {
  return !input_.empty() && parser_.state() == BorderParser::State::Start && input_ != "\r";
}

// Before other connections may run: what we borrowed is kept, what is ready is sent.
void Connection::leave_scratch() {
  keep_rest();
  if (has_output()) thread_.flush_later(this);
}

// The scratch belongs to the thread: before anything else can run, what is left moves out of it.
void Connection::keep_rest() {
  if (input_.empty()) return;
  const auto* begin = rest_.data();
  if (input_.data() >= begin && input_.data() < begin + rest_.size()) return;
  rest_.assign(input_);
  input_ = rest_;
}

void Connection::choose_id(Request& request) {
  auto& parts = request.parts();
  const auto theirs = request.header("X-Request-Id");
  if (is_harmless_id(theirs)) return parts.set_id(theirs);
  static constexpr char kHex[] = "0123456789abcdef";
  auto bits = thread_.random();
  char id[16];
  for (auto& c : id) {
    c = kHex[bits & 15];
    bits >>= 4;
  }
  parts.set_id({id, sizeof id});
}

void Connection::believe_proxy(Request::Parts& parts) const {
  std::vector<std::string_view> lines;
  for (const auto& field : parts.fields) {
    if (base::equals_ignoring_case(parts.view(field.name), "X-Forwarded-For"))
      lines.push_back(parts.view(field.value));
  }
  const std::string visitor(origin_of(service_.options.proxies, ticket_.peer(), lines));
  parts.peer = visitor;
}

Connection::Exchange Connection::open_exchange(Request& request) {
  deadline_ = kNever;
  armed_for_ = BorderParser::State::Complete;
  is_fresh_ = false;
  choose_id(request);
  auto& parts = request.parts();
  parts.peer = ticket_.peer();
  if (!service_.options.proxies.are_any()) believe_proxy(parts);

  Exchange exchange;
  exchange.began = thread_.now();
  exchange.match = service_.router.match(request);
  exchange.page = &service_.router.error_page(request.path());
  exchange.id_text = parts.id;
  exchange.id_size = parts.id_size;
  exchange.method = method_label(request.method());
  exchange.is_head = request.method() == "HEAD";
  exchange.accepts_gzip = accepts_gzip(request.header("Accept-Encoding"));
  exchange.keeps_alive = parser_.keeps_alive();
  exchange.says_keep_alive = parser_.is_http_10() && exchange.keeps_alive;
  return exchange;
}

Response Connection::unrouted(Exchange& exchange, const Request& request) {
  auto& match = exchange.match;
  if (request.method() == "OPTIONS" && request.target() == "*") {
    match.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    return {204, {}, {}, {}};
  }
  return error_page(*exchange.page, match.status, &request);
}

Response Connection::broken(const Exchange& exchange) {
  log_exception("http.handler_failed", exchange.id(), exchange.match.pattern);
  return error_page(*exchange.page, 500, nullptr);
}

Response Connection::error_page(const ErrorPage& page, int status, const Request* request) {
  try {
    Response response = page(status, request);
    return response;
  } catch (...) {
    log_exception("http.error_page_failed", "", "");
    return json(status, R"({"error":{"message":"the error page failed"}})");
  }
}

void Connection::answer(Exchange& exchange, Response response) {
  exchange.keeps_alive = exchange.keeps_alive && !wants_close(response) &&
                         !service_.is_stopping.load(std::memory_order_relaxed);
  is_open_ = exchange.keeps_alive;
  write_answer(exchange, response);
}

void Connection::write_answer(const Exchange& exchange, Response& response) {
  HeadFacts facts{.request_id = exchange.id(),
                  .date_line = thread_.date_line(),
                  .is_tls_only = service_.options.is_tls_only,
                  .allow = exchange.match.allow,
                  .closes = !exchange.keeps_alive,
                  .says_keep_alive = exchange.says_keep_alive};
  auto& body = response.body;
  if (body.size() >= service_.options.gzip_from && is_compressible(response)) {
    facts.varies = true;
    if (exchange.accepts_gzip && body.size() <= kMostGzipped)
      if (auto smaller = thread_.gzip().compress(body)) {
        body = std::move(*smaller);
        facts.is_gzipped = true;
      }
  }
  facts.body_size = body.size();
  append_head(out_, response, facts);
  const bool has_body = !exchange.is_head && !is_bodiless(response.status);
  const auto bytes = has_body ? body.size() : 0;
  if (has_body && bytes <= kCopied) {
    out_ += body;
  } else if (has_body) {
    body_ = std::move(body);
  }

  const auto took = thread_.read_clock() - exchange.began;
  service_.figures.answered(exchange.match.route, response.status,
                            std::chrono::duration<double>(took).count());
  if (service_.options.access_log && base::is_logged(base::Level::Info))
    base::log(base::Level::Info, "http.request",
              {{"id", exchange.id()},
               {"method", exchange.method},
               {"route", exchange.match.pattern},
               {"status", response.status},
               {"bytes", bytes},
               {"micros", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
}

// The connection cannot go on: one last answer, from the error page of the path if it is known.
void Connection::refuse(int status) {
  service_.figures.refused(ticket_.entry() == Entry::PeerFull ? Refused::Peer : reason_of(status));
  is_open_ = false;
  must_linger_ = true;
  armed_for_ = BorderParser::State::Complete;

  Request* known = parser_.known();
  Request unknown = make_request("", "/");
  Request& request = known != nullptr ? *known : unknown;
  choose_id(request);
  Exchange exchange;
  exchange.began = thread_.now();
  exchange.match.pattern = "(none)";
  exchange.page = &service_.router.error_page(request.path());
  exchange.id_text = request.parts().id;
  exchange.id_size = request.parts().id_size;
  exchange.method = known != nullptr ? method_label(known->method()) : "(unknown)";
  exchange.is_head = known != nullptr && known->method() == "HEAD";
  Response response = error_page(*exchange.page, status, known);
  write_answer(exchange, response);
}

}  // namespace http
