#include "shipments/packed_events.h"

#include <gtest/gtest.h>

namespace shipments {
namespace {

using namespace std::chrono_literals;

Event event(std::string happened, base::Instant learnt_at, std::string source = "ups") {
  Event event;
  event.status = journey::Status::Transit;
  event.substatus = 3;
  event.happened = std::move(happened);
  event.learnt_at = learnt_at;
  event.source = std::move(source);
  return event;
}

const base::Instant kNoon = base::from_micros(1'767'268'800'000'000);

TEST(PackedEvents, AreReadAsTheyWereLearnt) {
  auto first = event("2026-01-01T10:00:00+01:00", kNoon);
  first.milestone = journey::Milestone::Pickup;
  auto second = event("2026-01-02T08:30:00", kNoon + 26h, "17track");
  second.kind = EventKind::Unknown;
  second.mouth = Mouth::Push;
  const auto third = event("", kNoon + 27h, "");
  auto packed = pack_events({}, {first});
  packed = pack_events(packed, {second, third});
  const auto read = unpack_events(packed);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ((*read)[0].number, 1);
  EXPECT_EQ((*read)[2].number, 3);
  EXPECT_EQ((*read)[0].happened, first.happened);
  EXPECT_EQ((*read)[0].milestone, journey::Milestone::Pickup);
  EXPECT_EQ((*read)[0].status, journey::Status::Transit);
  EXPECT_EQ((*read)[0].substatus, 3);
  EXPECT_EQ((*read)[1].happened, second.happened);
  EXPECT_EQ((*read)[1].kind, EventKind::Unknown);
  EXPECT_EQ((*read)[1].mouth, Mouth::Push);
  EXPECT_EQ((*read)[1].source, "17track");
  EXPECT_EQ((*read)[1].learnt_at, second.learnt_at);
  EXPECT_FALSE((*read)[1].milestone);
  EXPECT_EQ((*read)[2].source, "");
}

TEST(PackedEvents, KeepATimeToTheLetterHoweverItIsWritten) {
  for (const char* written :
       {"2026-01-01T10:00:00+01:00", "2026-01-01T10:00:00-09:30", "2026-01-01T10:00:00",
        "2026-01-01 10:00", "2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00.250+01:00",
        "1969-12-31T23:59:59", "0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "tomorrow",
        ""}) {
    const auto read = unpack_events(pack_events({}, {event(written, kNoon)}));
    ASSERT_TRUE(read) << written;
    EXPECT_EQ(read->front().happened, written);
  }
}

TEST(PackedEvents, AreSmall) {
  std::vector<Event> day;
  for (int i = 0; i < 8; ++i) {
    day.push_back(event("2026-01-01T1" + std::to_string(i) + ":00:00+01:00", kNoon));
  }
  EXPECT_LT(pack_events({}, day).size(), 8 * 20u);
}

TEST(PackedEvents, AreRefusedWhenDamaged) {
  const auto packed = pack_events({}, {event("2026-01-01T10:00:00+01:00", kNoon)});
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_FALSE(unpack_events(std::string_view(packed).substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_events("\x07" + packed.substr(1)));
}

}  // namespace
}  // namespace shipments
