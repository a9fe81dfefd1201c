#include "http/border.h"

#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "base/text.h"
#include "http/parts.h"

namespace http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

// Longer than any method in the registry; what has no space by then is no request.
constexpr std::size_t kLongestMethod = 32;
// What any chunked body still has to bring before it is complete: "0\r\n\r\n". Beast 1.81 asserts
// that it never sees less of a last chunk, which a slow client would disprove.
constexpr std::size_t kLeastChunkEnd = 5;
// A declared length is believed only so far before bytes come.
constexpr std::size_t kMostReserved = 64 << 10;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

int status_of(const beast::error_code& error) {
  if (error == BeastError::header_limit) return 431;
  if (error == BeastError::body_limit) return 413;
  return 400;
}

// Collects one request. Beast calls back with views into the bytes being parsed.
class Collector final : public beast::http::basic_parser<true> {
 public:
  explicit Collector(const BorderLimits& limits)
      : limits_(limits), parts_(std::make_unique<Request::Parts>()) {
    header_limit(static_cast<std::uint32_t>(limits.header));
    body_limit(limits.body);
    parts_->text.reserve(512);
  }

  std::unique_ptr<Request::Parts> take_parts() { return std::move(parts_); }
  bool has_request_line() const { return parts_->target.size > 0; }
  bool is_http_10() const { return version_ == 10; }
  bool is_target_too_long() const { return is_target_too_long_; }
  bool expects_continue() const { return expects_continue_; }

 private:
  using Code = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, Code& error) override {
    if (target.size() > limits_.target) {
      is_target_too_long_ = true;
      error = BeastError::header_limit;
      return;
    }
    if (method.size() > kLongestMethod) {
      error = BeastError::bad_method;
      return;
    }
    version_ = version;
    parts_->method = parts_->append(view(method));
    parts_->target = parts_->append(view(target));
    parts_->split_target();
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     Code& error) override {
    if (++fields_ > limits_.fields) {
      error = BeastError::header_limit;
      return;
    }
    if (is_header_complete_) return;  // a trailer
    if (!is_framing_clear(field, view(value))) {
      error = BeastError::bad_field;
      return;
    }
    parts_->add_field(view(name), view(value));
  }

  // RFC 9112 6.1 and 6.3: whatever two readers could understand differently is refused.
  bool is_framing_clear(beast::http::field field, std::string_view value) {
    switch (field) {
      case beast::http::field::transfer_encoding:
        return version_ == 11 && base::equals_ignoring_case(value, "chunked");
      case beast::http::field::content_length:
        return ++lengths_ == 1 && value.find(',') == std::string_view::npos;
      case beast::http::field::host:
        return ++hosts_ == 1;
      case beast::http::field::expect:
        expects_continue_ = version_ == 11 && base::equals_ignoring_case(value, "100-continue");
        return true;
      default:
        return true;
    }
  }

  void on_header_impl(Code& error) override {
    is_header_complete_ = true;
    fields_ = 0;
    if (version_ == 11 && hosts_ == 0) error = BeastError::bad_field;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override {
    if (length) parts_->body.reserve(std::min<std::uint64_t>(*length, kMostReserved));
  }
  std::size_t on_body_impl(beast::string_view body, Code&) override {
    parts_->body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, Code&) override {
    parts_->body.append(body.data(), body.size());
    return body.size();
  }
  void on_response_impl(int, beast::string_view, int, Code&) override {}
  void on_finish_impl(Code&) override {}

  const BorderLimits& limits_;
  std::unique_ptr<Request::Parts> parts_;
  int version_ = 11;
  std::size_t fields_ = 0;
  int lengths_ = 0;
  int hosts_ = 0;
  bool is_header_complete_ = false;
  bool is_target_too_long_ = false;
  bool expects_continue_ = false;
};

// Too little of what may be a last chunk: it waits for the rest.
bool may_begin_last_chunk(std::string_view rest) {
  if (rest.size() >= kLeastChunkEnd) return false;
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);
  return rest.empty() || rest == "\r" || rest.front() == '0';
}

std::size_t empty_lines(std::string_view bytes) {
  std::size_t n = 0;
  while (bytes.substr(n).starts_with("\r\n")) n += 2;
  return n;
}

}  // namespace

struct BorderParser::Machine {
  explicit Machine(const BorderLimits& l) : limits(l) {}

