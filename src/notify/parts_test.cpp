// The dispatcher's parts, each by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/lane_book.h"
#include "notify/places.h"

namespace notify {
namespace {

using channels::Channel, channels::Outcome;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct Silent final : Sender {
  std::vector<Prepared> prepare(store::Tx&, std::span<const Delivery>) override { return {}; }
  base::Task<Outcome> send(const Delivery&, Message&) override { co_return Outcome{}; }
};

Held lane_of(Sender& sender, std::int64_t number, int ready, int failures = 0) {
  LaneState state;
  state.lane = {1, Channel::Webhook, number};
  state.failures = failures;
  auto lane = std::make_shared<HeldLane>(std::move(state), sender, base::Instant{});
  lane->allowed = 8;
  lane->ready.resize(static_cast<std::size_t>(ready));
  return lane;
}

TEST(Places, AreGivenOneEachInTurn) {
  Silent sender;
  Places places(4);
  const auto a = lane_of(sender, 1, 3), b = lane_of(sender, 2, 3);
  places.queue(a);
  places.queue(b);
  places.queue(a);  // waits already
  std::vector<std::int64_t> order;
  std::vector<std::unique_ptr<Places::Place>> taken;
  places.give([&](const Held& lane) {
    lane->ready.pop_front();
    order.push_back(lane->state.lane.number);
    taken.push_back(std::make_unique<Places::Place>(places, false));
    if (lane->wants_a_place()) places.queue(lane);
    return true;
  });
  EXPECT_THAT(order, ElementsAre(1, 2, 1, 2));
  EXPECT_FALSE(places.has_room(*a));
  taken.clear();
  EXPECT_EQ(places.taken(), 0);
}

TEST(Places, AreHalfForThoseThatFail) {
  Silent sender;
  Places places(4);
  const auto well = lane_of(sender, 1, 1), failing = lane_of(sender, 2, 1, 3);
  const Places::Place first(places, true), second(places, true);
  EXPECT_FALSE(places.has_room(*failing));
  EXPECT_TRUE(places.has_room(*well));
  // Who finds no room does not keep the others from theirs, nor go on for ever.
  places.queue(failing);
  places.queue(well);
  int turns = 0, starts = 0;
  places.give([&](const Held& lane) {
    ++turns;
    if (!places.has_room(*lane)) {
      places.queue(lane);
      return false;
    }
    lane->ready.pop_front();
    ++starts;
    return true;
  });
  EXPECT_EQ(starts, 1);
  EXPECT_LE(turns, 4);
}

TEST(Circuit, OpensAtTheFifthFailureAndClosesAtTheFirstSuccess) {
  LaneState lane;
  const base::ManualClock clock;
  for (int i = 1; i < kOpenAfter; ++i) {
    note(lane, Health::Failing, clock.now());
    EXPECT_FALSE(is_open(lane)) << i;
  }
  note(lane, Health::Unsaid, clock.now());
  EXPECT_FALSE(is_open(lane));
  note(lane, Health::Failing, clock.now() + 1h);
  EXPECT_TRUE(is_open(lane));
  EXPECT_EQ(lane.failing_since, clock.now());
  note(lane, Health::Well, clock.now() + 2h);
  EXPECT_FALSE(is_open(lane));
  EXPECT_EQ(lane.failing_since, std::nullopt);
}

TEST(Circuit, ProbesEverFurtherApartAnHourAtMost) {
  EXPECT_EQ(open_for(5, 30s), 30s);
  EXPECT_EQ(open_for(6, 30s), 60s);
  EXPECT_EQ(open_for(9, 30s), 480s);
  EXPECT_EQ(open_for(60, 30s), 3600s);
}

TEST(LaneBook, AnOlderHoldingOfTheSameLaneIsLost) {
  Silent sender;
  LaneBook book("me", 20s);
  LaneState state;
  state.lane = {1, Channel::Webhook, 7};
  const base::ManualClock clock;
  const auto first = book.begin(state, sender, clock.now());
  const auto second = book.begin(state, sender, clock.now() + 30s);
  EXPECT_TRUE(first->is_lost);
  EXPECT_EQ(book.find(state.lane), second);
  book.lose(first);
  EXPECT_EQ(book.find(state.lane), second) << "the older one takes nothing along";
  book.lose(second);
  EXPECT_TRUE(book.is_empty());
}

TEST(LaneBook, RenewsWhatIsBusyAndGivesUpWhatIsDone) {
  Silent sender;
  LaneBook book("me", 20s);
  const base::ManualClock clock;
  LaneState busy, done;
  busy.lane = {1, Channel::Webhook, 1};
  done.lane = {1, Channel::Webhook, 2};
  const auto first = book.begin(busy, sender, clock.now());
  const auto second = book.begin(done, sender, clock.now());
  first->in_flight = 1;
  first->has_more = second->has_more = false;
  book.look_at_all();
  auto parted = book.partings({}, clock.now() + 1s, false);
  ASSERT_EQ(parted.size(), 1U) << "a fresh lease is left alone";
  EXPECT_EQ(parted[0].lane, second);
  EXPECT_TRUE(parted[0].is_leaving);
  book.look_at_all();
  parted = book.partings({}, clock.now() + 11s, false);
  ASSERT_EQ(parted.size(), 1U);
  EXPECT_EQ(parted[0].lane, first);
  EXPECT_FALSE(parted[0].is_leaving);
  EXPECT_EQ(first->lease_until, clock.now() + 31s);
}

}  // namespace
}  // namespace notify
