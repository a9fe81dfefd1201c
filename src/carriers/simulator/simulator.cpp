#include "carriers/simulator/simulator.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/later.h"
#include "base/text.h"
#include "carriers/definition.h"
#include "carriers/simulator/samples.h"
#include "carriers/simulator/token_answer.h"
#include "http/server.h"

namespace carriers::simulator {
namespace {

using base::Task;
using http::Request;
using http::Response;

constexpr std::chrono::seconds kSlow{3};
// Answers kept ready; a parcel's answer changes only when a step becomes visible.
constexpr std::size_t kMostReady = 60'000;
// Deeper than any carrier's address.
constexpr std::array<std::string_view, 8> kPatterns{
    "/{carrier}",
    "/{carrier}/{a}",
    "/{carrier}/{a}/{b}",
    "/{carrier}/{a}/{b}/{c}",
    "/{carrier}/{a}/{b}/{c}/{d}",
    "/{carrier}/{a}/{b}/{c}/{d}/{e}",
    "/{carrier}/{a}/{b}/{c}/{d}/{e}/{f}",
    "/{carrier}/{a}/{b}/{c}/{d}/{e}/{f}/{g}",
};

std::string_view content_type(Format format) {
  switch (format) {
    case Format::Json:
      return "application/json";
    case Format::Xml:
      return "application/xml";
    default:
      return "text/plain";
  }
}

Response answer(int status, Format format, std::string body) {
  Response response;
  response.status = status;
  response.content_type = content_type(format);
  response.body = std::move(body);
  return response;
}

// The words of a request that may be numbers: runs of letters and digits.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool is_word = i < text.size() && (base::is_letter(text[i]) || base::is_digit(text[i]));
    if (is_word) continue;
    if (i - begin >= 5) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

// All that a question says: its address, and its body, out of the form it may be wrapped in.
std::string text_of(const Request& request) {
  auto text = http::percent_decode(request.target(), http::Plus::IsSpace) + "\n";
  const bool is_form = request.header("Content-Type").find("form-urlencoded") != std::string::npos;
  text += is_form ? http::percent_decode(request.body(), http::Plus::IsSpace)
                  : std::string(request.body());
  return text;
}

// Names that nobody knows: what a carrier's release without notice looks like.
std::string drifted(std::string body) {
  for (std::size_t i = 0; i + 1 < body.size(); ++i) {
    const bool is_name_end = body[i] == '"' && body[i + 1] == ':';
    const bool is_element = body[i] == '<' && (base::is_letter(body[i + 1]));
    if (is_name_end) body.insert(i++, "2");
    if (is_element) {
      const auto end = body.find_first_of(" />", i);
      if (end == std::string::npos) break;
      body.insert(end, "2");
      i = end;
    } else if (body[i] == '<' && body[i + 1] == '/') {
      const auto end = body.find('>', i);
      if (end == std::string::npos) break;
      body.insert(end, "2");
      i = end + 1;
    }
  }
  return body;
}

}  // namespace

base::Result<Faults, std::string> Faults::parse(std::string_view text) {
  Faults faults;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto item = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = item.find('=');
    const auto name = item.substr(0, equals);
    double odds = -1;
    if (equals != std::string_view::npos) {
      const auto digits = item.substr(equals + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), odds);
    }
    double* place = name == "slow"        ? &faults.slow
                    : name == "429"       ? &faults.too_many
                    : name == "500"       ? &faults.broken
                    : name == "malformed" ? &faults.malformed
                    : name == "drift"     ? &faults.drift
                    : name == "token"     ? &faults.expired
                                          : nullptr;
    if (place == nullptr)
      return base::Failure{fmt::format(
          "'{}' is no fault: slow, 429, 500, malformed, drift and token are, each with its odds "
          "(429=0.05)",
          name)};
    if (odds < 0 || odds > 1)
      return base::Failure{fmt::format("{} needs odds from 0 to 1: {}=0.05", name, name)};
    *place = odds;
  }
  return faults;
}

struct Simulator::State {
  const Parcels& parcels;
  const base::Clock& clock;
  Options options;
  Samples samples;
  base::Later later;
  std::unique_ptr<http::Server> server;

  std::mutex mutex;
  Dice dice{7};
  std::unordered_map<std::string, std::shared_ptr<const std::string>> ready;
  std::map<std::string, std::int64_t, std::less<>> answered;

  State(const Parcels& p, const base::Clock& c, const Options& o)
      : parcels(p), clock(c), options(o), samples(o.samples) {}

  bool happens(double odds) {
    if (odds <= 0) return false;
    const std::lock_guard lock(mutex);
    return dice.happens(odds);
  }

  Task<Response> handle(Request request);
  Response respond(const Carrier& carrier, const std::string& text);
  std::shared_ptr<const std::string> write(const Carrier& carrier, const Parcel& parcel,
                                           base::Instant now);
  std::string write_many(const Carrier& carrier,
                         std::span<const std::shared_ptr<const Parcel>> found, base::Instant now);
};

