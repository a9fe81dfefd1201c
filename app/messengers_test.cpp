#include "app/messengers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "crypto/base64.h"
#include "crypto/key.h"

namespace app {
namespace {

struct Read {
  MessengerConfig config;
  std::vector<std::string> mistakes;
};
Read read(const Config& config) {
  std::vector<Mistake> mistakes;
  Read out{messenger_config(config, mistakes), {}};
  for (const auto& mistake : mistakes) out.mistakes.push_back(mistake.key + ": " + mistake.says);
  return out;
}

Config with_sms() {
  Config config;
  config.public_url = "https://track.example.com";
  config.sms_provider = "twilio";
  config.sms_account = "AC1";
  config.sms_secret = "hush";
  config.sms_from = "Milepost";
  return config;
}

TEST(MessengerConfig, NothingIsSetUpByItself) {
  const auto [config, mistakes] = read({});
  EXPECT_TRUE(mistakes.empty());
  EXPECT_TRUE(config.settings.sms.account.empty());
  EXPECT_FALSE(config.settings.push.vapid);
  EXPECT_TRUE(config.settings.home_assistant.host.empty());
  EXPECT_FALSE(config.settings.slack.may_be_private);
}

TEST(MessengerConfig, SmsHasSendersPricesAndACap) {
  auto config = with_sms();
  config.sms_from_by_country = "us=+12125550100, RU=";
  config.sms_prices = "NL=0.0793, *=0.25";
  config.sms_cap_per_day = "5.00";
  config.sms_cap_per_month = "60";
  const auto [read_config, mistakes] = read(config);
  EXPECT_TRUE(mistakes.empty()) << mistakes.front();
  const auto& sms = read_config.settings.sms;
  EXPECT_EQ(sms.callback_url, "https://track.example.com/sms/callback");
  EXPECT_EQ(sms.sender_to("US")->text, "+12125550100");
  EXPECT_EQ(sms.sender_to("NL")->text, "Milepost");
  EXPECT_EQ(sms.sender_to("RU"), nullptr);
  EXPECT_EQ(read_config.sms_prices.of_segment("NL"), 79'300);
  EXPECT_EQ(read_config.sms_cap_per_day, 5'000'000);
  EXPECT_EQ(read_config.sms_cap_per_month, 60'000'000);
}

TEST(MessengerConfig, VonageWithoutSignaturesGetsAKeyInItsAddress) {
  auto config = with_sms();
  config.sms_provider = "vonage";
  const auto url = read(config).config.settings.sms.callback_url;
  EXPECT_TRUE(url.starts_with("https://track.example.com/sms/callback?key="));
  EXPECT_EQ(url.size(), std::string("https://track.example.com/sms/callback?key=").size() + 32);
  EXPECT_EQ(read(config).config.settings.sms.callback_url, url);  // the same after a restart
  config.sms_signature_secret = "sign-here";
  EXPECT_EQ(read(config).config.settings.sms.callback_url,
            "https://track.example.com/sms/callback");
}

TEST(MessengerConfig, SecretsMayStandInFiles) {
  const auto path = std::filesystem::temp_directory_path() / "milepost-messengers-secret";
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::P256);
  auto config = with_sms();
  config.push_contact = "ops@example.com";
  for (const auto& text : {key.pem(), crypto::to_base64url(key.raw()) + "\n"}) {
    std::ofstream(path) << text;
    config.push_key = "file:" + path.string();
    const auto [read_config, mistakes] = read(config);
    ASSERT_TRUE(mistakes.empty()) << mistakes.front();
    EXPECT_EQ(read_config.settings.push.vapid->public_key(),
              crypto::to_base64url(key.public_key().raw()));
  }
  std::ofstream(path) << "  hush now \nsecond line\n";
  config.push_key.clear();
  config.sms_secret = "file:" + path.string();
  EXPECT_EQ(read(config).config.settings.sms.secret, "hush now");
  std::filesystem::remove(path);
  EXPECT_EQ(read(config).mistakes,
            std::vector<std::string>{"sms.secret: " + path.string() + " cannot be read"});
}

TEST(MessengerConfig, ABrokerHasAUserAndAPort) {
  Config config;
  config.home_broker = "mqtts://parcels@broker.lan";
  config.home_password = "pw";
  const auto home = read(config).config.settings.home_assistant;
  EXPECT_EQ(home.host, "broker.lan");
  EXPECT_EQ(home.port, 8883);
  EXPECT_TRUE(home.tls);
  EXPECT_EQ(home.login.user, "parcels");
  EXPECT_EQ(home.login.password, "pw");
  config.home_broker = "mqtt://10.0.0.5:1884";
  EXPECT_EQ(read(config).config.settings.home_assistant.port, 1884);
}

TEST(MessengerConfig, NamesTheKeyOfEachMistake) {
  const auto mistake = [](auto change) {
    auto config = with_sms();
    change(config);
    const auto all = read(config).mistakes;
    return all.empty() ? std::string("none") : all.front();
  };
  EXPECT_EQ(mistake([](Config& c) { c.sms_provider = "pigeon"; }),
            "sms.provider: must be twilio or vonage");
  EXPECT_EQ(mistake([](Config& c) { c.sms_account.clear(); }),
            "sms.account: must be said when there is a provider");
  EXPECT_EQ(mistake([](Config& c) { c.sms_from.clear(); }),
            "sms.from: must be said: a number, or a name of up to 11 characters");
  EXPECT_EQ(mistake([](Config& c) { c.sms_from_by_country = "Holland=X"; }),
            "sms.from_by_country: \"Holland\" is not a country's two letters");
  EXPECT_EQ(mistake([](Config& c) { c.sms_prices = "NL"; }), "sms.prices: \"NL\" has no = in it");
  EXPECT_EQ(mistake([](Config& c) { c.sms_prices = "NL=free"; }),
            "sms.prices: the price of \"NL\" is not an amount such as 0.0793");
  EXPECT_EQ(mistake([](Config& c) { c.sms_cap_per_day = "5"; }),
            "sms.prices: must be said beside a cap, or nothing could be sent");
  EXPECT_EQ(mistake([](Config& c) { c.push_key = "abc", c.push_contact = "a@b.example"; }),
            "push.key: web push needs a private key of P-256, as PEM or as 32 bytes in base64url");
  EXPECT_EQ(mistake([](Config& c) { c.push_key = "abc"; }),
            "push.contact: web push needs an address to be told of trouble at: "
            "mailto:ops@example.com");
  EXPECT_EQ(mistake([](Config& c) { c.home_broker = "broker.lan"; }),
            "home_assistant.broker: must be mqtt://HOST or mqtts://HOST");
  // A section with a mistake sends nothing.
  auto config = with_sms();
  config.sms_prices = "NL=free";
  EXPECT_TRUE(read(config).config.settings.sms.account.empty());
}

}  // namespace
}  // namespace app
