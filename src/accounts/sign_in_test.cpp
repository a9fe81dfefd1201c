#include "accounts/sign_in.h"

#include "accounts/testing.h"
#include "accounts/tokens.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::IsEmpty, ::testing::SizeIs;

struct SignInOn : OnBoth {
  // An authenticator app with the person's secret.
  std::string secret;
  std::vector<std::string> recovery;
  std::string code() {
    return hotp(secret, static_cast<std::uint64_t>(totp_step(house->clock.now())));
  }
  void turn_totp_on(std::int64_t person_id) {
    const auto offer = house->run(house->factors->offer_totp(person_id, "Milepost"));
    ASSERT_TRUE(offer);
    secret = from_base32(offer->secret);
    const auto codes = house->run(house->factors->confirm_totp(person_id, code(), kHome));
    ASSERT_TRUE(codes);
    recovery = *codes;
    house->clock.advance(30s);
    house->mail();
  }
  static std::string from_base32(std::string_view text) {
    std::string out;
    unsigned bits = 0, held = 0;
    for (const char c : text) {
      bits = bits << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((held += 5) < 8) continue;
      held -= 8;
      out += static_cast<char>(bits >> held & 255U);
    }
    return out;
  }
  auto second(const std::string& step, const std::string& typed) {
    return house->run(house->sign_in->second_step(step, typed, kHome, Keep::ThisSession));
  }
  auto reset(const std::string& token, const std::string& password) {
    return house->run(house->sign_in->reset(token, password, kHome));
  }
};

TEST_P(SignInOn, LetsInWhoKnowsThePassword) {
  const auto ann = house->join("ann@example.com");
  const auto entered = house->try_password(" ANN@example.com", kPassword);
  ASSERT_TRUE(entered && entered->session);
  EXPECT_EQ(house->run(house->sessions->find(entered->session->token))->person_id, ann.person_id);
  EXPECT_EQ(house->try_password("ann@example.com", "another one").error().why, SignInError::Wrong);
}

// Counted in work, not in seconds: hashes and rows are what takes time.
// clause-021.time clause-100.time
TEST_P(SignInOn, DoesTheSameWorkForAnAddressNobodyHas) {
  house->join("ann@example.com");
  const auto work_of = [&](const std::string& email) {
    const auto hashes = house->passwords->hashes();
    const auto events = house->count("security_log");
    const auto failures = house->count("sign_in_failures");
    EXPECT_EQ(house->try_password(email, "wrong password", kAway).error().why, SignInError::Wrong);
    return std::tuple(house->passwords->hashes() - hashes, house->count("security_log") - events,
                      house->count("sign_in_failures") - failures, house->mail().size());
  };
  work_of("first@example.com");  // the network's own row is made once
  EXPECT_EQ(work_of("ann@example.com"), work_of("nobody@example.com"));
}

// clause-064.guessing
TEST_P(SignInOn, SlowsGuessesDownBeforeHashing) {
  house->join("ann@example.com");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(house->try_password("ann@example.com", "wrong one").error().why, SignInError::Wrong);
  const auto hashes = house->passwords->hashes();
  const auto slowed = house->try_password("ann@example.com", kPassword);
  ASSERT_FALSE(slowed);
  EXPECT_EQ(slowed.error().why, SignInError::Wait);
  EXPECT_EQ(slowed.error().wait, 2s);
  EXPECT_EQ(house->passwords->hashes(), hashes);
  std::chrono::seconds last{2};
  for (int i = 0; i < 12; ++i) {
    house->clock.advance(last);
    EXPECT_EQ(house->try_password("ann@example.com", "wrong one").error().why, SignInError::Wrong);
    const auto next = house->try_password("ann@example.com", "wrong one").error().wait;
    EXPECT_EQ(next, std::min<std::chrono::seconds>(15min, last * 2));
    last = next;
  }
  // The owner waits a quarter of an hour at most, and is then as welcome as ever.
  house->clock.advance(15min);
  EXPECT_TRUE(house->try_password("ann@example.com", kPassword));
  EXPECT_TRUE(house->try_password("ann@example.com", kPassword));
}

TEST_P(SignInOn, SlowsAddressesNobodyHasAlike) {
  for (const char* email : {"ann@example.com", "nobody@example.com"}) {
    if (email[0] == 'a') house->join(email);
    for (int i = 0; i < 5; ++i) house->try_password(email, "wrong one").error();
    EXPECT_EQ(house->try_password(email, "wrong one").error().wait, 2s) << email;
  }
}

TEST_P(SignInOn, SlowsANetworkThatTriesManyAddresses) {
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(
        house->try_password(fmt::format("a{}@example.com", i), "wrong one", kAway).error().why,
        SignInError::Wrong);
  EXPECT_EQ(house->try_password("fresh@example.com", "wrong one", kAway).error().why,
            SignInError::Wait);
  EXPECT_EQ(house->try_password("fresh@example.com", "wrong one", kHome).error().why,
            SignInError::Wrong);
}

