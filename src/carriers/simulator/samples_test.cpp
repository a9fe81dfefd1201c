// Recorded answers, served by the simulator and asked for as the program asks: request, access,
// token, budget, transport, understanding, and matching to the question. Each expected result is
// compared field by field; what differs is reported.
#include "carriers/simulator/samples.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "carriers/ask.h"
#include "carriers/definition.h"
#include "carriers/expectation.h"
#include "carriers/simulator/simulator.h"

namespace carriers::simulator {
namespace {

namespace fs = std::filesystem;

// The samples are not part of this project: MILEPOST_SHARED names their folder's parent, or it
// stands beside the checkout.
fs::path samples_folder() {
  const char* named = std::getenv("MILEPOST_SHARED");
  return (named != nullptr ? fs::path(named) : fs::path(MILEPOST_SOURCE_DIR) / "../shared") /
         "samples";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string told(const std::vector<Difference>& differences) {
  std::string out;
  for (const auto& d : differences)
    out += fmt::format("    {}: expected {}, got {}\n", d.field, d.expected, d.got);
  return out;
}

// All that an answer said, whoever it was about. An error about a number that nobody asked for is
// in no reading: it is taken from the page.
Understood said(const Connector& connector, Asked& asked) {
  Understood all;
  auto& reading = asked.readings.front();
  for (auto& report : reading.reports) all.reports.push_back(std::move(report));
  for (auto& report : asked.strangers) all.reports.push_back(std::move(report));
  if (reading.error && all.reports.empty()) all.errors.push_back(*reading.error);
  for (const auto& page : asked.pages) {
    for (auto& error : connector.understand(page.body, page.http_status).errors) {
      if (!all.reports.empty()) all.errors.push_back(std::move(error));
    }
  }
  return all;
}

class ServedSamples : public testing::Test {
 protected:
  ServedSamples()
      : loaded_(Connectors::load({})),
        detector_(catalogue_),
        parcels_(*loaded_.connectors, catalogue_, detector_, {}, WorldOptions{1, clock_.now()}) {}

  Settings settings_for(const Connector& connector, const Simulator& simulator) {
    Settings settings;
    settings.base = settings.token_base = simulator.base_of(connector.id());
    for (const auto& secret : connector.definition().access.secrets)
      settings.secrets.values[secret] = "sample";
    return settings;
  }
  // Each sample with budgets of its own: a recorded 429 must not keep the next one waiting.
  Asked ask(const Connector& connector, const std::string& number, const Simulator& simulator) {
    Budgets budgets(clock_);
    AllSettings settings;
    settings[std::string(connector.id())] = settings_for(connector, simulator);
    Asker asker({client_, budgets, clock_, settings});
    Question question;
    question.number = number;
    question.postcode = "1000AA";
    question.ship_date = "2026-01-01";
    question.destination_country = "NL";
    question.key = question.account = "sample";
    return base::sync_wait(asker.ask(connector, std::span(&question, 1), std::chrono::seconds(10)));
  }

  base::ManualClock clock_{base::from_micros(1'767'225'600'000'000)};
  Connectors::Loaded loaded_;
  couriers::Catalogue catalogue_;
  couriers::Detector detector_;
  Parcels parcels_;
  http::Client client_{http::Client::Options{}};
};

TEST_F(ServedSamples, MatchEveryExpectedResultThroughTheRealAskingPath) {
  if (!fs::exists(samples_folder()))
    GTEST_SKIP() << "no samples: set MILEPOST_SHARED, or put ../shared beside the checkout";
  const Samples samples(samples_folder().string());
  Simulator::Options options;
  options.samples = samples_folder().string();
  const Simulator simulator(parcels_, clock_, options);
  int asked_for = 0, read_alone = 0, wrong = 0;
  std::set<std::string, std::less<>> carriers;
  for (const auto& sample : samples.all()) {
    const auto* connector = loaded_.connectors->find(sample.carrier);
    ASSERT_NE(connector, nullptr) << "no connector for the samples of " << sample.carrier;
    Understood understood;
    if (parcels_.carrier(sample.carrier) != nullptr) {
      auto asked = ask(*connector, sample.number, simulator);
      ASSERT_FALSE(asked.readings.front().wait) << sample.carrier << "/" << sample.name;
      EXPECT_FALSE(asked.pages.empty() || asked.pages.front().body != sample.body)
          << sample.carrier << "/" << sample.name << " was not served for " << sample.number;
      understood = said(*connector, asked);
      ++asked_for;
    } else {
      // A message format: nobody is asked, it arrives.
      understood = connector->understand(sample.body, sample.http_status);
      ++read_alone;
    }
    carriers.insert(sample.carrier);
    const auto expected =
        read_file(samples_folder() / sample.carrier / (sample.name + ".expected.json"));
    const auto differences =
        compare_expectation(expected, expectation_json(sample.carrier, understood));
    if (!differences.empty()) ++wrong;
    EXPECT_TRUE(differences.empty()) << "  " << sample.carrier << "/" << sample.name << "\n"
                                     << told(differences);
  }
  std::printf("  %d samples of %zu carriers asked for, %d messages read, %d with differences\n",
              asked_for, carriers.size(), read_alone, wrong);
  EXPECT_GT(asked_for, 0);
}

}  // namespace
}  // namespace carriers::simulator
