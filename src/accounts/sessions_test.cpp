#include "accounts/sessions.h"

#include "accounts/testing.h"
#include "accounts/tokens.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::IsEmpty, ::testing::SizeIs;

struct SessionsOn : OnBoth {
  std::optional<Signed> find(const std::string& token) {
    return house->run(house->sessions->find(token));
  }
  auto resume(const std::string& token, const Origin& from = kHome) {
    return house->run(house->sessions->resume(token, from));
  }
};

TEST_P(SessionsOn, AreARowThatEverythingIsReadFrom) {
  const auto ann = house->join("ann@example.com");
  const auto started = house->enter(ann.person_id);
  EXPECT_FALSE(started.remembered);
  const auto who = find(started.token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->person_id, ann.person_id);
  EXPECT_EQ(who->account_id, ann.account_id);
  EXPECT_EQ(who->role, Role::Owner);
  EXPECT_TRUE(who->standing(house->clock.now()).is_recent);
  EXPECT_FALSE(find(new_token()));
  EXPECT_FALSE(find(""));
  EXPECT_FALSE(find(std::string(5000, 'A')));
}

TEST_P(SessionsOn, AreNotInTheDatabaseAsTheirTokens) {
  const auto ann = house->join("ann@example.com");
  const auto started = house->enter(ann.person_id);
  const auto rows = house->main->read_now([&](store::Tx& tx) {
    auto found =
        tx.query("SELECT COUNT(*) FROM sessions WHERE token_hash = $1", store::Blob{started.token});
    found.next();
    return found.integer(0);
  });
  EXPECT_EQ(rows, 0);
}

// clause-115.server
TEST_P(SessionsOn, EndUnusedAfterTwoHoursAndAnywayAfterADay) {
  const auto ann = house->join("ann@example.com");
  const auto idle = house->enter(ann.person_id);
  house->clock.advance(2h);
  EXPECT_FALSE(find(idle.token));
  const auto busy = house->enter(ann.person_id);
  for (int hour = 1; hour < 24; ++hour) {
    house->clock.advance(1h);
    EXPECT_TRUE(find(busy.token)) << hour;
  }
  house->clock.advance(1h);
  EXPECT_FALSE(find(busy.token));
  house->sessions->sweep();
  EXPECT_EQ(house->count("sessions"), 0);
}

// Session fixation: what was planted before gains nothing when somebody proves who they are.
// clause-117.fixation
TEST_P(SessionsOn, ChangeTheirTokenWhenTheyGainPower) {
  const auto ann = house->join("ann@example.com");
  const auto planted = house->enter(ann.person_id);
  house->clock.advance(11min);
  EXPECT_FALSE(find(planted.token)->standing(house->clock.now()).is_recent);
  const auto renewed =
      house->run(house->sessions->renew(planted.token, static_cast<Methods>(Method::Password)));
  ASSERT_TRUE(renewed);
  EXPECT_NE(renewed->token, planted.token);
  EXPECT_FALSE(find(planted.token));
  const auto who = find(renewed->token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->session, planted.session);
  EXPECT_TRUE(who->standing(house->clock.now()).is_recent);
  EXPECT_FALSE(house->sessions->is_csrf(renewed->token, house->sessions->csrf_for(planted.token)));
}

// clause-117.csrf
TEST_P(SessionsOn, GuardTheirFormsWithATokenOfTheirOwn) {
  const auto ann = house->join("ann@example.com");
  const auto mine = house->enter(ann.person_id), other = house->enter(ann.person_id);
  const auto csrf = find(mine.token)->csrf;
  EXPECT_TRUE(house->sessions->is_csrf(mine.token, csrf));
  EXPECT_FALSE(house->sessions->is_csrf(other.token, csrf));
  EXPECT_FALSE(house->sessions->is_csrf(mine.token, ""));
  EXPECT_FALSE(house->sessions->is_csrf(mine.token, mine.token));
}

// clause-064.sessions clause-010.revoke
TEST_P(SessionsOn, AreListedAndEndedOneByOne) {
  const auto ann = house->join("ann@example.com"), bob = house->join("bob@example.com");
  const auto here = house->enter(ann.person_id),
             there = house->enter(ann.person_id, Keep::ThisSession, kAway);
  const auto list = house->run(house->sessions->list(ann.person_id, here.session));
  ASSERT_THAT(list, SizeIs(2));
  personal::Access<personal::Purpose::SignIn> access(*house->ledger, {}, 0, "test");
  for (const auto& one : list) {
    EXPECT_EQ(one.is_current, one.id == here.session);
    EXPECT_EQ(open(one.device, access), one.is_current ? "Firefox on Linux" : "Chrome on Windows");
  }
  EXPECT_FALSE(house->run(house->sessions->end_one(bob.person_id, there.session)));
  EXPECT_TRUE(house->run(house->sessions->end_one(ann.person_id, there.session)));
  EXPECT_FALSE(find(there.token));
  EXPECT_TRUE(find(here.token));
  house->run(house->sessions->end(here.token));
  EXPECT_FALSE(find(here.token));
}

// clause-125.tick clause-125.revoke
TEST_P(SessionsOn, OutliveTheBrowserOnlyByExplicitTick) {
  const auto ann = house->join("ann@example.com");
  EXPECT_FALSE(house->enter(ann.person_id).remembered);
  EXPECT_EQ(house->count("remembered"), 0);
  const auto kept = house->enter(ann.person_id, Keep::ThisBrowser);
  ASSERT_TRUE(kept.remembered);
  EXPECT_LE(kept.remembered_for, std::chrono::hours(30 * 24));
  const auto browsers = house->run(house->sessions->browsers(ann.person_id));
  ASSERT_THAT(browsers, SizeIs(1));
  EXPECT_TRUE(house->run(house->sessions->forget_browser(ann.person_id, browsers[0].family)));
  EXPECT_FALSE(find(kept.token));
  EXPECT_EQ(resume(*kept.remembered).error(), ResumeError::Unknown);
}

