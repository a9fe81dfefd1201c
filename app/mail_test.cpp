#include "app/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "crypto/key.h"

namespace {

using app::Config;
using app::Mistake;
using testing::HasSubstr;

std::vector<Mistake> mistakes_of(std::map<std::string, std::string> variables) {
  const auto environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return app::load_config("", "", environment).mistakes;
}

class MailTest : public testing::Test {
 protected:
  MailTest() {
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("milepost-mail-") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    config_.mail_from = "Shop <parcels@shop.example>";
  }
  ~MailTest() override { std::filesystem::remove_all(folder_); }

  std::string key_file(const std::string& name, crypto::KeyKind kind) {
    const auto path = folder_ / name;
    std::ofstream(path) << crypto::PrivateKey::generate(kind).pem();
    return path;
  }
  app::MailSettings settings() { return app::mail_settings(config_, mistakes_); }

  std::filesystem::path folder_;
  Config config_;
  std::vector<Mistake> mistakes_;
};

TEST_F(MailTest, ASenderIsAnAddressWithOrWithoutAName) {
  EXPECT_EQ(app::parse_mailbox("a@shop.example")->address, "a@shop.example");
  const auto named = app::parse_mailbox("\"Lamp & Shade\" <a@shop.example>");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->name, "Lamp & Shade");
  EXPECT_EQ(named->address, "a@shop.example");
  for (const auto* text :
       {"", "Shop", "Shop <>", "Shop <a@shop.example", "a@shop", "x\ny <a@b.example>"})
    EXPECT_FALSE(app::parse_mailbox(text)) << text;
}

TEST_F(MailTest, AMistakeNamesItsKey) {
  const struct {
    std::map<std::string, std::string> variables;
    const char* key;
    const char* says;
  } table[] = {
      {{{"MILEPOST_MAIL_RELAYS", "relay.example"}, {"MILEPOST_MAIL_FROM", "a@b.example"}},
       "mail.relays",
       "smtp://"},
      {{{"MILEPOST_MAIL_RELAYS", "smtp://u:p@relay.example?tls=none"},
        {"MILEPOST_MAIL_FROM", "a@b.example"}},
       "mail.relays",
       "without TLS"},
      {{{"MILEPOST_MAIL_RELAYS", "smtp://relay.example"}}, "mail.from", "sender"},
      {{{"MILEPOST_MAIL_FROM", "Shop"}}, "mail.from", "address"},
      {{{"MILEPOST_MAIL_BOUNCE_DOMAIN", "no domain"}}, "mail.bounce_domain", "domain"},
      {{{"MILEPOST_MAIL_BOUNCE_LISTEN", "127.0.0.1:2526"}}, "mail.bounce_listen", "bounce_domain"},
      {{{"MILEPOST_MAIL_SESSIONS", "0"}}, "mail.sessions", "between"},
  };
  for (const auto& row : table) {
    const auto mistakes = mistakes_of(row.variables);
    ASSERT_EQ(mistakes.size(), 1U) << row.key;
    EXPECT_EQ(mistakes[0].key, row.key);
    EXPECT_THAT(mistakes[0].says, HasSubstr(row.says));
  }
}

TEST_F(MailTest, APasswordInARelayIsNotShown) {
  config_.mail_relays = "smtp://shop:hunter2@relay.example";
  for (const auto& fact : app::key_facts(config_))
    EXPECT_THAT(fact.value, Not(HasSubstr("hunter2")));
}

TEST_F(MailTest, TheDomainsRecordsFollowFromTheSettings) {
  config_.mail_bounce_domain = "bounces.shop.example";
  config_.mail_dkim_key = key_file("rsa.pem", crypto::KeyKind::Rsa);
  config_.mail_dkim_ed25519_key = key_file("ed.pem", crypto::KeyKind::Ed25519);
  std::vector<std::string> told;
  for (const auto& record : app::dns_records(settings()))
    told.push_back(record.name + " " + record.type);
  EXPECT_TRUE(mistakes_.empty());
  EXPECT_THAT(
      told, testing::ElementsAre("bounces.shop.example TXT", "milepost._domainkey.shop.example TXT",
                                 "milepost-ed._domainkey.shop.example TXT",
                                 "_dmarc.shop.example TXT", "bounces.shop.example MX"));
}

TEST_F(MailTest, AKeyThatCannotSignIsTold) {
  config_.mail_dkim_key = key_file("p256.pem", crypto::KeyKind::P256);
  EXPECT_TRUE(settings().mailer.dkim.empty());
  ASSERT_EQ(mistakes_.size(), 1U);
  EXPECT_EQ(mistakes_[0].key, "mail.dkim_key");
  mistakes_.clear();
  config_.mail_dkim_key = folder_ / "nowhere.pem";
  EXPECT_TRUE(settings().mailer.dkim.empty());
  EXPECT_THAT(mistakes_.at(0).says, HasSubstr("nowhere.pem"));
}

}  // namespace
