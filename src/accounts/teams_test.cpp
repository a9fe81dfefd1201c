#include "accounts/teams.h"

#include "accounts/accounts.h"
#include "accounts/testing.h"
#include "messages/letter.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::SizeIs;

struct TeamsOn : OnBoth {
  void SetUp() override {
    OnBoth::SetUp();
    if (!house) return;
    ann = house->join("ann@example.com");
    owner = {{personal::ActorKind::Member, ann.person_id}, Role::Owner};
  }
  std::string invite(const std::string& email, Role role) {
    house->clock.advance(1ms);
    EXPECT_TRUE(house->run(house->teams->invite(ann.account_id, owner, email, role, "de")));
    const auto mail = house->mail();
    EXPECT_THAT(mail, SizeIs(1));
    return mail.at(0).token();
  }
  SignUps::Joined member(const std::string& email, Role role) {
    const auto joined = house->join(email);
    const auto token = invite(email, role);
    house->clock.advance(1ms);
    EXPECT_TRUE(house->run(house->teams->accept(token, joined.person_id)));
    return joined;
  }
  Acting as(std::int64_t person_id, Role role) {
    return {{personal::ActorKind::Member, person_id}, role};
  }
  auto set_role(const Acting& who, std::int64_t person_id, Role role) {
    house->clock.advance(1ms);
    return house->run(house->teams->set_role(ann.account_id, who, person_id, role));
  }
  auto remove(const Acting& who, std::int64_t person_id) {
    house->clock.advance(1ms);
    return house->run(house->teams->remove(ann.account_id, who, person_id));
  }
  std::vector<std::string> events() {
    return house->main->read_now([&](store::Tx& tx) {
      std::vector<std::string> all;
      auto rows =
          tx.query("SELECT change, role FROM member_events WHERE account_id = $1 ORDER BY id",
                   ann.account_id);
      while (rows.next()) all.push_back(fmt::format("{} {}", rows.text(0), rows.text(1)));
      return all;
    });
  }
  SignUps::Joined ann;
  Acting owner;
};

TEST_P(TeamsOn, GrowByLettersThatWorkOnceAndForAWeek) {
  const auto token = invite("bob@example.com", Role::Support);
  const auto offered = house->run(house->teams->see(token));
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered->role, Role::Support);
  EXPECT_EQ(offered->email, "bob@example.com");
  EXPECT_FALSE(offered->is_known);
  const auto bob = house->run(
      house->teams->accept_as_new(token, "Bob", {"policy-1", "terms-1", true}, {"de", "", ""}));
  ASSERT_TRUE(bob);
  EXPECT_FALSE(house->run(house->teams->see(token)));
  const auto members = house->run(house->teams->members(ann.account_id));
  ASSERT_THAT(members, SizeIs(2));
  const auto theirs = house->run(house->teams->memberships(*bob));
  ASSERT_THAT(theirs, SizeIs(1));  // no account of their own that nobody asked for
  EXPECT_EQ(theirs[0].account_id, ann.account_id);

  const auto late = invite("eve@example.com", Role::Support);
  house->clock.advance(7 * 24h);
  EXPECT_FALSE(house->run(house->teams->see(late)));
  EXPECT_EQ(house->teams->sweep(), 1);
}

TEST_P(TeamsOn, TakeOnlyWhoeverWasInvited) {
  const auto eve = house->join("eve@example.com");
  const auto token = invite("bob@example.com", Role::Admin);
  EXPECT_EQ(house->run(house->teams->accept(token, eve.person_id)).error(),
            TeamError::OtherAddress);
  const auto waiting = house->run(house->teams->invitations(ann.account_id));
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_TRUE(house->run(house->teams->withdraw(ann.account_id, owner, waiting[0].id)));
  EXPECT_FALSE(house->run(house->teams->see(token)));
}

TEST_P(TeamsOn, TakeNobodyTooYoungAndNobodyWhoDidNotAgree) {
  const auto token = invite("kid@example.com", Role::Analyst);
  const auto people = house->count("people");
  EXPECT_FALSE(house->run(house->teams->accept_as_new(token, "Kid", {"p", "t", false}, {})));
  EXPECT_FALSE(house->run(house->teams->accept_as_new(token, "Kid", {"", "t", true}, {})));
  EXPECT_EQ(house->count("people"), people);
}

TEST_P(TeamsOn, KeepAnOwner) {
  EXPECT_EQ(remove(owner, ann.person_id).error(), TeamError::LastOwner);
  EXPECT_EQ(set_role(owner, ann.person_id, Role::Admin).error(), TeamError::LastOwner);
  const auto bob = member("bob@example.com", Role::Owner);
  EXPECT_TRUE(remove(owner, ann.person_id));
  EXPECT_EQ(remove(as(bob.person_id, Role::Owner), bob.person_id).error(), TeamError::LastOwner);
}

