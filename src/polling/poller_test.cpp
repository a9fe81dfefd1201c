#include "polling/poller.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "shipments/retention.h"
#include "shipments/testing.h"
#include "shipments/told.h"

namespace polling {
namespace {

using journey::Status;
using shipments::testing::kAccount, shipments::testing::scan, shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;

// A carrier whose words are given by the test.
class FakeCarriers final : public Carriers {
 public:
  explicit FakeCarriers(const base::Clock& clock) : clock_(clock) {}

  std::vector<std::string> connectors() override { return {"ups", "dhl"}; }
  std::string connector_for(std::string_view courier) override {
    return is_serving && courier == "ups" ? "ups" : "";
  }
  Means means(std::string_view connector) override {
    Means means;
    means.batch = batch;
    means.free = connector == "ups" ? free : 0;
    return means;
  }
  base::Task<std::vector<Heard>> ask(std::string,
                                     std::vector<shipments::Shipment> shipments) override {
    const std::lock_guard lock(mutex_);
    calls.push_back(shipments.size());
    std::vector<Heard> all;
    for (const auto& shipment : shipments) {
      ++asked[shipment.head.tracking_number];
      auto heard = answer;
      heard.heard_at = clock_.now();
      if (heard.outcome == Heard::Outcome::Report) {
        journey::Report report;
        report.courier_code = "ups";
        report.scans = scans;
        heard.reports.push_back(report);
      }
      all.push_back(std::move(heard));
    }
    co_return all;
  }

  int batch = 1, free = 1000;
  bool is_serving = true;
  Heard answer{Heard::Outcome::Report, {}, "raw", {}, {}};
  std::vector<journey::Scan> scans;
  std::vector<std::size_t> calls;
  std::map<std::string, int> asked;

 private:
  const base::Clock& clock_;
  std::mutex mutex_;
};

class PollerOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world_ = std::make_unique<World>(GetParam());
    ingest_ =
        std::make_unique<shipments::Ingest>(*world_->main, *world_->repository, *world_->ledger);
    carriers_ = std::make_unique<FakeCarriers>(world_->clock);
    poller_ = make_poller();
  }
  std::unique_ptr<Poller> make_poller(Poller::Options options = {}) {
    const Poller::Parts parts{*world_->main, *world_->repository, *ingest_, *carriers_,
                              world_->clock};
    return std::make_unique<Poller>(parts, options);
  }
  base::Id add(const std::string& number, std::string_view connector = "ups") {
    const auto id = world_->add(number);
    const auto head = world_->head_of(id);
    write([&](store::Tx& tx) { on_created(tx, head, connector, now(), now()); });
    return id;
  }
  template <class F>
  void write(F work) {
    world_->main->write_now(work);
  }
  Scheduled row(const base::Id& id) {
    return *world_->main->read_now([&](store::Tx& tx) { return scheduled(tx, kAccount, id); });
  }
  int round() { return base::sync_wait(poller_->round()); }
  // Rounds, each at the next due moment, until `until`.
  void live_until(const base::Id& id, base::Instant until) {
    while (const auto due = row(id).due_at) {
      if (*due > until) break;
      world_->clock.set(std::max(*due, now()));
      round();
    }
    world_->clock.set(until);
  }
  base::Instant now() { return world_->clock.now(); }

  std::unique_ptr<World> world_;
  std::unique_ptr<shipments::Ingest> ingest_;
  std::unique_ptr<FakeCarriers> carriers_;
  std::unique_ptr<Poller> poller_;
};
INSTANTIATE_TEST_SUITE_P(On, PollerOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(PollerOn, FollowsAShipmentFromItsCreation) {
  const auto id = add("1Z1");
  carriers_->scans = {scan("2025-12-31T18:00:00Z", "transit001", "Picked up")};
  EXPECT_EQ(round(), 1);
  EXPECT_EQ(world_->head_of(id).status, Status::Transit);
  const auto scheduled = row(id);
  EXPECT_EQ(scheduled.poll.known.stage, Stage::Transit);
  EXPECT_EQ(scheduled.poll.known.asked_at, now());
  EXPECT_GT(*scheduled.due_at, now());
  EXPECT_EQ(round(), 0);  // nothing is due
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM answers"), 1);
}

// clause-037.closed
TEST_P(PollerOn, AsksNothingMoreForAnAccountThatIsClosed) {
  const auto id = add("1Z1");
  carriers_->scans = {scan("2025-12-31T18:00:00Z", "transit001", "Picked up")};
  EXPECT_EQ(round(), 1);
  write([&](store::Tx& tx) {
    tx.execute("UPDATE accounts SET closed_at = $2 WHERE account_id = $1", kAccount, now());
  });
  // Its shipments are still there: nobody has swept yet.
  for (int day = 1; day <= 10; ++day) {
    world_->clock.advance(24h);
    EXPECT_EQ(round(), 0) << "day " << day;
  }
  write([&](store::Tx& tx) { retrack(tx, kAccount, id, now()); });
  EXPECT_EQ(round(), 0) << "nor when somebody wants it anew";
  EXPECT_EQ(carriers_->asked["1Z1"], 1);
  // The same with a contract.
  write([&](store::Tx& tx) {
    tx.execute("UPDATE accounts SET closed_at = NULL WHERE account_id = $1", kAccount);
  });
  EXPECT_EQ(round(), 1);
}

// clause-079a.list
TEST_P(PollerOn, NotesWhoWasToldTheNumber) {
  const auto id = add("1Z1");
  round();
  const auto list =
      world_->main->read_now([&](store::Tx& tx) { return shipments::told(tx, kAccount, id); });
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].connector, "ups");
}