  BorderLimits limits;
  std::optional<Collector> collector;  // Beast's parsers serve once
  State state = State::Start;
  int refusal = 0;
  std::size_t header_bytes = 0;
  std::size_t scanned = 0;  // of the rest, for bare line feeds
  bool has_expectation = false;
  bool keeps_alive = false;
  bool is_http_10 = false;
  std::optional<Request> known;

  void refuse(int status) {
    state = State::Refused;
    refusal = status;
    if (collector && collector->has_request_line()) known.emplace(collector->take_parts());
  }
  bool begin(std::string_view bytes);
  bool has_bare_line_feed(std::string_view rest);
  void judge_rest(std::string_view rest);
  void judge_error(const beast::error_code& error);
  void after_header();
};

// The first byte of a request. False when there is none yet.
bool BorderParser::Machine::begin(std::string_view bytes) {
  if (bytes.empty() || bytes == "\r") return false;
  state = State::Header;
  header_bytes = 0;
  scanned = 0;
  collector.emplace(limits);
  return true;
}

// Once something is missing, Beast waits for an empty line of its own kind before it looks again: a
// client that ends lines with a bare line feed would wait for its timeout instead of its 400.
bool BorderParser::Machine::has_bare_line_feed(std::string_view rest) {
  for (; scanned < rest.size(); ++scanned)
    if (rest[scanned] == '\n' && (scanned == 0 || rest[scanned - 1] != '\r')) return true;
  return false;
}

// What Beast could not use yet must not grow without end.
void BorderParser::Machine::judge_rest(std::string_view rest) {
  if (state == State::Body) {
    if (rest.size() > limits.header) refuse(400);
    return;
  }
  if (has_bare_line_feed(rest)) return refuse(400);
  if (!collector->has_request_line()) {
    const auto space = rest.substr(0, kLongestMethod + 1).find(' ');
    if (space == std::string_view::npos && rest.size() > kLongestMethod) return refuse(400);
    if (rest.size() > limits.target + kLongestMethod + 12) return refuse(414);
  }
  if (header_bytes + rest.size() > limits.header) refuse(431);
}

void BorderParser::Machine::judge_error(const beast::error_code& error) {
  const bool is_line_too_long = error == BeastError::header_limit && !collector->has_request_line();
  refuse(collector->is_target_too_long() || is_line_too_long ? 414 : status_of(error));
}

void BorderParser::Machine::after_header() {
  if (header_bytes > limits.header) return refuse(431);
  state = State::Body;
  is_http_10 = collector->is_http_10();
  keeps_alive = collector->keep_alive();
  has_expectation = collector->expects_continue() && !collector->is_done();
}

BorderParser::BorderParser(const BorderLimits& limits)
    : machine_(std::make_unique<Machine>(limits)) {}
BorderParser::~BorderParser() = default;

std::size_t BorderParser::feed(std::string_view bytes) {
  Machine& m = *machine_;
  std::size_t eaten = 0;
  if (m.state == State::Start) {
    eaten = empty_lines(bytes);  // RFC 9112 2.2: old clients send one after a body
    if (!m.begin(bytes.substr(eaten))) return eaten;
  }
  while ((m.state == State::Header || m.state == State::Body) && eaten < bytes.size()) {
    const auto rest = bytes.substr(eaten);
    if (m.state == State::Body && m.collector->chunked() && may_begin_last_chunk(rest)) break;
    beast::error_code error;
    const auto used = m.collector->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    eaten += used;
    if (used > 0) m.scanned = 0;
    if (m.state == State::Header) m.header_bytes += used;
    if (error == BeastError::need_more) {
      m.judge_rest(bytes.substr(eaten));
      break;
    }
    if (error) {
      m.judge_error(error);
      break;
    }
    if (m.state == State::Header && m.collector->is_header_done()) m.after_header();
    if (m.state == State::Body && m.collector->is_done()) m.state = State::Complete;
  }
  return eaten;
}

void BorderParser::refuse(int status) { machine_->refuse(status); }

BorderParser::State BorderParser::state() const { return machine_->state; }
int BorderParser::refusal() const { return machine_->refusal; }
bool BorderParser::take_expectation() { return std::exchange(machine_->has_expectation, false); }
bool BorderParser::keeps_alive() const { return machine_->keeps_alive; }
bool BorderParser::is_http_10() const { return machine_->is_http_10; }

Request* BorderParser::known() { return machine_->known ? &*machine_->known : nullptr; }

Request BorderParser::take() {
  Request request(machine_->collector->take_parts());
  machine_->collector.reset();
  machine_->state = State::Start;
  return request;
}

}  // namespace http
