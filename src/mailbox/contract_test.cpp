// What holds for every kind of link: the same tests over all of them. The two kinds of IMAP need
// the Debian package dovecot-imapd.
#include <fmt/format.h>

#include "mailbox/testing.h"
#include "personal/testing.h"
#include "store/dump.h"

namespace {

using mailbox::Fault, mailbox::Keys, mailbox::State;
using mailbox::testing::kUps, mailbox::testing::kUsps, mailbox::testing::message;
using shipments::testing::kAccount;
using store::testing::Engine;
using ::testing::Contains, ::testing::ElementsAre, ::testing::IsEmpty, ::testing::Not,
    ::testing::SizeIs, ::testing::StartsWith;
using namespace std::chrono_literals;

struct Case {
  Engine engine;
  std::string kind;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto engine : store::testing::kEngines) {
    for (const auto* kind : {"imap-password", "imap-token", "gmail"}) all.push_back({engine, kind});
  }
  return all;
}

struct EveryLink : testing::TestWithParam<Case> {
  void SetUp() override {
    if (!store::testing::is_available(GetParam().engine))
      GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it";
    const bool is_imap = GetParam().kind != "gmail";
    if (is_imap && !http::testing::Dovecot::is_here())
      GTEST_SKIP() << "no Dovecot: install the Debian package dovecot-imapd";
    world = std::make_unique<mailbox::testing::World>(GetParam().engine);
    if (is_imap) dovecot = std::make_unique<http::testing::Dovecot>(world->provider.introspect());
    world->open_desk(dovecot ? dovecot->server() : "127.0.0.1:1");
    if (dovecot) dovecot->deliver(kAddress, message("Hello", "an old letter of a friend"));
  }

  void deliver(const std::string& bytes) {
    if (dovecot) {
      dovecot->deliver(kAddress, bytes);
    } else {
      world->provider.deliver(bytes);
    }
  }
  Keys keys() {
    Keys keys;
    keys.address = kAddress;
    if (GetParam().kind == "imap-password") {
      keys.server = dovecot->server();
      keys.secret = http::testing::Dovecot::kPassword;
    } else {
      keys.secret = refresh = world->provider.grant();
    }
    return keys;
  }
  base::Id link() {
    const auto id = world->desk->link(world->new_link(GetParam().kind, keys()));
    EXPECT_TRUE(id) << (id ? "" : mailbox::word(id.error()));
    return id ? *id : base::Id();
  }
  mailbox::Synced sync(const base::Id& id) { return world->desk->sync(kAccount, id).value(); }
  mailbox::Link row(const base::Id& id) { return world->links.find(kAccount, id).value(); }
  std::vector<std::string> numbers(const base::Id& id) {
    std::vector<std::string> all;
    for (const auto& find : world->links.finds(kAccount, id, 100))
      all.push_back(find.tracking_number);
    std::ranges::sort(all);
    return all;
  }
  std::string dump() {
    std::string bytes;
    store::write_dump(*world->main, {}, [&](std::string_view piece) { bytes += piece; });
    return bytes;
  }
  std::vector<std::string> folders() {
    std::vector<std::string> all;
    for (auto* database : {&world->main, &world->keys}) {
      if (!database->folder().empty()) all.push_back(database->folder());
    }
    return all;
  }

  static constexpr const char* kAddress = "ann@example.com";
  std::unique_ptr<mailbox::testing::World> world;
  std::unique_ptr<http::testing::Dovecot> dovecot;
  std::string refresh;
};

// clause-025.contract
TEST_P(EveryLink, SaysWhatItMayAndWhyWhatItTakesAndWhenItWasUsed) {
  const auto id = link();
  const auto* connector = world->desk->connector(GetParam().kind);
  ASSERT_NE(connector, nullptr);
  ASSERT_THAT(connector->scopes(), Not(IsEmpty()));
  for (const auto& scope : connector->scopes()) EXPECT_FALSE(scope.reason.empty()) << scope.name;
  EXPECT_THAT(std::vector<std::string_view>(connector->takes().begin(), connector->takes().end()),
              ElementsAre("tracking number", "courier", "order number", "day", "sender's domain"));
  EXPECT_FALSE(connector->title().empty());
  EXPECT_EQ(row(id).last_used_at, std::nullopt);
  sync(id);
  EXPECT_EQ(row(id).last_used_at, world->clock.now());
}

