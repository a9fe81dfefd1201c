#include "accounts/accounts.h"
#include "accounts/testing.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;

TEST(Scopes, AreWords) {
  EXPECT_EQ(scopes_text(kAllScopes), "read write");
  EXPECT_EQ(parse_scopes("all"), kAllScopes);
  EXPECT_EQ(parse_scopes("read,privacy"), Scopes{9});
  EXPECT_EQ(scopes_text(15), "read write webhooks privacy");
  EXPECT_EQ(parse_scopes("root"), std::nullopt);
  EXPECT_EQ(parse_scopes(""), std::nullopt);
  for (Scopes scopes = 1; scopes < 16; ++scopes)
    EXPECT_EQ(parse_scopes(scopes_text(scopes)), scopes);
}

struct KeysOn : OnBoth {
  void SetUp() override {
    OnBoth::SetUp();
    if (!house) return;
    accounts =
        std::make_unique<Accounts>(*house->main, *house->vault, *house->ledger, house->clock);
    account = *accounts->create("shop@example.com", "standard");
  }
  auto knock(const std::string& key, std::string_view from = "203.0.113.7") {
    return house->run(accounts->authenticate(key, from));
  }
  std::unique_ptr<Accounts> accounts;
  std::int64_t account = 0;
};

// clause-011.addresses
TEST_P(KeysOn, OpenOnlyFromWhereTheyMay) {
  const auto bound =
      *accounts->create_key(account, "shop", kAllScopes, std::nullopt, "203.0.113.0/24");
  const auto free = *accounts->create_key(account, "shop", kAllScopes, std::nullopt);
  for (int twice = 0; twice < 2; ++twice) {  // the second time from memory
    EXPECT_TRUE(knock(bound.text));
    EXPECT_EQ(knock(bound.text, "198.51.100.9").error(), Refusal::UnknownKey);
    EXPECT_EQ(knock(bound.text, "").error(), Refusal::UnknownKey);
    EXPECT_TRUE(knock(free.text, "198.51.100.9"));
  }
  EXPECT_EQ(accounts->list_keys(account).at(0).networks, "203.0.113.0/24");
  EXPECT_EQ(accounts->create_key(account, "x", kAllScopes, std::nullopt, "somewhere").error(),
            AccountError::NetworksInvalid);
}

// clause-011.expired
TEST_P(KeysOn, EndWithTheirTimeAndAreNowhereToBeRead) {
  const auto key = *accounts->create_key(account, "shop", static_cast<Scopes>(Scope::Read),
                                         house->clock.now() + 24h);
  ASSERT_TRUE(knock(key.text));
  EXPECT_FALSE(contains(knock(key.text)->scopes, Scope::Write));
  house->main->read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT prefix, hash, name FROM api_keys");
    while (rows.next()) {
      EXPECT_TRUE(key.text.starts_with(rows.text(0)));
      EXPECT_LT(rows.text(0).size(), key.text.size() / 2);
      EXPECT_EQ(key.text.find(rows.blob(1)), std::string::npos);
    }
    return 0;
  });
  house->clock.advance(24h);
  EXPECT_EQ(knock(key.text).error(), Refusal::UnknownKey);
}

MILEPOST_ON_BOTH(KeysOn);

}  // namespace
