#include "carriers/tokens.h"

#include <charconv>
#include <cmath>

#include "base/random.h"
#include "base/text.h"
#include "carriers/question.h"
#include "carriers/transport.h"

namespace carriers {
namespace {

using std::chrono::seconds;

std::string random_id() {
  std::uint8_t bytes[16];
  base::fill_random(bytes);
  return base::to_hex(bytes);
}

// "3600", "3599.0": some carriers write the seconds as text or as a fraction.
seconds lifetime_of(const TokenAccess& access, const std::string& text) {
  int whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc() || whole <= 0) return seconds(access.lifetime);
  return seconds(whole);
}

// How long before its end a token is no longer used: the call takes time, and clocks differ.
std::chrono::microseconds margin(seconds life) {
  return std::min<std::chrono::microseconds>(std::chrono::minutes(1),
                                             std::chrono::microseconds(life) / 10);
}

CarrierError refusal(int status) {
  // OAuth2 (RFC 6749 5.2) answers 400 to wrong credentials.
  const auto error_class = status == 400 ? ErrorClass::Auth : *class_of_status(status);
  return {error_class, std::to_string(status), "the token service said no", ""};
}

}  // namespace

struct Tokens::Slot {
  struct Waiter {
    std::coroutine_handle<> continuation;
    base::Executor* executor;
  };
  std::mutex mutex;
  std::string token;
  base::Instant good_until{};
  bool is_refreshing = false;
  std::optional<Got> shared;  // of the last refresh: what those who waited for it get
  std::vector<Waiter> waiters;

  void finish(const Got& got, base::Instant until) {
    std::vector<Waiter> ready;
    {
      const std::lock_guard lock(mutex);
      if (got.token) {
        token = *got.token;
        good_until = until;
      }
      shared.emplace(Got{got.token, 0, got.retry_after});
      is_refreshing = false;
      ready.swap(waiters);
    }
    for (const auto& waiter : ready) {
      if (waiter.executor != nullptr) {
        waiter.executor->post(std::span(&waiter.continuation, 1));
      } else {
        waiter.continuation.resume();
      }
    }
  }
};

// Resumes when the refresh that is under way has ended.
struct Tokens::Waiting {
  Slot& slot;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    const std::lock_guard lock(slot.mutex);
    if (!slot.is_refreshing) return false;
    slot.waiters.push_back({awaiting, base::Executor::current()});
    return true;
  }
  void await_resume() const noexcept {}
};

Tokens::Tokens(http::Client& client, const base::Clock& clock) : client_(client), clock_(clock) {}
Tokens::~Tokens() = default;

Tokens::Slot& Tokens::slot(std::string_view connector) {
  const std::lock_guard lock(mutex_);
  auto found = slots_.find(connector);
  if (found == slots_.end())
    found = slots_.emplace(std::string(connector), std::make_unique<Slot>()).first;
  return *found->second;
}

base::Task<Tokens::Got> Tokens::get(const Definition& definition, const Settings& settings,
                                    std::chrono::milliseconds deadline) {
  Slot& own = slot(definition.id);
  bool must_wait = false;
  {
    const std::lock_guard lock(own.mutex);
    if (!own.token.empty() && clock_.now() < own.good_until) co_return Got{own.token, 0, {}};
    must_wait = own.is_refreshing;
    own.is_refreshing = true;
  }
  if (must_wait) {
    Waiting waiting{own};
    co_await waiting;
    const std::lock_guard lock(own.mutex);
    co_return *own.shared;
  }
  base::Instant good_until{};
  std::optional<Got> got;
  try {
    got.emplace(co_await fetch(definition, settings, deadline, good_until));
  } catch (...) {
    own.finish({base::Failure{CarrierError{ErrorClass::Server, "token", "", ""}}, 0, {}}, {});
    throw;
  }
  own.finish(*got, good_until);
  co_return std::move(*got);
}

base::Task<Tokens::Got> Tokens::fetch(const Definition& definition, const Settings& settings,
                                      std::chrono::milliseconds deadline,
                                      base::Instant& good_until) {
  const auto& access = *definition.access.token;
  auto call = token_call(definition, settings, {clock_.now(), random_id(), ""});
  call.deadline = deadline;
  call.most_bytes = 256 << 10;
  const auto reply = co_await client_.call(std::move(call));
  if (!reply) co_return Got{base::Failure{error_of(reply.error())}, 1, {}};
  if (reply->status >= 400)
    co_return Got{base::Failure{refusal(reply->status)}, 1, retry_after(*reply, clock_.now())};
  Document document;
  std::string token, life;
  if (document.parse(access.format, reply->body)) {
    token = access.token.get(document, kRoot);
    life = access.seconds.get(document, kRoot);
  }
  if (token.empty()) {
    co_return Got{base::Failure{CarrierError{ErrorClass::Unreadable, "token",
                                             "the token service's answer holds no token", ""}},
                  1,
                  {}};
  }
  const auto lives = lifetime_of(access, life);
  good_until = clock_.now() + lives - margin(lives);
  co_return Got{std::move(token), 1, {}};
}

void Tokens::forget(std::string_view connector, std::string_view token) {
  Slot& own = slot(connector);
  const std::lock_guard lock(own.mutex);
  if (own.token == token) own.token.clear();
}

}  // namespace carriers
