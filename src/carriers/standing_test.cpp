#include "carriers/standing.h"

#include <gtest/gtest.h>

#include "base/metrics.h"
#include "store/testing.h"

namespace carriers {
namespace {

using namespace std::chrono_literals;
using store::testing::Engine;

HeardCounts counts(std::initializer_list<std::pair<Heard, int>> all) {
  HeardCounts counts;
  for (const auto& [what, number] : all) counts.heard[static_cast<std::size_t>(what)] = number;
  return counts;
}

TEST(Standing, OneAnswerThatMapsToNothingIsAnAlarmHoweverManyAreWell) {
  EXPECT_EQ(judge(true, counts({{Heard::Answered, 1000}, {Heard::Drift, 1}}),
                  counts({{Heard::Answered, 50}})),
            State::Drift);
}

TEST(Standing, WhoeverRecoveredIsWellAgain) {
  const auto day = counts({{Heard::Server, 90}, {Heard::Answered, 10}});
  EXPECT_EQ(judge(true, day, counts({{Heard::Answered, 9}, {Heard::RateLimited, 1}})), State::Ok);
  EXPECT_EQ(judge(true, day, {}), State::Failing);
}

TEST(Standing, UnknownNumbersAreNoFailure) {
  EXPECT_EQ(judge(true, counts({{Heard::NotFound, 9}, {Heard::InvalidNumber, 1}}), {}), State::Ok);
}

TEST(Standing, NobodyIsWellWhoWasNotAsked) {
  EXPECT_EQ(judge(true, {}, {}), State::NotAsked);
  EXPECT_EQ(judge(false, counts({{Heard::Answered, 5}}), {}), State::NotSetUp);
}

class StandingOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    database_.emplace(GetParam(), store::Schema::Main);
    for (const auto& connector : connectors_->all())
      settings_[std::string(connector->id())].is_enabled = false;
    for (const auto* id : {"dhl-unified", "fedex", "ups"}) settings_[id].is_enabled = true;
    settings_["dhl-unified"].secrets.values["api_key"] = "k";
    settings_["ups"].secrets.values = {{"client_id", "i"}, {"client_secret", "s"}};
  }
  std::vector<Standing> all() {
    health_.flush(**database_);
    return (*database_)->read_now([&](store::Tx& tx) {
      return standings(tx, *connectors_, settings_, clock_.now());
    });
  }
  Standing of(std::string_view id) {
    for (auto& standing : all()) {
      if (standing.id == id) return standing;
    }
    ADD_FAILURE() << "no " << id;
    return {};
  }

  base::ManualClock clock_;
  base::Metrics metrics_;
  Health health_{metrics_};
  std::shared_ptr<const Connectors> connectors_ = Connectors::load("").connectors;
  AllSettings settings_;
  std::optional<store::testing::FreshDatabase> database_;
};
INSTANTIATE_TEST_SUITE_P(, StandingOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(StandingOn, TheAlarmStandsFirstAndIsOverADayLater) {
  health_.note("ups", Heard::Drift, 1ms, clock_.now());
  health_.note("dhl-unified", Heard::Answered, 1ms, clock_.now());
  EXPECT_EQ(all().front().id, "ups");
  EXPECT_EQ(all().front().state, State::Drift);
  EXPECT_EQ(of("dhl-unified").state, State::Ok);
  clock_.advance(26h);
  EXPECT_EQ(of("ups").state, State::NotAsked);
  EXPECT_TRUE(of("ups").was_asked());
}

TEST_P(StandingOn, TheSecretThatIsMissingIsNamed) {
  EXPECT_EQ(of("fedex").state, State::NotSetUp);
  EXPECT_FALSE(of("fedex").missing.empty());
  EXPECT_EQ(of("usps").missing, "");  // switched off
}

TEST_P(StandingOn, DocumentsThatAreBroughtHaveNoState) {
  for (const auto& standing : all()) EXPECT_NE(standing.id, "edi-x12-214");
}

}  // namespace
}  // namespace carriers
