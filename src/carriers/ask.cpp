#include "carriers/ask.h"

#include <algorithm>
#include <charconv>

#include "base/random.h"
#include "base/text.h"
#include "carriers/transport.h"

namespace carriers {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMostPages = 20;

BudgetLimits budget_limits(const Limits& limits) {
  return {limits.per_second, limits.per_day, limits.concurrency};
}

std::string random_id() {
  std::uint8_t bytes[16];
  base::fill_random(bytes);
  return base::to_hex(bytes);
}

// The error that is the whole answer's, if there is one.
const CarrierError* whole_error(const Understood& understood) {
  if (!understood.reports.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      understood.errors, [](const CarrierError& e) { return e.tracking_number.empty(); });
  return found == understood.errors.end() ? nullptr : &*found;
}

// We were stopping, or too busy: nothing the carrier could do about.
bool is_our_own(const CarrierError& error) {
  return error.code == http::name(http::CallError::Stopped) ||
         error.code == http::name(http::CallError::Overload);
}

// A further page goes on with the shipments of the ones before.
void append(Understood& all, Understood&& page) {
  for (auto& report : page.reports) {
    const auto same = std::ranges::find_if(all.reports, [&](const journey::Report& r) {
      return r.tracking_number == report.tracking_number && r.shipment_id == report.shipment_id;
    });
    if (same == all.reports.end()) {
      all.reports.push_back(std::move(report));
      continue;
    }
    std::ranges::move(report.scans, std::back_inserter(same->scans));
    std::ranges::move(report.quarantined, std::back_inserter(same->quarantined));
  }
}

std::size_t told(const Understood& understood) {
  std::size_t count = understood.reports.size();
  for (const auto& report : understood.reports)
    count += report.scans.size() + report.quarantined.size();
  return count;
}

std::int64_t whole_number(const std::string& text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

// One ask() while it runs.
struct Asker::Talk {
  const Connector& connector;
  const Definition& definition;
  const Settings& settings;
  std::vector<Question> questions;     // those that can be asked
  std::vector<std::size_t> positions;  // where they stand among all
  steady_clock::time_point until;
  Budget::Turn turn;

  http::Call first;  // as it was sent, for the pages
  std::string token;
  Understood understood;
  Asked answer;
  std::optional<base::Instant> retry_after{};
  bool is_our_fault = false;  // stopped, or too busy ourselves: says nothing of the carrier

  milliseconds left() const {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    return std::max(left, milliseconds(1));
  }
  std::vector<Question> unregistered() const;
  // In front: of a number the first error counts.
  void refuse(std::span<const Question> part, CarrierError error) {
    for (const auto& question : part) {
      error.tracking_number = question.number;
      understood.errors.insert(understood.errors.begin(), error);
    }
  }
  void fail(CarrierError error) {
    understood = {};
    understood.errors.push_back(std::move(error));
  }
};

const Settings& Asker::settings_of(const Connector& connector) const {
  static const Settings kDefaults;
  const auto found = parts_.settings.find(connector.id());
  return found == parts_.settings.end() ? kDefaults : found->second;
}

bool Asker::is_ready(const Connector& connector) const {
  const auto& settings = settings_of(connector);
  const auto& definition = connector.definition();
  const bool has_address = !definition.access.base.empty() || !settings.base.empty();
  return has_address && settings.is_enabled && missing_secret(definition, settings).empty();
}

Budget& Asker::budget_of(const Connector& connector) {
  return parts_.budgets.of(
      connector.id(), budget_limits(limits_of(connector.definition(), settings_of(connector))));
}

std::optional<Wait> Asker::would_wait(const Connector& connector) {
  return budget_of(connector).would_wait(parts_.clock.now());
}

base::Task<Asked> Asker::ask(const Connector& connector, std::span<const Question> questions,
                             milliseconds deadline) {
  const auto begin = steady_clock::now();
  const auto& definition = connector.definition();
  const auto& settings = settings_of(connector);
  Asked answer;
  answer.readings.resize(questions.size());
  std::vector<Question> askable;
  std::vector<std::size_t> positions;
  const auto missing = missing_secret(definition, settings);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto& error = answer.readings[i].error;
    if (!settings.is_enabled || !missing.empty()) {
      error =
          CarrierError{ErrorClass::Auth, "not_configured",
                       settings.is_enabled ? fmt::format("the operator has given no {}", missing)
                                           : "the operator has switched it off",
                       ""};
    } else if (const auto need = lacks(definition, questions[i])) {
      error = CarrierError{ErrorClass::BadRequest, "lacking",
                           fmt::format("the carrier wants to know the {}", name(*need)), ""};
    } else {
      askable.push_back(questions[i]);
      positions.push_back(i);
    }
  }
  if (askable.empty()) co_return answer;
  auto turn = budget_of(connector).try_take(parts_.clock.now());
  if (!turn) {
    for (const auto at : positions) answer.readings[at].wait = turn.error();
    parts_.budgets.held(connector.id(), turn.error().why);
    co_return answer;
  }
  if (deadline.count() <= 0) deadline = milliseconds(limits_of(definition, settings).deadline_ms);
  Talk talk{.connector = connector,
            .definition = definition,
            .settings = settings,
            .questions = std::move(askable),
            .positions = std::move(positions),
            .until = begin + deadline,
            .turn = std::move(*turn),
            .first = {},
            .token = {},
            .understood = {},
            .answer = {}};
  co_await this->talk(talk);
  match(talk.questions, std::move(talk.understood), talk.answer);
  for (std::size_t i = 0; i < talk.positions.size(); ++i)
    answer.readings[talk.positions[i]] = std::move(talk.answer.readings[i]);
  answer.strangers = std::move(talk.answer.strangers);
  answer.pages = std::move(talk.answer.pages);
  answer.is_partial = talk.answer.is_partial;
  answer.calls = talk.answer.calls;
  answer.took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
  note(talk, answer);
  co_return answer;
}

// Asks, and tells the budget how it went.
base::Task<void> Asker::talk(Talk& talk) {
  const bool is_answered = co_await call_first(talk);
  const auto* error = whole_error(talk.understood);
  const auto now = parts_.clock.now();
  if (!talk.is_our_fault)
    talk.turn.went(error == nullptr ? Reaction::Well : reaction_to(error->error_class), now,
                   talk.retry_after);
  if (is_answered && error == nullptr) co_await call_next_pages(talk);
  if (is_answered && talk.definition.request.registration) co_await make_known(talk);
}

// Those that the service must be told of before it can be asked about them.
std::vector<Question> Asker::Talk::unregistered() const {
  const bool is_missing_enough = definition.request.registration->is_for_missing;
  Asked probe;
  match(questions, Understood(understood), probe);
  std::vector<Question> out;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& error = probe.readings[i].error;
    if (error && error->error_class == ErrorClass::NotFound &&
        (error->is_unregistered || is_missing_enough))
      out.push_back(questions[i]);
  }
  return out;
}