TEST_P(PollerOn, AsksForAsManyAsTheCarrierTakesAtOnce) {
  for (int i = 0; i < 7; ++i) add("1Z" + std::to_string(i));
  carriers_->batch = 3;
  round();
  EXPECT_EQ(carriers_->calls, (std::vector<std::size_t>{3, 3, 1}));
}

TEST_P(PollerOn, CallsWithinTheMeansOnly) {
  for (int i = 0; i < 5; ++i) add("1Z" + std::to_string(i));
  carriers_->free = 0;
  EXPECT_EQ(round(), 0);
  carriers_->free = 1;
  EXPECT_EQ(round(), 5);  // one by one
  EXPECT_EQ(carriers_->calls.size(), 5U);
}

TEST_P(PollerOn, ANumberNobodyKnowsCountsAfterTheLadderOnly) {
  const auto id = add("1Z1");
  carriers_->answer.outcome = Heard::Outcome::NotFound;
  const auto start = now();
  live_until(id, start + 5h);
  EXPECT_EQ(carriers_->asked["1Z1"], 3);
  EXPECT_EQ(world_->head_of(id).status, Status::Pending);
  live_until(id, start + 6h);
  EXPECT_EQ(carriers_->asked["1Z1"], 4);
  EXPECT_EQ(world_->head_of(id).status, Status::NotFound);
}

TEST_P(PollerOn, ExpiresInSilenceAndResumesWhenTrackedAnew) {
  const auto id = add("1Z1");
  carriers_->scans = {scan("2025-12-31T18:00:00Z", "transit001", "Picked up")};
  const auto start = now();
  live_until(id, start + std::chrono::days(31));
  EXPECT_EQ(world_->head_of(id).status, Status::Expired);
  EXPECT_EQ(world_->head_of(id).true_status, Status::Transit);
  EXPECT_FALSE(row(id).due_at);
  const int calls = carriers_->asked["1Z1"];
  EXPECT_GT(calls, 10);

  write([&](store::Tx& tx) { retrack(tx, kAccount, id, now()); });
  shipments::Update again;
  again.account_id = kAccount;
  again.id = id;
  again.says = shipments::Update::Says::Again;
  base::sync_wait(ingest_->take(again));
  EXPECT_EQ(round(), 1);
  EXPECT_EQ(world_->head_of(id).status, Status::Transit);
  EXPECT_TRUE(row(id).due_at);
}

TEST_P(PollerOn, LooksTwiceAfterTheDeliveryThenStops) {
  const auto id = add("1Z1");
  carriers_->scans = {scan("2025-12-31T18:00:00Z", "delivered001", "Delivered")};
  live_until(id, now() + std::chrono::days(20));
  EXPECT_EQ(carriers_->asked["1Z1"], 3);
  EXPECT_FALSE(row(id).due_at);
}

TEST_P(PollerOn, WhatFailsIsAskedAgainSoonAndLeavesTheClockAlone) {
  const auto id = add("1Z1");
  carriers_->answer.outcome = Heard::Outcome::Failed;
  round();
  EXPECT_FALSE(row(id).poll.known.asked_at);
  EXPECT_EQ(row(id).poll.known.failures, 1);
  EXPECT_EQ(*row(id).due_at, now() + 2min);
  EXPECT_EQ(world_->head_of(id).status, Status::Pending);
  carriers_->answer.outcome = Heard::Outcome::Report;
  world_->clock.advance(2min);
  round();
  EXPECT_EQ(row(id).poll.known.failures, 0);
}