namespace {

std::vector<Step> visible_steps(const Carrier& carrier, const Plan& plan, base::Instant now) {
  std::vector<Step> steps;
  for (const auto& step : plan.steps) {
    if (step.visible <= now && carrier.writer.shows(step.status)) steps.push_back(step);
  }
  return steps;
}

Shown shown(const Parcel& parcel, std::span<const Step> steps) {
  return {parcel.number, steps, parcel.plan.origin, parcel.plan.destination, parcel.plan.estimate};
}

// What looks most like a number.
std::string_view likely_number(std::span<const std::string_view> words) {
  std::string_view best;
  std::ptrdiff_t most = 3;
  for (const auto word : words) {
    const auto digits = std::ranges::count_if(word, [](char c) { return base::is_digit(c); });
    if (digits > most) {
      best = word;
      most = digits;
    }
  }
  return best;
}

// In the carrier's own way, and about the number that was asked for where the answer repeats one.
Response not_found(const Carrier& carrier, std::string_view number) {
  for (const auto& fixture : carrier.connector->fixtures()) {
    if (!fixture.name.starts_with("not_found")) continue;
    auto body = fixture.body;
    const auto understood = carrier.connector->understand(body, fixture.http_status);
    const auto said =
        understood.errors.empty() ? std::string() : understood.errors.front().tracking_number;
    if (!said.empty() && !number.empty()) {
      for (auto at = body.find(said); at != std::string::npos;
           at = body.find(said, at + number.size()))
        body.replace(at, said.size(), number);
    }
    return answer(fixture.http_status, carrier.writer.format(), std::move(body));
  }
  return answer(404, Format::Json, "{}");
}

}  // namespace

std::shared_ptr<const std::string> Simulator::State::write(const Carrier& carrier,
                                                           const Parcel& parcel,
                                                           base::Instant now) {
  const auto steps = visible_steps(carrier, parcel.plan, now);
  if (steps.empty()) return nullptr;
  const auto key = fmt::format("{} {}", parcel.index, steps.size());
  {
    const std::lock_guard lock(mutex);
    if (const auto found = ready.find(key); found != ready.end()) return found->second;
  }
  const auto one = shown(parcel, steps);
  auto body = std::make_shared<const std::string>(carrier.writer.write({&one, 1}));
  const std::lock_guard lock(mutex);
  if (ready.size() >= kMostReady) ready.clear();
  ready[key] = body;
  return body;
}

std::string Simulator::State::write_many(const Carrier& carrier,
                                         std::span<const std::shared_ptr<const Parcel>> found,
                                         base::Instant now) {
  std::vector<std::vector<Step>> steps;
  std::vector<Shown> all;
  for (const auto& parcel : found) steps.push_back(visible_steps(carrier, parcel->plan, now));
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!steps[i].empty()) all.push_back(shown(*found[i], steps[i]));
  }
  return all.empty() ? std::string() : carrier.writer.write(all);
}

Response Simulator::State::respond(const Carrier& carrier, const std::string& text) {
  const auto id = carrier.connector->id();
  if (const auto* sample = samples.find(id, text))
    return answer(sample->http_status, sample->format, sample->body);
  const auto now = clock.now();
  std::vector<std::shared_ptr<const Parcel>> found;
  std::unordered_set<std::string_view> seen;
  const auto words = words_of(text);
  for (const auto word : words) {
    if (!seen.insert(word).second) continue;
    if (auto parcel = parcels.find(id, word, now)) found.push_back(std::move(parcel));
  }
  const auto format = carrier.writer.format();
  if (found.size() == 1) {
    if (const auto body = write(carrier, *found.front(), now)) return answer(200, format, *body);
  } else if (!found.empty()) {
    if (auto body = write_many(carrier, found, now); !body.empty())
      return answer(200, format, std::move(body));
  }
  return not_found(carrier, found.empty() ? likely_number(words) : found.front()->number);
}

Task<Response> Simulator::State::handle(Request request) {
  const std::string id(request.parameter("carrier"));
  const auto* carrier = parcels.carrier(id);
  if (carrier == nullptr) co_return answer(404, Format::Json, R"({"error":"no such carrier"})");
  const auto& token = carrier->connector->definition().access.token;
  const auto path = request.path().substr(std::min(request.path().size(), id.size() + 1));
  if (token && is_token_path(*token, path))
    co_return answer(200, token->format, token_answer(*token));
  {
    const std::lock_guard lock(mutex);
    ++answered[id];
  }
  const auto& faults = options.faults;
  if (happens(faults.slow)) co_await later.wait(kSlow);
  if (happens(faults.expired)) co_return answer(401, Format::Json, "{}");
  if (happens(faults.broken)) co_return answer(500, Format::Json, "{}");
  if (happens(faults.too_many)) {
    auto response = answer(429, Format::Json, "{}");
    response.headers.emplace_back("Retry-After", "2");
    co_return response;
  }
  auto response = respond(*carrier, text_of(request));
  if (happens(faults.malformed)) response.body.resize(response.body.size() / 2);
  if (happens(faults.drift)) response.body = drifted(std::move(response.body));
  co_return response;
}

Simulator::Simulator(const Parcels& parcels, const base::Clock& clock, const Options& options)
    : state_(std::make_unique<State>(parcels, clock, options)) {
  http::Router router;
  for (const auto pattern : kPatterns) {
    for (const std::string_view method : {"GET", "POST"}) {
      router.add(method, pattern, [state = state_.get()](Request request) {
        return state->handle(std::move(request));
      });
    }
  }
  http::ServerOptions server;
  server.host = options.host;
  server.port = options.port;
  server.threads = options.threads;
  server.access_log = false;
  state_->server = std::make_unique<http::Server>(server, std::move(router));
  state_->server->start();
}

Simulator::~Simulator() { stop(); }

void Simulator::stop() {
  state_->later.stop();
  state_->server->stop(std::chrono::seconds(1));
}

std::uint16_t Simulator::port() const { return state_->server->port(); }

std::string Simulator::base_of(std::string_view carrier) const {
  return fmt::format("http://{}:{}/{}", state_->options.host, port(), carrier);
}

std::map<std::string, std::int64_t, std::less<>> Simulator::answered() const {
  const std::lock_guard lock(state_->mutex);
  return state_->answered;
}

}  // namespace carriers::simulator
