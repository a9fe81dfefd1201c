#include "rights/mailed.h"

#include "consent/person.h"
#include "consent/records.h"
#include "rights/acts.h"
#include "rights/testing.h"

namespace {

using rights::Kind, rights::MailTaken, rights::Outcome;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::SizeIs;

TEST(MailedRequests, AreUnderstoodByWordsOfFiveLanguages) {
  const struct {
    const char *subject, *text;
    Kind kind;
    const char* language;
  } table[] = {
      {"Please delete my data", "I do not want you to have it.", Kind::Erasure, "en"},
      {"Question", "Hello, which data do you hold about me? Regards, Ann", Kind::Access, "en"},
      {"LÖSCHUNG meiner Daten", "Sehr geehrte Damen und Herren, bitte", Kind::Erasure, "de"},
      {"Auskunft", "Welche Daten haben Sie über mich gespeichert?", Kind::Access, "de"},
      {"Widerspruch", "Ich möchte keine Nachrichten mehr und das sofort.", Kind::Objection, "de"},
      {"Mes données", "Bonjour, merci d’effacer mes données.", Kind::Erasure, "fr"},
      {"Portabilité", "Je veux transférer mes données.", Kind::Portability, "fr"},
      {"Solicitud", "Hola, por favor borren todos mis datos.", Kind::Erasure, "es"},
      {"Inzage", "Welke gegevens hebben jullie? Groet, Ann", Kind::Access, "nl"},
      {"Klacht", "Ik heb een klacht over jullie.", Kind::Complaint, "nl"},
      {"Hm", "?", Kind::Access, "en"},
  };
  for (const auto& one : table) {
    const auto understood = rights::understand_request(one.subject, one.text);
    EXPECT_EQ(understood.kind, one.kind) << one.subject;
    EXPECT_EQ(understood.language, one.language) << one.subject;
  }
  EXPECT_FALSE(rights::understand_request("Hm", "?").is_sure);
  // What others wrote and the letter quotes does not count.
  EXPECT_EQ(
      rights::understand_request("Re: your parcel", "Which data do you hold?\n> delete it\n").kind,
      Kind::Access);
}

struct MailedOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    eraser = std::make_unique<rights::Eraser>(*world->main, *world->keys, *world->vault,
                                              *world->ledger, world->clock);
    acts = std::make_unique<rights::Acts>(rights::Acts::Parts{*world->main, *world->repository,
                                                              *world->ledger, world->clock,
                                                              world->desk, world->visits, *eraser});
    world->add_parcel({"1ZAA0001", "Ann Lee", "ann@example.com", "", "", ""});
    world->add_parcel({"1ZAA0002", "Ann Lee", "ann@example.com", "", "", ""}, kOtherShop);
  }
  MailTaken mail(std::string from, std::string subject, std::string text = "Regards, Ann") {
    return world->main->write_now([&](store::Tx& tx) {
      return rights::take_mailed(tx, *world->vault, world->desk, world->visits,
                                 {from, subject, text, world->clock.now()});
    });
  }
  std::vector<rights::Case> cases(std::int64_t account, bool with_unproven = false) {
    rights::Desk::Filter filter;
    filter.account_id = account;
    filter.only_open = false;
    filter.with_unproven = with_unproven;
    return world->main->read_now([&](store::Tx& tx) { return world->desk.list(tx, filter); });
  }
  // The link in the letter to the address, followed.
  void follow(const std::string& link) {
    world->main->write_now([&](store::Tx& tx) {
      const auto visit = world->visits.enter(tx, link.substr(link.rfind('/') + 1));
      EXPECT_TRUE(visit);
      acts->proved(tx, *visit);
      return 0;
    });
  }
  std::unique_ptr<World> world;
  std::unique_ptr<rights::Eraser> eraser;
  std::unique_ptr<rights::Acts> acts;
};

// clause-095.mail
TEST_P(MailedOn, OpenACaseWhichCountsFromItsDayOnceTheLinkToTheAddressWasFollowed) {
  const auto came = world->clock.now();
  EXPECT_EQ(mail("Ann@Example.com", "Please erase me"), MailTaken::Opened);
  EXPECT_THAT(cases(kShop), IsEmpty()) << "nobody knows yet who wrote";
  ASSERT_THAT(cases(kShop, true), SizeIs(1));
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1)) << "no shop is told, and the person once";
  EXPECT_EQ(letters[0].kind, "rights-identity-link");
  EXPECT_EQ(letters[0].to, "ann@example.com");
  world->clock.advance(std::chrono::hours(20));
  follow(letters[0].values.at("link"));
  for (const auto shop : {kShop, kOtherShop}) {
    ASSERT_THAT(cases(shop), SizeIs(1));
    const auto one = cases(shop).at(0);
    EXPECT_EQ(one.kind, Kind::Erasure);
    EXPECT_EQ(one.door, rights::Door::Mail);
    EXPECT_EQ(one.received_at, came);
  }
  std::vector<std::string> kinds;
  for (const auto& one : world->take_letters()) kinds.push_back(one.kind);
  EXPECT_THAT(kinds, ElementsAre("rights-acknowledged", "rights-forwarded", "rights-acknowledged",
                                 "rights-forwarded"));
}