TEST_P(PollerOn, ComesBackWhenTheCarrierWantsIt) {
  const auto id = add("1Z1");
  carriers_->answer.outcome = Heard::Outcome::Later;
  carriers_->answer.until = now() + 17min;
  round();
  EXPECT_EQ(*row(id).due_at, now() + 17min);
  EXPECT_EQ(row(id).poll.known.failures, 0);
}

TEST_P(PollerOn, AViewersGlanceIsWorthOneCallInHalfAnHour) {
  const auto id = add("1Z1");
  round();
  const auto look = [&] {
    bool will = false;
    write([&](store::Tx& tx) { will = watch(tx, kAccount, id, now()); });
    return will;
  };
  EXPECT_FALSE(look());
  world_->clock.advance(31min);
  const int before = carriers_->asked["1Z1"];
  EXPECT_TRUE(look());
  EXPECT_EQ(round(), 1);
  EXPECT_FALSE(look());
  EXPECT_EQ(carriers_->asked["1Z1"], before + 1);
}

TEST_P(PollerOn, WhatIsPushedIsAskedAboutOnceADay) {
  const auto id = add("1Z1");
  round();
  auto pushed =
      shipments::testing::says(id, {scan("2026-01-01T00:00:00Z", "transit001", "Seen")}, now());
  pushed.mouth = shipments::Mouth::Push;
  const auto result = base::sync_wait(ingest_->take(pushed));
  write([&](store::Tx& tx) { on_pushed(tx, kAccount, id, result, now()); });
  EXPECT_EQ(row(id).poll.known.stage, Stage::Transit);
  EXPECT_GE(*row(id).due_at, now() + 24h);
}

TEST_P(PollerOn, FindsAConnectorForWhatNobodyServedBefore) {
  carriers_->is_serving = false;
  const auto id = add("1Z1", "");
  EXPECT_EQ(round(), 0);
  EXPECT_EQ(*row(id).due_at, now() + 24h);
  carriers_->is_serving = true;
  world_->clock.advance(24h);
  EXPECT_EQ(round(), 1);
  EXPECT_EQ(row(id).poll.connector, "ups");
}

TEST_P(PollerOn, ADeletedShipmentIsNotAskedAbout) {
  const auto id = add("1Z1");
  write([&](store::Tx& tx) { world_->repository->remove(tx, kAccount, id); });
  EXPECT_EQ(round(), 0);
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM polls"), 0);
}

