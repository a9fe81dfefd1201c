#include "shipments/ingest.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "shipments/answers.h"
#include "shipments/retention.h"
#include "shipments/testing.h"
#include "shipments/told.h"

namespace shipments {
namespace {

using journey::Status;
using store::testing::Engine;
using testing::kAccount, testing::says, testing::scan;
using Outcome = Ingested::Outcome;
using namespace std::chrono_literals;

class IngestOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world_ = std::make_unique<testing::World>(GetParam());
    start();
  }
  void start(Ingest::Options options = {}) {
    ingest_ =
        std::make_unique<Ingest>(*world_->main, *world_->repository, *world_->ledger, options);
  }
  Ingested take(Update update) { return base::sync_wait(ingest_->take(std::move(update))); }
  std::vector<Ingested> take_all(std::vector<Update> updates) {
    return base::sync_wait(ingest_->take_all(std::move(updates)));
  }
  std::vector<Event> events(const base::Id& id) {
    return world_->main->read_now([&](store::Tx& tx) { return events_of(tx, kAccount, id); });
  }
  std::vector<OutboxRow> outbox(const base::Id& id) {
    return world_->main->read_now([&](store::Tx& tx) { return outbox_of(tx, kAccount, id); });
  }
  base::Instant now() { return world_->clock.now(); }

  std::vector<journey::Scan> on_its_way() {
    return {scan("2026-01-02T10:00:00+01:00", "transit001", "Arrived at hub"),
            scan("2026-01-01T18:00:00+01:00", "transit002", "Picked up")};
  }

  std::unique_ptr<testing::World> world_;
  std::unique_ptr<Ingest> ingest_;
};
INSTANTIATE_TEST_SUITE_P(On, IngestOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(IngestOn, MovesAShipmentAndTellsOfIt) {
  const auto id = world_->add("1Z1");
  const auto result = take(says(id, on_its_way(), now()));
  EXPECT_EQ(result.outcome, Outcome::Changed);
  EXPECT_EQ(result.before, Status::Pending);
  EXPECT_EQ(result.after, Status::Transit);
  EXPECT_EQ(result.new_events, 2);
  EXPECT_EQ(result.offset_minutes, 60);
  EXPECT_EQ(base::to_micros(*result.newest_at), 1'767'344'400'000'000);

  EXPECT_EQ(world_->head_of(id).status, Status::Transit);
  EXPECT_EQ(world_->journey_of(id).origin.checkpoints.size(), 2U);
  const auto learnt = events(id);
  ASSERT_EQ(learnt.size(), 2U);
  EXPECT_EQ(learnt[0].number, 1);
  EXPECT_EQ(learnt[0].happened, "2026-01-01T18:00:00+01:00");
  EXPECT_EQ(learnt[1].number, 2);
  EXPECT_EQ(learnt[1].source, "ups");
  const auto news = outbox(id);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].news, News::Status);
  EXPECT_EQ(news[0].status_before, Status::Pending);
  EXPECT_EQ(news[0].status, Status::Transit);
  EXPECT_EQ(news[0].event, 2);
}

// clause-067.derived
TEST_P(IngestOn, KeepsTheMailboxsLabelOnWhatACarrierSaysOfANumberFromThere) {
  auto head = world_->head("1Z1");
  head.source = Source::Mailbox;
  world_->main->write_now(
      [&](store::Tx& tx) { return world_->repository->insert(tx, head, {}, now()); });
  take(says(head.id, on_its_way(), now()));
  take(says(head.id, {scan("2026-01-03T10:00:00+01:00", "delivered001", "Delivered")}, now()));
  EXPECT_EQ(world_->find(head.id)->body.journey.label().source(), personal::Source::Mailbox);
  personal::Access<personal::Purpose::Notify> access(*world_->ledger, {}, kAccount, "test");
  EXPECT_THROW((void)open(world_->find(head.id)->body.journey, access), personal::LabelRefusal);
  EXPECT_FALSE(world_->journey_of(head.id).sources.empty()) << "its owner sees it";
}