// Registers what the service does not know, and asks once more: it may answer at once. "Already
// there" and the like are no news; that it lets nobody in, or no more, is.
base::Task<void> Asker::make_known(Talk& talk) {
  const auto strangers = talk.unregistered();
  if (strangers.empty()) co_return;
  const auto batch = static_cast<std::size_t>(talk.definition.request.registration->batch);
  for (std::size_t begin = 0; begin < strangers.size(); begin += batch) {
    const auto part =
        std::span(strangers).subspan(begin).first(std::min(batch, strangers.size() - begin));
    auto telling = registration_call(talk.definition, talk.settings, part, circumstances(talk));
    const auto reply = co_await call_again(talk, std::move(telling));
    if (!reply) co_return;
    const auto heard = talk.connector.understand(reply->body, reply->status);
    const auto* error = whole_error(heard);
    if (error == nullptr || reaction_to(error->error_class) == Reaction::Well) continue;
    talk.turn.went(reaction_to(error->error_class), parts_.clock.now(),
                   retry_after(*reply, parts_.clock.now()));
    talk.refuse(part, *error);
    co_return;
  }
  auto question =
      question_call(talk.definition, talk.settings, talk.questions, circumstances(talk));
  const auto reply = co_await call_again(talk, std::move(question));
  if (!reply) co_return;
  auto again = talk.connector.understand(reply->body, reply->status);
  if (told(again) == 0) co_return;
  talk.understood = std::move(again);
  talk.answer.pages.assign(1, {reply->body, reply->status});
}

