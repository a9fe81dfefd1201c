// Lists, how readers come and go, and what is sent to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "channels/email/catcher.h"
#include "consent/suppression.h"
#include "outreach/joining.h"
#include "outreach/promotion_post.h"
#include "shipments/testing.h"

namespace {

using namespace std::chrono_literals;
using consent::Act, consent::How, consent::Standing;
using outreach::Import, outreach::Joining, outreach::Level, outreach::ListDoor,
    outreach::ListRefusal, outreach::Lists, outreach::Member, outreach::NewsRefusal,
    outreach::PromotionPost, outreach::Promotions;
using shipments::testing::kAccount;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not,
    ::testing::SizeIs, ::testing::StartsWith;

constexpr std::string_view kWords = "Yes, send me “Spring” by e-mail.";

std::string header(const std::string& message, const std::string& name) {
  const auto at = message.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  auto value = message.substr(at + name.size() + 4);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\r') {
      if (i + 2 < value.size() && (value[i + 2] == ' ' || value[i + 2] == '\t')) {
        ++i;
        continue;
      }
      break;
    }
    out += value[i];
  }
  return out;
}

struct OutreachOn : testing::TestWithParam<Engine> {
  template <class F>
  auto with(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<shipments::testing::World>(GetParam());
    world->vault->prepare(0);
    records = std::make_unique<consent::Records>(world->clock, consent::Signer());
    people = std::make_unique<consent::People>(*world->vault);
    letters = std::make_unique<letters::Letters>(*world->main, *world->vault, world->clock);
    lists = std::make_unique<Lists>(*world->vault, *world->ledger, *records, world->clock);
    joining = std::make_unique<Joining>(Joining::Parts{
        *world->main, *world->vault, *letters, *records, world->clock, "https://track.example",
        [](store::Tx&, std::int64_t) { return std::string("Atelier Blom"); }});
    promotions = std::make_unique<Promotions>(
        Promotions::Parts{*world->main, *world->vault, *world->ledger, *lists, world->clock});
    eva = {kAccount, 41, false, world->clock.now()};
    ben = {kAccount, 42, false, world->clock.now()};
    list = *with([&](store::Tx& tx) { return lists->make(tx, eva, "Spring"); });
  }
  outreach::Imported import(std::vector<std::string> addresses) {
    return *with([&](store::Tx& tx) {
      return lists->import(tx, eva, list,
                           {std::move(addresses), std::string(kWords), "en",
                            "They ticked the box in our shop in March."});
    });
  }
  auto read(const Member& member) {
    return with([&](store::Tx& tx) { return lists->read(tx, member, list, 100); });
  }
  auto take_away(const Member& member) {
    return with([&](store::Tx& tx) { return lists->take_away(tx, member, list); });
  }
  std::int64_t noted(const std::string& what) {
    return world->count("SELECT COUNT(*) FROM list_uses WHERE what = '" + what + "'");
  }
  ListDoor door_of(std::string_view address) {
    return {kAccount, list, people->by_email(kAccount, address).value()};
  }
  Standing standing(std::string_view address) {
    return with([&](store::Tx& tx) {
      const auto now = world->clock.now();
      return consent::standing_of(tx, kAccount, door_of(address).person, outreach::kPurpose, now,
                                  now);
    });
  }
  void ask(std::string_view address) {
    EXPECT_TRUE(with([&](store::Tx& tx) {
      return joining->ask(tx, {kAccount, list, {}}, address, "nl");
    }));
  }
  // The token of the newest letter that asks to confirm; empty: none waits.
  std::string letter_token() {
    std::string token;
    for (const auto& letter : letters->claim("test", 1min, 100)) {
      personal::Access<personal::Purpose::Correspond> access(*world->ledger, {}, kAccount, "test");
      EXPECT_EQ(letter.kind, "confirm-list");
      const auto link = letters::Letters::values(letter, access).at("link");
      EXPECT_THAT(link, StartsWith("https://track.example/lists/yes/"));
      token = link.substr(link.rfind('/') + 1);
      letters->settle(letter);
    }
    return token;
  }
  void join(std::string_view address) {
    ask(address);
    const auto token = letter_token();
    ASSERT_TRUE(with([&](store::Tx& tx) { return joining->confirm(tx, token, kWords, "nl"); }));
  }
  auto queue(const Member& member, std::string_view title = "Lamps are back") {
    return with([&](store::Tx& tx) {
      return promotions->queue(tx, member, list, title, "All of them.\n\nSee you soon.");
    });
  }
  // What is due, sent to a mail server on this machine.
  std::vector<std::string> sent() {
    channels::email::Catcher catcher({});
    channels::email::SmtpMailer::Options options;
    options.relays = {channels::email::parse_relays(catcher.url()).value().at(0)};
    channels::email::SmtpMailer mailer(std::move(options));
    PromotionPost post(*promotions, *world->main, *world->vault, mailer, world->clock,
                       {"shop@blom.example", "https://track.example", [](store::Tx&, std::int64_t) {
                          messages::Sender sender;
                          sender.name = "Atelier Blom";
                          return sender;
                        }});
    while (post.send_due() > 0) {
    }
    std::vector<std::string> all;
    for (const auto& one : catcher.messages()) all.push_back(one->bytes);
    return all;
  }
  std::map<std::string, std::int64_t, std::less<>> outcomes() {
    const auto news = with([&](store::Tx& tx) { return promotions->of(tx, kAccount, list, 1); });
    return news.empty() ? std::map<std::string, std::int64_t, std::less<>>() : news[0].outcomes;
  }

