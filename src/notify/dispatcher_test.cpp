#include "notify/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/log.h"
#include "notify/queue.h"
#include "shipments/testing.h"

namespace notify {
namespace {

using channels::Channel, channels::Outcome;
using shipments::testing::kAccount, shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::SizeIs;

// Tells everybody in `receivers`, a lane each.
struct Everybody final : Planner {
  std::vector<std::int64_t> receivers{1};
  std::vector<Wanted> plan(store::Tx&, std::int64_t account_id,
                           std::span<const shipments::OutboxRow> news) override {
    std::vector<Wanted> wanted;
    for (const auto& row : news) {
      for (const auto receiver : receivers) {
        wanted.push_back({{account_id, Channel::Webhook, receiver},
                          row.shipment,
                          "",
                          row.version,
                          "status",
                          row.created_at,
                          {}});
      }
    }
    return wanted;
  }
};

// A channel that answers as it is told to and remembers what it was given.
struct Recorder final : Sender {
  struct Sent {
    std::int64_t receiver;
    std::string id;
    base::Id shipment;
    std::int64_t version;
    int attempt;
  };
  Manner manner() const override { return how; }
  std::vector<Prepared> prepare(store::Tx&, std::span<const Delivery> deliveries) override {
    std::vector<Prepared> all;
    for (const auto& d : deliveries) {
      Prepared p;
      p.what = decide ? decide(d) : Prepared::What::Send;
      p.message = std::make_unique<Message>();
      p.why = "unsubscribed";
      p.until = later;
      all.push_back(std::move(p));
    }
    return all;
  }
  base::Task<Outcome> send(const Delivery& d, Message&) override {
    sent.push_back({d.wanted.lane.number, d.id, d.wanted.shipment, d.wanted.version, d.attempt});
    co_return answer ? answer(d) : Outcome{Outcome::Kind::Accepted, "http 200", {}, {}};
  }

  Manner how;
  std::function<Outcome(const Delivery&)> answer;
  std::function<Prepared::What(const Delivery&)> decide;
  base::Instant later{};
  std::vector<Sent> sent;
};

Outcome later(std::string code) { return {Outcome::Kind::Later, std::move(code), {}, {}}; }

class DispatcherOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    start_anew();
  }
  void start_anew() {
    Dispatcher::Options options;
    options.jitter = 0;
    options.tick = 5ms;
    dispatcher = std::make_unique<Dispatcher>(*world->main, world->clock, options);
    dispatcher->add(planner);
    dispatcher->add(Channel::Webhook, sender);
  }
  // Something new of the shipment.
  void news(const base::Id& id, std::int64_t version) {
    shipments::OutboxRow row;
    row.account_id = kAccount;
    row.shipment = id;
    row.version = version;
    row.created_at = world->clock.now();
    world->main->write_now([&](store::Tx& tx) { append_outbox(tx, row); });
  }
  void run() { dispatcher->run_until_idle(); }
  std::vector<Settled> log(Which which = {}) {
    which.account_id = kAccount;
    return world->main->read_now([&](store::Tx& tx) { return find(tx, which, 100); });
  }
  std::int64_t waiting() { return world->count("SELECT COUNT(*) FROM deliveries"); }
  Lane lane(std::int64_t number = 1) { return {kAccount, Channel::Webhook, number}; }
  template <class F>
  auto write(F f) {
    return world->main->write_now(f);
  }