TEST_P(SessionsOn, OfARememberedBrowserComeWithTheNextToken) {
  const auto ann = house->join("ann@example.com");
  const auto kept = house->enter(ann.person_id, Keep::ThisBrowser);
  house->clock.advance(3h);
  EXPECT_FALSE(find(kept.token));
  const auto next = resume(*kept.remembered);
  ASSERT_TRUE(next);
  EXPECT_NE(next->remembered, kept.remembered);
  const auto who = find(next->token);
  ASSERT_TRUE(who);
  EXPECT_TRUE(contains(who->methods, Method::Remembered));
  EXPECT_FALSE(who->standing(house->clock.now()).is_recent);  // recognised, not proven
  house->clock.advance(3h);
  EXPECT_TRUE(resume(*next->remembered));
}

// clause-116.theft
TEST_P(SessionsOn, AllEndWhenARememberedTokenComesBack) {
  const auto ann = house->join("ann@example.com");
  const auto kept = house->enter(ann.person_id, Keep::ThisBrowser);
  const auto elsewhere = house->enter(ann.person_id);
  house->mail();
  house->clock.advance(1h);
  const auto owner = resume(*kept.remembered);
  ASSERT_TRUE(owner);
  house->clock.advance(1min);
  EXPECT_EQ(resume(*kept.remembered, kAway).error(), ResumeError::Reused);
  EXPECT_FALSE(find(owner->token));
  EXPECT_FALSE(find(kept.token));
  EXPECT_EQ(resume(*owner->remembered).error(), ResumeError::Unknown);
  EXPECT_TRUE(find(elsewhere.token));  // not of this family
  const auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "remembered-reused");
  const auto events = house->run(house->log->of_person(ann.person_id));
  EXPECT_EQ(events.at(0).kind, "token_reused");
}

TEST_P(SessionsOn, OfTwoTabsAtOnceAreNoTheft) {
  const auto ann = house->join("ann@example.com");
  const auto kept = house->enter(ann.person_id, Keep::ThisBrowser);
  const auto first = resume(*kept.remembered);
  ASSERT_TRUE(first);
  house->clock.advance(2s);
  EXPECT_EQ(resume(*kept.remembered).error(), ResumeError::JustRotated);
  EXPECT_TRUE(find(first->token));
}

TEST_P(SessionsOn, OfABrowserEndAfterThirtyDaysUnusedAndHalfAYear) {
  const auto ann = house->join("ann@example.com");
  auto kept = *house->enter(ann.person_id, Keep::ThisBrowser).remembered;
  const auto unused = *house->enter(ann.person_id, Keep::ThisBrowser).remembered;
  int days = 0;
  while (true) {
    house->clock.advance(24h * 20);
    days += 20;
    const auto next = resume(kept);
    if (!next) break;
    kept = *next->remembered;
    ASSERT_LT(days, 400);
  }
  EXPECT_EQ(days, 180);
  EXPECT_EQ(resume(unused).error(), ResumeError::Unknown);
}

TEST_P(SessionsOn, FromANewPlaceAreTold) {
  const auto ann = house->join("ann@example.com");
  house->enter(ann.person_id);
  EXPECT_THAT(house->mail(), IsEmpty());  // the first of all is no news
  house->enter(ann.person_id);
  EXPECT_THAT(house->mail(), IsEmpty());
  house->enter(ann.person_id, Keep::ThisSession, kAway);
  const auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "new-sign-in");
  EXPECT_EQ(mail[0].values.at("device"), "Chrome on Windows");
}

TEST_P(SessionsOn, WorkOnlyInAccountsOfWhichOneIsAMember) {
  const auto ann = house->join("ann@example.com"), bob = house->join("bob@example.com");
  const auto started = house->enter(ann.person_id);
  EXPECT_FALSE(house->run(house->sessions->choose(started.session, ann.person_id, bob.account_id)));
  EXPECT_TRUE(house->run(house->sessions->choose(started.session, ann.person_id, ann.account_id)));
  EXPECT_FALSE(house->run(house->sessions->choose(started.session, bob.person_id, bob.account_id)));
  EXPECT_EQ(find(started.token)->account_id, ann.account_id);
}

TEST(Origin, IsKeptCoarse) {
  EXPECT_EQ(device_words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux");
  EXPECT_EQ(
      device_words("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
                   "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"),
      "Safari on iPhone");
  EXPECT_EQ(
      device_words("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                   "Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"),
      "Edge on Windows");
  EXPECT_EQ(device_words("<script>"), "Unknown");
  EXPECT_EQ(network_prefix("203.0.113.7"), "203.0.113.0/24");
  EXPECT_EQ(network_prefix("::ffff:203.0.113.7"), "203.0.113.0/24");
  EXPECT_EQ(network_prefix("2001:DB8:1:2::7"), "2001:db8:1::/48");
  EXPECT_EQ(network_prefix("2001:db8::7"), "2001:db8:0::/48");
  EXPECT_EQ(network_prefix("::1"), "0:0:0::/48");
  EXPECT_EQ(network_prefix("unix"), "unix");
}

MILEPOST_ON_BOTH(SessionsOn);

}  // namespace