TEST_P(IngestOn, TakesTheSameUpdateAgainWithoutAnyChange) {
  const auto id = world_->add("1Z1");
  take(says(id, on_its_way(), now()));
  const auto version = world_->head_of(id).version;
  for (const auto later : {0min, 60min}) {
    const auto again = take(says(id, on_its_way(), now() + later));
    EXPECT_EQ(again.outcome, Outcome::Unchanged);
    EXPECT_EQ(again.new_events, 0);
    EXPECT_TRUE(again.newest_at);  // whoever schedules is told all the same
  }
  EXPECT_EQ(world_->head_of(id).version, version);
  EXPECT_EQ(events(id).size(), 2U);
  EXPECT_EQ(outbox(id).size(), 1U);
}

TEST_P(IngestOn, TellsOfEventsThatLeaveTheStatusAsItWas) {
  const auto id = world_->add("1Z1");
  take(says(id, on_its_way(), now()));
  take(says(id, {scan("2026-01-03T10:00:00+01:00", "transit001", "Left the hub")}, now()));
  ASSERT_EQ(outbox(id).size(), 2U);
  EXPECT_EQ(outbox(id)[1].news, News::Events);
  EXPECT_EQ(outbox(id)[1].event, 3);
}

TEST_P(IngestOn, KeepsWhatTheShopGaveBesideTheJourney) {
  const auto id = world_->add_named("1Z1", "Ada Byron");
  take(says(id, on_its_way(), now()));
  personal::Access<personal::Purpose::Rights> access(*world_->ledger, {}, kAccount, "test");
  EXPECT_EQ(open(world_->find(id)->body.customer_name, access), "Ada Byron");
}

TEST_P(IngestOn, GivesAShipmentWithoutPersonalDataASubjectWithItsJourney) {
  const auto id = world_->add("1Z1");
  EXPECT_EQ(world_->head_of(id).subject, 0);
  take(says(id, on_its_way(), now()));
  const auto subject = world_->head_of(id).subject;
  EXPECT_NE(subject, 0);
  take(says(id, {scan("2026-01-04T10:00:00+01:00", "delivered001", "Delivered")}, now()));
  EXPECT_EQ(world_->head_of(id).subject, subject);
}

TEST_P(IngestOn, TakesUpdatesOfOneShipmentInTheirOrderAndWritesThemOnce) {
  const auto id = world_->add("1Z1");
  const auto other = world_->add("1Z2");
  const auto results =
      take_all({says(id, on_its_way(), now()), says(other, on_its_way(), now()),
                says(id, {scan("2026-01-04T10:00:00+01:00", "delivered001", "Delivered")}, now()),
                says(id, on_its_way(), now())});
  EXPECT_EQ(results[0].after, Status::Transit);
  EXPECT_EQ(results[2].before, Status::Transit);
  EXPECT_EQ(results[2].after, Status::Delivered);
  EXPECT_EQ(results[3].outcome, Outcome::Unchanged);
  EXPECT_EQ(world_->head_of(id).version, 1);
  EXPECT_EQ(events(id).size(), 3U);
  EXPECT_EQ(outbox(id).size(), 1U);
}

TEST_P(IngestOn, OneBadUpdateDoesNotSpoilItsNeighbours) {
  const auto good = world_->add("1Z1");
  const auto damaged = world_->add_named("1Z2", "Ada");
  world_->main->write_now([&](store::Tx& tx) {
    tx.execute("UPDATE shipments SET sealed = $1 WHERE id = $2", store::Blob{std::string(80, 'x')},
               store::Blob{damaged.bytes()});
  });
  const auto results =
      take_all({says(damaged, on_its_way(), now()),
                says(base::Id::make(now()), on_its_way(), now()), says(good, on_its_way(), now())});
  EXPECT_EQ(results[0].outcome, Outcome::Failed);
  EXPECT_EQ(results[1].outcome, Outcome::Gone);
  EXPECT_EQ(results[2].outcome, Outcome::Changed);
}

TEST_P(IngestOn, CountsWhatNobodyUnderstandsAndMakesNoStatusOfIt) {
  const auto id = world_->add("1Z1");
  const auto result = take(says(id, {scan("2026-01-02T10:00:00", "?", "Zwybrt")}, now()));
  EXPECT_EQ(result.unknown_events, 1);
  EXPECT_EQ(result.after, Status::Pending);
  EXPECT_EQ(events(id).at(0).kind, EventKind::Unknown);
  EXPECT_EQ(take(says(id, {scan("2026-01-02T10:00:00", "?", "Zwybrt")}, now())).unknown_events, 0);
}