  std::unique_ptr<shipments::testing::World> world;
  std::unique_ptr<consent::Records> records;
  std::unique_ptr<consent::People> people;
  std::unique_ptr<letters::Letters> letters;
  std::unique_ptr<Lists> lists;
  std::unique_ptr<Joining> joining;
  std::unique_ptr<Promotions> promotions;
  Member eva, ben;
  base::Id list;
};
INSTANTIATE_TEST_SUITE_P(, OutreachOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// ---- Lists

// clause-102.stepup
TEST_P(OutreachOn, NobodyTakesAListAwayWithoutShowingAgainWhoTheyAre) {
  import({"ann@example.com", "bo@example.com"});
  EXPECT_THAT(take_away(eva).value(), SizeIs(2));
  world->clock.advance(outreach::kProofLasts);
  EXPECT_EQ(take_away(eva).error(), ListRefusal::ProveAgain);
  auto later = eva;  // a proof of tomorrow is none
  later.proven_at = world->clock.now() + 1s;
  EXPECT_EQ(take_away(later).error(), ListRefusal::ProveAgain);
  EXPECT_EQ(lists->destroy(*world->main, eva, list).error(), ListRefusal::ProveAgain);
  eva.proven_at = world->clock.now();
  EXPECT_TRUE(take_away(eva));
  EXPECT_EQ(noted("export"), 2);
  EXPECT_EQ(noted("export refused"), 2);
  EXPECT_EQ(noted("destroy refused"), 1);
}

// clause-102.key
TEST_P(OutreachOn, AListWhoseKeysAreDestroyedCannotBeReadFromAnyCopy) {
  import({"ann@example.com", "bo@example.com"});
  const auto row = outreach::entry_row(list, door_of("ann@example.com").person);
  // As a backup would have it.
  const auto [subject, sealed] = with([&](store::Tx& tx) {
    auto rows = tx.query("SELECT subject, sealed FROM list_entries WHERE person = $1",
                         store::Blob{door_of("ann@example.com").person.bytes()});
    EXPECT_TRUE(rows.next());
    return std::pair(rows.integer(0), std::string(rows.blob(1)));
  });
  EXPECT_TRUE(world->vault->unseal({"list_entries", kAccount, row}, subject, sealed));
  ASSERT_TRUE(lists->destroy(*world->main, eva, list));
  EXPECT_EQ(world->vault->unseal({"list_entries", kAccount, row}, subject, sealed).error(),
            personal::VaultError::NoKey);
  EXPECT_EQ(read(eva).error(), ListRefusal::NoList);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM list_entries"), 0);
  EXPECT_EQ(noted("destroy"), 1);
}

TEST_P(OutreachOn, EachListIsReadByThoseItWasGrantedToAndEachReadingIsNoted) {
  import({"ann@example.com"});
  EXPECT_EQ(read(ben).error(), ListRefusal::NotGranted);
  const auto grant = [&](const Member& by, std::optional<Level> level) {
    return with([&](store::Tx& tx) { return lists->grant(tx, by, list, ben.id, level); });
  };
  EXPECT_FALSE(grant(ben, Level::Manage));
  ASSERT_TRUE(grant(eva, Level::Send));
  EXPECT_EQ(read(ben).error(), ListRefusal::NotGranted);
  ASSERT_TRUE(grant(eva, Level::Read));
  EXPECT_THAT(read(ben).value(), ElementsAre("ann@example.com"));
  EXPECT_EQ(take_away(ben).error(), ListRefusal::NotGranted);
  ASSERT_TRUE(grant(eva, std::nullopt));
  EXPECT_FALSE(read(ben));
  EXPECT_EQ(noted("read"), 1);
  EXPECT_EQ(noted("read refused"), 3);
  auto owner = ben;
  owner.is_owner = true;
  EXPECT_TRUE(read(owner));
  EXPECT_EQ(read({kAccount + 1, eva.id, true, eva.proven_at}).error(), ListRefusal::NoList);
}

TEST_P(OutreachOn, AnImportSaysByWhichRightAndWhoSaidNoStaysAway) {
  for (const Import& bare : {Import{{"c@example.com"}, std::string(kWords), "en", " "},
                             Import{{"c@example.com"}, "", "en", "By our shop."}}) {
    EXPECT_EQ(with([&](store::Tx& tx) { return lists->import(tx, eva, list, bare); }).error(),
              ListRefusal::NoStatement);
  }
  const auto first =
      import({"ann@example.com", " ANN@example.com", "no address", "bo@example.com"});
  EXPECT_EQ(first.added, 2);
  EXPECT_EQ(first.known, 1);
  EXPECT_EQ(first.invalid, 1);
  // The words they agreed to stand in their own record, said by the shop.
  const auto said = with([&](store::Tx& tx) {
    return consent::records_of(tx, kAccount, door_of("ann@example.com").person);
  });
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].how, How::Api);
  EXPECT_EQ(with([&](store::Tx& tx) { return consent::notice_text(tx, kAccount, said[0].notice); }),
            kWords);
  world->clock.advance(1min);
  joining->leave(door_of("ann@example.com"), Joining::Leaving::List);
  const auto again = import({"ann@example.com"});
  EXPECT_EQ(again.said_no, 1);
  EXPECT_EQ(again.added, 0);
}

