#include "letters/letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "store/testing.h"

namespace {

using letters::Letter, letters::Letters, letters::To;
using namespace std::chrono_literals;
using ::testing::IsEmpty, ::testing::SizeIs;

using store::testing::Engine;

struct LettersOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    vault->prepare(0);
    ledger = std::make_unique<personal::Ledger>(*main, clock);
    letters = std::make_unique<Letters>(*main, *vault, clock);
  }
  void post() {
    Letter letter;
    letter.kind = "verify-email";
    letter.to = To("ann@example.com", personal::Label(personal::Source::Buyer));
    letter.values = {{"link", "https://shop.example/\"x\""}, {"name", "Ann"}};
    main->write_now([&](store::Tx& tx) { letters->post(tx, letter); });
  }
  std::int64_t rows() {
    return main->read_now([](store::Tx& tx) {
      auto rows = tx.query("SELECT COUNT(*) FROM letters");
      rows.next();
      return rows.integer(0);
    });
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
  store::testing::FreshDatabase keys{GetParam(), store::Schema::Keys};
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  std::unique_ptr<Letters> letters;
};

TEST_P(LettersOn, GoOutAsTheyWereWrittenAndAreGoneAfterwards) {
  post();
  const auto claimed = letters->claim("me", 1min, 10);
  ASSERT_THAT(claimed, SizeIs(1));
  {
    personal::Access<personal::Purpose::Correspond> access(*ledger, {}, 0, "letters.test");
    EXPECT_EQ(open(claimed[0].to, access), "ann@example.com");
    EXPECT_EQ(Letters::values(claimed[0], access),
              (letters::Values{{"link", "https://shop.example/\"x\""}, {"name", "Ann"}}));
  }
  EXPECT_THAT(letters->claim("another", 1min, 10), IsEmpty());
  letters->settle(claimed[0]);
  EXPECT_EQ(rows(), 0);
}

TEST_P(LettersOn, ComeBackWhenTheyCouldNotBeSent) {
  post();
  const auto first = letters->claim("me", 1min, 10);
  letters->put_off(first.at(0), "me", clock.now() + 10min);
  EXPECT_THAT(letters->claim("me", 1min, 10), IsEmpty());
  clock.advance(10min);
  const auto again = letters->claim("me", 1min, 10);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].attempts, 1);
  EXPECT_EQ(again[0].id, first[0].id);
}

TEST_P(LettersOn, AreNotSentWhenTheirTimeIsOver) {
  post();
  clock.advance(73h);
  EXPECT_THAT(letters->claim("me", 1min, 10), IsEmpty());
  EXPECT_EQ(rows(), 0);
  post();
  clock.advance(73h);
  EXPECT_EQ(letters->sweep(), 1);
}

INSTANTIATE_TEST_SUITE_P(, LettersOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