// A further call of the same question, which changes nothing when it fails.
base::Task<std::optional<http::Reply>> Asker::call_again(Talk& talk, http::Call call) {
  talk.turn.again(parts_.clock.now());
  call.deadline = talk.left();
  ++talk.answer.calls;
  auto reply = co_await parts_.client.call(std::move(call));
  if (!reply) co_return std::nullopt;
  co_return std::move(*reply);
}

Circumstances Asker::circumstances(const Talk& talk) const {
  return {parts_.clock.now(), random_id(), talk.token};
}

// The first page, with a fresh token if the one we had is refused. False: no page came.
base::Task<bool> Asker::call_first(Talk& talk) {
  const bool has_token = talk.definition.access.token.has_value();
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (has_token) {
      auto got = co_await tokens_.get(talk.definition, talk.settings, talk.left());
      talk.answer.calls += got.calls;
      for (int i = 0; i < got.calls; ++i) talk.turn.again(parts_.clock.now());
      if (!got.token) {
        talk.retry_after = got.retry_after;
        talk.is_our_fault = is_our_own(got.token.error());
        talk.fail(got.token.error());
        co_return false;
      }
      talk.token = *got.token;
    }
    talk.first = question_call(talk.definition, talk.settings, talk.questions, circumstances(talk));
    if (attempt > 0) talk.turn.again(parts_.clock.now());
    const auto reply = co_await call(talk, talk.first);
    if (!reply) co_return false;
    talk.retry_after = retry_after(*reply, parts_.clock.now());
    talk.understood = talk.connector.understand(reply->body, reply->status);
    const auto* error = whole_error(talk.understood);
    const bool is_refused =
        reply->status == 401 || (error != nullptr && error->error_class == ErrorClass::Auth);
    if (!has_token || !is_refused) break;
    tokens_.forget(talk.definition.id, talk.token);
    if (attempt == 0) talk.answer.pages.clear();
  }
  co_return true;
}

base::Task<std::optional<http::Reply>> Asker::call(Talk& talk, http::Call call) {
  call.deadline = talk.left();
  ++talk.answer.calls;
  auto reply = co_await parts_.client.call(std::move(call));
  if (!reply) {
    talk.fail(error_of(reply.error()));
    talk.is_our_fault = is_our_own(talk.understood.errors.front());
    co_return std::nullopt;
  }
  talk.answer.pages.push_back({reply->body, reply->status});
  co_return std::move(*reply);
}

// Half of what the carrier knows is better than nothing: a page that fails ends the reading, and
// the answer says that it is partial.
base::Task<void> Asker::call_next_pages(Talk& talk) {
  const auto& paging = talk.definition.request.pages;
  if (paging.kind == Paging::Kind::None) co_return;
  std::int64_t offset = 0;
  while (talk.answer.pages.size() < kMostPages) {
    std::optional<http::Call> next;
    {
      Document document;
      const auto format = talk.definition.answers.front().format;
      if (!document.parse(format, talk.answer.pages.back().body)) break;
      if (paging.kind == Paging::Kind::Next) {
        const auto address = paging.next.get(document, kRoot);
        if (address.empty()) co_return;
        next = next_page(talk.first, address);
      } else {
        offset += paging.step;
        if (offset >= whole_number(paging.total.get(document, kRoot))) co_return;
        next = page_at(talk.first, paging, offset);
      }
    }
    if (!next) break;
    talk.turn.again(parts_.clock.now());
    auto before = std::move(talk.understood);
    const auto reply = co_await call(talk, std::move(*next));
    talk.understood = std::move(before);
    if (!reply) break;
    auto page = talk.connector.understand(reply->body, reply->status);
    if (whole_error(page) != nullptr) break;
    // A carrier that repeats its pages for ever tells nothing new in them.
    if (told(page) == 0) co_return;
    append(talk.understood, std::move(page));
  }
  talk.answer.is_partial = true;
}

void Asker::note(const Talk& talk, const Asked& answer) {
  if (parts_.health == nullptr || talk.is_our_fault) return;
  for (const auto at : talk.positions) {
    const auto& reading = answer.readings[at];
    auto what = Heard::Answered;
    if (reading.error)
      what = answer.pages.empty() && reading.error->error_class == ErrorClass::Server
                 ? Heard::Unreached
                 : heard(reading.error->error_class);
    parts_.health->note(talk.connector.id(), what, answer.took, parts_.clock.now());
  }
}

}  // namespace carriers
