#include "rights/desk.h"

#include "rights/facts.h"
#include "rights/testing.h"

namespace {

using namespace std::chrono_literals;
using rights::Case, rights::Desk, rights::DeskError, rights::Kind, rights::Outcome, rights::State;
using rights::to_text;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not;
using ::testing::SizeIs;

// PostedLetter has no public maker, so that close() cannot be called without a letter.
static_assert(!std::is_default_constructible_v<rights::PostedLetter>);
static_assert(!std::is_constructible_v<rights::PostedLetter, base::Id>);

struct DeskOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now(work);
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    for (const auto& letter : world->take_letters()) all.push_back(letter.kind + " " + letter.to);
    return all;
  }
  std::unique_ptr<World> world;
  personal::Actor shop{personal::ActorKind::ApiKey, 1};
};

TEST_P(DeskOn, TellsThePersonAndTheShopThatARequestCame) {
  const auto one = world->open_case(world->request(Kind::Rectification));
  EXPECT_EQ(to_text(one.due), "2026-02-02");  // the 1st is a Sunday
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(2));
  EXPECT_EQ(letters[0].kind, "rights-acknowledged");
  EXPECT_EQ(letters[0].to, "ann@example.com");
  EXPECT_EQ(letters[0].values.at("due"), "2026-02-02");
  EXPECT_EQ(letters[0].values.at("case"), one.number());
  EXPECT_EQ(letters[1].kind, "rights-forwarded");
  EXPECT_EQ(letters[1].to, "shop7@example.com");
}

// clause-080.copy
TEST_P(DeskOn, OwesACopyOfATransfersSafeguardsWithinAMonth) {
  const auto one = world->open_case(world->request(Kind::Safeguards));
  EXPECT_EQ(to_text(one.due), "2026-02-02");
  EXPECT_FALSE(rights::article(Kind::Safeguards).empty());
  EXPECT_THAT(kinds(), ElementsAre("rights-acknowledged ann@example.com",
                                   "rights-forwarded shop7@example.com"));
  world->clock.advance(40 * 24h);
  const auto alarms = world->desk.sound_alarms();
  ASSERT_THAT(alarms.late, SizeIs(1));
  EXPECT_EQ(alarms.late[0].kind, Kind::Safeguards);
  world->take_letters();
  EXPECT_TRUE(write([&](store::Tx& tx) {
    return world->desk.complete(tx, one, "The clauses of 2021/914 are attached.", shop).has_value();
  }));
  EXPECT_THAT(kinds(), ElementsAre("rights-answered ann@example.com"));
}

// clause-095.answer
TEST_P(DeskOn, CloseOnlyWithALetter) {
  const auto one = world->open_case(world->request(Kind::Rectification));
  world->take_letters();
  EXPECT_TRUE(write([&](store::Tx& tx) {
    return world->desk.complete(tx, one, "Your name is corrected.", shop).has_value();
  }));
  EXPECT_THAT(kinds(), ElementsAre("rights-answered ann@example.com"));
  const auto closed = world->find_case(one);
  EXPECT_EQ(closed->state, State::Closed);
  EXPECT_EQ(closed->outcome, Outcome::Done);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM rights_cases WHERE letter_id IS NOT NULL"), 1);
  const auto again = write(
      [&](store::Tx& tx) { return world->desk.complete(tx, *closed, "Again.", shop).error(); });
  EXPECT_EQ(again, DeskError::Closed);
  EXPECT_THAT(kinds(), IsEmpty());
}

// clause-092.letters
TEST_P(DeskOn, NameTheAuthorityInEveryRefusal) {
  for (const auto& authority : rights::authorities()) {
    auto request = world->request(Kind::Erasure);
    request.country = authority.country;
    const auto one = world->open_case(request, Desk::Tell::Nobody);
    write([&](store::Tx& tx) {
      EXPECT_TRUE(world->desk.refuse(tx, one, "A court keeps it.", shop));
    });
    const auto letters = world->take_letters();
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_EQ(letters[0].kind, "rights-refused");
    EXPECT_THAT(letters[0].values.at("authority"), HasSubstr(authority.name));
    EXPECT_THAT(letters[0].values.at("authority"), HasSubstr(authority.website));
    EXPECT_EQ(letters[0].values.at("reason"), "A court keeps it.");
  }
}

