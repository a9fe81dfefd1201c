// Every connector's fixtures, the operator's folder over what is built in, and the recorded samples
// where they are at hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "carriers/definition.h"
#include "carriers/expectation.h"

namespace {

namespace fs = std::filesystem;
using carriers::Connector, carriers::Connectors, carriers::ConnectorShelf;

const Connectors& built_in() {
  static const auto kLoaded = Connectors::load("");
  for (const auto& mistake : kLoaded.mistakes) ADD_FAILURE() << describe(mistake);
  return *kLoaded.connectors;
}

std::string told(const std::vector<carriers::Difference>& differences) {
  std::string out;
  for (const auto& d : differences)
    out += fmt::format("  {}: expected {}, got {}\n", d.field, d.expected, d.got);
  return out;
}

TEST(Connectors, AreReadWithoutAMistake) { EXPECT_FALSE(built_in().all().empty()); }

TEST(Connectors, UnderstandTheirFixturesAsExpected) {
  for (const auto& connector : built_in().all()) {
    for (const auto& fixture : connector->fixtures()) {
      const auto place = fmt::format("{}/fixtures/{}", connector->id(), fixture.name);
      ASSERT_FALSE(fixture.expected.empty()) << place << " has no expected file";
      const auto got = carriers::expectation_json(
          connector->id(), connector->understand(fixture.body, fixture.http_status));
      const auto differences = carriers::compare_expectation(fixture.expected, got);
      EXPECT_TRUE(differences.empty()) << place << "\n" << told(differences);
    }
  }
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / fmt::format("connectors-{}", ::getpid())) {
    fs::remove_all(path_);
    fs::create_directories(path_ / "own");
    write("codes.tsv", "code\ttext\tstatus\tsource\nX\t\tdelivered001\ttest\n");
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, std::string_view text) {
    std::ofstream(path_ / "own" / name, std::ios::binary) << text;
  }
  void define(std::string_view name, std::string_view more = {}) {
    write("connector.toml", fmt::format("[carrier]\nname = \"{}\"\n{}\n[[answer]]\nshipments = "
                                        "\"p\"\n[answer.shipment]\nnumber = \"n\"\n",
                                        name, more));
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST(Shelf, PicksUpEditsAndKeepsWhatWorkedWhenAnEditIsWrong) {
  Folder folder;
  folder.define("One");
  ConnectorShelf shelf(folder.path());
  const auto first = shelf.current();
  ASSERT_NE(first->find("own"), nullptr);
  EXPECT_FALSE(shelf.refresh());

  folder.define("Second");
  EXPECT_TRUE(shelf.refresh());
  EXPECT_EQ(shelf.current()->find("own")->definition().name, "Second");
  EXPECT_EQ(first->find("own")->definition().name, "One") << "who holds the old one keeps it";

  folder.define("Third one", "colour = 1");
  EXPECT_TRUE(shelf.refresh());
  EXPECT_EQ(shelf.current()->find("own")->definition().name, "Second");
  ASSERT_EQ(shelf.mistakes().size(), 1u);
  EXPECT_NE(describe(shelf.mistakes()[0]).find("connector.toml:3: carrier.colour"),
            std::string::npos)
      << describe(shelf.mistakes()[0]);
}

// The samples are not part of this project: MILEPOST_SHARED names their folder's parent, or it
// stands beside the checkout.
fs::path samples() {
  const char* named = std::getenv("MILEPOST_SHARED");
  return (named != nullptr ? fs::path(named) : fs::path(MILEPOST_SOURCE_DIR) / "../shared") /
         "samples";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int http_status_of(const std::string& expected) {
  constexpr std::string_view kKey = "\"http_status\": ";
  const auto at = expected.find(kKey);
  return at == std::string::npos ? 200 : std::atoi(expected.c_str() + at + kKey.size());
}

// The answer that an expected file speaks of.
fs::path answer_of(const fs::path& expected) {
  auto stem = expected.string();
  stem.resize(stem.size() - std::string_view(".expected.json").size());
  for (const auto* ending : {".json", ".xml", ".txt"}) {
    if (fs::exists(stem + ending)) return stem + ending;
  }
  return {};
}

TEST(Samples, AreUnderstoodAsExpected) {
  if (!fs::exists(samples()))
    GTEST_SKIP() << "no samples: set MILEPOST_SHARED, or put ../shared beside the checkout";
  int right = 0, wrong = 0, without = 0;
  for (const auto& entry : fs::recursive_directory_iterator(samples())) {
    if (!entry.path().string().ends_with(".expected.json")) continue;
    const auto carrier = entry.path().parent_path().filename().string();
    const auto* connector = built_in().find(carrier);
    if (connector == nullptr) {
      ++without;
      continue;
    }
    const auto expected = read_file(entry.path());
    const auto answer = answer_of(entry.path());
    const auto got = carriers::expectation_json(
        carrier, connector->understand(read_file(answer), http_status_of(expected)));
    const auto differences = carriers::compare_expectation(expected, got);
    differences.empty() ? ++right : ++wrong;
    EXPECT_TRUE(differences.empty()) << carrier << "/" << answer.filename().string() << "\n"
                                     << told(differences);
  }
  std::cout << right << " samples as expected, " << wrong << " not, " << without
            << " of carriers without a connector\n";
}

}  // namespace
