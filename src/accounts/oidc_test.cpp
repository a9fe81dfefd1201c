#include "accounts/oidc.h"

#include "accounts/id_token.h"
#include "accounts/provider_for_test.h"
#include "accounts/testing.h"
#include "accounts/tokens.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "crypto/key.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr, ::testing::SizeIs;

struct OidcOn : OnBoth {
  static constexpr const char* kReturn = "https://track.example/account/provider/local";
  void SetUp() override {
    OnBoth::SetUp();
    if (!house) return;
    provider = std::make_unique<LocalProvider>(house->clock);
    client = std::make_unique<http::Client>(http::Client::Options{});
    open_for(false);
  }
  void open_for(bool is_trusted) {
    Provider local{"local", "Local", provider->issuer, "milepost", "se:cret", is_trusted, true};
    oidc = std::make_unique<Oidc>(*house->context, *client, std::vector{local}, *house->log);
  }
  base::Result<Oidc::Found, OidcFault> round(std::int64_t signed_in = 0) {
    const auto begun = house->run(oidc->begin("local", kReturn));
    if (!begun) return base::Failure{begun.error()};
    const auto code = provider->agree(begun->url);
    return house->run(
        oidc->finish({"local", provider->state(), begun->state, code, "", "", kReturn, signed_in}));
  }
  std::unique_ptr<LocalProvider> provider;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<Oidc> oidc;
};

TEST_P(OidcOn, ConnectsWhoeverIsSignedInAndKnowsThemAfterwards) {
  const auto ann = house->join("ann@example.com").person_id;
  const auto connected = round(ann);
  ASSERT_TRUE(connected) << word(connected.error());
  EXPECT_TRUE(connected->is_new_identity);
  provider->email = "other@example.com";  // an address is not who somebody is
  const auto again = round();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->person_id, ann);
  EXPECT_FALSE(again->is_new_identity);
  EXPECT_THAT(house->run(oidc->list(ann)), SizeIs(1));
  EXPECT_EQ(provider->authorization, "Basic " + base::to_base64("milepost:se%3Acret"));
  EXPECT_EQ(value_of(provider->asked, "code_challenge_method"), "S256");
  EXPECT_THAT(value_of(provider->asked, "scope"), HasSubstr("openid"));
}

TEST_P(OidcOn, DoesNotTakeAStrangersWordForAnAddress) {
  const auto ann = house->join("ann@example.com").person_id;
  EXPECT_EQ(round().error(), OidcFault::AddressTaken);
  open_for(true);
  provider->is_verified = false;
  EXPECT_EQ(round().error(), OidcFault::NoAddress);
  provider->is_verified = true;
  EXPECT_EQ(round()->person_id, ann);
}

// clause-057.register
TEST_P(OidcOn, MakesNobodyAPersonBeforeTheirAddressHasAnswered) {
  const auto found = round();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->person_id, 0);
  EXPECT_EQ(found->email, "ann@example.com");
  EXPECT_EQ(house->count("people"), 0);
  EXPECT_EQ(house->count("identities"), 0);
}

TEST_P(OidcOn, ComesBackOnceAndToTheBrowserThatLeft) {
  const auto begun = house->run(oidc->begin("local", kReturn));
  ASSERT_TRUE(begun);
  const auto code = provider->agree(begun->url);
  const auto back = [&](const std::string& state, const std::string& cookie) {
    return house->run(oidc->finish({"local", state, cookie, code, "", "", kReturn, 0}));
  };
  EXPECT_EQ(back(new_token(), begun->state).error(), OidcFault::WrongState);
  const auto other = house->run(oidc->begin("local", kReturn));
  EXPECT_EQ(back(begun->state, other->state).error(), OidcFault::WrongState);
  EXPECT_EQ(back(begun->state, begun->state).error(), OidcFault::WrongState);  // used up
  const auto late = house->run(oidc->begin("local", kReturn));
  house->clock.advance(10min);
  EXPECT_EQ(back(late->state, late->state).error(), OidcFault::WrongState);
}