TEST_P(SignInOn, ForgetsFailuresAfterADay) {
  house->join("ann@example.com");
  for (int i = 0; i < 5; ++i) house->try_password("ann@example.com", "wrong one").error();
  house->clock.advance(24h);
  EXPECT_GT(house->throttle->sweep(), 0);
  EXPECT_EQ(house->count("sign_in_failures"), 0);
}

TEST_P(SignInOn, AsksForASecondStepWhenThereIsOne) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  const auto entered = house->try_password("ann@example.com", kPassword);
  ASSERT_TRUE(entered);
  EXPECT_FALSE(entered->session);
  EXPECT_EQ(second(entered->second_step, "000000").error().why, SignInError::Wrong);
  const auto good = code();
  const auto in = second(entered->second_step, good);
  ASSERT_TRUE(in);
  const auto who = house->run(house->sessions->find(in->token));
  EXPECT_TRUE(contains(who->methods, Method::Totp));
  // Neither the step nor the code works again.
  EXPECT_EQ(second(entered->second_step, good).error().why, SignInError::LinkUsed);
  const auto again = house->try_password("ann@example.com", kPassword);
  EXPECT_EQ(second(again->second_step, good).error().why, SignInError::Wrong);
}

TEST_P(SignInOn, GivesFiveTriesAndFiveMinutesForTheSecondStep) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  const auto entered = house->try_password("ann@example.com", kPassword);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(second(entered->second_step, "000000").error().why, SignInError::Wrong);
  EXPECT_EQ(second(entered->second_step, code()).error().why, SignInError::LinkUsed);
  const auto late = house->try_password("ann@example.com", kPassword);
  house->clock.advance(5min);
  EXPECT_EQ(second(late->second_step, code()).error().why, SignInError::LinkUsed);
}

// Who has the password gets no more codes to guess than anybody has passwords.
TEST_P(SignInOn, SlowsGuessingOfSecondSteps) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(house->try_password("ann@example.com", kPassword));
  EXPECT_EQ(house->try_password("ann@example.com", kPassword).error().why, SignInError::Wait);
}

TEST_P(SignInOn, TakesARecoveryCodeOnceAndTells) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  ASSERT_THAT(recovery, SizeIs(10));
  auto typed = recovery[3];
  std::erase(typed, '-');
  const auto entered = house->try_password("ann@example.com", kPassword);
  EXPECT_TRUE(second(entered->second_step, typed));
  const auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].values.at("change"), "recovery_used");
  const auto again = house->try_password("ann@example.com", kPassword);
  EXPECT_EQ(second(again->second_step, recovery[3]).error().why, SignInError::Wrong);
  EXPECT_EQ(house->run(house->factors->state(ann.person_id)).recovery_codes_left, 9);
}

TEST_P(SignInOn, TotpIsNotInForceUntilACodeWasTyped) {
  const auto ann = house->join("ann@example.com");
  ASSERT_TRUE(house->run(house->factors->offer_totp(ann.person_id, "Milepost")));
  EXPECT_TRUE(house->try_password("ann@example.com", kPassword)->session);
  EXPECT_FALSE(house->run(house->factors->confirm_totp(ann.person_id, "000000", kHome)));
}

// clause-101.reuse clause-101.sessions
TEST_P(SignInOn, ResetsByALinkThatWorksOnce) {
  const auto ann = house->join("ann@example.com");
  const auto session = house->enter(ann.person_id, Keep::ThisBrowser);
  house->run(house->sign_in->ask_reset("Ann@example.com", kHome));
  auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "reset-password");
  const auto token = mail[0].token();
  EXPECT_EQ(reset(token, "password").error().password, PasswordFault::Common);
  ASSERT_TRUE(reset(token, "a new one altogether"));
  // All sessions ended, the person was told, and neither the link nor the old password works.
  EXPECT_FALSE(house->run(house->sessions->find(session.token)));
  EXPECT_EQ(house->run(house->sessions->resume(*session.remembered, kHome)).error(),
            ResumeError::Unknown);
  mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "password-changed");
  EXPECT_TRUE(house->run(house->sign_in->see_reset(mail[0].token())));  // "it was not me"
  EXPECT_TRUE(reset(token, "yet another one").error().is_link_used);
  EXPECT_FALSE(house->try_password("ann@example.com", kPassword));
  EXPECT_TRUE(house->try_password("ann@example.com", "a new one altogether"));
}

TEST_P(SignInOn, ResetLinksLastAnHourAndTheNewestCounts) {
  house->join("ann@example.com");
  const auto ask = [&] {
    house->run(house->sign_in->ask_reset("ann@example.com", kHome));
    const auto mail = house->mail();
    return mail.empty() ? "" : mail[0].token();
  };
  const auto first = ask();
  EXPECT_EQ(ask(), "");  // within two minutes: no second letter
  house->clock.advance(3min);
  const auto second_link = ask();
  EXPECT_TRUE(reset(first, "a new one altogether").error().is_link_used);
  house->clock.advance(61min);
  EXPECT_TRUE(reset(second_link, "a new one altogether").error().is_link_used);
}

TEST_P(SignInOn, AResetOfAnAddressNobodyHasLooksTheSame) {
  house->run(house->sign_in->ask_reset("nobody@example.com", kHome));
  EXPECT_THAT(house->mail(), IsEmpty());
  EXPECT_EQ(house->count("security_log"), 1);
}