TEST_P(OutreachOn, ALineIsGoneAfterItsTimeWithItsKey) {
  import({"ann@example.com"});
  EXPECT_EQ(lists->sweep(*world->main), 0);
  world->clock.advance(outreach::kEntryKept);
  EXPECT_THAT(read(eva).value(), IsEmpty());
  EXPECT_EQ(lists->sweep(*world->main), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM list_entries"), 0);
}

// ---- Coming and going

TEST_P(OutreachOn, NothingGoesToAnAddressUntilItsReaderConfirmed) {
  ask("cy@example.com");
  EXPECT_EQ(standing("cy@example.com"), Standing::Unsaid);
  EXPECT_THAT(read(eva).value(), IsEmpty());
  EXPECT_EQ(queue(eva).error(), NewsRefusal::NoReaders);
  const auto token = letter_token();
  // To look is not to agree: mail programs open links ahead of people.
  EXPECT_TRUE(with([&](store::Tx& tx) { return joining->find(tx, token); }));
  EXPECT_EQ(standing("cy@example.com"), Standing::Unsaid);
  const auto door = with([&](store::Tx& tx) { return joining->confirm(tx, token, kWords, "nl"); });
  ASSERT_TRUE(door);
  EXPECT_EQ(*door, door_of("cy@example.com"));
  EXPECT_EQ(standing("cy@example.com"), Standing::Given);
  EXPECT_THAT(read(eva).value(), ElementsAre("cy@example.com"));
  EXPECT_FALSE(with([&](store::Tx& tx) { return joining->confirm(tx, token, kWords, "nl"); }));
}

TEST_P(OutreachOn, AskingAgainWritesNoSecondLetterAtOnceAndNoneToAReader) {
  ask("cy@example.com");
  const auto first = letter_token();
  ask("cy@example.com");
  EXPECT_EQ(letter_token(), "");
  world->clock.advance(10min);
  ask("cy@example.com");
  const auto second = letter_token();
  ASSERT_NE(second, "");
  EXPECT_FALSE(with([&](store::Tx& tx) { return joining->find(tx, first); }));
  ASSERT_TRUE(with([&](store::Tx& tx) { return joining->confirm(tx, second, kWords, "nl"); }));
  world->clock.advance(10min);
  ask("cy@example.com");
  EXPECT_EQ(letter_token(), "");
}

TEST_P(OutreachOn, WhoDoesNotConfirmIsForgottenAfterAWeek) {
  ask("cy@example.com");
  const auto token = letter_token();
  world->clock.advance(outreach::kToConfirm);
  EXPECT_FALSE(with([&](store::Tx& tx) { return joining->confirm(tx, token, kWords, "nl"); }));
  EXPECT_EQ(lists->sweep(*world->main), 1);
}

TEST_P(OutreachOn, LeavingTheLastListOfAShopWithdrawsTheConsent) {
  const auto first = list;
  join("cy@example.com");
  list = *with([&](store::Tx& tx) { return lists->make(tx, eva, "Autumn"); });
  join("cy@example.com");
  world->clock.advance(1min);
  joining->leave(door_of("cy@example.com"), Joining::Leaving::List);
  EXPECT_EQ(standing("cy@example.com"), Standing::Given);
  list = first;
  joining->leave(door_of("cy@example.com"), Joining::Leaving::List);
  world->clock.advance(1min);
  joining->leave(door_of("cy@example.com"), Joining::Leaving::List);
  EXPECT_EQ(standing("cy@example.com"), Standing::Withdrawn);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM list_entries"), 0);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM consents WHERE act = 'withdrawn'"), 1);
}

