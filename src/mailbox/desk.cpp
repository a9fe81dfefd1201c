#include "mailbox/desk.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "store/lease.h"

namespace mailbox {
namespace {

constexpr std::chrono::hours kLongestWait{24};
constexpr std::chrono::hours kAskAgain{1};  // a provider that did not take its permission back
constexpr int kMostAsked = 72;
constexpr std::chrono::seconds kLookEvery{10};
constexpr int kLooksToTidy = 60;

}  // namespace

Desk::Desk(Links& links, const Extractor& extractor, const base::Clock& clock,
           personal::Ledger& ledger, std::vector<std::unique_ptr<Connector>> connectors, Open open,
           Options options)
    : links_(links),
      extractor_(extractor),
      clock_(clock),
      ledger_(ledger),
      connectors_(std::move(connectors)),
      open_(std::move(open)),
      options_(options),
      owner_(store::new_lease_owner()) {}

Connector* Desk::connector(std::string_view kind) const {
  const auto found =
      std::ranges::find_if(connectors_, [&](const auto& one) { return one->kind() == kind; });
  return found == connectors_.end() ? nullptr : found->get();
}

base::Result<base::Id, Fault> Desk::link(NewLink fresh) {
  auto* const other = connector(fresh.kind);
  if (other == nullptr) return base::Failure{Fault::Address};
  const auto fault = other->probe(fresh.keys, options_.stop);
  if (fault != Fault::None) return base::Failure{fault};
  return links_.add(fresh);
}

std::optional<Fault> Desk::unlink(std::int64_t account_id, const base::Id& id) {
  const auto link = links_.find(account_id, id);
  if (!link) return std::nullopt;
  links_.withdraw(*link);
  const auto now = links_.find(account_id, id);
  return now ? finish(*now) : Fault::None;
}

// Of a link that is being unlinked: the permission at the provider, then the row and its key.
Fault Desk::finish(const Link& link) {
  auto fault = Fault::None;
  {
    Access access(ledger_, {}, link.account_id, "mailbox.revoke");
    const auto keys = links_.keys(link, access);
    auto* const other = connector(link.kind);
    // Without its key nobody can use the token, and without a connector nobody can give it back.
    if (keys && other != nullptr) fault = other->revoke(*keys);
  }
  if (fault == Fault::None || link.failures >= kMostAsked) {
    links_.destroy(link);
    if (fault != Fault::None)
      base::log(base::Level::Warning, "mailbox.not_revoked", {{"kind", link.kind}});
    return Fault::None;
  }
  links_.note_fault(link, "", fault, clock_.now() + kAskAgain);
  return fault;
}

std::optional<Synced> Desk::sync(std::int64_t account_id, const base::Id& id) {
  const auto link = links_.find(account_id, id);
  if (!link || link->state == State::Unlinking) return std::nullopt;
  if (!links_.claim_one(*link, owner_, options_.lease)) {
    Synced busy;
    busy.is_busy = true;
    return busy;
  }
  return read(*link);
}

bool Desk::work_once() {
  const auto claims = links_.claim(owner_, options_.lease);
  if (claims.empty()) return false;
  const auto id = base::Id::from_bytes(claims.front().id);
  const auto link = id ? links_.find(claims.front().account_id, *id) : std::nullopt;
  if (!link) return true;
  if (link->state == State::Unlinking) {
    finish(*link);
  } else {
    read(*link);
  }
  return true;
}

Synced Desk::read(const Link& link) {
  Synced synced;
  const auto now = clock_.now();
  Access access(ledger_, {}, link.account_id, "mailbox.read");
  const auto keys = links_.keys(link, access);
  auto* const other = connector(link.kind);
  Reader reader;
  reader.wants = [&](const Head& head) { return extractor_.is_worth_opening(head); };
  reader.take = [&](std::string_view message) {
    for (const auto& sighting : extractor_.read(message)) {
      const auto opened = open_(link.account_id, sighting);
      if (!opened) continue;
      if (links_.note_find(link, opened->shipment, opened->is_new, sighting)) {
        ++synced.found;
      } else if (opened->is_new) {
        links_.take_back(link, opened->shipment);
      }
    }
  };
  auto pass = keys && other != nullptr && links_.is_agreed(link, *keys)
                  ? other->read(*keys, link.position, now - kLongestBack, reader, options_.stop)
                  : base::Result<Pass, Fault>(base::Failure{Fault::Denied});
  if (pass) {
    synced.heads = pass->heads;
    synced.opened = pass->opened;
    const auto next = pass->is_finished ? clock_.now() + options_.every : clock_.now();
    links_.note_read(link, owner_, *pass, synced.found, next);
  } else {
    synced.fault = pass.error();
    // Twice as long after each failure, a day at most.
    const auto wait = options_.every * (1 << std::min(link.failures, 7));
    links_.note_fault(link, owner_, synced.fault,
                      clock_.now() + std::min<std::chrono::minutes>(wait, kLongestWait));
  }
  base::log(base::Level::Info, "mailbox.read",
            {{"kind", link.kind},
             {"heads", synced.heads},
             {"opened", synced.opened},
             {"found", synced.found},
             {"trouble", word(synced.fault)}});
  return synced;
}

int Desk::tidy() {
  int count = 0;
  for (const auto& link : links_.left_behind()) {
    unlink(link.account_id, link.id);
    ++count;
  }
  return count;
}

// ---- the worker

struct Worker::State {
  State(Desk& d, std::atomic<bool>& s) : desk(d), stop(s), thread([this] { run(); }) {}

  void run() {
    std::unique_lock lock(mutex);
    for (int looks = 0; !is_stopping; ++looks) {
      lock.unlock();
      try {
        if (looks % kLooksToTidy == 0) desk.tidy();
        while (!stop && desk.work_once()) {
        }
      } catch (const std::exception& e) {
        base::log(base::Level::Error, "mailbox.failed", {{"error", e.what()}});
      }
      lock.lock();
      wake.wait_for(lock, kLookEvery, [this] { return is_stopping; });
    }
  }

  Desk& desk;
  std::atomic<bool>& stop;
  std::mutex mutex;
  std::condition_variable wake;
  bool is_stopping = false;
  std::thread thread;
};

Worker::Worker(Desk& desk, std::atomic<bool>& stop) : state_(std::make_unique<State>(desk, stop)) {}

Worker::~Worker() {
  state_->stop = true;
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
}

}  // namespace mailbox
