#include "accounts/sign_up.h"

#include "accounts/accounts.h"
#include "accounts/testing.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::SizeIs;

const Agreement kAgreed{"policy-1", "terms-1", true};

struct SignUpOn : OnBoth {
  base::Outcome<PersonError> ask(const std::string& email, const Agreement& agreement = kAgreed) {
    return house->run(house->sign_ups->ask({email, "nl", agreement}));
  }
  auto finish(const std::string& token, std::optional<std::string> password = kPassword) {
    return house->run(house->sign_ups->finish({token, "Ann", std::move(password), {}}));
  }
};

// clause-021.verified clause-057.register
TEST_P(SignUpOn, MakesAPersonWhoAgreedExplicitlyAndWhoseAddressAnswered) {
  ASSERT_TRUE(ask("Ann@Example.com"));
  EXPECT_EQ(house->count("people"), 0);
  auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "verify-email");
  EXPECT_EQ(mail[0].to, "Ann@Example.com");
  EXPECT_EQ(mail[0].language, "nl");
  EXPECT_THAT(mail[0].values["link"], HasSubstr("https://track.example/account/welcome?token="));
  EXPECT_TRUE(house->run(house->sign_ups->see(mail[0].token())));

  const auto joined = finish(mail[0].token());
  ASSERT_TRUE(joined);
  const auto person = house->run(house->people->find(joined->person_id));
  ASSERT_TRUE(person);
  EXPECT_TRUE(person->verified_at);
  EXPECT_EQ(person->policy, "policy-1");
  EXPECT_EQ(person->terms, "terms-1");
  EXPECT_EQ(person->agreed_at, house->clock.now());
  EXPECT_TRUE(person->age_stated_at);
  EXPECT_EQ(person->preferences.language, "nl");
  const auto memberships = house->run(house->teams->memberships(joined->person_id));
  ASSERT_THAT(memberships, SizeIs(1));
  EXPECT_EQ(memberships[0].account_id, joined->account_id);
  EXPECT_EQ(memberships[0].role, Role::Owner);
  EXPECT_EQ(house->count("sign_ups"), 0);
}

// clause-103.underage
TEST_P(SignUpOn, LeavesNothingOfSomebodyTooYoung) {
  EXPECT_EQ(ask("kid@example.com", {"policy-1", "terms-1", false}).error(), PersonError::NotAgreed);
  for (const char* table : {"people", "sign_ups", "letters", "one_time", "security_log"})
    EXPECT_EQ(house->count(table), 0) << table;
}

// clause-013.act
TEST_P(SignUpOn, NeedsTheVersionThatWasAgreedTo) {
  EXPECT_FALSE(ask("ann@example.com", {"", "terms-1", true}));
  EXPECT_FALSE(ask("ann@example.com", {"policy-1", "", true}));
  EXPECT_EQ(house->count("sign_ups"), 0);
}

// The same answer, and the same work: one transaction that writes one letter; no hashing in either.
// clause-021.same
TEST_P(SignUpOn, AnswersAKnownAddressLikeANewOne) {
  house->join("ann@example.com");
  const auto hashes = house->passwords->hashes();
  const auto known = ask("ANN@example.com ");
  const auto mail_known = house->mail();
  const auto fresh = ask("bob@example.com");
  const auto mail_fresh = house->mail();
  EXPECT_TRUE(known);
  EXPECT_TRUE(fresh);
  EXPECT_EQ(house->passwords->hashes(), hashes);
  ASSERT_THAT(mail_known, SizeIs(1));
  ASSERT_THAT(mail_fresh, SizeIs(1));
  EXPECT_EQ(mail_known[0].kind, "sign-up-known");
  EXPECT_EQ(mail_known[0].to, "ann@example.com");
  EXPECT_EQ(mail_fresh[0].kind, "verify-email");
}

// clause-017.unverified
TEST_P(SignUpOn, WritesToAnAddressThatDidNotAnswerOnceOnly) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(ask("ann@example.com"));
  EXPECT_THAT(house->mail(), SizeIs(1));
  EXPECT_EQ(house->count("people"), 0);
  house->run(house->sign_in->ask_reset("ann@example.com", kHome));
  EXPECT_THAT(house->mail(), IsEmpty());
}

TEST_P(SignUpOn, DoesNotLetStrangersFloodSomebodyWhoIsHere) {
  house->join("ann@example.com");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(ask("ann@example.com"));
  EXPECT_THAT(house->mail(), SizeIs(1));
}

// Nobody can prepare an account for somebody else: whoever asks sets nothing that counts later.
TEST_P(SignUpOn, TakesWhoTheyAreFromWhoeverOpensTheLetter) {
  ASSERT_TRUE(ask("ann@example.com"));
  const auto token = house->mail().at(0).token();
  ASSERT_TRUE(finish(token, "chosen by ann herself"));
  EXPECT_TRUE(house->try_password("ann@example.com", "chosen by ann herself"));
  EXPECT_FALSE(finish(token, "by whoever comes later"));
}