TEST_P(OutreachOn, ADoorThatWasNotGivenOpensNothing) {
  const auto door = door_of("cy@example.com");
  const auto token = outreach::write_door(*world->vault, door);
  EXPECT_EQ(outreach::read_door(*world->vault, token), door);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(outreach::read_door(*world->vault, other)) << i;
  }
  EXPECT_FALSE(outreach::read_door(*world->vault, token.substr(1)));
}

// ---- News

// clause-061.headers
TEST_P(OutreachOn, EachMessageOffersToLeaveAndSaysWhyItCame) {
  join("cy@example.com");
  ASSERT_EQ(queue(eva).value(), 1);
  const auto mails = sent();
  ASSERT_THAT(mails, SizeIs(1));
  const auto leave =
      "https://track.example" + outreach::leaving_path(*world->vault, door_of("cy@example.com"));
  EXPECT_EQ(header(mails[0], "List-Unsubscribe"), "<" + leave + ">");
  EXPECT_EQ(header(mails[0], "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  EXPECT_EQ(header(mails[0], "Subject"), "Lamps are back");
  EXPECT_EQ(header(mails[0], "Content-Language"), "nl");
  EXPECT_EQ(outcomes().at("sent"), 1);
  EXPECT_THAT(sent(), IsEmpty()) << "once";
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM access_ledger WHERE operation = 'outreach.send'"),
            1);
}

// A report names the message and nothing else; what it says of the address holds for all mail.
TEST_P(OutreachOn, WhoseMailboxIsGoneOrWhoCallsItSpamGetsNoMore) {
  using Kind = channels::email::Bounce::Kind;
  join("cy@example.com");
  join("di@example.com");
  join("el@example.com");
  ASSERT_EQ(queue(eva).value(), 3);
  ASSERT_THAT(sent(), SizeIs(3));
  const auto report = [&](std::string_view address, Kind kind) {
    return with([&](store::Tx& tx) {
      const auto reader = door_of(address);
      const auto id = [&] {
        auto rows = tx.query("SELECT id FROM promotion_sends WHERE person = $1",
                             store::Blob{reader.person.bytes()});
        return rows.next() ? base::to_hex(rows.blob(0)) : std::string();
      }();
      return outreach::take_bounce(tx, id, kind, world->clock.now());
    });
  };
  EXPECT_TRUE(report("cy@example.com", Kind::Gone));
  EXPECT_TRUE(report("di@example.com", Kind::Complaint));
  EXPECT_TRUE(report("el@example.com", Kind::Soft)) << "full today, and not gone";
  EXPECT_FALSE(with([&](store::Tx& tx) {
    return outreach::take_bounce(tx, std::string(32, 'a'), Kind::Gone, world->clock.now());
  }));
  EXPECT_EQ(outcomes().at("refused"), 2);
  world->clock.advance(1min);
  ASSERT_EQ(queue(eva, "And chairs").value(), 3);
  EXPECT_THAT(sent(), SizeIs(1));
  EXPECT_EQ(outcomes().at("suppressed"), 2);
}

// Said in the conversation already, instead of by a report later.
TEST_P(OutreachOn, AMailboxThatIsNotThereIsAskedOnce) {
  struct NoSuchMailbox final : channels::email::Mailer {
    base::Task<channels::Outcome> send(channels::email::Email,
                                       channels::email::Envelope envelope) override {
      return_path = envelope.return_path;
      co_return channels::Outcome{channels::Outcome::Kind::Gone, "smtp 550 5.1.1", {}, {}};
    }
    std::string return_path;
  } mailer;
  join("cy@example.com");
  ASSERT_EQ(queue(eva).value(), 1);
  const channels::email::Verp verp(std::string(32, 'k'), "bounces.blom.example");
  PromotionPost post(*promotions, *world->main, *world->vault, mailer, world->clock,
                     {"shop@blom.example", "https://track.example",
                      [](store::Tx&, std::int64_t) { return messages::Sender(); }, verp});
  EXPECT_EQ(post.send_due(), 0);
  EXPECT_TRUE(verp.id_in(mailer.return_path)) << mailer.return_path;
  EXPECT_EQ(outcomes().at("refused"), 1);
  world->clock.advance(1min);
  ASSERT_EQ(queue(eva, "And chairs").value(), 1);
  mailer.return_path.clear();
  post.send_due();
  EXPECT_EQ(outcomes().at("suppressed"), 1);
  EXPECT_EQ(mailer.return_path, "");
}

// clause-039.withdrawn
TEST_P(OutreachOn, WhatAReaderSaysBetweenQueueingAndSendingIsHonoured) {
  struct Case {
    std::string_view address, outcome;
  };
  constexpr Case kCases[] = {{"left@example.com", "left"},
                             {"withdrawn@example.com", "withdrawn"},
                             {"objected@example.com", "objected"},
                             {"suppressed@example.com", "suppressed"},
                             {"stays@example.com", "sent"}};
  for (const auto& one : kCases) join(one.address);
  ASSERT_EQ(queue(eva).value(), 5);
  world->clock.advance(1s);
  joining->leave(door_of("left@example.com"), Joining::Leaving::List);
  with([&](store::Tx& tx) {
    const auto say = [&](std::string_view address, Act act) {
      records->note(tx, kAccount, outreach::word_of(door_of(address).person, act, How::Form));
    };
    say("withdrawn@example.com", Act::Withdrawn);
    say("objected@example.com", Act::Objected);
    consent::suppress(tx, kAccount, door_of("suppressed@example.com").person,
                      {std::nullopt, consent::Why::Unsubscribed, world->clock.now(), {}});
  });
  const auto mails = sent();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(header(mails[0], "To"), HasSubstr("stays@example.com"));
  for (const auto& one : kCases) EXPECT_EQ(outcomes()[std::string(one.outcome)], 1) << one.outcome;
}

TEST_P(OutreachOn, ChangedWordsAskAgainBeforeAnythingGoes) {
  join("cy@example.com");
  ASSERT_TRUE(queue(eva));
  world->clock.advance(1s);
  // What the purpose says has been published anew.
  with([&](store::Tx& tx) {
    tx.execute(
        "INSERT INTO purpose_changes (account_id, purpose, essence, effective_at) VALUES "
        "(0, 'Promote', 'other words', $1)",
        world->clock.now());
  });
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(outcomes().at("withdrawn"), 1);
}

TEST_P(OutreachOn, WhoEndedTheirParcelsMessagesAndAskedAfterwardsIsWrittenTo) {
  with([&](store::Tx& tx) {
    consent::suppress(
        tx, kAccount, door_of("cy@example.com").person,
        {channels::Channel::Email, consent::Why::Unsubscribed, world->clock.now(), {}});
  });
  world->clock.advance(1min);
  join("cy@example.com");
  ASSERT_TRUE(queue(eva));
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_P(OutreachOn, OnlyWhoMayWriteToAListDoes) {
  join("cy@example.com");
  EXPECT_EQ(queue(ben).error(), NewsRefusal::NotGranted);
  EXPECT_EQ(queue(eva, " ").error(), NewsRefusal::NoTitle);
  EXPECT_EQ(queue(eva, "Two\r\nlines").error(), NewsRefusal::NoTitle);
  with([&](store::Tx& tx) { EXPECT_TRUE(lists->grant(tx, eva, list, ben.id, Level::Send)); });
  EXPECT_TRUE(queue(ben));
  EXPECT_EQ(queue({kAccount + 1, eva.id, true, eva.proven_at}).error(), NewsRefusal::NoList);
}

TEST_P(OutreachOn, NewsToAListThatIsDestroyedGoesNowhere) {
  join("cy@example.com");
  ASSERT_TRUE(queue(eva));
  ASSERT_TRUE(lists->destroy(*world->main, eva, list));
  EXPECT_THAT(sent(), IsEmpty());
}

}  // namespace