TEST_P(DeskOn, RefuseNothingWithoutAReason) {
  const auto one = world->open_case(world->request(Kind::Erasure), Desk::Tell::Nobody);
  EXPECT_EQ(write([&](store::Tx& tx) { return world->desk.refuse(tx, one, " \n", shop).error(); }),
            DeskError::NoReason);
  EXPECT_TRUE(world->find_case(one)->is_open());
}

// clause-095.deadlines
TEST_P(DeskOn, ExtendOnceAndInTimeAndWithTheReason) {
  const auto one = world->open_case(world->request(Kind::Access), Desk::Tell::Nobody);
  write([&](store::Tx& tx) {
    EXPECT_EQ(world->desk.extend(tx, one, "", shop).error(), DeskError::NoReason);
    EXPECT_TRUE(world->desk.extend(tx, one, "Very many parcels.", shop));
  });
  const auto longer = world->find_case(one);
  EXPECT_EQ(to_text(longer->due), "2026-03-31");
  EXPECT_EQ(longer->state, State::Extended);
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].kind, "rights-extended");
  EXPECT_EQ(letters[0].values.at("reason"), "Very many parcels.");
  EXPECT_EQ(letters[0].values.at("due"), "2026-03-31");
  EXPECT_EQ(
      write([&](store::Tx& tx) { return world->desk.extend(tx, *longer, "x", shop).error(); }),
      DeskError::AlreadyExtended);
  const auto late = world->open_case(world->request(Kind::Access), Desk::Tell::Nobody);
  world->clock.advance(40 * 24h);
  EXPECT_EQ(write([&](store::Tx& tx) { return world->desk.extend(tx, late, "x", shop).error(); }),
            DeskError::TooLate);
}

TEST_P(DeskOn, SoundAnAlarmWhenItIsLateOnceADay) {
  const auto one = world->open_case(world->request(Kind::Complaint), Desk::Tell::Nobody);
  world->clock.set(rights::end_of(one.due));
  EXPECT_THAT(world->desk.sound_alarms().late, IsEmpty());
  world->clock.advance(1s);
  EXPECT_THAT(world->desk.sound_alarms().late, SizeIs(1));
  EXPECT_THAT(kinds(), ElementsAre("rights-overdue shop7@example.com"));
  EXPECT_EQ(world->desk.sound_alarms().told, 0);
  world->clock.advance(24h);
  EXPECT_EQ(world->desk.sound_alarms().told, 1);
}

TEST_P(DeskOn, ForgetThePersonAfterHalfAYearAndKeepTheDates) {
  const auto one = world->open_case(world->request(Kind::Access), Desk::Tell::Nobody);
  write([&](store::Tx& tx) { world->desk.complete(tx, one, "Here it is.", shop).has_value(); });
  world->clock.advance(180 * 24h);
  world->desk.sweep();
  const auto kept = world->find_case(one);
  ASSERT_TRUE(kept);
  EXPECT_FALSE(kept->address.is_given());
  EXPECT_EQ(kept->outcome, Outcome::Done);
  world->clock.advance(1000 * 24h);
  world->desk.sweep();
  EXPECT_FALSE(world->find_case(one));
}

TEST_P(DeskOn, ListTheMostUrgentFirstAndOnlyOnesOwn) {
  const auto first = world->open_case(world->request(Kind::Access), Desk::Tell::Nobody);
  world->clock.advance(24h * 3);
  world->open_case(world->request(Kind::Access), Desk::Tell::Nobody);
  world->open_case(world->request(Kind::Erasure, "bob@example.com", kOtherShop),
                   Desk::Tell::Nobody);
  const auto all = world->main->read_now([&](store::Tx& tx) { return world->desk.list(tx, {}); });
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].id, first.id);
  Desk::Filter filter;
  filter.account_id = kShop;
  EXPECT_THAT(world->main->read_now([&](store::Tx& tx) { return world->desk.list(tx, filter); }),
              SizeIs(2));
  // Another shop's id opens nothing.
  EXPECT_FALSE(world->main->read_now(
      [&](store::Tx& tx) { return world->desk.find(tx, kOtherShop, first.id); }));
}

