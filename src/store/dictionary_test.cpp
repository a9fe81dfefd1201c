#include "store/dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using store::Dictionary;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty;

constexpr std::string_view kPurposes = "[[purpose]]\nid = \"Notify\"\n";
constexpr std::string_view kRetention =
    "[[retention]]\nid = \"short\"\ndays = 180\n[[retention]]\nid = \"long\"\ndays = 181\n"
    "[[retention]]\nid = \"open\"\ndays = 0\nuntil = \"never\"\n"
    "[[retention]]\nid = \"said\"\ndays = 0\nuntil = \"taken back\"\nsaid_by_the_person = true\n";

// A sound entry, in which a line can be replaced.
std::string entry(const std::string& key = "", const std::string& value = "") {
  std::vector<std::pair<std::string, std::string>> lines = {
      {"table", "\"people\""},    {"column", "\"name\""},       {"category", "\"name\""},
      {"form", "\"sealed\""},     {"personal", "true"},         {"purposes", "[\"Notify\"]"},
      {"retention", "\"short\""}, {"subject", "\"consignee\""}, {"required", "true"},
  };
  std::string text = "[[column]]\n";
  bool replaced = key.empty();
  for (auto& [k, v] : lines) {
    if (k == key) {
      v = value;
      replaced = true;
    }
    if (!v.empty()) text += k + " = " + v + "\n";
  }
  return replaced ? text : text + key + " = " + value + "\n";
}

Dictionary dictionary_of(const std::string& columns) {
  return Dictionary({{{"rooms/columns.toml", columns}}, kPurposes, kRetention});
}

std::vector<std::string> faults(const std::string& columns) {
  return dictionary_of(columns).faults();
}

TEST(Dictionary, FindsNothingWrongWithASoundEntry) {
  EXPECT_THAT(faults(entry()), IsEmpty());
  EXPECT_THAT(faults(entry("schema", "\"keys\"")), IsEmpty());
}

TEST(Dictionary, TakesFromTheDefaultsOfATableWhatAnEntryDoesNotSay) {
  const std::string defaults = "[defaults.people]\nretention = \"short\"\n";
  EXPECT_THAT(faults(defaults + entry("retention", "")), IsEmpty());
  EXPECT_THAT(
      faults(entry("retention", "") + "[defaults.others]\nretention = \"short\"\n"),
      ElementsAre(HasSubstr("people.name: \"retention\" is missing"), HasSubstr("people.name: ")));
}

TEST(Dictionary, NamesWhatIsWrongWithAnEntry) {
  const struct {
    const char* key;
    const char* value;
    const char* says;
  } cases[] = {
      {"category", "\"\"", "people.name: has no category"},
      {"form", "\"plain\"", "people.name: unknown form \"plain\""},
      {"purposes", "[\"Sell\"]", "people.name: unknown purpose \"Sell\""},
      {"purposes", "[]", "people.name: is personal and has no purpose"},
      {"purposes", "", "people.name: \"purposes\" is missing"},
      {"retention", "\"soon\"", "people.name: unknown retention \"soon\""},
      {"retention", "\"long\"", "kept for more than 180 days (\"long\")"},
      {"retention", "\"open\"", "kept for more than 180 days (\"open\")"},
      {"subject", "\"everybody\"", "people.name: unknown subject \"everybody\""},
      {"subject", "\"none\"", "people.name: is personal and about nobody"},
      {"personal", "false", "people.name: is sealed and yet not personal"},
      {"personal", "", "people.name: \"personal\" is missing"},
      {"schema", "\"other\"", "people.name: unknown schema \"other\""},
      {"retenton", "\"short\"", "\"retenton\" is not a word of the dictionary"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(faults(entry(c.key, c.value)), testing::Contains(HasSubstr(c.says))) << c.says;
  }
}

TEST(Dictionary, KeepsWhatPeopleSaidLongerButNothingThatCouldBeRead) {
  EXPECT_THAT(faults(entry("retention", "\"said\"")),
              ElementsAre("people.name: is sealed and kept as \"said\""));
  const std::string defaults = "[defaults.people]\nform = \"hashed\"\nretention = \"said\"\n";
  auto hashed = entry("retention", "");
  hashed.erase(hashed.find("form ="), std::string_view("form = \"sealed\"\n").size());
  EXPECT_THAT(faults(defaults + hashed), IsEmpty());
}

TEST(Dictionary, KnowsAnEntryOnlyOnce) {
  EXPECT_THAT(faults(entry() + entry()), ElementsAre("people.name: has two entries"));
}

TEST(Dictionary, ComparesItselfWithTheColumnsThereAre) {
  const std::string text = entry() + entry("column", "\"street\"");
  const auto dictionary = dictionary_of(text);
  EXPECT_THAT(dictionary.faults_against("main", {{"people", "name"}, {"people", "street"}}),
              IsEmpty());
  EXPECT_THAT(dictionary.faults_against("main", {{"people", "name"}, {"people", "age"}}),
              ElementsAre(HasSubstr("people.age: has no entry"),
                          HasSubstr("people.street: has an entry and is no column")));
}

TEST(Dictionary, SaysWhereItIsNoToml) {
  try {
    dictionary_of("a = 1\nb = = 2");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("columns.toml:2"));
  }
}

// The step of the build itself.
class DictionaryCheck : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("milepost_dictionary_{}", ::getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::copy(fs::path(MILEPOST_SOURCE_DIR) / "src/store/migrations", folder_ / "migrations",
             fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(folder_); }

  int check(std::string& says) const {
    const char* build = std::getenv("MILEPOST_BUILD");
    const auto program = fs::path(build ? build : ".") / "dictionary_check";
    const auto output = folder_ / "output";
    const std::string command =
        fmt::format("'{}' '{}' '{}' 2>'{}'", program.string(), (folder_ / "migrations").string(),
                    (fs::path(MILEPOST_SOURCE_DIR) / "data/privacy").string(), output.string());
    const int status = std::system(command.c_str());
    std::ostringstream text;
    text << std::ifstream(output).rdbuf();
    says = text.str();
    return WEXITSTATUS(status);
  }
  void add_migration(const std::string& sql) const {
    std::ofstream(folder_ / "migrations/main/9999_test.sql") << sql;
  }

  fs::path folder_;
};

TEST_F(DictionaryCheck, PassesAsThingsAre) {
  std::string says;
  EXPECT_EQ(check(says), 0) << says;
}

// clause-015.schema
TEST_F(DictionaryCheck, StopsTheBuildAtAColumnThatNobodyDescribed) {
  add_migration("ALTER TABLE shipments ADD COLUMN favourite_colour TEXT;");
  std::string says;
  EXPECT_EQ(check(says), 1);
  EXPECT_THAT(says, HasSubstr("shipments.favourite_colour: has no entry"));
}

TEST_F(DictionaryCheck, StopsTheBuildAtAnEntryThatOutlivedItsColumn) {
  add_migration("ALTER TABLE shipments DROP COLUMN label;");
  std::string says;
  EXPECT_EQ(check(says), 1);
  EXPECT_THAT(says, HasSubstr("shipments.label: has an entry and is no column"));
}

TEST_F(DictionaryCheck, NamesAMigrationThatIsNoSql) {
  add_migration("CREATE TABEL x;");
  std::string says;
  EXPECT_EQ(check(says), 1);
  EXPECT_THAT(says, HasSubstr("9999_test.sql"));
}

}  // namespace