// clause-096.both
TEST_P(MailedOn, IsCompletedByTheShopOrByThePersonWhicheverComesFirst) {
  mail("ann@example.com", "Please erase me");
  const auto id = cases(kShop, true).at(0).id;
  const personal::Actor shop{personal::ActorKind::ApiKey, 1};
  EXPECT_EQ(acts->perform(kShop, id, shop, {}).error(), rights::ActError::Unproven);
  follow(world->take_letters().at(0).values.at("link"));
  world->take_letters();

  EXPECT_TRUE(acts->perform(kShop, id, shop, {}));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments WHERE account_id = 7"), 0);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments WHERE account_id = 8"), 1)
      << "another shop's is not this one's to erase";
  EXPECT_EQ(cases(kShop).at(0).outcome, Outcome::Done);
  EXPECT_EQ(world->take_letters().at(0).kind, "erasure-certificate");
  EXPECT_EQ(acts->perform(kShop, id, shop, {}).error(), rights::ActError::Closed);

  // The other shop did not answer; the person does it alone.
  rights::Asker ann;
  ann.address = "ann@example.com";
  EXPECT_TRUE(acts->erase(ann));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments"), 0);
  EXPECT_EQ(cases(kOtherShop).size(), 2u);
}

TEST_P(MailedOn, FromSomebodyUnknownIsTreatedAlikeAndGoesToTheOperator) {
  EXPECT_EQ(mail("zoe@example.com", "Which data?"), MailTaken::Opened);
  EXPECT_THAT(cases(0, true), SizeIs(1));
  EXPECT_EQ(world->take_letters().at(0).kind, "rights-identity-link");
}

TEST_P(MailedOn, ManyInTheNameOfAnotherAreNotManyCasesAndNotManyLetters) {
  for (int i = 0; i < 10; ++i) mail("ann@example.com", "Please erase me");
  EXPECT_THAT(cases(kShop, true), SizeIs(rights::kMostUnproven));
  EXPECT_THAT(world->take_letters(), SizeIs(3));
  EXPECT_EQ(mail("not an address", "x"), MailTaken::NoSender);
}

TEST_P(MailedOn, WhatNobodyProvedInItsMonthIsClosedWithALetter) {
  mail("ann@example.com", "Please erase me");
  world->take_letters();
  world->clock.advance(std::chrono::days(40));
  EXPECT_THAT(world->desk.sound_alarms().late, IsEmpty());
  EXPECT_EQ(cases(kShop, true).at(0).outcome, Outcome::Unconfirmed);
  EXPECT_EQ(world->take_letters().at(0).values.at("done"), "unconfirmed");
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments"), 2);
}

// clause-091.holds
TEST_P(MailedOn, AConsentThatIsWithdrawnIsGoneAtTheNextReadAndWhatWasDoneStaysLawful) {
  const consent::Records records(world->clock, {});
  const auto who = *consent::People(*world->vault).by_email(kShop, "ann@example.com");
  const auto standing = [&](base::Instant at) {
    return world->main->read_now([&](store::Tx& tx) {
      return consent::was_lawful_at(tx, kShop, who, "promotion", consent::Basis::Consent, at,
                                    world->clock.now());
    });
  };
  consent::Statement given;
  given.person = who;
  given.purpose = "promotion";
  given.notice = consent::Notice{"May we write to you?", "en", "1"};
  world->main->write_now([&](store::Tx& tx) {
    records.note(tx, kShop, given);
    return 0;
  });
  world->clock.advance(std::chrono::hours(5));
  const auto before = world->clock.now();
  EXPECT_TRUE(standing(before));
  world->clock.advance(std::chrono::hours(1));
  rights::Asker ann;
  ann.address = "ann@example.com";
  EXPECT_TRUE(
      world->main->write_now([&](store::Tx& tx) { return acts->withdraw(tx, ann).has_value(); }));
  EXPECT_FALSE(standing(world->clock.now()));
  EXPECT_TRUE(standing(before));
}

// clause-088.notice
TEST_P(MailedOn, ARestrictionThatIsNotThePersonsToEndEndsAWeekAfterTheyWereTold) {
  rights::Asker ann;
  ann.address = "ann@example.com";
  ann.only = kShop;
  const auto write = [&](auto work) { return world->main->write_now(work); };
  const auto is_held = [&] {
    return world->main->read_now([&](store::Tx& tx) {
      return acts->is_restricted(tx, rights::find_person(tx, *world->vault, ann.address, kShop));
    });
  };
  EXPECT_TRUE(write([&](store::Tx& tx) { return acts->restrict(tx, ann).has_value(); }));
  EXPECT_TRUE(is_held());
  world->take_letters();
  auto shop = ann;
  shop.by = {personal::ActorKind::Member, 4};
  EXPECT_TRUE(write([&](store::Tx& tx) { return acts->lift(tx, shop).has_value(); }));
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].to, "ann@example.com");
  EXPECT_EQ(letters[0].values.at("done"), "lifting");
  EXPECT_EQ(letters[0].values.at("until"), "2026-01-08");
  EXPECT_EQ(acts->lift_due(), 0);
  EXPECT_TRUE(is_held());
  world->clock.advance(rights::Acts::kNotice);
  EXPECT_EQ(acts->lift_due(), 1);
  EXPECT_FALSE(is_held());

  // The person's own word holds at once.
  write([&](store::Tx& tx) { return acts->restrict(tx, ann).has_value(); });
  EXPECT_TRUE(write([&](store::Tx& tx) { return acts->lift(tx, ann).has_value(); }));
  EXPECT_FALSE(is_held());
}

INSTANTIATE_TEST_SUITE_P(, MailedOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
