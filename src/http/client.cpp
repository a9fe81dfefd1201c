#include "http/client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/metrics.h"
#include "base/text.h"
#include "http/address.h"
#include "http/call_loop.h"

namespace http {
namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, kCallErrors> kNames = {
    "bad_call", "resolve",   "refused", "connect",  "tls",
    "timeout",  "too_large", "broken",  "overload", "stopped"};

constexpr int kMostRedirects = 3;

const std::vector<double> kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                      0.25,  0.5,    1,     2.5,  5,     10,   30};

// A URL taken apart by libcurl, so that we judge what libcurl will call.
struct Target {
  std::string scheme, host, port;
  std::string origin() const { return scheme + "://" + host + ":" + port; }
};

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

bool is_plain(std::string_view url) {
  return std::ranges::all_of(
      url, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '\\'; });
}

std::optional<Target> target_of(const std::string& text) {
  const UrlHandle url(curl_url(), curl_url_cleanup);
  if (!url || !is_plain(text)) return std::nullopt;
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return std::nullopt;
  Target target{part(url.get(), CURLUPART_SCHEME), base::lower(part(url.get(), CURLUPART_HOST)),
                part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (target.scheme != "http" && target.scheme != "https") return std::nullopt;
  return target;
}

// `location` as it is meant at `base`: absolute or relative. Empty when it is neither.
std::string resolved(const std::string& base, std::string_view location) {
  const UrlHandle url(curl_url(), curl_url_cleanup);
  const std::string to(location);
  if (!url || to.empty() || !is_plain(to)) return {};
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return {};
  if (curl_url_set(url.get(), CURLUPART_URL, to.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return {};
  return part(url.get(), CURLUPART_URL);
}

bool is_redirect(const Reply& reply) {
  return (reply.status == 301 || reply.status == 302 || reply.status == 303 ||
          reply.status == 307 || reply.status == 308) &&
         !reply.header("location").empty();
}

// The next hop of a call, in place. Keys and tokens were meant for the first origin: another one
// does not get them.
std::optional<CallError> redirect(Call& call, const Target& from, const Reply& reply) {
  auto next = resolved(call.url, reply.header("location"));
  const auto to = target_of(next);
  if (!to || (from.scheme == "https" && to->scheme != "https")) return CallError::Refused;
  call.url = std::move(next);
  const bool becomes_get = (reply.status == 303 && call.method != "HEAD") ||
                           ((reply.status == 301 || reply.status == 302) && call.method == "POST");
  if (becomes_get) {
    call.method = "GET";
    call.body.clear();
    std::erase_if(call.headers,
                  [](const auto& h) { return base::lower(h.first).starts_with("content-"); });
  }
  if (to->origin() != from.origin()) {
    std::erase_if(call.headers, [](const auto& h) {
      const auto name = base::lower(h.first);
      return name != "accept" && name != "accept-language" && name != "content-type";
    });
  }
  return std::nullopt;
}

}  // namespace

std::string_view Reply::header(std::string_view wanted) const {
  for (const auto& [name, value] : headers) {
    if (name == wanted) return value;
  }
  return {};
}

std::string_view name(CallError error) { return kNames[static_cast<std::size_t>(error)]; }

std::string_view describe(CallError error) {
  switch (error) {
    case CallError::BadCall:
      return "the address or a header is not well formed";
    case CallError::Resolve:
      return "the name does not resolve";
    case CallError::Refused:
      return "the address may not be called";
    case CallError::Connect:
      return "nobody accepts the connection";
    case CallError::Tls:
      return "no trusted TLS connection";
    case CallError::Timeout:
      return "no answer in time";
    case CallError::TooLarge:
      return "the answer is too large";
    case CallError::Broken:
      return "the connection broke, or the answer is not HTTP";
    case CallError::Overload:
      return "too many calls are waiting";
    case CallError::Stopped:
      return "the client has been stopped";
  }
  return "the call failed";
}

struct Client::State {
  explicit State(const Options& o) : options(o), loop(o) {
    if (o.metrics == nullptr) return;
    const auto counter = [&](std::string_view outcome) {
      return o.metrics->counter("milepost_http_client_calls_total",
                                "Calls to other machines by outcome",
                                {{"outcome", std::string(outcome)}});
    };
    for (std::size_t i = 0; i < kNames.size(); ++i) errors[i] = counter(kNames[i]);
    for (std::size_t i = 1; i < answered.size(); ++i)
      answered[i] = counter(std::to_string(i) + "xx");
    seconds = o.metrics->histogram("milepost_http_client_seconds",
                                   "Calls to other machines from the asking to the last byte", {},
                                   kSeconds);
  }

  void count(const base::Result<Reply, CallError>& outcome, steady_clock::duration took) {
    if (!outcome) {
      errors[static_cast<std::size_t>(outcome.error())].add();
    } else {
      answered[static_cast<std::size_t>(std::clamp(outcome->status / 100, 1, 5))].add();
    }
    seconds.observe(std::chrono::duration<double>(took).count());
  }

  base::Task<base::Result<Reply, CallError>> follow(Call call, steady_clock::time_point until);
  base::Task<base::Result<Reply, CallError>> hop(const Call& call, const Target& target,
                                                 steady_clock::time_point until);

  const Options options;
  std::array<base::Counter, kCallErrors> errors;
  std::array<base::Counter, 6> answered;
  base::Histogram seconds;
  CallLoop loop;
};

namespace {

struct Submission {
  CallLoop& loop;
  Transfer& transfer;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    transfer.continuation = awaiting;
    transfer.executor = base::Executor::current();
    const auto refused = loop.submit(transfer);
    if (refused) transfer.error = refused;  // still ours: the loop has not seen it
    return !refused;
  }
  void await_resume() const noexcept {}
};

}  // namespace

base::Task<base::Result<Reply, CallError>> Client::State::hop(const Call& call,
                                                              const Target& target,
                                                              steady_clock::time_point until) {
  const auto& chosen = call.proxy.empty() ? options.proxy : call.proxy;
  Transfer transfer{.call = call,
                    .origin = target.origin(),
                    .proxy = chosen == "direct" ? std::string() : chosen,
                    .until = until,
                    .continuation = {},
                    .error = {},
                    .reply = {},
                    .head = {},
                    .place = {}};
  // What a proxy resolves we cannot see; what needs no resolving we can.
  if (!transfer.proxy.empty() && !call.may_be_private &&
      (is_private_name(target.host) || (is_address(target.host) && !is_public(target.host))))
    co_return base::Failure{CallError::Refused};
  Submission submission{loop, transfer};
  co_await submission;
  if (transfer.error) co_return base::Failure{*transfer.error};
  co_return std::move(transfer.reply);
}

base::Task<base::Result<Reply, CallError>> Client::State::follow(Call call,
                                                                 steady_clock::time_point until) {
  int left = std::min(call.redirects, kMostRedirects);
  for (;;) {
    const auto target = target_of(call.url);
    if (!target) co_return base::Failure{CallError::BadCall};
    if (options.gate != nullptr && options.gate->refusal(target->host))
      co_return base::Failure{CallError::Refused};
    auto outcome = co_await hop(call, *target, until);
    if (!outcome || left == 0 || !is_redirect(*outcome)) co_return outcome;
    if (const auto refused = redirect(call, *target, *outcome)) co_return base::Failure{*refused};
    --left;
  }
}

Client::Client(const Options& options) {
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0)
    throw std::system_error(errno, std::generic_category(), options.ca_file);
  state_ = std::make_unique<State>(options);
}
Client::~Client() = default;

base::Task<base::Result<Reply, CallError>> Client::call(Call call) {
  const auto begin = steady_clock::now();
  const auto until = begin + call.deadline;
  auto outcome = co_await state_->follow(std::move(call), until);
  const auto took = steady_clock::now() - begin;
  if (outcome) outcome->took = std::chrono::duration_cast<std::chrono::microseconds>(took);
  state_->count(outcome, took);
  co_return outcome;
}

void Client::stop() { state_->loop.stop(); }

}  // namespace http