  std::unique_ptr<World> world;
  Everybody planner;
  Recorder sender;
  std::unique_ptr<Dispatcher> dispatcher;
};
INSTANTIATE_TEST_SUITE_P(, DispatcherOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(DispatcherOn, GivesTheThreadBackThatItRanOn) {
  news(world->add("1Z1"), 1);
  run();
  EXPECT_EQ(base::Executor::current(), nullptr);
  sender.answer = [](const Delivery&) -> Outcome { throw std::runtime_error("broken"); };
  news(world->add("1Z2"), 1);
  run();
  EXPECT_EQ(base::Executor::current(), nullptr);
}

TEST_P(DispatcherOn, TellsEverybodyOnceAndKeepsWhatBecameOfIt) {
  planner.receivers = {1, 2, 3};
  const auto id = world->add("1Z1");
  news(id, 0);
  run();
  EXPECT_THAT(sender.sent, SizeIs(3));
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM outbox"), 0);
  const auto kept = log();
  ASSERT_THAT(kept, SizeIs(3));
  EXPECT_EQ(kept[0].end, End::Delivered);
  EXPECT_EQ(kept[0].code, "http 200");
  EXPECT_EQ(kept[0].attempts, 1);
  run();
  EXPECT_THAT(sender.sent, SizeIs(3));
}

TEST_P(DispatcherOn, KeepsTheOrderOfAShipmentAlsoWhileItFails) {
  const auto one = world->add("1Z1"), other = world->add("1Z2");
  for (const int version : {0, 1, 2}) {
    news(one, version);
    news(other, version);
  }
  sender.answer = [&](const Delivery& d) {
    return d.wanted.shipment == one && d.attempt < 3
               ? later("http 500")
               : Outcome{Outcome::Kind::Accepted, "http 200", {}, {}};
  };
  for (int round = 0; round < 12; ++round) {
    run();
    world->clock.advance(61s);
  }
  std::vector<std::int64_t> versions, others;
  for (const auto& sent : sender.sent) {
    if (sent.shipment == one) versions.push_back(sent.version);
    if (sent.shipment == other) others.push_back(sent.version);
  }
  EXPECT_THAT(versions, ElementsAre(0, 0, 0, 1, 1, 1, 2, 2, 2));
  EXPECT_THAT(others, ElementsAre(0, 1, 2));
  EXPECT_EQ(waiting(), 0);
}

TEST_P(DispatcherOn, TriesFourteenTimesAtTheTimesOfTheContractAndThenGivesUp) {
  const auto begin = world->clock.now();
  news(world->add("1Z1"), 0);
  std::vector<std::int64_t> seconds;
  sender.answer = [&](const Delivery&) {
    seconds.push_back(
        std::chrono::duration_cast<std::chrono::seconds>(world->clock.now() - begin).count());
    return later("http 503");
  };
  for (int attempt = 1; attempt <= 16; ++attempt) {
    run();
    if (attempt == 1) continue;
    // A second before it is due, nothing is tried.
    const auto pause = 30s * (1 << (attempt - 2));
    world->clock.advance(pause - 1s);
    const auto before = seconds.size();
    run();
    EXPECT_EQ(seconds.size(), before);
    world->clock.advance(1s);
  }
  run();
  ASSERT_THAT(seconds, SizeIs(14));
  EXPECT_EQ(seconds[1], 30);
  EXPECT_EQ(seconds[2], 90);
  EXPECT_EQ(seconds[13], 30 * ((1 << 13) - 1));
  const auto kept = log();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].end, End::Dead);
  EXPECT_EQ(kept[0].attempts, 14);
  EXPECT_EQ(kept[0].code, "http 503");
}

TEST_P(DispatcherOn, GivesEveryAttemptAndEveryReplayTheSameId) {
  news(world->add("1Z1"), 0);
  sender.how.attempts = 2;
  sender.answer = [](const Delivery&) { return later("timeout"); };
  run();
  world->clock.advance(30s);
  run();
  sender.answer = nullptr;
  Which dead;
  dead.account_id = kAccount;
  dead.end = End::Dead;
  EXPECT_THAT(log(dead), SizeIs(1));
  EXPECT_EQ(write([&](store::Tx& tx) { return replay(tx, dead, world->clock.now(), 10); }), 1);
  EXPECT_THAT(log(dead), IsEmpty());
  run();
  ASSERT_THAT(sender.sent, SizeIs(3));
  EXPECT_EQ(sender.sent[0].id, sender.sent[1].id);
  EXPECT_EQ(sender.sent[0].id, sender.sent[2].id);
  EXPECT_THAT(log(), SizeIs(1));
}

TEST_P(DispatcherOn, TakesOverTheLanesOfAProcessThatDied) {
  const auto id = world->add("1Z1");
  Wanted wanted{lane(), id, "", 0, "status", world->clock.now(), {}};
  write([&](store::Tx& tx) { put(tx, std::span(&wanted, 1), world->clock.now()); });
  const Channel channels[] = {Channel::Webhook};
  const auto claimed = write([&](store::Tx& tx) {
    return claim_lanes(tx, channels, "the dead", world->clock.now(), 60s, 10);
  });
  EXPECT_THAT(claimed, SizeIs(1));
  world->clock.advance(59s);
  run();
  EXPECT_THAT(sender.sent, IsEmpty());
  world->clock.advance(1s);
  run();
  EXPECT_THAT(sender.sent, SizeIs(1));
}