TEST_P(IngestOn, NotFoundCountsOnlyWhileNothingElseIsKnown) {
  const auto id = world_->add("1Z1");
  EXPECT_EQ(take(says(id, Update::Says::NotFound, now())).after, Status::NotFound);
  EXPECT_EQ(take(says(id, Update::Says::NotFound, now())).outcome, Outcome::Unchanged);
  EXPECT_EQ(take(says(id, on_its_way(), now())).after, Status::Transit);
  EXPECT_EQ(take(says(id, Update::Says::NotFound, now())).outcome, Outcome::Unchanged);
  EXPECT_EQ(world_->head_of(id).status, Status::Transit);
}

TEST_P(IngestOn, ExpiresWithoutLosingTheLastTrueStatusAndResumes) {
  const auto id = world_->add("1Z1");
  take(says(id, on_its_way(), now()));
  EXPECT_EQ(take(says(id, Update::Says::Silence, now())).after, Status::Expired);
  EXPECT_EQ(world_->head_of(id).true_status, Status::Transit);
  EXPECT_EQ(world_->journey_of(id).origin.checkpoints.size(), 2U);
  // Asked again without news: still asleep.
  EXPECT_EQ(take(says(id, on_its_way(), now())).after, Status::Expired);

  EXPECT_EQ(take(says(id, Update::Says::Again, now())).after, Status::Transit);
  EXPECT_FALSE(world_->head_of(id).true_status);
  EXPECT_EQ(take(says(id, Update::Says::Again, now())).outcome, Outcome::Unchanged);

  take(says(id, Update::Says::Silence, now()));
  const auto late =
      take(says(id, {scan("2026-03-04T10:00:00+01:00", "delivered001", "Delivered")}, now()));
  EXPECT_EQ(late.after, Status::Delivered);
  EXPECT_FALSE(world_->head_of(id).true_status);
  EXPECT_EQ(take(says(id, Update::Says::Silence, now())).outcome, Outcome::Unchanged);
}

TEST_P(IngestOn, LedgersABatchOnce) {
  const auto a = world_->add("1Z1"), b = world_->add("1Z2");
  take_all({says(a, on_its_way(), now()), says(b, on_its_way(), now())});
  world_->ledger->flush();
  const auto before = world_->count("SELECT COUNT(*) FROM access_ledger");
  take_all({says(a, {scan("2026-01-05T10:00:00", "delivered001", "Delivered")}, now()),
            says(b, {scan("2026-01-05T10:00:00", "delivered001", "Delivered")}, now())});
  world_->ledger->flush();
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM access_ledger"), before + 1);
  EXPECT_EQ(world_->count("SELECT MAX(subjects) FROM access_ledger"), 2);
}

// Two processes, each with its own ingest and vault cache, one shipment: nothing is lost, nothing
// twice.
TEST_P(IngestOn, TwoWritersOfOneShipmentLoseNothing) {
  const auto id = world_->add("1Z1");
  Ingest other(*world_->main, *world_->repository, *world_->ledger);
  constexpr int kEach = 60;
  const auto write = [&](Ingest& ingest, int first) {
    for (int i = first; i < 2 * kEach; i += 2) {
      const auto time = fmt::format("2026-02-{:02}T{:02}:00:00", 1 + i / 24, i % 24);
      base::sync_wait(ingest.take(says(id, {scan(time, "transit001", "Seen")}, now())));
    }
  };
  std::thread left([&] { write(*ingest_, 0); });
  std::thread right([&] { write(other, 1); });
  left.join();
  right.join();
  EXPECT_EQ(world_->journey_of(id).origin.checkpoints.size(), 2U * kEach);
  const auto learnt = events(id);
  ASSERT_EQ(learnt.size(), 2U * kEach);
  std::set<std::string> times;
  for (const auto& event : learnt) times.insert(event.happened);
  EXPECT_EQ(times.size(), 2U * kEach);
  EXPECT_EQ(world_->head_of(id).last_event, 2 * kEach);
}

