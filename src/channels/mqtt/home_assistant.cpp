#include "channels/mqtt/home_assistant.h"

#include <array>

#include "base/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "channels/call.h"
#include "http/stream.h"

namespace channels::mqtt {
namespace {

using base::Failure;
using http::CallError;
using Kind = Outcome::Kind;

constexpr std::size_t kMostState = 255;  // Home Assistant refuses longer ones
constexpr std::size_t kMostText = 2000;
constexpr std::uint16_t kKeepAliveSeconds = 60;

// CONNACK's codes, 3.2.2.3.
Outcome refusal(std::uint8_t code) {
  constexpr std::uint8_t kNotNow = 3, kBadLogin = 4, kNotAllowed = 5;
  const auto kind = code == kNotNow                            ? Kind::Later
                    : code == kBadLogin || code == kNotAllowed ? Kind::NotSetUp
                                                               : Kind::Refused;
  return {kind, "mqtt " + std::to_string(code), {}, {}};
}

HomeAssistant::Options with_client_id(HomeAssistant::Options options) {
  std::array<std::uint8_t, 6> random{};
  base::fill_random(random);
  if (options.login.client.empty()) options.login.client = "milepost-" + base::to_hex(random);
  return options;
}

std::string state_of(const Notice& notice) {
  const auto text = shortened(notice.text, kMostText);
  base::JsonWriter json;
  json.begin_object();
  json.key("state").value(notice.state.empty() ? shortened(notice.text, kMostState) : notice.state);
  json.key("title").value(notice.title).key("text").value(text);
  json.key("link").value_or_null(notice.link);
  json.key("expected").value_or_null(notice.expected).end_object();
  return std::move(json).text();
}

}  // namespace

// ---- The connection, on our own thread

class HomeAssistant::Connection {
 public:
  using Deadline = http::Stream::Deadline;

  // Connected and let in, or the outcome of trying.
  static base::Result<Connection, Outcome> open(const Options& options, Deadline deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    auto stream =
        http::Stream::open({options.host, options.port, options.tls, options.ca_file, left});
    if (!stream) return Failure{outcome_of(stream.error())};
    Connection connection(std::move(*stream));
    if (const auto done =
            connection.stream_.write(connect(options.login, kKeepAliveSeconds), deadline);
        !done)
      return Failure{outcome_of(done.error())};
    const auto said = connection.next(Said::Kind::Connected, deadline);
    if (!said) return Failure{outcome_of(said.error())};
    if (said->code != 0) return Failure{refusal(said->code)};
    return connection;
  }

  // All of them, and the broker's word that it has them.
  base::Outcome<CallError> say(const std::vector<Message>& messages, Deadline deadline) {
    std::string bytes;
    const auto first = next_id_;
    for (const auto& message : messages) {
      bytes += publish(message.topic, message.payload, message.retain, next_id_);
      if (++next_id_ == 0) next_id_ = 1;
    }
    if (const auto done = stream_.write(bytes, deadline); !done) return Failure{done.error()};
    // The broker acknowledges in the order of sending (4.6).
    auto expected = first;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto said = next(Said::Kind::Acknowledged, deadline);
      if (!said) return Failure{said.error()};
      if (said->id != expected) return Failure{CallError::Broken};
      if (++expected == 0) expected = 1;
    }
    last_used_ = std::chrono::steady_clock::now();
    return base::kDone;
  }
  bool is_fresh() const { return last_used_ == std::chrono::steady_clock::time_point(); }
  void leave() {
    (void)stream_.write(disconnect(), std::chrono::steady_clock::now() + std::chrono::seconds(1));
  }

 private:
  explicit Connection(http::Stream stream) : stream_(std::move(stream)) {}

  base::Result<Said, CallError> next(Said::Kind kind, Deadline deadline) {
    while (true) {
      auto said = take(bytes_);
      if (!said) return Failure{CallError::Broken};
      if (*said && (**said).kind == kind) return **said;
      if (*said) continue;
      auto more = stream_.read(deadline);
      if (!more) return Failure{more.error()};
      bytes_ += *more;
    }
  }

  http::Stream stream_;
  std::string bytes_;
  std::uint16_t next_id_ = 1;
  std::chrono::steady_clock::time_point last_used_{};
};

// ---- The queue

struct HomeAssistant::Job {
  std::vector<Message> messages;
  std::coroutine_handle<> waiting;
  base::Executor* executor = nullptr;
  Outcome outcome{Kind::Later, "stopped", {}, {}};

  // The job may be gone when this returns.
  void go_on() {
    const auto handle = waiting;
    if (executor != nullptr) {
      executor->post(std::span(&handle, 1));
    } else {
      handle.resume();
    }
  }
};

