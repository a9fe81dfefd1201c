#include "insight/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace insight {

struct CountersForTest {
  static std::array<std::uint8_t, 16> mark(Counters& counters, std::string_view visitor) {
    return counters.mark_of("tracking", visitor);
  }
  static std::size_t marks(const Counters& counters) { return counters.marks_.size(); }
  static std::array<std::uint8_t, 32> salt(const Counters& counters) { return counters.salt_; }
};

namespace {

using store::testing::Engine;
using namespace std::chrono_literals;

constexpr const char* kAnn = "203.0.113.77 Mozilla/5.0 (X11; Linux x86_64) AnnsBrowser/9";

class CountersOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  std::vector<DayOfPage> days() {
    return main_->read_now([](store::Tx& tx) { return Counters::days(tx, base::Instant{}); });
  }
  // Everything the tables hold, as text.
  std::string kept() {
    return main_->read_now([](store::Tx& tx) {
      std::string all;
      auto views = tx.query("SELECT day, page, referrer, views FROM page_views ORDER BY day");
      while (views.next())
        all += std::to_string(views.integer(0)) + std::string(views.text(1)) +
               std::string(views.text(2)) + std::to_string(views.integer(3)) + "\n";
      auto visitors = tx.query("SELECT day, page, visitors FROM page_visitors ORDER BY day");
      while (visitors.next())
        all += std::to_string(visitors.integer(0)) + std::string(visitors.text(1)) +
               std::to_string(visitors.integer(2)) + "\n";
      return all;
    });
  }

  base::ManualClock clock_;  // midnight
  store::testing::FreshDatabase main_{GetParam(), store::Schema::Main};
};
INSTANTIATE_TEST_SUITE_P(, CountersOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(CountersOn, CountViewsAndEachVisitorOnceADay) {
  Counters counters(*main_, clock_);
  for (int i = 0; i < 3; ++i) counters.saw({"tracking", "mail", kAnn});
  counters.saw({"tracking", "direct", "198.51.100.4 Bens"});
  counters.saw({"front", "search", kAnn});
  counters.flush();
  counters.saw({"tracking", "mail", kAnn});  // known from before the flush
  counters.flush();
  const auto all = days();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].page, "front");
  EXPECT_EQ(all[1].page, "tracking");
  EXPECT_EQ(all[1].views, 5);
  EXPECT_EQ(all[1].visitors, 2);
  EXPECT_EQ(all[1].by_referrer.at("mail"), 4);
}

// What one day knows is of no use on the next: another salt, no marks, and nothing but sums kept.
// clause-120.days
TEST_P(CountersOn, CannotJoinTheSameVisitorOnTwoDays) {
  Counters counters(*main_, clock_);
  counters.saw({"tracking", "direct", kAnn});
  const auto monday = CountersForTest::mark(counters, kAnn);
  const auto salt = CountersForTest::salt(counters);
  EXPECT_EQ(CountersForTest::mark(counters, kAnn), monday);  // within a day they are joined
  clock_.advance(24h);
  counters.flush();  // nobody has come yet, and yesterday is gone from memory
  EXPECT_EQ(CountersForTest::marks(counters), 0U);
  EXPECT_NE(CountersForTest::salt(counters), salt);
  counters.saw({"tracking", "direct", kAnn});
  EXPECT_NE(CountersForTest::mark(counters, kAnn), monday);
  counters.flush();
  const auto all = days();
  ASSERT_EQ(all.size(), 2U);
  for (const auto& day : all) EXPECT_EQ(day.visitors, 1);
  // Two visitors who came once each leave the very same rows.
  EXPECT_EQ(kept(), "20454trackingdirect1\n20455trackingdirect1\n20454tracking1\n20455tracking1\n");
}

// clause-120.days
TEST_P(CountersOn, DrawASaltThatNoOtherProcessKnows) {
  Counters one(*main_, clock_), two(*main_, clock_);
  EXPECT_NE(CountersForTest::mark(one, kAnn), CountersForTest::mark(two, kAnn));
}

TEST_P(CountersOn, LeaveNoMarkOfWhoWantsNone) {
  Counters counters(*main_, clock_);
  for (int i = 0; i < 2; ++i) counters.saw({"tracking", "direct", {}});
  EXPECT_EQ(CountersForTest::marks(counters), 0U);
  counters.flush();
  EXPECT_EQ(days().at(0).views, 2);
  EXPECT_EQ(days().at(0).visitors, 0);
}

TEST(Referrers, AreKindsAndNeverAddresses) {
  const struct {
    const char *referrer, *kind;
  } cases[] = {{"", "direct"},
               {"https://shop.example/order/17", "own"},
               {"https://www.google.nl/", "search"},
               {"https://mail.google.com/mail/u/0", "mail"},
               {"https://duckduckgo.com/?q=parcel", "search"},
               {"https://notbing.com/", "other"},
               {"https://l.facebook.com/l.php", "social"},
               {"android-app:", "other"},
               {"https://blog.example/ann", "other"}};
  for (const auto& [referrer, kind] : cases)
    EXPECT_EQ(kind_of_referrer(referrer, "shop.example"), kind) << referrer;
}

TEST(Robots, AreKnownByWhatTheySay) {
  EXPECT_TRUE(is_robot("Mozilla/5.0 (compatible; Googlebot/2.1)"));
  EXPECT_FALSE(is_robot("Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"));
}

}  // namespace
}  // namespace insight