// A v4 update between ingest's reading and writing must neither be lost nor lose the events.
TEST_P(IngestOn, SurvivesTheShopsOwnUpdates) {
  const auto id = world_->add_named("1Z1", "Ada");
  std::thread shop([&] {
    for (int i = 0; i < 40; ++i) {
      world_->main->write_now([&](store::Tx& tx) {
        auto shipment =
            world_->repository->find(tx, kAccount, id, Repository::For::Rewriting).value();
        shipment.head.order_number = std::to_string(i);
        world_->repository->update(tx, shipment.head, world_->repository->seal(shipment));
      });
    }
  });
  for (int i = 0; i < 40; ++i) {
    const auto time = fmt::format("2026-02-{:02}T10:00:00", 1 + i % 28);
    take(says(id, {scan(time, "transit001", "Seen " + std::to_string(i))}, now()));
  }
  shop.join();
  EXPECT_EQ(world_->head_of(id).order_number, "39");
  EXPECT_FALSE(events(id).empty());
  EXPECT_EQ(events(id).size(), world_->journey_of(id).origin.checkpoints.size());
}

TEST_P(IngestOn, KeepsTheNewestPolledAnswerAndEveryPushedOne) {
  const auto id = world_->add("1Z1");
  auto first = says(id, on_its_way(), now());
  first.raw = R"({"answer": 1, "signed": "A. Byron"})";
  take(first);
  auto second = says(id, {scan("2026-01-05T10:00:00", "transit001", "Seen")}, now() + 1h);
  second.raw = R"({"answer": 2})";
  take(second);
  for (const int i : {6, 7}) {
    auto pushed = says(id, {scan(fmt::format("2026-01-0{}T10:00:00", i), "transit001", "Seen")},
                       now() + std::chrono::hours(i));
    pushed.mouth = Mouth::Push;
    pushed.raw = fmt::format("pushed {}", i);
    take(pushed);
  }
  std::set<std::string> raws;
  EXPECT_EQ(each_answer(*world_->main, *world_->vault, *world_->ledger, "ups",
                        [&](const Answer& answer) { raws.insert(answer.raw); }),
            3);
  EXPECT_EQ(raws, (std::set<std::string>{R"({"answer": 2})", "pushed 6", "pushed 7"}));
  EXPECT_EQ(
      each_answer(*world_->main, *world_->vault, *world_->ledger, "fedex", [](const Answer&) {}),
      0);
}

TEST_P(IngestOn, ForgetsAnswersAfterTheirShortTime) {
  Ingest::Options options;
  options.answers_kept = 48h;
  start(options);
  const auto id = world_->add("1Z1");
  auto update = says(id, on_its_way(), now());
  update.raw = "raw";
  take(update);
  world_->clock.advance(47h);
  EXPECT_EQ(sweep_expired(*world_->main, *world_->vault, now()).answers, 0);
  world_->clock.advance(1h);
  EXPECT_EQ(sweep_expired(*world_->main, *world_->vault, now()).answers, 1);
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM answers"), 0);
  EXPECT_EQ(world_->head_of(id).status, Status::Transit);
}

TEST_P(IngestOn, KeepsNoAnswerWhenTheOperatorWantsNone) {
  Ingest::Options options;
  options.answers_kept = 0h;
  start(options);
  auto update = says(world_->add("1Z1"), on_its_way(), now());
  update.raw = "raw";
  take(update);
  EXPECT_EQ(world_->count("SELECT COUNT(*) FROM answers"), 0);
}

TEST_P(IngestOn, WhatNobodyTookFromTheOutboxForAWeekGoes) {
  take(says(world_->add("1Z1"), on_its_way(), now()));
  world_->clock.advance(std::chrono::days(7) - 1s);
  EXPECT_EQ(sweep_expired(*world_->main, *world_->vault, now()).untold, 0);
  world_->clock.advance(1s);
  EXPECT_EQ(sweep_expired(*world_->main, *world_->vault, now()).untold, 1);
}

