#include "notify/people/occasions.h"

#include <gtest/gtest.h>

namespace {

using journey::Status, journey::Trigger;
using notify::people::is_still_true, notify::people::occasion_of, notify::people::trigger_of;
using shipments::News;

shipments::OutboxRow change(const char* before, const char* after, News news = News::Status) {
  shipments::OutboxRow row;
  row.news = news;
  const auto from = journey::parse_substatus(before), to = journey::parse_substatus(after);
  if (from) row.status_before = from->status, row.substatus_before = from->number;
  if (to) row.status = to->status, row.substatus = to->number;
  return row;
}

TEST(Occasions, BelongToWhatHappened) {
  const struct {
    const char *before, *after;
    std::optional<Trigger> occasion;
  } cases[] = {
      {"pending001", "inforeceived001", Trigger::InfoReceived},
      {"pending001", "notfound002", Trigger::NotFound},
      {"inforeceived001", "transit001", Trigger::InTransit},
      {"transit001", "transit004", std::nullopt},  // it still moves
      {"transit003", "pickup001", Trigger::OutForDelivery},
      {"transit003", "pickup002", Trigger::ReadyForPickup},
      {"transit003", "pickup003", std::nullopt},  // the carrier called them
      {"pickup003", "pickup001", Trigger::OutForDelivery},
      {"pickup001", "pickup002", Trigger::ReadyForPickup},  // nobody at home: taken to the shop
      {"pickup001", "undelivered002", Trigger::FailedAttempt},
      {"undelivered002", "undelivered004", std::nullopt},  // the same attempt, better explained
      {"undelivered002", "pickup001", Trigger::OutForDelivery},
      {"pickup001", "undelivered001", Trigger::FailedAttempt},
      {"pickup001", "delivered001", Trigger::Delivered},
      {"delivered001", "delivered003", std::nullopt},  // who signed came later
      {"transit001", "exception006", Trigger::Exception},
      {"exception006", "exception007", Trigger::Exception},  // held, then lost
      {"exception006", "transit005", Trigger::InTransit},
      {"pickup001", "exception009", Trigger::Returned},
      {"exception009", "exception010", std::nullopt},  // on its way back, back
      {"exception004", "exception010", Trigger::Returned},
      {"transit001", "expired001", Trigger::Expired},
      {"expired001", "delivered001", Trigger::Delivered},
      {"transit001", "pending001", std::nullopt},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(occasion_of(change(c.before, c.after)), c.occasion) << c.before << " " << c.after;
  }
}

TEST(Occasions, AreMadeByTheDayOfDeliveryWhileItLiesAhead) {
  const auto moved = [](News news, const char* status) {
    return occasion_of(change(status, status, news));
  };
  EXPECT_EQ(moved(News::EstimateSet, "transit001"), Trigger::EstimateSet);
  EXPECT_EQ(moved(News::EstimateSooner, "transit001"), Trigger::EstimateChanged);
  EXPECT_EQ(moved(News::EstimateLater, "transit001"), Trigger::Delayed);
  EXPECT_EQ(moved(News::EstimateLater, "delivered001"), std::nullopt);
  EXPECT_EQ(moved(News::Events, "transit001"), std::nullopt);
}

TEST(Occasions, EndWhenTheParcelHasMovedOn) {
  EXPECT_TRUE(is_still_true(Trigger::OutForDelivery, Status::Pickup, 1));
  EXPECT_FALSE(is_still_true(Trigger::OutForDelivery, Status::Delivered, 1));
  EXPECT_FALSE(is_still_true(Trigger::ReadyForPickup, Status::Pickup, 1));
  EXPECT_TRUE(is_still_true(Trigger::Delayed, Status::Pickup, 1));
  EXPECT_FALSE(is_still_true(Trigger::Delayed, Status::Delivered, 1));
  EXPECT_FALSE(is_still_true(Trigger::NoMovement, Status::Exception, 10));
}

}  // namespace
