#include "notify/intake.h"

#include <algorithm>

namespace notify {
namespace {

// News planned in one commit, of one account and of all.
constexpr int kNewsOfAccount = 128;
constexpr int kNewsAtOnce = 512;
constexpr int kClaimedAtOnce = 256;

}  // namespace

Taken take(store::Tx& tx, const std::vector<Planner*>& planners,
           const std::vector<channels::Channel>& channels, std::int64_t above,
           const std::string& owner, base::Instant now, std::chrono::microseconds lease, int room) {
  Taken taken;
  std::vector<Wanted> wanted;
  auto account = shipments::next_in_outbox(tx, above);
  if (!account && above >= 0) account = shipments::next_in_outbox(tx, -1);
  while (account && taken.news < kNewsAtOnce) {
    const auto news = shipments::take_outbox(tx, *account, kNewsOfAccount);
    for (auto* planner : planners) {
      if (news.empty()) break;
      auto more = planner->plan(tx, *account, news);
      std::ranges::move(more, std::back_inserter(wanted));
    }
    taken.news += static_cast<int>(news.size());
    taken.last_account = *account;
    account = shipments::next_in_outbox(tx, *account);
  }
  if (!wanted.empty()) put(tx, wanted, now);
  for (const auto& one : wanted) taken.told.insert(one.lane);
  if (room > 0)
    taken.claimed = claim_lanes(tx, channels, owner, now, lease, std::min(room, kClaimedAtOnce));
  return taken;
}

bool is_anything_due(store::Tx& tx, const std::vector<channels::Channel>& channels,
                     base::Instant now) {
  return shipments::next_in_outbox(tx, -1).has_value() || is_lane_due(tx, channels, now);
}

Loaded load(store::Tx& tx, const Lane& lane, Sender& sender, const std::set<std::string>& known,
            int want, base::Instant now) {
  Loaded loaded;
  const auto state = lane_state(tx, lane);
  if (!state || state->paused_at) return loaded;
  auto& due = loaded.due;
  due = due_deliveries(tx, lane, now, want + static_cast<int>(known.size()));
  std::erase_if(due, [&](const Delivery& d) { return known.contains(d.id); });
  if (due.size() > static_cast<std::size_t>(want)) due.resize(static_cast<std::size_t>(want));
  loaded.prepared = sender.prepare(tx, due);
  if (!sender.manner().marks_first) return loaded;
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (loaded.prepared[i].what == Prepared::What::Send) mark_attempt(tx, due[i]);
  }
  return loaded;
}

}  // namespace notify