// What a person types must not become a header of the letter that answers it.
TEST_P(DeskOn, LetNoLineEndIntoALetter) {
  const auto one = world->open_case(world->request(Kind::Rectification), Desk::Tell::Nobody);
  write([&](store::Tx& tx) {
    EXPECT_TRUE(world->desk.complete(
        tx, one, "Done.\r\nBcc: all@example.com\n\x0b\xE2\x80\xA8Subject: x\x01", shop));
  });
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  for (const auto& [key, value] : letters[0].values) {
    EXPECT_THAT(value, Not(HasSubstr("\n"))) << key;
    EXPECT_THAT(value, Not(HasSubstr("\r"))) << key;
    EXPECT_THAT(value, Not(HasSubstr("\xE2\x80\xA8"))) << key;
  }
  EXPECT_EQ(letters[0].values.at("summary"), "Done. Bcc: all@example.com Subject: x");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(rights::one_line("äöü", 3), "ä");
  EXPECT_EQ(rights::one_line("  a\t\tb  "), "a b");
  EXPECT_EQ(rights::one_line("a\xff"
                             "b"),
            "a b");
}

INSTANTIATE_TEST_SUITE_P(, DeskOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

struct VisitsOn : DeskOn {
  std::string link_of(const rights::testing::SentLetter& letter) {
    const auto link = letter.values.at("link");
    return link.substr(link.rfind('/') + 1);
  }
  void ask(std::string_view address) {
    write([&](store::Tx& tx) { world->visits.ask(tx, address, "nl"); });
  }
};

TEST_P(VisitsOn, OpenWithTheLinkThatWentToTheAddressAndOnlyOnce) {
  ask(" Ann@Example.com");
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].to, "ann@example.com");
  EXPECT_EQ(letters[0].language, "nl");
  const auto link = link_of(letters[0]);
  // A mail program that looks ahead uses nothing up.
  EXPECT_TRUE(write([&](store::Tx& tx) { return world->visits.is_good(tx, link); }));
  const auto token = write([&](store::Tx& tx) { return world->visits.enter(tx, link); });
  ASSERT_TRUE(token);
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.enter(tx, link); }));
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.is_good(tx, link); }));
  // A link is no visit, and a visit no link.
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.find(tx, link); }));
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.enter(tx, *token); }));
  const auto visit = write([&](store::Tx& tx) { return world->visits.find(tx, *token); });
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->address, "ann@example.com");
}

TEST_P(VisitsOn, EndAnHourAfterTheirLastUseOrWhenToldTo) {
  ask("ann@example.com");
  const auto link = link_of(world->take_letters().at(0));
  const auto token = *write([&](store::Tx& tx) { return world->visits.enter(tx, link); });
  world->clock.advance(59min);
  EXPECT_TRUE(write([&](store::Tx& tx) { return world->visits.find(tx, token); }));
  world->clock.advance(59min);
  EXPECT_TRUE(write([&](store::Tx& tx) { return world->visits.find(tx, token); }));
  world->clock.advance(61min);
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.find(tx, token); }));
  ask("ann@example.com");
  const auto second = link_of(world->take_letters().at(0));
  const auto visit = *write([&](store::Tx& tx) { return world->visits.enter(tx, second); });
  write([&](store::Tx& tx) { world->visits.end(tx, visit); });
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.find(tx, visit); }));
}

TEST_P(VisitsOn, LinksAreGoodForADay) {
  ask("ann@example.com");
  const auto link = link_of(world->take_letters().at(0));
  world->clock.advance(25h);
  EXPECT_FALSE(write([&](store::Tx& tx) { return world->visits.enter(tx, link); }));
  EXPECT_EQ(world->visits.sweep(*world->main), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM rights_visits"), 0);
}

TEST_P(VisitsOn, WriteToNobodyMoreThanThreeTimesADay) {
  for (int i = 0; i < 6; ++i) ask("ann@example.com");
  EXPECT_THAT(world->take_letters(), SizeIs(3));
  world->clock.advance(24h);
  ask("ann@example.com");
  EXPECT_THAT(world->take_letters(), SizeIs(1));
}

TEST_P(VisitsOn, WriteToNoAddressThatCouldBeMore) {
  for (const char* typed : {"", "ann", "ann@example", "a@b.c\r\nBcc: d@e.f", "a@b.c,d@e.f",
                            "a b@c.de", "a@b@c.de", "<a@b.cd>", "ann@.com", "ann@com."}) {
    ask(typed);
  }
  EXPECT_THAT(world->take_letters(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, VisitsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