TEST_P(SignUpOn, LinksWorkOnceAndForTwoDays) {
  ASSERT_TRUE(ask("ann@example.com"));
  const auto token = house->mail().at(0).token();
  house->clock.advance(48h);
  EXPECT_FALSE(house->run(house->sign_ups->see(token)));
  EXPECT_EQ(finish(token).error().person, PersonError::LinkUsed);
  EXPECT_GT(house->sessions->sweep(), 0);
  EXPECT_EQ(house->count("sign_ups"), 0);
}

// clause-043.empty
TEST_P(SignUpOn, AsksForNothingButAnAddress) {
  ASSERT_TRUE(ask("ann@example.com"));
  const auto token = house->mail().at(0).token();
  const auto joined = house->run(house->sign_ups->finish({token, "", std::nullopt, {}}));
  ASSERT_TRUE(joined);
  EXPECT_NE(joined->account_id, 0);
}

TEST_P(SignUpOn, RefusesWeakPasswordsWithoutUsingTheLinkUp) {
  ASSERT_TRUE(ask("ann@example.com"));
  const auto token = house->mail().at(0).token();
  EXPECT_EQ(finish(token, "password").error().password, PasswordFault::Common);
  EXPECT_TRUE(finish(token));
}

TEST_P(SignUpOn, TakesOverTheAccountThatAnOperatorMadeForTheAddress) {
  Accounts accounts(*house->main, *house->vault, *house->ledger, house->clock);
  const auto made = accounts.create("shop@example.com", "standard");
  ASSERT_TRUE(made);
  EXPECT_EQ(house->join("Shop@example.com").account_id, *made);
  EXPECT_NE(house->join("other@example.com").account_id, *made);
}

// What a form sends beyond what it shows has nowhere to go: roles, accounts and verification are no
// members of what sign-up takes.
TEST_P(SignUpOn, GivesNobodyARoleInAnAccountOfOthers) {
  const auto ann = house->join("ann@example.com");
  const auto bob = house->join("bob@example.com");
  EXPECT_NE(ann.account_id, bob.account_id);
  EXPECT_FALSE(house->main->read_now([&](store::Tx& tx) {
    return Teams::role_in(tx, ann.account_id, bob.person_id).has_value();
  }));
}

// clause-118.values clause-119.zones
TEST(Preferences, HoldOnlyWhatExists) {
  Preferences mine{"en", "UTC", "EUR"};
  mine = merged(mine, "pt-BR", "Europe/Amsterdam", "JPY");
  EXPECT_EQ(mine.language, "pt-BR");
  EXPECT_EQ(mine.zone, "Europe/Amsterdam");
  EXPECT_EQ(mine.currency, "JPY");
  mine = merged(mine, "<script>", "Mars/Olympus", "XYZ");
  EXPECT_EQ(mine.language, "pt-BR");
  EXPECT_EQ(mine.zone, "Europe/Amsterdam");
  EXPECT_EQ(mine.currency, "JPY");
  for (const char* zone : {"PST", "GMT+3", "Etc/Unknown", "../../etc/passwd", ""})
    EXPECT_FALSE(is_zone(zone)) << zone;
  for (const char* code : {"eur", "EURO", "DEM", ""}) EXPECT_FALSE(is_currency(code)) << code;
  for (const char* tag : {"en", "zh-Hant", "zh-Hant-TW", "fil"})
    EXPECT_TRUE(is_language(tag)) << tag;
  for (const char* tag : {"EN", "e", "en_US", "en-us", "zh-hant", "en-"})
    EXPECT_FALSE(is_language(tag)) << tag;
}

// clause-017.typos
TEST(Addresses, ThatLookMistypedAreNoticed) {
  EXPECT_EQ(domain_meant("ann@gmial.com"), "gmail.com");
  EXPECT_EQ(domain_meant("ann@hotmial.com"), "hotmail.com");
  EXPECT_EQ(domain_meant("ann@outlok.com"), "outlook.com");
  EXPECT_EQ(domain_meant("ann@gmail.com"), "");
  EXPECT_EQ(domain_meant("ann@example.com"), "");
  EXPECT_EQ(domain_meant(""), "");
  for (const char* bad : {"ann", "@x.nl", "ann@", "ann@x", "ann@x.", "a b@x.nl",
                          "ann@x.nl\r\nBcc: y@z.nl", "ann@.nl"})
    EXPECT_FALSE(looks_like_email(bad)) << bad;
  EXPECT_TRUE(looks_like_email("ann.o'neil+x@sub.example.com"));
}

MILEPOST_ON_BOTH(SignUpOn);

}  // namespace
