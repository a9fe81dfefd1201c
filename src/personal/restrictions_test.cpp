#include "personal/restrictions.h"

#include <gtest/gtest.h>

#include <chrono>

#include "personal/access.h"
#include "personal/fields.gen.h"
#include "personal/testing.h"

namespace {

using namespace personal;
using namespace personal::testing;

constexpr std::int64_t kAccount = 7;
constexpr std::int64_t kMira = 41, kJonas = 42;

struct RestrictionsTest : ::testing::TestWithParam<store::testing::Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    main = open_migrated(database.url(), store::Schema::Main);
    ledger = std::make_unique<Ledger>(*main, clock);
    restrictions = std::make_unique<Restrictions>(*main);
    ledger->enforce(*restrictions);
  }
  void place(std::int64_t subject) {
    main->write_now([&](store::Tx& tx) {
      Restrictions::place(tx, kAccount, subject, "accuracy", clock.now());
    });
    restrictions->refresh();
  }
  template <Purpose P>
  std::string seen(std::int64_t subject, std::int64_t account_id = kAccount) {
    Access<P> access(*ledger, {}, account_id, "test");
    access.about(subject);
    return open(mail, access);
  }

  store::testing::FreshDatabase database{GetParam(), store::Schema::Main};
  base::ManualClock clock;
  std::unique_ptr<store::Database> main;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Restrictions> restrictions;
  const Personal<std::string, field::CustomerEmail> mail = email("mira@example.org");
};

INSTANTIATE_TEST_SUITE_P(On, RestrictionsTest, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<store::testing::Engine>>);

// clause-088.refused
TEST_P(RestrictionsTest, ShutValuesForAllButRightsAndThatPersonOnly) {
  EXPECT_EQ(seen<Purpose::Notify>(kMira), "mira@example.org");
  place(kMira);
  EXPECT_EQ(seen<Purpose::Notify>(kMira), "");
  EXPECT_EQ(seen<Purpose::ServeController>(kMira), "");
  EXPECT_EQ(seen<Purpose::Rights>(kMira), "mira@example.org");
  EXPECT_EQ(seen<Purpose::Notify>(kJonas), "mira@example.org");
  EXPECT_EQ(seen<Purpose::Notify>(kMira, kAccount + 1), "mira@example.org");
}

TEST_P(RestrictionsTest, DoNotLetAShutValueBeMovedOut) {
  place(kMira);
  Access<Purpose::Notify> access(*ledger, {}, kAccount, "test");
  access.about(kMira);
  EXPECT_TRUE(access.is_shut());
  EXPECT_EQ(open(email("mira@example.org"), access), "");
  access.about(kJonas);
  EXPECT_FALSE(access.is_shut());
}

TEST_P(RestrictionsTest, LeaveNoLedgerRowForWhatStayedShut) {
  place(kMira);
  seen<Purpose::Notify>(kMira);
  ledger->flush();
  const auto rows = main->read_now([](store::Tx& tx) {
    auto count = tx.query("SELECT COUNT(*) FROM access_ledger");
    count.next();
    return count.integer(0);
  });
  EXPECT_EQ(rows, 0);
}

// clause-088.intact
TEST_P(RestrictionsTest, EndWhenTheyAreLifted) {
  place(kMira);
  place(kMira);
  auto reason = [&](store::Tx& tx) { return Restrictions::reason(tx, kAccount, kMira); };
  EXPECT_EQ(main->read_now(reason), "accuracy");
  main->write_now([](store::Tx& tx) { Restrictions::lift(tx, kAccount, kMira); });
  restrictions->refresh();
  EXPECT_EQ(seen<Purpose::Notify>(kMira), "mira@example.org");
  EXPECT_EQ(main->read_now(reason), std::nullopt);
}

TEST_P(RestrictionsTest, AreInForceAfterAStart) {
  place(kMira);
  Restrictions again(*main);
  EXPECT_TRUE(again.hold(kAccount, kMira));
  EXPECT_FALSE(again.hold(kAccount, kJonas));
}

}  // namespace