struct HomeAssistant::Waiting {
  HomeAssistant& home;
  Job& job;
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    job.waiting = handle;
    job.executor = base::Executor::current();
    {
      const std::lock_guard lock(home.mutex_);
      if (home.is_stopping_) return false;
      if (home.jobs_.size() >= home.options_.waiting) {
        job.outcome.code = "overload";
        return false;
      }
      home.jobs_.push_back(&job);
    }
    home.wake_.notify_one();
    return true;
  }
  void await_resume() const {}
};

HomeAssistant::HomeAssistant(Options options) : options_(with_client_id(std::move(options))) {
  if (!options_.host.empty()) thread_ = std::thread([this] { run(); });
}

HomeAssistant::~HomeAssistant() { stop(); }

void HomeAssistant::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void HomeAssistant::run() {
  std::optional<Connection> connection;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto is_awake = [this] { return is_stopping_ || !jobs_.empty(); };
    if (!connection) {
      wake_.wait(lock, is_awake);
    } else if (!wake_.wait_for(lock, options_.linger, is_awake)) {
      connection->leave();
      connection.reset();
      continue;
    }
    if (jobs_.empty()) break;  // stopping
    Job* job = jobs_.front();
    jobs_.pop_front();
    const bool is_over = is_stopping_;
    lock.unlock();
    if (!is_over) job->outcome = deliver(connection, job->messages);
    job->go_on();
    lock.lock();
  }
  if (connection) connection->leave();
}

Outcome HomeAssistant::deliver(std::optional<Connection>& connection,
                               const std::vector<Message>& messages) {
  const auto deadline = std::chrono::steady_clock::now() + options_.deadline;
  while (true) {
    if (!connection) {
      auto opened = Connection::open(options_, deadline);
      if (!opened) return opened.error();
      connection.emplace(std::move(*opened));
    }
    const bool was_kept = !connection->is_fresh();
    const auto done = connection->say(messages, deadline);
    if (done) return {Kind::Accepted, "mqtt", {}, {}};
    connection.reset();
    // A kept connection may have ended meanwhile: once more on a new one. What is said twice looks
    // the same.
    if (!was_kept) return outcome_of(done.error());
  }
}

// ---- What is said

std::string HomeAssistant::config_topic(std::string_view home, std::string_view parcel) const {
  return fmt::format("{}/sensor/{}_{}_{}/config", options_.discovery_prefix, options_.prefix, home,
                     parcel);
}
std::string HomeAssistant::state_topic(std::string_view home, std::string_view parcel) const {
  return fmt::format("{}/{}/{}/state", options_.prefix, home, parcel);
}

std::string HomeAssistant::config_of(std::string_view home, const Notice& notice) const {
  const auto state = state_topic(home, notice.topic);
  base::JsonWriter json;
  json.begin_object();
  json.key("name").value(notice.title.empty() ? "Parcel" : notice.title);
  json.key("unique_id").value(fmt::format("{}_{}_{}", options_.prefix, home, notice.topic));
  json.key("state_topic").value(state);
  json.key("value_template").value("{{ value_json.state }}");
  json.key("json_attributes_topic").value(state);
  json.key("icon").value("mdi:package-variant-closed");
  json.key("device").begin_object();
  json.key("identifiers").begin_array().value(fmt::format("{}_{}", options_.prefix, home));
  json.end_array().key("name").value("Milepost").key("manufacturer").value("Milepost").end_object();
  json.key("origin").begin_object().key("name").value("Milepost").end_object().end_object();
  return std::move(json).text();
}

base::Task<Outcome> HomeAssistant::hand_over(std::vector<Message> messages) {
  Job job;
  job.messages = std::move(messages);
  co_await Waiting{*this, job};
  co_return std::move(job.outcome);
}

base::Task<Outcome> HomeAssistant::send(std::string address, Notice notice) {
  if (options_.host.empty()) co_return Outcome{Kind::NotSetUp, "mqtt not set up", {}, {}};
  if (!is_level(address)) co_return Outcome{Kind::Gone, "mqtt not a home", {}, {}};
  if (!is_level(notice.topic)) co_return Outcome{Kind::Refused, "mqtt no topic", {}, {}};
  const auto state = state_of(notice);
  std::vector<Message> messages;
  messages.push_back(
      {config_topic(address, notice.topic), config_of(address, notice), Retain::Yes});
  messages.push_back({state_topic(address, notice.topic), state, Retain::Yes});
  messages.push_back({fmt::format("{}/{}/news", options_.prefix, address), state, Retain::No});
  co_return co_await hand_over(std::move(messages));
}

base::Task<Outcome> HomeAssistant::forget(std::string address, std::string topic) {
  if (options_.host.empty()) co_return Outcome{Kind::NotSetUp, "mqtt not set up", {}, {}};
  if (!is_level(address) || !is_level(topic))
    co_return Outcome{Kind::Gone, "mqtt not a home", {}, {}};
  std::vector<Message> messages;
  messages.push_back({config_topic(address, topic), "", Retain::Yes});
  messages.push_back({state_topic(address, topic), "", Retain::Yes});
  co_return co_await hand_over(std::move(messages));
}

}  // namespace channels::mqtt