void expect_nothing_left(testing::World& world) {
  for (const char* table : {"shipments", "outbox", "answers", "told", "polls"}) {
    EXPECT_EQ(world.count(fmt::format("SELECT COUNT(*) FROM {}", table)), 0) << table;
  }
}

void add_the_rest(testing::World& world, const base::Id& id) {
  world.main->write_now([&](store::Tx& tx) {
    note_told(tx, kAccount, id, "ups", world.clock.now());
    tx.execute(
        "INSERT INTO polls (account_id, shipment_id, connector, created_at, stage, offset_minutes, "
        "not_found, failures, checks, weight) VALUES ($1, $2, 'ups', 0, 0, 0, 0, 0, 0, 0)",
        kAccount, store::Blob{id.bytes()});
  });
}

TEST_P(IngestOn, DeletingAShipmentTakesAllThatBelongsToIt) {
  const auto id = world_->add("1Z1");
  auto update = says(id, on_its_way(), now());
  update.raw = "raw";
  take(update);
  add_the_rest(*world_, id);
  world_->main->write_now([&](store::Tx& tx) { world_->repository->remove(tx, kAccount, id); });
  expect_nothing_left(*world_);
  EXPECT_EQ(take(says(id, on_its_way(), now())).outcome, Outcome::Gone);
}

TEST_P(IngestOn, AfterHalfAYearNothingIsLeft) {
  const auto id = world_->add("1Z1");
  auto update = says(id, on_its_way(), now());
  update.raw = "raw";
  take(update);
  add_the_rest(*world_, id);
  world_->clock.advance(kLongestKept);
  sweep_expired(*world_->main, *world_->vault, now());
  expect_nothing_left(*world_);
}

TEST_P(IngestOn, AForgottenPersonsShipmentIsGone) {
  const auto id = world_->add("1Z1");
  take(says(id, on_its_way(), now()));
  const auto subject = world_->head_of(id).subject;
  world_->vault->forget(kAccount, std::span(&subject, 1));
  EXPECT_EQ(
      take(says(id, {scan("2026-01-04T10:00:00", "delivered001", "Delivered")}, now())).outcome,
      Outcome::Gone);
}

TEST_P(IngestOn, FindsANumberInEveryAccount) {
  world_->add_account(8);
  const auto mine = world_->add("1Z1"), theirs = world_->add("1Z1", 8);
  world_->add("1Z2");
  const auto found = world_->main->read_now(
      [](store::Tx& tx) { return Repository::find_everywhere(tx, "1Z1", "ups"); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].account_id, kAccount);
  EXPECT_EQ(found[0].id, mine);
  EXPECT_EQ(found[1].account_id, 8);
  EXPECT_EQ(found[1].id, theirs);
}

// clause-079a.list
TEST_P(IngestOn, ShowsWhoWasToldTheNumber) {
  const auto id = world_->add("1Z1");
  world_->main->write_now([&](store::Tx& tx) {
    note_told(tx, kAccount, id, "ups", now());
    note_told(tx, kAccount, id, "17track", now() + 1h);
    note_told(tx, kAccount, id, "ups", now() + 2h);
  });
  const auto list = world_->main->read_now([&](store::Tx& tx) { return told(tx, kAccount, id); });
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].connector, "ups");
  EXPECT_EQ(list[0].first_at, now());
  EXPECT_EQ(list[0].last_at, now() + 2h);
  EXPECT_EQ(list[0].times, 2);
  EXPECT_EQ(list[1].connector, "17track");
}

TEST_P(IngestOn, TellsWhenTheStoreFailsAndTakesTheSameAgainLater) {
  const auto id = world_->add("1Z1");
  world_->main->write_now([](store::Tx& tx) { tx.execute("ALTER TABLE outbox RENAME TO lost"); });
  EXPECT_THROW(take(says(id, on_its_way(), now())), store::StoreError);
  EXPECT_EQ(world_->head_of(id).status, Status::Pending);
  world_->main->write_now([](store::Tx& tx) { tx.execute("ALTER TABLE lost RENAME TO outbox"); });
  EXPECT_EQ(take(says(id, on_its_way(), now())).after, Status::Transit);
}

}  // namespace
}  // namespace shipments
