#include "carriers/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "carriers/definition.h"

namespace carriers {
namespace {

class CoverageOf : public testing::Test {
 protected:
  const Coverage& of(std::string_view id) const {
    return *std::find_if(all_.begin(), all_.end(),
                         [&](const Coverage& c) { return c.connector->id() == id; });
  }
  const std::shared_ptr<const Connectors> connectors_ = Connectors::load("").connectors;
  const couriers::Catalogue catalogue_;
  const std::vector<Coverage> all_ = coverage(*connectors_, catalogue_);
};

TEST_F(CoverageOf, TheCommittedTableIsWhatTheProgramPrints) {
  std::ifstream file(MILEPOST_SOURCE_DIR "/docs/carriers.md");
  std::stringstream committed;
  committed << file.rdbuf();
  // Compared as a truth value: nobody wants to read both tables.
  EXPECT_TRUE(committed.str() == coverage_markdown(*connectors_, catalogue_))
      << "docs/carriers.md is out of date:\n"
         "  build/release/milepost carriers coverage --markdown >docs/carriers.md";
}

TEST_F(CoverageOf, ACaseCountsByWhatIsUnderstoodOfIt) {
  const auto& ups = of("ups");
  EXPECT_EQ(ups.group, Group::Carrier);
  EXPECT_GE(ups.journeys, 3);
  EXPECT_GE(ups.hand_overs, 1);
  EXPECT_GE(ups.several_pieces, 1);
  EXPECT_GE(ups.unknown_numbers, 1);
  EXPECT_GE(ups.refusals, 1);
  EXPECT_GE(ups.broken, 1);
  EXPECT_EQ(ups.drifts, 1);
}

TEST_F(CoverageOf, WhoWasTestedOnDocumentationAloneLacksARecordedAnswer) {
  for (const auto& cover : all_) {
    const bool is_lacking = cover.connector->definition().evidence == "documentation";
    EXPECT_EQ(std::count(cover.missing.begin(), cover.missing.end(), "a recorded answer"),
              is_lacking ? 1 : 0)
        << cover.connector->id();
  }
}

TEST_F(CoverageOf, AStandardIsNobodysConnector) {
  EXPECT_EQ(of("edi-x12-214").group, Group::Standard);
  EXPECT_EQ(of("17track").group, Group::Upstream);
}

TEST_F(CoverageOf, EveryCourierIsToldWhetherItHasAConnectorOrNot) {
  const auto couriers = coverage_by_courier(*connectors_, catalogue_);
  EXPECT_EQ(couriers.size(), catalogue_.all().size());
  std::size_t with = 0;
  for (const auto& c : couriers) {
    EXPECT_EQ(c.connectors.empty(), c.evidence.empty()) << c.courier->code;
    with += c.connectors.empty() ? 0 : 1;
  }
  EXPECT_GE(with, 60u);
  EXPECT_LT(with, couriers.size());
}

}  // namespace
}  // namespace carriers