TEST_P(PollerOn, FourPollersAskAboutNothingTwice) {
  constexpr int kShipments = 200;
  for (int i = 0; i < kShipments; ++i) add("1Z" + std::to_string(i));
  carriers_->free = 7;
  carriers_->batch = 5;
  carriers_->scans = {scan("2025-12-31T18:00:00Z", "transit001", "Picked up")};
  std::vector<std::unique_ptr<Poller>> pollers;
  for (int i = 0; i < 4; ++i) pollers.push_back(make_poller());
  std::atomic<int> asked = 0;
  std::vector<std::thread> threads;
  for (auto& poller : pollers) {
    threads.emplace_back([&] { asked += base::sync_wait(poller->round()); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(asked, kShipments);
  EXPECT_EQ(carriers_->asked.size(), static_cast<std::size_t>(kShipments));
  for (const auto& [number, times] : carriers_->asked) EXPECT_EQ(times, 1) << number;
  EXPECT_EQ(world_->count("SELECT SUM(last_event) FROM shipments"), kShipments);
}

TEST_P(PollerOn, WhatAnotherProcessHeldWhenItDiedIsTakenUpLater) {
  const auto id = add("1Z1");
  write([&](store::Tx& tx) {
    EXPECT_EQ(claim(tx, "ups", "somebody else", now(), 120s, 10).size(), 1U);
  });
  EXPECT_EQ(round(), 0);
  world_->clock.advance(120s);
  EXPECT_EQ(round(), 1);
  EXPECT_TRUE(row(id).poll.known.asked_at);
}

TEST_P(PollerOn, WhenCallsAreShortWhatWaitsAndWeighsMostGoesFirst) {
  const auto light = add("1Z1"), heavy = add("1Z2"), old = add("1Z3");
  const auto set = [&](const base::Id& id, double weight, base::Instant asked) {
    write([&](store::Tx& tx) {
      tx.execute("UPDATE polls SET weight = $1, asked_at = $2 WHERE shipment_id = $3", weight,
                 asked, store::Blob{id.bytes()});
    });
  };
  world_->clock.advance(48h);
  set(light, .1, now() - 2h);
  set(heavy, 2, now() - 2h);
  set(old, .01, now() - 25h);  // over the ceiling
  std::vector<base::Id> order;
  for (int i = 0; i < 3; ++i) {
    write([&](store::Tx& tx) {
      const auto one = claim(tx, "ups", "me", now(), 120s, 1);
      ASSERT_EQ(one.size(), 1U);
      order.push_back(one[0].id);
    });
  }
  EXPECT_EQ(order, (std::vector<base::Id>{old, heavy, light}));
}

TEST_P(PollerOn, NoAccountStarvesBehindALargerOne) {
  for (int i = 0; i < 40; ++i) add("1Z" + std::to_string(i));
  world_->add_account(8);
  for (int i = 0; i < 10; ++i) {
    auto head = world_->head("2Z" + std::to_string(i), "ups", 8);
    write([&](store::Tx& tx) {
      world_->repository->insert(tx, head, {}, now());
      on_created(tx, head, "ups", now(), now());
    });
  }
  world_->clock.advance(1h);
  write([&](store::Tx& tx) {
    const auto ten = claim(tx, "ups", "me", now(), 120s, 10);
    EXPECT_EQ(std::ranges::count(ten, 8, &Poll::account_id), 2);
  });
}

TEST_P(PollerOn, LearnsFromWhatItsOwnParcelsDid) {
  carriers_->scans = {scan("2025-12-30T10:00:00Z", "transit001", "Picked up"),
                      scan("2025-12-31T06:00:00Z", "pickup001", "Out for delivery"),
                      scan("2025-12-31T11:30:00Z", "delivered001", "Delivered")};
  for (int i = 0; i < 30; ++i) add("1Z" + std::to_string(i));
  round();
  poller_->adjust();
  const auto pace =
      world_->main->read_now([](store::Tx& tx) { return load_pace(tx, "ups"); }).value();
  EXPECT_EQ(pace.rates.delivered, 30);
  EXPECT_GT(pace.rates.of(Stage::OutForDelivery, Kind::Delivered, 11, age_class(5.4), 0),
            2 * default_rates().of(Stage::OutForDelivery, Kind::Delivered, 11, age_class(5.4), 0));
}

TEST_P(PollerOn, TheSameHistoryGivesTheSameSchedule) {
  std::vector<base::Instant> first;
  for (int run = 0; run < 2; ++run) {
    World world(GetParam());
    FakeCarriers carriers(world.clock);
    shipments::Ingest ingest(*world.main, *world.repository, *world.ledger);
    Poller poller({*world.main, *world.repository, ingest, carriers, world.clock}, {});
    carriers.scans = {scan("2025-12-31T18:00:00Z", "transit001", "Picked up")};
    auto head = world.head("1Z1");
    head.id = base::Id::parse("019b76daa8009b86e70b1d26149f7e3e").value();
    world.main->write_now([&](store::Tx& tx) {
      world.repository->insert(tx, head, {}, world.clock.now());
      on_created(tx, head, "ups", world.clock.now(), world.clock.now());
    });
    std::vector<base::Instant> times;
    for (int i = 0; i < 20; ++i) {
      base::sync_wait(poller.round());
      const auto due = world.main->read_now(
          [&](store::Tx& tx) { return scheduled(tx, kAccount, head.id)->due_at.value(); });
      times.push_back(due);
      world.clock.set(due);
    }
    if (run == 0) first = times;
    EXPECT_EQ(times, first);
  }
}

// The thread itself: started, it asks; stopped, it leaves nothing claimed; started again, it goes
// on.
TEST_P(PollerOn, RunsUntilItIsStoppedAndGoesOnAfterARestart) {
  for (int i = 0; i < 50; ++i) add("1Z" + std::to_string(i));
  Poller::Options options;
  options.tick = 5ms;
  const auto asked_all = [&] {
    return world_->count("SELECT COUNT(*) FROM polls WHERE asked_at IS NOT NULL");
  };
  auto running = make_poller(options);
  running->start();
  while (asked_all() < 50) std::this_thread::yield();
  running->stop(5s);
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM polls WHERE lease_owner IS NOT NULL"), 0);

  const auto late = add("1Z50");
  auto next = make_poller(options);
  next->start();
  while (asked_all() < 51) std::this_thread::yield();
  next->stop(5s);
  EXPECT_TRUE(row(late).poll.known.asked_at);
}

}  // namespace
}  // namespace polling