// clause-025.contract
TEST_P(EveryLink, FindsTheParcelsAndShowsThemToTheirOwner) {
  deliver(message("Your order 2026-10482 was shipped", "Tracking number 1Z5R89390357567127"));
  deliver(message("Dinner on Friday?", "Tracking number 9400110200881345200477"));
  const auto id = link();
  const auto synced = sync(id);
  EXPECT_EQ(synced.fault, Fault::None) << mailbox::word(synced.fault);
  EXPECT_EQ(synced.opened, 1);
  EXPECT_EQ(synced.found, 1);
  const auto finds = world->links.finds(kAccount, id, 10);
  ASSERT_THAT(finds, SizeIs(1));
  EXPECT_EQ(finds[0].tracking_number, kUps);
  EXPECT_EQ(finds[0].courier_code, "ups");
  EXPECT_EQ(finds[0].sent_on, "2026-03-20");
  const auto shipment = world->find(finds[0].shipment).value();
  EXPECT_EQ(shipment.head.source, shipments::Source::Mailbox);
  EXPECT_EQ(shipment.head.order_number, "2026-10482");
  {
    personal::Access<personal::Purpose::ServeController> access(*world->ledger, {}, kAccount, "t");
    EXPECT_EQ(open(finds[0].sender, access), "shop.example");
  }
  EXPECT_EQ(finds[0].sender.label().source(), personal::Source::Mailbox);
  const auto after = row(id);
  EXPECT_EQ(after.parcels, 1);
  EXPECT_EQ(after.opened, 1);
}

// clause-025.contract
TEST_P(EveryLink, GoesOnWhereItStopped) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto id = link();
  sync(id);
  const auto heads = row(id).heads;
  EXPECT_EQ(sync(id).heads, 0);
  deliver(message("Your parcel", "Tracking number 9400110200881345200477"));
  EXPECT_EQ(sync(id).heads, 1);
  EXPECT_EQ(row(id).heads, heads + 1);
  EXPECT_THAT(numbers(id), ElementsAre(kUps, kUsps));
}

// clause-025.contract
TEST_P(EveryLink, ReadsAnewWhatIsNumberedAnewAndDoublesNothing) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto id = link();
  sync(id);
  if (dovecot) {
    dovecot->renumber(kAddress);
  } else {
    world->provider.has_forgotten = true;
    EXPECT_EQ(sync(id).fault, Fault::None);
    world->provider.has_forgotten = false;
  }
  const auto again = sync(id);
  EXPECT_EQ(again.fault, Fault::None) << mailbox::word(again.fault);
  EXPECT_EQ(again.found, 0);
  EXPECT_THAT(numbers(id), ElementsAre(kUps));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments"), 1);
}

// clause-024.unlink
TEST_P(EveryLink, ChangesNothingInTheMailbox) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto id = link();
  if (dovecot) {
    sync(id);
    const auto before = dovecot->files(kAddress);
    deliver(message("Your parcel", "Tracking number 9400110200881345200477"));
    EXPECT_EQ(sync(id).found, 1);
    for (const auto& name : dovecot->files(kAddress))
      EXPECT_EQ(name.find(":2,S"), std::string::npos) << name << " has been marked as read";
    EXPECT_THAT(dovecot->files(kAddress), SizeIs(before.size() + 1));
  } else {
    sync(id);
    EXPECT_THAT(world->provider.methods, testing::Each(testing::Eq("GET")));
    for (const auto& path : world->provider.paths)
      EXPECT_EQ(path.find("modify"), std::string::npos) << path;
  }
}

// clause-024.unlink clause-025.contract
TEST_P(EveryLink, LeavesNoRowAnywhereWhenItIsUnlinked) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto own = world->add("9400110200881345200477");
  deliver(message("Your parcel", "USPS tracking number 9400110200881345200477"));
  const auto id = link();
  sync(id);
  const auto before = row(id);
  ASSERT_EQ(before.parcels, 2);
  ASSERT_NE(dump().find(std::string(id.bytes())), std::string::npos);

  EXPECT_EQ(world->desk->unlink(kAccount, id), Fault::None);

  EXPECT_EQ(world->provider.live(), 0U) << "not revoked";
  const auto left = dump();
  EXPECT_EQ(left.find(std::string(id.bytes())), std::string::npos) << "a row names the link";
  EXPECT_EQ(left.find(id.hex()), std::string::npos);
  EXPECT_EQ(left.find(kAddress), std::string::npos);
  EXPECT_EQ(left.find(kUps), std::string::npos) << "a parcel that only it brought";
  EXPECT_TRUE(world->find(own)) << "a parcel that was there before";
  EXPECT_THAT(world->links.list(kAccount), IsEmpty());
  const personal::SubjectId subject[] = {before.subject};
  EXPECT_THAT(world->vault->forgotten_among(kAccount, subject), ElementsAre(before.subject));
}