TEST_P(TeamsOn, LetNobodyRaiseThemselves) {
  const auto bob = member("bob@example.com", Role::Admin),
             eve = member("eve@example.com", Role::Support);
  const auto admin = as(bob.person_id, Role::Admin), support = as(eve.person_id, Role::Support);
  EXPECT_EQ(set_role(admin, bob.person_id, Role::Owner).error(), TeamError::NotYours);
  EXPECT_EQ(set_role(admin, ann.person_id, Role::Support).error(), TeamError::NotYours);
  EXPECT_EQ(remove(admin, ann.person_id).error(), TeamError::NotYours);
  EXPECT_EQ(set_role(support, eve.person_id, Role::Admin).error(), TeamError::NotYours);
  EXPECT_EQ(remove(support, bob.person_id).error(), TeamError::NotYours);
  EXPECT_EQ(
      house
          ->run(house->teams->invite(ann.account_id, support, "x@example.com", Role::Support, "en"))
          .error(),
      TeamError::NotYours);
  EXPECT_EQ(
      house->run(house->teams->invite(ann.account_id, admin, "x@example.com", Role::Owner, "en"))
          .error(),
      TeamError::NotYours);
  EXPECT_TRUE(set_role(admin, eve.person_id, Role::Operator));
  EXPECT_TRUE(remove(support, eve.person_id));  // anybody may leave
}

TEST_P(TeamsOn, KnowNothingOfOtherAccounts) {
  const auto stranger = house->join("stranger@example.com");
  EXPECT_EQ(set_role(owner, stranger.person_id, Role::Support).error(), TeamError::UnknownMember);
  EXPECT_EQ(remove(owner, stranger.person_id).error(), TeamError::UnknownMember);
  invite("bob@example.com", Role::Support);
  const auto waiting = house->run(house->teams->invitations(ann.account_id));
  EXPECT_FALSE(house->run(house->teams->withdraw(
      stranger.account_id, as(stranger.person_id, Role::Owner), waiting[0].id)));
}

TEST_P(TeamsOn, WriteLettersThatCanBeRead) {
  const auto bob = member("bob@example.com", Role::Support);
  EXPECT_TRUE(house->run(
      house->teams->invite(ann.account_id, owner, "eve@example.com", Role::PrivacyOfficer, "nl")));
  EXPECT_TRUE(remove(owner, bob.person_id));
  house->enter(bob.person_id);
  house->enter(bob.person_id, Keep::ThisSession, kAway);
  EXPECT_TRUE(house->run(house->sign_ups->ask({"bob@example.com", "en", {"p", "t", true}})));
  house->run(house->sign_in->ask_reset("bob@example.com", kHome));
  house->run(house->factors->new_recovery_codes(bob.person_id, kHome));
  const auto kept = house->enter(bob.person_id, Keep::ThisBrowser);
  EXPECT_TRUE(house->run(house->sessions->resume(*kept.remembered, kHome)));
  house->clock.advance(1min);
  EXPECT_FALSE(house->run(house->sessions->resume(*kept.remembered, kAway)));
  EXPECT_TRUE(house->run(
      house->sign_in->change_password(bob.person_id, kept.session, "a new one altogether", kHome)));
  EXPECT_TRUE(house->run(house->people->ask_new_email(bob.person_id, "bobby@example.com")));
  house->run(house->people->erase_later(bob.person_id, 14));
  EXPECT_TRUE(house->run(house->people->erase(bob.person_id)));
  const auto mail = house->mail();
  EXPECT_EQ(mail.size(), 11U);
  for (const auto& letter : mail) {
    const auto written = messages::write_letter(letter.kind, letter.values, letter.language,
                                                {"Blom", "Utrecht", "hallo@blom.example", {}, {}});
    ASSERT_TRUE(written) << letter.kind << ": " << messages::describe(written.error());
    if (letter.kind == "invitation") {
      EXPECT_THAT(written->text, ::testing::HasSubstr("privacyfunctionaris"));
    }
  }
}

TEST_P(TeamsOn, ShutTheDoorBehindWhoeverWasRemoved) {
  const auto bob = member("bob@example.com", Role::Support);
  const auto started = house->enter(bob.person_id);
  ASSERT_TRUE(house->run(house->sessions->choose(started.session, bob.person_id, ann.account_id)));
  ASSERT_TRUE(remove(owner, bob.person_id));
  const auto who = house->run(house->sessions->find(started.token));
  EXPECT_EQ(who->account_id, 0);
  EXPECT_EQ(who->role, std::nullopt);
}

TEST_P(TeamsOn, LeaveARowForTheAuditLogOfEveryChange) {
  const auto bob = member("bob@example.com", Role::Support);
  ASSERT_TRUE(set_role(owner, bob.person_id, Role::Admin));
  ASSERT_TRUE(remove(owner, bob.person_id));
  EXPECT_THAT(events(), ElementsAre("joined owner", "invited support", "joined support",
                                    "role admin", "removed admin"));
}