// What a dump holds opens nothing: no password, token, code or secret stands in it as it is used.
// clause-101.dump
TEST_P(SignInOn, LeavesNothingInTheDatabaseThatOpens) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  const auto started = house->enter(ann.person_id, Keep::ThisBrowser);
  house->run(house->sign_in->ask_reset("ann@example.com", kHome));
  const std::vector<std::string> usable{kPassword,
                                        started.token,
                                        started.remembered->substr(33),
                                        house->mail().at(0).token(),
                                        secret,
                                        recovery.at(0),
                                        "ann@example.com"};
  house->main->read_now([&](store::Tx& tx) {
    for (const char* query :
         {"SELECT password, '', '' FROM people", "SELECT '', sealed, email_hash FROM people",
          "SELECT '', token_hash, sealed FROM sessions",
          "SELECT '', token_hash, sealed FROM remembered",
          "SELECT kind, token_hash, sealed FROM one_time",
          "SELECT '', sealed, sealed FROM authenticators",
          "SELECT '', code_hash, code_hash FROM recovery_codes",
          "SELECT kind, network, sealed FROM security_log"}) {
      auto rows = tx.query(query);
      while (rows.next()) {
        for (const auto& one : usable) {
          EXPECT_EQ(rows.text(0).find(one), std::string_view::npos) << query;
          EXPECT_EQ(rows.blob(1).find(one), std::string_view::npos) << query;
          EXPECT_EQ(rows.blob(2).find(one), std::string_view::npos) << query;
        }
      }
    }
    return 0;
  });
}

TEST_P(SignInOn, StepsUpWithAPasswordOrACode) {
  const auto ann = house->join("ann@example.com");
  turn_totp_on(ann.person_id);
  auto started = house->enter(ann.person_id);
  house->clock.advance(11min);
  const auto prove = [&](const std::string& typed) {
    return house->run(house->sign_in->prove_again(started.token, typed, kHome));
  };
  EXPECT_EQ(prove("wrong password").error().why, SignInError::Wrong);
  const auto by_code = prove(code());
  ASSERT_TRUE(by_code);
  started = *by_code;
  const auto by_password = prove(kPassword);
  ASSERT_TRUE(by_password);
  EXPECT_TRUE(house->run(house->sessions->find(by_password->token))
                  ->standing(house->clock.now())
                  .is_recent);
}

// clause-101.sessions
TEST_P(SignInOn, ChangingAPasswordEndsTheOtherSessions) {
  const auto ann = house->join("ann@example.com");
  const auto here = house->enter(ann.person_id), there = house->enter(ann.person_id);
  ASSERT_TRUE(house->run(
      house->sign_in->change_password(ann.person_id, here.session, "a new one altogether", kHome)));
  EXPECT_TRUE(house->run(house->sessions->find(here.token)));
  EXPECT_FALSE(house->run(house->sessions->find(there.token)));
}

TEST_P(SignInOn, LetsSuspendedPeopleInToTakeTheirData) {
  const auto ann = house->join("ann@example.com");
  ASSERT_TRUE(house->people->set_suspended(ann.person_id, true));
  const auto entered = house->try_password("ann@example.com", kPassword);
  ASSERT_TRUE(entered);
  const auto who = house->run(house->sessions->find(entered->session->token));
  const auto standing = who->standing(house->clock.now());
  EXPECT_EQ(decide(Need::even_suspended().recently(), standing), Verdict::Welcome);
  EXPECT_EQ(decide(Need::permission(Permission::ReadShipments), standing), Verdict::Suspended);
}

TEST_P(SignInOn, ANewAddressCountsWhenItHasAnswered) {
  const auto ann = house->join("ann@example.com");
  house->join("taken@example.com");
  EXPECT_TRUE(house->run(house->people->ask_new_email(ann.person_id, "taken@example.com")));
  EXPECT_THAT(house->mail(), IsEmpty());
  ASSERT_TRUE(house->run(house->people->ask_new_email(ann.person_id, "new@example.com")));
  auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].to, "new@example.com");
  EXPECT_TRUE(house->try_password("ann@example.com", kPassword));
  ASSERT_TRUE(house->run(house->people->confirm_new_email(mail[0].token())));
  EXPECT_FALSE(house->run(house->people->confirm_new_email(mail[0].token())));
  EXPECT_TRUE(house->try_password("new@example.com", kPassword));
  EXPECT_FALSE(house->try_password("ann@example.com", kPassword));
  mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "email-changed");
  EXPECT_EQ(mail[0].to, "ann@example.com");

  // "It was not me": the old address takes it back, and everybody is signed out.
  const auto thief = house->enter(ann.person_id);
  ASSERT_TRUE(house->run(house->people->confirm_new_email(mail[0].token())));
  EXPECT_FALSE(house->run(house->sessions->find(thief.token)));
  EXPECT_TRUE(house->try_password("ann@example.com", kPassword));
  EXPECT_FALSE(house->try_password("new@example.com", kPassword));
}

MILEPOST_ON_BOTH(SignInOn);

}  // namespace
