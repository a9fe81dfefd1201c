#include "audit/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>

#include "store/testing.h"

namespace {

using audit::Log, audit::Signer;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::Contains, ::testing::Field, ::testing::IsEmpty;

struct LogOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    log = std::make_unique<Log>(*main, signer, clock);
  }
  void add(int count, std::int64_t subject = 0) {
    main->write_now([&](store::Tx& tx) {
      for (int i = 0; i < count; ++i)
        log->append(tx, {7, "case.closed", subject, R"({"case":)" + std::to_string(i) + "}"});
      return 0;
    });
  }
  void execute(std::string_view sql) {
    main->write_now([&](store::Tx& tx) { return tx.execute(sql); });
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
  Signer signer{"milepost.example/audit", std::string(32, 's')};
  std::unique_ptr<Log> log;
};

TEST_P(LogOn, TakesInWhatWasCommittedWithTheActAndNothingElse) {
  add(3);
  try {
    main->write_now([&](store::Tx& tx) {
      log->append(tx, {7, "never.happened", 0, ""});
      throw std::runtime_error("the act failed");
      return 0;
    });
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(log->integrate(), 3);
  EXPECT_EQ(log->integrate(), 0);
  const auto verdict = log->verify_all();
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.size, 3u);
}

TEST_P(LogOn, GrowsOverManyTilesAndStaysSound) {
  for (int i = 0; i < 7; ++i) {
    add(100);
    log->integrate(60);
    log->integrate();
  }
  const auto verdict = log->verify_all();
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.size, 700u);
}

TEST_P(LogOn, ForgetsAPersonWithoutChangingAHash) {
  add(5, 42);
  add(5, 43);
  log->integrate();
  const auto before = log->checkpoint();
  add(1, 42);  // not in the tree yet
  main->write_now([&](store::Tx& tx) {
    Log::forget(tx, 7, 42);
    return 0;
  });
  EXPECT_EQ(main->read_now([](store::Tx& tx) {
    auto rows = tx.query("SELECT COUNT(*) FROM audit_entries WHERE salt IS NOT NULL");
    rows.next();
    return rows.integer(0);
  }),
            5);
  EXPECT_EQ(log->checkpoint(), before);
  log->integrate();
  EXPECT_THAT(log->verify_all().faults, IsEmpty());
}

// clause-046.days
TEST_P(LogOn, TellsNothingOlderThan180Days) {
  add(2);
  log->integrate();
  clock.advance(std::chrono::days(180));
  add(1);
  log->integrate();
  log->sweep();
  EXPECT_EQ(main->read_now([](store::Tx& tx) {
    auto rows = tx.query("SELECT COUNT(*) FROM audit_entries WHERE payload IS NOT NULL");
    rows.next();
    return rows.integer(0);
  }),
            1);
  EXPECT_THAT(log->verify_all().faults, IsEmpty());
}

TEST_P(LogOn, NamesWhatIsToldOtherwiseThanItWasCommittedTo) {
  add(10);
  log->integrate();
  execute("UPDATE audit_entries SET payload = '{\"case\":99}' WHERE position = 4");
  EXPECT_THAT(log->verify_all().faults, Contains(Field(&audit::Fault::first, 4u)));
}

TEST_P(LogOn, CanBeVerifiedFromItsFilesAlone) {
  add(300);
  log->integrate(200);
  log->integrate();
  auto pattern = (std::filesystem::temp_directory_path() / "milepost_audit_XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  log->write_files(pattern);
  const auto verdict = audit::verify(audit::files_reader(pattern), audit::checkpoints_in(pattern),
                                     signer.verifier_key());
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.size, 300u);
  std::filesystem::remove(pattern + "/tile/entries/000");
  EXPECT_FALSE(audit::verify(audit::files_reader(pattern), audit::checkpoints_in(pattern),
                             signer.verifier_key())
                   .is_sound());
  std::filesystem::remove_all(pattern);
}

INSTANTIATE_TEST_SUITE_P(, LogOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