TEST_P(TeamsOn, SeeTheSecurityLogOfTheirOwnPeopleOnly) {
  const auto stranger = house->join("stranger@example.com");
  house->enter(stranger.person_id);
  house->enter(ann.person_id);
  const auto log = house->run(house->log->of_account(ann.account_id));
  ASSERT_FALSE(log.empty());
  for (const auto& entry : log) EXPECT_EQ(entry.person_id, ann.person_id);
}

TEST_P(TeamsOn, LoseAPersonWhoIsErasedWithEveryRowAndTheKey) {
  const auto bob = member("bob@example.com", Role::Support);
  house->enter(bob.person_id, Keep::ThisBrowser);
  const auto farewell = house->run(house->people->farewell(bob.person_id));
  EXPECT_THAT(farewell.closes, ElementsAre(bob.account_id));
  EXPECT_THAT(farewell.hinders, IsEmpty());
  const auto person = house->run(house->people->find(bob.person_id));
  const auto sealed = house->main->read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT sealed FROM people WHERE person_id = $1", bob.person_id);
    rows.next();
    return std::string(rows.blob(0));
  });
  const auto erased = house->run(house->people->erase(bob.person_id));
  ASSERT_TRUE(erased);
  EXPECT_THAT(erased->closed_accounts, ElementsAre(bob.account_id));
  for (const char* table :
       {"people", "members", "sessions", "remembered", "security_log", "one_time"}) {
    EXPECT_EQ(house->main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(fmt::format("SELECT COUNT(*) FROM {} WHERE person_id = $1", table),
                           bob.person_id);
      rows.next();
      return rows.integer(0);
    }),
              0)
        << table;
  }
  // A copy of the row from before is noise.
  EXPECT_EQ(
      house->vault->unseal({"people", 0, std::to_string(bob.person_id)}, person->subject, sealed)
          .error(),
      personal::VaultError::NoKey);
  const auto mail = house->mail();
  ASSERT_FALSE(mail.empty());
  EXPECT_EQ(mail.back().kind, "account-deleted");
  EXPECT_EQ(mail.back().to, "bob@example.com");
}

TEST_P(TeamsOn, AreNotLeftWithoutAnOwnerByErasure) {
  member("bob@example.com", Role::Support);
  EXPECT_THAT(house->run(house->people->farewell(ann.person_id)).hinders,
              ElementsAre(ann.account_id));
  EXPECT_EQ(house->run(house->people->erase(ann.person_id)).error(), PersonError::LastOwner);
}

TEST_P(TeamsOn, KeysOfAClosedAccountOpenNothing) {
  Accounts accounts(*house->main, *house->vault, *house->ledger, house->clock);
  const auto key = accounts.create_key(ann.account_id, "shop", kAllScopes, std::nullopt);
  ASSERT_TRUE(key);
  ASSERT_TRUE(house->run(house->people->erase(ann.person_id)));
  EXPECT_FALSE(house->run(accounts.authenticate(key->text)));
  EXPECT_THAT(accounts.closed(), ElementsAre(ann.account_id));
  EXPECT_FALSE(accounts.exists(ann.account_id));
  EXPECT_FALSE(accounts.set_suspended(ann.account_id, false));
  EXPECT_FALSE(accounts.create_key(ann.account_id, "late", kAllScopes, std::nullopt));
}

// The operator's way: for accounts that nobody signs in to, too.
TEST_P(TeamsOn, LoseTheirAccountWhenTheOperatorClosesItAndKeepTheirSignIn) {
  Accounts accounts(*house->main, *house->vault, *house->ledger, house->clock);
  const auto bob = member("bob@example.com", Role::Support);
  const auto key = accounts.create_key(ann.account_id, "shop", kAllScopes, std::nullopt);
  const personal::Actor by{personal::ActorKind::CommandLine, 0};
  EXPECT_TRUE(house->people->close_account(ann.account_id, by));
  EXPECT_FALSE(house->people->close_account(ann.account_id, by)) << "once";
  EXPECT_FALSE(house->people->close_account(99'999, by));
  EXPECT_FALSE(house->run(accounts.authenticate(key->text)));
  EXPECT_THAT(accounts.closed(), ElementsAre(ann.account_id));
  EXPECT_THAT(house->run(house->teams->memberships(ann.person_id)), IsEmpty());
  EXPECT_THAT(house->run(house->teams->memberships(bob.person_id)), SizeIs(1)) << "their own";
  EXPECT_TRUE(house->run(house->people->find(ann.person_id)));
}

MILEPOST_ON_BOTH(TeamsOn);

}  // namespace