// clause-024.unlink
TEST_P(EveryLink, RestsOnAConsentThatEndsWithIt) {
  const auto id = link();
  const auto person = consent::People(*world->vault).by_email(kAccount, kAddress).value();
  const auto standing = [&] {
    return world->main->read_now([&](store::Tx& tx) {
      return consent::standing_of(tx, kAccount, person, mailbox::kConsentPurpose,
                                  world->clock.now(), world->clock.now());
    });
  };
  EXPECT_EQ(standing(), consent::Standing::Given);
  world->clock.advance(1s);
  world->desk->unlink(kAccount, id);
  EXPECT_EQ(standing(), consent::Standing::Withdrawn);
}

// clause-025.contract
TEST_P(EveryLink, IsReadNoMoreWhenTheConsentIsTakenBackElsewhere) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto id = link();
  consent::Statement statement;
  statement.person = consent::People(*world->vault).by_email(kAccount, kAddress).value();
  statement.purpose = mailbox::kConsentPurpose;
  statement.act = consent::Act::Withdrawn;
  world->clock.advance(1s);
  world->main->write_now(
      [&](store::Tx& tx) { return world->consents.note(tx, kAccount, statement); });
  EXPECT_EQ(sync(id).opened, 0);
  EXPECT_EQ(row(id).state, State::Ended);
}

// clause-025.contract
TEST_P(EveryLink, IsNotMadeWhenTheKeysOpenNothing) {
  auto wrong = keys();
  wrong.secret = "wrong";
  const auto refused = world->desk->link(world->new_link(GetParam().kind, std::move(wrong)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Fault::Denied) << mailbox::word(refused.error());
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM mailbox_links"), 0);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM consents"), 0);
}

// clause-025.contract
TEST_P(EveryLink, IsMadeOncePerMailbox) {
  link();
  const auto again = world->desk->link(world->new_link(GetParam().kind, keys()));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), Fault::Known);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM consents"), 1);
}

// clause-025.contract
TEST_P(EveryLink, IsReadWhenItIsDueAndByOneAtATime) {
  deliver(message("Your parcel", "Tracking number 1Z5R89390357567127"));
  const auto id = link();
  EXPECT_TRUE(world->desk->work_once());
  EXPECT_EQ(row(id).parcels, 1);
  EXPECT_FALSE(world->desk->work_once()) << "not due again";
  ASSERT_TRUE(world->links.claim_one(row(id), "another process", 1min));
  EXPECT_TRUE(sync(id).is_busy);
  world->clock.advance(15min);
  EXPECT_TRUE(world->desk->work_once());
}

// clause-025.contract
TEST_P(EveryLink, GoesWithThePersonWhoMadeIt) {
  const auto id = link();
  EXPECT_EQ(world->desk->tidy(), 0);
  world->main->write_now([](store::Tx& tx) { return tx.execute("DELETE FROM members"); });
  EXPECT_EQ(world->desk->tidy(), 1);
  EXPECT_FALSE(world->links.find(kAccount, id));
}

// clause-040.canary
TEST_P(EveryLink, KeepsNothingOfTheMessagesBesideTheDeclaredFields) {
  const std::string canary = "zq7canary-in-a-letter";
  const std::string encoded = base::to_base64(canary).substr(0, 24);
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  deliver(message("Your parcel " + canary,
                  canary + "\r\nTracking number 1Z5R89390357567127\r\n" + canary,
                  "<p title=\"" + canary + "\">" + canary + " <a href=\"https://shop.example/" +
                      canary + "\">x</a></p>"));
  deliver(message(canary, "a letter that stays closed " + canary));
  const auto id = link();
  const auto synced = sync(id);
  EXPECT_FALSE(sync(id).is_busy);
  const auto log =
      ::testing::internal::GetCapturedStdout() + "\n" + ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(synced.found, 1);
  ASSERT_THAT(numbers(id), ElementsAre(kUps));

  EXPECT_EQ(log.find(canary), std::string::npos) << "in the log";
  const auto backup = dump();
  EXPECT_NE(backup.find(kUps), std::string::npos) << "the search is no search";
  for (const auto& text : {canary, encoded})
    EXPECT_EQ(backup.find(text), std::string::npos) << "in a table or a backup";
  // Tables, indexes, write-ahead logs, both databases.
  for (const auto& text : {canary, encoded, std::string("Example Shop")})
    EXPECT_THAT(personal::testing::holding(folders(), text), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, EveryLink, testing::ValuesIn(cases()), [](const auto& one) {
  auto name = one.param.kind + (one.param.engine == Engine::Sqlite ? "Sqlite" : "Postgres");
  std::erase(name, '-');
  return name;
});

}  // namespace
