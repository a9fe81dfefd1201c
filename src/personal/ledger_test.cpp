#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "personal/access.h"
#include "personal/fields.gen.h"
#include "personal/testing.h"

namespace {

using namespace personal;
using namespace personal::testing;

constexpr std::int64_t kAccount = 7;

struct Found {
  std::int64_t account, at, actor_kind, actor, purpose;
  std::string operation;
  std::int64_t subject, subjects, fields;
};

struct LedgerTest : ::testing::TestWithParam<store::testing::Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    main = open_migrated(database.url(), store::Schema::Main);
    ledger = std::make_unique<Ledger>(*main, clock);
  }

  std::vector<Found> rows() {
    ledger->flush();
    return main->read_now([](store::Tx& tx) {
      auto found = tx.query(
          "SELECT account_id, at, actor_kind, actor_id, purpose, operation, subject, subjects, "
          "fields FROM access_ledger");
      std::vector<Found> all;
      while (found.next()) {
        all.push_back({found.integer(0), found.integer(1), found.integer(2), found.integer(3),
                       found.integer(4), std::string(found.text(5)), found.integer(6),
                       found.integer(7), found.integer(8)});
      }
      return all;
    });
  }

  store::testing::FreshDatabase database{GetParam(), store::Schema::Main};
  base::ManualClock clock;
  std::unique_ptr<store::Database> main;
  std::unique_ptr<Ledger> ledger;
  const Personal<std::string, field::CustomerEmail> mail = email("mira@example.org");
};

INSTANTIATE_TEST_SUITE_P(On, LedgerTest, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<store::testing::Engine>>);

using Serve = Access<Purpose::ServeController>;

// clause-019.ledger
TEST_P(LedgerTest, WritesOneRowForOneOperation) {
  {
    Serve access(*ledger, {ActorKind::ApiKey, 3}, kAccount, "v4.trackings.get");
    access.about(41);
    EXPECT_EQ(open(mail, access), "mira@example.org");
    EXPECT_EQ(open(email("again@example.org"), access), "again@example.org");
  }
  const auto all = rows();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].account, kAccount);
  EXPECT_EQ(all[0].at, base::to_micros(clock.now()));
  EXPECT_EQ(all[0].actor_kind, static_cast<int>(ActorKind::ApiKey));
  EXPECT_EQ(all[0].actor, 3);
  EXPECT_EQ(all[0].purpose, static_cast<int>(Purpose::ServeController));
  EXPECT_EQ(all[0].operation, "v4.trackings.get");
  EXPECT_EQ(all[0].subject, 41) << "named, because it is the only one";
  EXPECT_EQ(all[0].subjects, 1);
  EXPECT_EQ(all[0].fields, 2);
}

// clause-019.ledger
TEST_P(LedgerTest, AListOf200CostsOneRow) {
  {
    Serve access(*ledger, {}, kAccount, "v4.trackings.list");
    for (int i = 0; i < 200; ++i) {
      access.about(1000 + i % 100);  // some people have two parcels
      (void)open(mail, access);
    }
  }
  const auto all = rows();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].subject, 0);
  EXPECT_EQ(all[0].subjects, 100);
  EXPECT_EQ(all[0].fields, 200);
}

TEST_P(LedgerTest, NothingOpenedMeansNoRow) {
  {
    Serve access(*ledger, {}, kAccount, "v4.trackings.get");
    access.about(41);
    (void)open(email(""), access);  // not given: nothing was read
  }
  EXPECT_THAT(rows(), ::testing::IsEmpty());
}

TEST_P(LedgerTest, OnlySubjectsWhoseValuesWereOpenedCount) {
  {
    Serve access(*ledger, {}, kAccount, "v4.trackings.list");
    access.about(41);
    (void)open(mail, access);
    access.about(42);
    (void)open(email(""), access);
  }
  EXPECT_EQ(rows().at(0).subject, 41);
}

