#include <algorithm>

#include "polling/poller_state.h"
#include "shipments/told.h"

namespace polling {
namespace {

constexpr std::chrono::hours kUnroutedAgain{24};
// Little and often: what is claimed in one go is answered, and wants to be written, in one go too.
constexpr int kClaimedAtOnce = 48;
// Answers that wait for ingest, beyond which no more are fetched: waiting there they would only be
// older when they are written.
constexpr int kMostWaiting = 32;

}  // namespace

// Which connectors have something due: a glance, so that the others cost no write.
base::Task<std::vector<std::string>> Poller::State::due_connectors() {
  const auto now = parts.clock.now();
  const auto all = parts.carriers.connectors();
  auto work = [&](store::Tx& tx) {
    std::vector<std::string> due;
    for (const auto& connector : all) {
      if (is_due(tx, connector, now)) due.push_back(connector);
    }
    return due;
  };
  co_return co_await parts.database.read(work);
}

std::vector<Poller::State::Share> Poller::State::shares(std::vector<std::string> due) {
  if (due.empty() || under_way >= options.under_way || waiting_for_ingest >= kMostWaiting)
    return {};
  // Somebody else begins each time.
  std::rotate(due.begin(), due.begin() + static_cast<std::ptrdiff_t>(turns++ % due.size()),
              due.end());
  std::vector<Share> all;
  for (auto& connector : due) {
    const auto means = parts.carriers.means(connector);
    const int most = means.free * means.batch;
    if (most <= 0) continue;
    auto held = terms(connector, means);
    all.push_back({std::move(connector), std::max(1, means.batch), most, std::move(held)});
  }
  return all;
}

base::Task<std::vector<Batch>> Poller::State::claim_all() {
  const auto all = shares(co_await due_connectors());
  std::vector<Batch> batches;
  if (all.empty()) co_return batches;
  auto claimed = co_await claim_some(all);
  if (!claimed.silent.empty()) co_await expire(std::move(claimed.silent));
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& due = claimed.due[i];
    const auto size = static_cast<std::size_t>(all[i].batch);
    for (std::size_t from = 0; from < due.size(); from += size) {
      Batch batch{all[i].connector, {}};
      const auto end = std::min(from + size, due.size());
      std::move(due.begin() + static_cast<std::ptrdiff_t>(from),
                due.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(batch.polls));
      under_way += static_cast<int>(batch.polls.size());
      batches.push_back(std::move(batch));
    }
  }
  co_return batches;
}

// All connectors in one commit. Who is told a number is noted before the call goes out.
base::Task<Claimed> Poller::State::claim_some(const std::vector<Share>& shares) {
  const auto now = parts.clock.now();
  const int most = std::min(kClaimedAtOnce, options.under_way - under_way);
  Claimed claimed;
  auto work = [&](store::Tx& tx) {
    claimed = {};
    int left = most;
    for (const auto& share : shares) {
      auto& due = claimed.due.emplace_back();
      auto polls =
          claim(tx, share.connector, owner, now, options.lease, std::min(share.most, left));
      left -= static_cast<int>(polls.size());
      for (auto& poll : polls) {
        const auto decision = next_call(poll.known, share.held.terms, now);
        if (decision.what == What::Expire && decision.at <= now) {
          claimed.silent.push_back(std::move(poll));
        } else if (decision.what == What::Stop && !poll.is_watched) {
          reschedule(tx, poll, owner, std::nullopt);
        } else {
          shipments::note_told(tx, poll.account_id, poll.id, share.connector, now);
          due.push_back(std::move(poll));
        }
      }
    }
  };
  co_await parts.database.write(work);
  co_return claimed;
}

// What nothing was heard of for so long is not asked about any more.
base::Task<void> Poller::State::expire(std::vector<Poll> polls) {
  std::vector<Update> updates;
  for (const auto& poll : polls) {
    Update update;
    update.account_id = poll.account_id;
    update.id = poll.id;
    update.says = Update::Says::Silence;
    update.source = poll.connector;
    update.heard_at = parts.clock.now();
    updates.push_back(std::move(update));
  }
  co_await parts.ingest.take_all(std::move(updates));
  auto work = [&](store::Tx& tx) {
    for (const auto& poll : polls) reschedule(tx, poll, owner, std::nullopt);
  };
  co_await parts.database.write(work);
}

// Shipments whose courier nobody served: perhaps somebody does now.
base::Task<void> Poller::State::route() {
  const auto now = parts.clock.now();
  std::vector<Poll> unrouted;
  auto take = [&](store::Tx& tx) { unrouted = claim(tx, "", owner, now, options.lease, 500); };
  co_await parts.database.write(take);
  if (unrouted.empty()) co_return;
  const auto found = co_await read(unrouted);
  std::map<std::string, std::string> couriers;  // by the shipment's id
  for (const auto& shipment : found) {
    couriers[shipment.head.id.hex()] = shipment.head.courier_code;
  }
  auto give_back = [&](store::Tx& tx) {
    for (auto poll : unrouted) {
      const auto courier = couriers.find(poll.id.hex());
      if (courier != couriers.end()) {
        poll.connector = parts.carriers.connector_for(courier->second);
      }
      reschedule(
          tx, poll, owner,
          poll.connector.empty() ? now + kUnroutedAgain : std::max(now, poll.known.created_at));
    }
  };
  co_await parts.database.write(give_back);
}

}  // namespace polling
