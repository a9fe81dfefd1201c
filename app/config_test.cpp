#include "app/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace {

using app::load_config;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("milepost-config-") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& text) {
    const auto path = folder_ / "milepost.toml";
    std::ofstream(path) << text;
    return path;
  }
  app::Environment environment() {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }
  std::map<std::string, std::string> variables_;
  std::filesystem::path folder_;
};

TEST_F(ConfigTest, NeedsNothingAtAll) {
  const auto loaded = load_config("", "", environment());
  EXPECT_TRUE(loaded.mistakes.empty());
  EXPECT_EQ(loaded.config.store_url, "sqlite:milepost-data/milepost.db");
  EXPECT_EQ(loaded.config.keys_url, "sqlite:milepost-data/keys.db");
  EXPECT_EQ(loaded.config.master_key, "milepost-data/master.key");
}

TEST_F(ConfigTest, NamesFileLineAndKeyOfEachMistake) {
  const auto path =
      file("[server]\nlisten = 8080\nbody_limt = 5\n\n[log]\nlevel = \"info\"\nform = 3\n");
  const auto loaded = load_config(path, "", environment());
  ASSERT_EQ(loaded.mistakes.size(), 3U);
  std::vector<std::string> told;
  for (const auto& mistake : loaded.mistakes) told.push_back(describe(mistake));
  std::ranges::sort(told);
  EXPECT_EQ(told[0], path + ":2: server.listen: must be a text in quotes");
  EXPECT_EQ(told[1],
            path + ":3: server.body_limt: there is no such key; did you mean server.body_limit?");
  EXPECT_EQ(told[2], path + ":7: log.form: must be a text in quotes");
}

TEST_F(ConfigTest, NamesTheLineOfAValueOutOfBounds) {
  const auto path = file("[server]\n\nlisten = \"nowhere\"\n");
  const auto loaded = load_config(path, "", environment());
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_EQ(loaded.mistakes[0].line, 3);
  EXPECT_EQ(loaded.mistakes[0].key, "server.listen");
}

TEST_F(ConfigTest, NamesTheLineThatIsNoToml) {
  const auto loaded = load_config(file("[server]\nlisten = \n"), "", environment());
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_EQ(loaded.mistakes[0].line, 2);
}

TEST_F(ConfigTest, IsOutrankedByTheEnvironment) {
  variables_["MILEPOST_SERVER_LISTEN"] = "0.0.0.0:9000";
  variables_["MILEPOST_SERVER_ACCESS_LOG"] = "false";
  variables_["MILEPOST_STORE_READERS"] = "many";
  const auto loaded = load_config(file("[server]\nlisten = \"127.0.0.1:1\"\n"), "", environment());
  EXPECT_EQ(loaded.config.listen, "0.0.0.0:9000");
  EXPECT_FALSE(loaded.config.access_log);
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_EQ(describe(loaded.mistakes[0]),
            "MILEPOST_STORE_READERS: store.readers: must be a whole number");
}

TEST_F(ConfigTest, KeepsTheKeyStoreApartFromTheStore) {
  variables_["MILEPOST_STORE_URL"] = "postgres://u@h/shop?sslmode=require";
  EXPECT_EQ(load_config("", "", environment()).config.keys_url,
            "postgres://u@h/shop_keys?sslmode=require");
  variables_["MILEPOST_VAULT_KEYS"] = variables_["MILEPOST_STORE_URL"];
  EXPECT_EQ(load_config("", "", environment()).mistakes.size(), 1U);
}

// clause-110.refused
TEST_F(ConfigTest, InProductionSaysWhoAnswersForTheData) {
  variables_["MILEPOST_SERVER_PUBLIC_URL"] = "http://localhost:8080";
  EXPECT_TRUE(load_config("", "", environment()).mistakes.empty());
  variables_["MILEPOST_SERVER_PUBLIC_URL"] = "https://track.example";
  std::set<std::string> missing;
  for (const auto& mistake : load_config("", "", environment()).mistakes)
    missing.insert(mistake.key);
  EXPECT_EQ(missing, (std::set<std::string>{"operator.contact", "operator.name", "operator.address",
                                            "operator.country", "operator.data_protection_officer",
                                            "operator.representative"}));
  variables_["MILEPOST_OPERATOR_CONTACT"] = "hello@track.example";
  variables_["MILEPOST_OPERATOR_NAME"] = "Track BV";
  variables_["MILEPOST_OPERATOR_ADDRESS"] = "Kade 1, Utrecht";
  variables_["MILEPOST_OPERATOR_COUNTRY"] = "NL";
  variables_["MILEPOST_OPERATOR_DATA_PROTECTION_OFFICER"] = "none";
  for (const auto& mistake : load_config("", "", environment()).mistakes)
    ADD_FAILURE() << describe(mistake);
  variables_["MILEPOST_OPERATOR_COUNTRY"] = "US";
  const auto outside = load_config("", "", environment()).mistakes;
  ASSERT_EQ(outside.size(), 1U);
  EXPECT_EQ(outside[0].key, "operator.representative");
}

TEST_F(ConfigTest, OfTheExampleFileHoldsEveryKeyAndNoMistake) {
  const std::string example = MILEPOST_SOURCE_DIR "/milepost.example.toml";
  const auto loaded = load_config(example, "", environment());
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << describe(mistake);
  std::ifstream in(example);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (const auto& fact : app::key_facts(loaded.config)) {
    const auto name = fact.key.substr(fact.key.rfind('.') + 1);
    EXPECT_NE(text.find("\n" + std::string(name) + " = "), std::string::npos) << fact.key;
  }
}

TEST(Address, IsReadInItsUsualForms) {
  EXPECT_EQ(app::parse_address("[::1]:8080")->host, "::1");
  EXPECT_EQ(app::parse_address("8080")->port, 8080);
  EXPECT_EQ(app::parse_address(":80")->host, "0.0.0.0");
  for (const char* wrong : {"", "host", "host:", "host:99999", "host:8x"})
    EXPECT_FALSE(app::parse_address(wrong));
}

}  // namespace
