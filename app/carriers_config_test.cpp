#include "app/carriers_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

using testing::ElementsAre;

class CarriersConfig : public testing::Test {
 protected:
  CarriersConfig() {
    folder_ = std::filesystem::temp_directory_path() /
              ("milepost-carriers-config-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "own" / "my-carrier");
    write("own/my-carrier/connector.toml", R"([carrier]
name = "Mine"
[access]
base = "https://carrier.example"
kind = "query"
secrets = ["client_id", "client_secret"]
optional = ["account_code"]
query = { id = "{client_id}", s = "{client_secret}", a = "{account_code}" }
[request]
path = "/{number}"
[[answer]]
format = "json"
shipments = "a"
[answer.shipment]
number = "n"
)");
    write("own/my-carrier/codes.tsv", "code\ttext\tstatus\tsource\n*\t\tdelivered\ttest\n");
    connectors_ = carriers::Connectors::load_one((folder_ / "own" / "my-carrier").string());
    for (const auto& mistake : connectors_.mistakes) ADD_FAILURE() << describe(mistake);
  }
  ~CarriersConfig() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  carriers::Settings settings(const std::string& toml) {
    const auto environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    file_ = write("milepost.toml", toml);
    auto loaded = app::load_config(file_, "", environment);
    auto all =
        app::carrier_settings(loaded.config, *connectors_.connectors, environment, loaded.mistakes);
    told_.clear();
    for (const auto& mistake : loaded.mistakes) {
      auto text = describe(mistake);
      if (text.starts_with(file_)) text.erase(0, file_.size());
      told_.push_back(text);
    }
    return all.at("my-carrier");
  }

  std::filesystem::path folder_;
  carriers::Connectors::Loaded connectors_;
  std::map<std::string, std::string> variables_;
  std::string file_;
  std::vector<std::string> told_;
};

TEST_F(CarriersConfig, TakesSecretsFromTheFileFromFilesAndFromTheEnvironment) {
  const auto secret_file = write("secret", "from a file\n");
  variables_["MILEPOST_CARRIERS_MY_CARRIER_ACCOUNT_CODE"] = "123";
  variables_["MILEPOST_CARRIERS_MY_CARRIER_CLIENT_ID"] = "outranks";
  variables_["MILEPOST_CARRIERS_MY_CARRIER_PER_DAY"] = "250";
  const auto s = settings("[carriers.my-carrier]\nclient_id = \"here\"\nclient_secret_file = \"" +
                          secret_file +
                          "\"\nbase = \"http://127.0.0.1:9000\"\nproxy = \"direct\"\n"
                          "per_second = 2\nconcurrency = 1\nenabled = true\n");
  EXPECT_TRUE(told_.empty()) << told_.front();
  EXPECT_EQ(s.secrets.of("client_id"), "outranks");
  EXPECT_EQ(s.secrets.of("client_secret"), "from a file");
  EXPECT_EQ(s.secrets.of("account_code"), "123");
  EXPECT_EQ(s.base, "http://127.0.0.1:9000");
  EXPECT_EQ(s.proxy, "direct");
  EXPECT_EQ(s.per_second, 2.0);
  EXPECT_EQ(s.per_day, 250);
  EXPECT_EQ(s.concurrency, 1);
  EXPECT_EQ(s.deadline_ms, std::nullopt);
}

TEST_F(CarriersConfig, NamesFileLineAndKeyOfEachMistake) {
  settings(R"([carriers]
folder = ""
[carriers.my-carier]
client_id = "x"
[carriers.my-carrier]
client_id = 7
client_secrt = "x"
colour = "blue"
base = "ftp://x"
concurrency = 0
account_code_file = "/does/not/exist"
)");
  EXPECT_THAT(
      told_,
      testing::UnorderedElementsAre(
          ":4: carriers.my-carier: there is no such connector; did you mean my-carrier?",
          ":6: carriers.my-carrier.client_id: must be a text in quotes",
          ":7: carriers.my-carrier.client_secrt: there is no such key; did you mean client_secret?",
          ":8: carriers.my-carrier.colour: there is no such key; the secrets of my-carrier are "
          "client_id, client_secret, account_code",
          ":9: carriers.my-carrier.base: must begin with http:// or https://",
          ":10: carriers.my-carrier.concurrency: must be between 1 and 256",
          ":11: carriers.my-carrier.account_code_file: /does/not/exist is empty or cannot be "
          "read"));
}

TEST_F(CarriersConfig, SaysWhenAccessIsHalfGiven) {
  settings("[carriers.my-carrier]\nclient_id = \"x\"\n");
  EXPECT_THAT(told_, ElementsAre(":2: carriers.my-carrier: client_secret is missing"));
  settings("[carriers.my-carrier]\nclient_id = \"x\"\nenabled = false\n");
  EXPECT_TRUE(told_.empty());
  settings("");
  EXPECT_TRUE(told_.empty());
  variables_["MILEPOST_CARRIERS_MY_CARRIER_CLIENT_SECRET"] = "x";
  settings("");
  EXPECT_THAT(told_, ElementsAre("environment: carriers.my-carrier: client_id is missing"));
}

}  // namespace
