#include <algorithm>

#include "polling/poller_state.h"

namespace polling {

base::Task<std::vector<shipments::Shipment>> Poller::State::read(const std::vector<Poll>& polls) {
  auto work = [&](store::Tx& tx) {
    std::vector<shipments::Shipment> found;
    for (const auto& poll : polls) {
      auto shipment = parts.repository.find(tx, poll.account_id, poll.id);
      if (shipment) found.push_back(std::move(*shipment));
    }
    return found;
  };
  co_return co_await parts.database.read(work);
}

namespace {

std::vector<Update> updates_of(const Poll& poll, const std::string& connector, Heard& heard) {
  std::vector<Update> updates;
  Update update;
  update.account_id = poll.account_id;
  update.id = poll.id;
  update.source = connector;
  update.heard_at = heard.heard_at;
  if (heard.outcome == Heard::Outcome::NotFound) {
    // Carriers hear of parcels late: it counts when the ladder's last step does not know it either.
    if (poll.known.newest_at || poll.known.not_found + 1 < kNotFoundGrace) return updates;
    update.says = Update::Says::NotFound;
    updates.push_back(std::move(update));
    return updates;
  }
  for (auto& report : heard.reports) {
    updates.push_back(update);
    updates.back().report = std::move(report);
    updates.back().report.is_whole = true;
  }
  if (!updates.empty()) updates.front().raw = std::move(heard.raw);
  return updates;
}

}  // namespace

// What the calls told, apart from what ingest makes of it. `whose`: of each update, the poll.
std::vector<Update> Poller::State::note_heard(std::vector<Poll>& polls, std::vector<Heard>& heard,
                                              const std::string& connector,
                                              std::vector<std::size_t>& whose,
                                              std::vector<Instant>& not_before) {
  std::vector<Update> updates;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    auto& known = polls[i].known;
    const auto outcome = heard[i].outcome;
    if (heard[i].heard_at == Instant{}) heard[i].heard_at = parts.clock.now();
    if (outcome == Heard::Outcome::Later) {
      not_before[i] = heard[i].until;
      later.add();
      continue;
    }
    if (outcome == Heard::Outcome::Failed) {
      ++known.failures;
      failed.add();
      continue;
    }
    for (auto& update : updates_of(polls[i], connector, heard[i])) {
      updates.push_back(std::move(update));
      whose.push_back(i);
    }
    known.failures = 0;
    known.asked_at = heard[i].heard_at;
    known.not_found = outcome == Heard::Outcome::NotFound ? known.not_found + 1 : 0;
    if (outcome != Heard::Outcome::NotFound) continue;
    not_found.add();
    if (known.stage == Stage::Finished) ++known.checks;
  }
  return updates;
}

namespace {

std::vector<Settled> settle(const std::vector<Poll>& polls, const std::vector<Heard>& heard,
                            const std::vector<std::size_t>& whose,
                            const std::vector<shipments::Ingested>& results) {
  std::vector<Settled> all(polls.size());
  for (std::size_t i = 0; i < polls.size(); ++i) {
    all[i].account_id = polls[i].account_id;
    all[i].shipment = polls[i].id;
    all[i].outcome = heard[i].outcome;
    all[i].heard_at = heard[i].heard_at;
    all[i].entered_at = polls[i].known.created_at;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto& one = all[whose[i]];
    one.new_events += results[i].new_events;
    one.unknown_events += results[i].unknown_events;
    one.quarantined += results[i].quarantined;
    if (results[i].newest_at) one.newest_at = results[i].newest_at;
  }
  return all;
}

}  // namespace

base::Task<std::vector<shipments::Ingested>> Poller::State::take(std::vector<Update> updates) {
  struct Waiting {
    std::atomic<int>& count;
    explicit Waiting(std::atomic<int>& c) : count(c) { ++count; }
    ~Waiting() { --count; }
  } const waiting(waiting_for_ingest);
  co_return co_await parts.ingest.take_all(std::move(updates));
}

base::Task<bool> Poller::State::run(Batch batch) {
  auto shipments = co_await read(batch.polls);
  std::erase_if(batch.polls, [&](const Poll& poll) {  // deleted meanwhile
    return std::ranges::none_of(shipments, [&](const auto& s) { return s.head.id == poll.id; });
  });
  if (batch.polls.empty()) co_return false;
  for (std::size_t i = 0; i < shipments.size(); ++i) {
    batch.polls[i].known.lane = lane_of(shipments[i].head);
  }
  auto heard = co_await parts.carriers.ask(batch.connector, std::move(shipments));
  heard.resize(batch.polls.size());

  std::vector<std::size_t> whose;
  std::vector<Instant> not_before(batch.polls.size());
  auto updates = note_heard(batch.polls, heard, batch.connector, whose, not_before);
  const auto results = co_await take(std::move(updates));
  learn_all(batch.polls, heard, whose, results);
  const auto settled = settle(batch.polls, heard, whose, results);
  co_await finish(std::move(batch.polls), batch.connector, std::move(not_before));
  for (const auto& one : settled) parts.carriers.settled(batch.connector, one);
  co_return true;
}

// Of several reports on one shipment the last result says how it stands.
void Poller::State::learn_all(std::vector<Poll>& polls, const std::vector<Heard>& heard,
                              const std::vector<std::size_t>& whose,
                              const std::vector<shipments::Ingested>& results) {
  int news = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto poll = whose[i];
    news += results[i].new_events;
    if (i + 1 < results.size() && whose[i + 1] == poll) continue;
    auto result = results[i];
    result.new_events = std::exchange(news, 0);
    if (result.outcome == shipments::Ingested::Outcome::Gone) continue;
    (result.new_events > 0 ? changed : unchanged).add();
    if (heard[poll].outcome == Heard::Outcome::Report) {
      learn(polls[poll].known, result, heard[poll].heard_at);
    }
  }
}

base::Task<void> Poller::State::finish(std::vector<Poll> polls, std::string connector,
                                       std::vector<Instant> not_before) {
  const auto now = parts.clock.now();
  const auto held = terms(connector, parts.carriers.means(connector));
  std::vector<std::optional<Instant>> due(polls.size());
  for (std::size_t i = 0; i < polls.size(); ++i) {
    const auto decision = next_call(polls[i].known, held.terms, now);
    if (decision.what != What::Stop) due[i] = std::max(decision.at, not_before[i]);
    polls[i].weight = decision.weight;
  }
  auto work = [&](store::Tx& tx) {
    for (std::size_t i = 0; i < polls.size(); ++i) reschedule(tx, polls[i], owner, due[i]);
  };
  co_await parts.database.write(work);
}

}  // namespace polling
