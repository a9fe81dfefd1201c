#include "carriers/expectation.h"

#include <gtest/gtest.h>

namespace {

using carriers::compare_expectation;

TEST(Expectation, NamesTheFieldThatDiffers) {
  const auto differences = compare_expectation(
      R"({"shipments":[{"status":"transit","events":[{"time":"2024-05-06"}]}],"error":null})",
      R"({"shipments":[{"status":"transit","events":[{"time":"2024-05-07"}]}],"error":null})");
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].field, "shipments[0].events[0].time");
  EXPECT_EQ(differences[0].expected, "\"2024-05-06\"");
  EXPECT_EQ(differences[0].got, "\"2024-05-07\"");
}

TEST(Expectation, SeesWhatIsMissing) {
  EXPECT_EQ(compare_expectation(R"({"shipments":[{}]})", R"({"shipments":[]})").size(), 1u);
  EXPECT_EQ(compare_expectation(R"({"error":{"class":"auth"}})", R"({"error":null})").size(), 1u);
  EXPECT_EQ(compare_expectation("{", "{}").size(), 1u);
}

TEST(Expectation, TakesNumbersAsNumbersAndKnowsTheOtherNames) {
  EXPECT_TRUE(compare_expectation(
                  R"({"shipments":[{"edd":"2024-05-06","weight":{"value":17.0,"unit":"KG"}}]})",
                  R"({"shipments":[{"estimate":"2024-05-06","weight":{"value":17,"unit":"KG"}}]})")
                  .empty());
}

TEST(Expectation, ListsEachEventOnceNewestFirst) {
  journey::Report report;
  for (const auto* time : {"2024-05-06T10:00:00+02:00", "2024-05-06T09:30:00+01:00",
                           "2024-05-06T00:00:00", "2024-05-06T09:30:00+01:00"}) {
    journey::Scan scan;
    scan.time = time;
    scan.description = "scan";
    report.scans.push_back(scan);
  }
  std::vector<std::string> times;
  for (const auto* scan : carriers::newest_first(report)) times.push_back(scan->time);
  EXPECT_EQ(times, (std::vector<std::string>{"2024-05-06T09:30:00+01:00",
                                             "2024-05-06T10:00:00+02:00", "2024-05-06T00:00:00"}));
}

}  // namespace