TEST_P(OidcOn, BelievesNoTokenThatIsNotForThisSignIn) {
  const auto with = [&](auto change) {
    change(*provider);
    const auto found = round();
    provider->nonce_instead.clear();
    provider->issuer_instead.clear();
    provider->audience = "milepost";
    provider->age = 0s;
    provider->signing = provider->key;
    return found ? "fine" : std::string(word(found.error()));
  };
  EXPECT_EQ(with([](auto& p) { p.nonce_instead = "another"; }), "bad_token");
  EXPECT_EQ(with([](auto& p) { p.issuer_instead = "https://evil.example"; }), "bad_token");
  EXPECT_EQ(with([](auto& p) { p.audience = "another"; }), "bad_token");
  EXPECT_EQ(with([](auto& p) { p.age = 3600s; }), "bad_token");
  EXPECT_EQ(with([](auto& p) { p.age = -3600s; }), "bad_token");
  EXPECT_EQ(with([](auto& p) { p.signing = crypto::PrivateKey::generate(crypto::KeyKind::P256); }),
            "bad_token");
  EXPECT_EQ(with([](auto&) {}), "fine");
}

TEST_P(OidcOn, LooksForANewKeyAndNotForEver) {
  EXPECT_TRUE(round());
  EXPECT_TRUE(round());
  EXPECT_EQ(provider->key_fetches, 1);
  provider->key = provider->signing = crypto::PrivateKey::generate(crypto::KeyKind::P256);
  provider->key_name = "key-2";
  EXPECT_EQ(round().error(), OidcFault::BadToken);  // it was looked for a moment ago
  house->clock.advance(1min);
  EXPECT_TRUE(round());
  EXPECT_EQ(provider->key_fetches, 2);
}

TEST_P(OidcOn, SaysWhenTheProviderOrThePersonSaysNo) {
  EXPECT_EQ(house->run(oidc->begin("nobody", kReturn)).error(), OidcFault::UnknownProvider);
  const auto begun = house->run(oidc->begin("local", kReturn));
  EXPECT_EQ(house
                ->run(oidc->finish(
                    {"local", begun->state, begun->state, "", "", "access_denied", kReturn, 0}))
                .error(),
            OidcFault::Denied);
  const auto mixed = house->run(oidc->begin("local", kReturn));
  EXPECT_EQ(house
                ->run(oidc->finish({"local", mixed->state, mixed->state, "code-1",
                                    "https://evil.example", "", kReturn, 0}))
                .error(),
            OidcFault::WrongIssuer);
}

TEST_P(OidcOn, KeepsTheLastWayIn) {
  const auto ann = house->join("ann@example.com", "Ann", std::nullopt).person_id;
  ASSERT_TRUE(round(ann));
  EXPECT_FALSE(house->run(oidc->disconnect(ann, "local")));
  const auto bob = house->join("bob@example.com").person_id;
  provider->subject = "sub-2";
  ASSERT_TRUE(round(bob));
  EXPECT_TRUE(house->run(oidc->disconnect(bob, "local")));
}

TEST(IdToken, IsForUsAlone) {
  const auto now = base::from_micros(1'000'000'000);
  const auto read = [&](const std::string& audience) {
    return read_id_token(
               R"({"iss":"i","sub":"s","exp":1100,"iat":1000,"nonce":"n",)" + audience + "}",
               {"i", "us", "n"}, now)
        .has_value();
  };
  EXPECT_TRUE(read(R"("aud":"us")"));
  EXPECT_TRUE(read(R"("aud":["us"])"));
  EXPECT_TRUE(read(R"("aud":["us","them"],"azp":"us")"));
  EXPECT_FALSE(read(R"("aud":["us","them"])"));
  EXPECT_FALSE(read(R"("aud":["us","them"],"azp":"them")"));
  EXPECT_FALSE(read(R"("aud":"us","azp":"them")"));
  EXPECT_FALSE(read(R"("aud":"them")"));
  EXPECT_FALSE(read(R"("aud":5)"));
}

MILEPOST_ON_BOTH(OidcOn);

}  // namespace