TEST_P(DispatcherOn, TheSamePlannedTwiceIsOne) {
  const auto id = world->add("1Z1");
  Wanted wanted{lane(), id, "someone", 3, "delivered", world->clock.now(), {}};
  for (int i = 0; i < 2; ++i) {
    write([&](store::Tx& tx) { put(tx, std::span(&wanted, 1), world->clock.now()); });
  }
  EXPECT_EQ(waiting(), 1);
  run();
  EXPECT_THAT(sender.sent, SizeIs(1));
}

TEST_P(DispatcherOn, OpensTheCircuitOfAReceiverThatFailsAndProbesItAlone) {
  for (int i = 0; i < 20; ++i) news(world->add(fmt::format("1Z{}", i)), 0);
  sender.answer = [](const Delivery&) { return later("http 500"); };
  run();
  const auto first = sender.sent.size();
  EXPECT_GE(first, 5U);
  EXPECT_LE(first, 8U);
  for (int i = 0; i < 3; ++i) {
    world->clock.advance(i == 0 ? 240s : 1h);
    run();
    EXPECT_EQ(sender.sent.size(), first + static_cast<std::size_t>(i) + 1);
  }
  sender.answer = nullptr;
  world->clock.advance(1h);
  run();
  EXPECT_EQ(waiting(), 0) << "one answer closes it";
}

TEST_P(DispatcherOn, KeepsWhatComesWhileItIsPausedAndTellsItWhenResumed) {
  write([&](store::Tx& tx) { pause_lane(tx, lane(), world->clock.now()); });
  for (int i = 0; i < 20; ++i) news(world->add(fmt::format("1Z{}", i)), 0);
  run();
  EXPECT_THAT(sender.sent, IsEmpty());
  EXPECT_EQ(waiting(), 20);
  world->clock.advance(1h);
  write([&](store::Tx& tx) { resume_lane(tx, lane(), world->clock.now()); });
  run();
  EXPECT_THAT(sender.sent, SizeIs(20));
}

TEST_P(DispatcherOn, AsksAgainBeforeSendingWhetherItMayBeTold) {
  const auto id = world->add("1Z1");
  news(id, 0);
  sender.later = world->clock.now() + 8h;
  sender.decide = [](const Delivery&) { return Prepared::What::Later; };
  run();
  EXPECT_EQ(waiting(), 1);
  world->clock.advance(8h);
  sender.decide = [](const Delivery& d) {
    EXPECT_EQ(d.attempt, 1) << "what was put off was no attempt";
    return Prepared::What::Drop;
  };
  run();
  EXPECT_THAT(sender.sent, IsEmpty());
  EXPECT_EQ(waiting(), 0);
  const auto kept = log();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].end, End::Dropped);
  EXPECT_EQ(kept[0].code, "unsubscribed");
}

TEST_P(DispatcherOn, CountsAnAttemptBeforeItIsMadeWhereTheOtherSideCannotTell) {
  news(world->add("1Z1"), 0);
  std::int64_t counted = 0;
  sender.answer = [&](const Delivery&) {
    counted = world->count("SELECT attempts FROM deliveries");
    return Outcome{};
  };
  run();
  EXPECT_EQ(counted, 1);
}

TEST_P(DispatcherOn, WaitsAsLongAsTheReceiverAsks) {
  news(world->add("1Z1"), 0);
  sender.answer = [](const Delivery&) {
    return Outcome{Outcome::Kind::Later, "http 429", 600s, {}};
  };
  run();
  world->clock.advance(599s);
  run();
  EXPECT_THAT(sender.sent, SizeIs(1));
  world->clock.advance(1s);
  run();
  EXPECT_THAT(sender.sent, SizeIs(2));
}

TEST_P(DispatcherOn, ForgetsAfterThirtyDays) {
  news(world->add("1Z1"), 0);
  run();
  write([&](store::Tx& tx) { pause_lane(tx, lane(), world->clock.now()); });
  news(world->add("1Z2"), 0);
  run();
  world->clock.advance(std::chrono::days(30) - 1s);
  EXPECT_EQ(sweep(*world->main, world->clock.now()), 0);
  world->clock.advance(1s);
  EXPECT_EQ(sweep(*world->main, world->clock.now()), 2);
  EXPECT_THAT(log(), IsEmpty());
}

}  // namespace
}  // namespace notify
