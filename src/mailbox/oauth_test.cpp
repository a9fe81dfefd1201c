// Permission from a provider: asked for narrowly, once, by the person who is signed in; renewed;
// given back.
#include "mailbox/testing.h"

namespace {

using mailbox::Fault, mailbox::OAuth;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::IsEmpty;
using namespace std::chrono_literals;

struct OAuthFlow : testing::Test {
  OAuth::Back back() {
    begun = world.oauth.begin(provider, 7, 3, kReturn);
    OAuth::Back one;
    one.code = world.provider.agree(begun.url);
    one.state = begun.state;
    one.cookie = begun.cookie;
    one.return_url = kReturn;
    one.account_id = 7;
    one.person_id = 3;
    return one;
  }
  Fault fault_of(const OAuth::Back& one) {
    const auto tokens = world.oauth.finish(provider, one);
    return tokens ? Fault::None : tokens.error();
  }
  static constexpr const char* kReturn = "https://track.example/account/mailboxes/back";
  mailbox::testing::World world{Engine::Sqlite};
  mailbox::Provider provider = world.provider.provider("gmail", "");
  OAuth::Begun begun;
};

// clause-075.file
TEST_F(OAuthFlow, AsksForTheScopesOfTheFileAndNoOther) {
  const auto asked = world.oauth.begin(mailbox::known_providers().front(), 7, 3, kReturn);
  const auto query =
      http::parse_query(asked.url.substr(asked.url.find('?') + 1), http::Plus::IsSpace);
  EXPECT_EQ(mailbox::testing::value_of(query, "scope"),
            "https://www.googleapis.com/auth/gmail.readonly");
  EXPECT_EQ(mailbox::testing::value_of(query, "code_challenge_method"), "S256");
  world.provider.scope_instead = "https://mail.google.com/";
  EXPECT_EQ(fault_of(back()), Fault::Broken) << "a scope that nobody asked for was taken";
}

// clause-075.file
TEST_F(OAuthFlow, TakesNoScopeWithoutAReason) {
  const std::string_view providers =
      "provider\ttitle\tkind\tissuer\tauthorize\ttoken\trevoke\treads\nx\tX\timap\ta\tb\tc\td\te\n";
  EXPECT_THROW(mailbox::read_providers(providers, "provider\tscope\treason\treviewed\n"),
               std::logic_error);
  EXPECT_THROW(mailbox::read_providers(providers,
                                       "provider\tscope\treason\treviewed\nx\tall\t\t2026-01-01\n"),
               std::logic_error);
  EXPECT_NO_THROW(mailbox::read_providers(
      providers, "provider\tscope\treason\treviewed\nx\tall\tbecause\t2026-01-01\n"));
}

TEST_F(OAuthFlow, EndsWithTokensAndNothingElseDoes) {
  EXPECT_EQ(fault_of(back()), Fault::None);
  auto other = back();
  other.cookie = "another browser";
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.person_id = 4;
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.account_id = 8;
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.issuer = "https://evil.example";
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.error = "access_denied";
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.state.back() = other.state.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(fault_of(other), Fault::Denied);
  other = back();
  other.code = "code-of-another-flow";
  EXPECT_EQ(fault_of(other), Fault::Denied);
}

TEST_F(OAuthFlow, IsOverAfterTenMinutes) {
  const auto late = back();
  world.clock.advance(10min + 1s);
  EXPECT_EQ(fault_of(late), Fault::Denied);
}

TEST_F(OAuthFlow, KeepsATokenThatWasGivenAnew) {
  world.open_desk();
  world.provider.rotates = true;
  mailbox::Keys keys;
  keys.address = "ann@example.com";
  keys.secret = world.provider.grant();
  const auto id = world.desk->link(world.new_link("gmail", std::move(keys)));
  ASSERT_TRUE(id);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(world.desk->sync(shipments::testing::kAccount, *id)->fault, Fault::None) << i;
}

TEST_F(OAuthFlow, EndsTheLinkWhenTheGrantIsGoneAndAsksNoMore) {
  world.open_desk();
  mailbox::Keys keys;
  keys.address = "ann@example.com";
  keys.secret = world.provider.grant();
  const auto id = world.desk->link(world.new_link("gmail", std::move(keys)));
  ASSERT_TRUE(id);
  world.provider.drop_grants();
  EXPECT_TRUE(world.desk->work_once());
  EXPECT_EQ(world.links.find(shipments::testing::kAccount, *id)->state, mailbox::State::Ended);
  world.clock.advance(std::chrono::days(30));
  EXPECT_FALSE(world.desk->work_once());
}

// clause-024.unlink
TEST_F(OAuthFlow, IsRevokedLaterWhenTheProviderDoesNotAnswer) {
  world.open_desk();
  mailbox::Keys keys;
  keys.address = "ann@example.com";
  keys.secret = world.provider.grant();
  const auto token = keys.secret;
  const auto id = world.desk->link(world.new_link("gmail", std::move(keys)));
  ASSERT_TRUE(id);
  world.provider.deliver(mailbox::testing::message("Your parcel", "Tracking 1Z5R89390357567127"));
  world.desk->sync(shipments::testing::kAccount, *id);
  world.provider.is_down = true;
  EXPECT_EQ(world.desk->unlink(shipments::testing::kAccount, *id), Fault::Busy);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM mailbox_finds"), 0) << "what it brought goes at once";
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM shipments"), 0);
  EXPECT_EQ(world.desk->sync(shipments::testing::kAccount, *id), std::nullopt) << "read no more";
  world.provider.is_down = false;
  world.clock.advance(1h);
  EXPECT_TRUE(world.desk->work_once());
  EXPECT_FALSE(world.provider.is_live(token));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM mailbox_links"), 0);
}

}  // namespace