// clause-068.purpose
TEST_P(LedgerTest, AMailboxValueIsRefusedForOtherPurposesAndLeavesNoRow) {
  const auto from_mailbox = email("mira@example.org", Source::Mailbox);
  {
    Access<Purpose::Notify> access(*ledger, {}, kAccount, "notify.send");
    EXPECT_THROW((void)open(from_mailbox, access), LabelRefusal);
  }
  {
    const Personal<std::string, field::RecipientPostcode> postcode("9712CP",
                                                                   Label(Source::Mailbox));
    Access<Purpose::AskCarrier> access(*ledger, {}, kAccount, "poll");
    try {
      (void)open(postcode, access);
      FAIL();
    } catch (const LabelRefusal& refusal) {
      EXPECT_THAT(refusal.what(), ::testing::HasSubstr("AskCarrier"));
      EXPECT_THAT(refusal.what(), ::testing::Not(::testing::HasSubstr("9712")));
    }
  }
  EXPECT_THAT(rows(), ::testing::IsEmpty());
  Access<Purpose::Rights> access(*ledger, {}, kAccount, "rights.export");
  EXPECT_EQ(open(from_mailbox, access), "mira@example.org");
}

TEST_P(LedgerTest, RecordedInATransactionItSharesItsFate) {
  const auto operation = [&](bool fails) {
    Serve access(*ledger, {}, kAccount, "v4.trackings.update");
    access.about(41);
    main->write_now([&](store::Tx& tx) {
      (void)open(mail, access);
      access.record(tx);
      if (fails) throw std::logic_error("rolled back");
    });
  };
  operation(false);
  EXPECT_EQ(rows().size(), 1U);
  EXPECT_THROW(operation(true), std::logic_error);
  EXPECT_EQ(rows().size(), 1U);
}

TEST_P(LedgerTest, AClosureThatIsRunAgainCountsOnce) {
  {
    Serve access(*ledger, {}, kAccount, "v4.trackings.update");
    const auto closure = [&](store::Tx& tx) {
      access.about(41);
      (void)open(mail, access);
      (void)open(mail, access);
      access.record(tx);
    };
    EXPECT_THROW(main->write_now([&](store::Tx& tx) {
      closure(tx);
      throw std::logic_error("replayed");
    }),
                 std::logic_error);
    main->write_now(closure);
  }
  const auto all = rows();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].fields, 2);
  EXPECT_EQ(all[0].subjects, 1);
}

// clause-019.ledger
TEST_P(LedgerTest, KeepsEveryRowOfManyThreadsAndWritesTheRestAtTheEnd) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10'000; ++i) {
        Serve access(*ledger, {ActorKind::ApiKey, t}, kAccount, "v4.trackings.get");
        (void)open(mail, access);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ledger = nullptr;
  ledger = std::make_unique<Ledger>(*main, clock);
  EXPECT_EQ(rows().size(), 40'000U);
}

// Takes the table away, and puts it back.
struct Away {
  explicit Away(store::Database& database) : main(database) {
    main.write_now([](store::Tx& tx) { tx.execute("ALTER TABLE access_ledger RENAME TO away"); });
  }
  Away(const Away&) = delete;
  Away& operator=(const Away&) = delete;
  ~Away() {
    main.write_now([](store::Tx& tx) { tx.execute("ALTER TABLE away RENAME TO access_ledger"); });
  }
  store::Database& main;
};

// Each failed attempt that was under way when the table came back is one exception.
void flush_at_last(Ledger& ledger) {
  for (int i = 0; i < 50; ++i) {
    try {
      ledger.flush();
      return;
    } catch (const store::StoreError&) {
    }
  }
}

TEST_P(LedgerTest, SaysSoWhenItCannotBeWrittenAndWritesLater) {
  {
    const Away away(*main);
    {
      Serve access(*ledger, {}, kAccount, "v4.trackings.get");
      (void)open(mail, access);
    }
    EXPECT_THROW(ledger->flush(), store::StoreError);
  }
  flush_at_last(*ledger);
  EXPECT_EQ(rows().size(), 1U);
}

// clause-019.ledger
TEST_P(LedgerTest, WithNoRoomForRowsNothingIsOpened) {
  constexpr int kMost = 32'768;
  LedgerRow row;
  row.operation = "v4.trackings.get";
  {
    const Away away(*main);
    ledger->append_soon(row);
    EXPECT_THROW(ledger->flush(), store::StoreError);
    for (int i = 0; i < kMost; ++i) ledger->append_soon(row);
    EXPECT_THROW(ledger->flush(), store::StoreError);
    EXPECT_THROW(Serve(*ledger, {}, kAccount, "v4.trackings.get"), store::StoreError);
  }
  flush_at_last(*ledger);
  EXPECT_NO_THROW(Serve(*ledger, {}, kAccount, "v4.trackings.get"));
  EXPECT_EQ(rows().size(), std::size_t{kMost + 1});
}

}  // namespace
