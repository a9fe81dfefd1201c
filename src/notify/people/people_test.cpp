#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "base/time.h"
#include "consent/records.h"
#include "consent/suppression.h"
#include "notify/dispatcher.h"
#include "notify/people/email_sender.h"
#include "notify/people/planner.h"
#include "notify/people/returned.h"
#include "notify/people/timers.h"
#include "personal/restrictions.h"
#include "shipments/testing.h"
#include "shipments/told.h"

namespace notify::people {
namespace {

using channels::Channel, channels::Outcome;
using consent::Cell, consent::Preferences;
using journey::Trigger;
using shipments::testing::kAccount, shipments::testing::says, shipments::testing::scan,
    shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not,
    ::testing::SizeIs;

struct Post final : channels::email::Mailer {
  base::Task<Outcome> send(channels::email::Email email, channels::email::Envelope e) override {
    sent.push_back(std::move(email));
    envelopes.push_back(std::move(e));
    co_return answer;
  }
  std::vector<std::string> subjects_to(std::string_view address) const {
    std::vector<std::string> all;
    for (const auto& email : sent) {
      if (email.to.address == address) all.push_back(email.subject);
    }
    return all;
  }
  Outcome answer{Outcome::Kind::Accepted, "smtp 250", {}, {}};
  std::vector<channels::email::Email> sent;
  std::vector<channels::email::Envelope> envelopes;
};

constexpr const char* kAnn = "ann@example.com";

struct PeopleOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    world->vault->prepare(0);
    ingest = std::make_unique<shipments::Ingest>(*world->main, *world->repository, *world->ledger);
    recipients = std::make_unique<Recipients>(*world->main, *world->vault, world->clock);
    Voice voice;
    voice.sender.name = "Atelier Blom";
    voice.sender.contact = "hallo@blom.example";
    voice.language = "en";
    tools.reset(new Tools{*world->repository, *recipients, *world->ledger, catalogue, world->clock,
                          "https://track.example",
                          [](std::int64_t, const base::Id& id) { return "/t/" + id.hex(); }, voice,
                          &wording});
    sender = std::make_unique<EmailSender>(
        *tools, post,
        EmailSender::Options{"parcels@blom.example",
                             channels::email::Verp(std::string(32, 'k'), "bounces.blom.example"),
                             "relay.example"});
    Dispatcher::Options options;
    options.jitter = 0;
    options.tick = 5ms;
    dispatcher = std::make_unique<Dispatcher>(*world->main, world->clock, options);
    dispatcher->add(planner);
    dispatcher->add(Channel::Email, *sender);
  }

  base::Id add(std::string email = kAnn, std::string language = "nl") {
    auto head = world->head("1Z" + std::to_string(++parcels));
    head.subject = world->vault->new_subject_now(kAccount);
    head.language = std::move(language);
    head.destination_country = "NL";
    shipments::Body body;
    const personal::Label label;
    body.customer_name = {"Ann de Vries", label};
    body.customer_email = {std::move(email), label};
    body.title = {"Bureaulamp", label};
    head.reach = body.reach();
    const auto sealed = world->repository->seal(head, body.envelope());
    world->main->write_now(
        [&](store::Tx& tx) { world->repository->insert(tx, head, sealed, world->clock.now()); });
    return head.id;
  }
  // The carrier says so now; people are told.
  void learn(const base::Id& id, std::string_view word, std::string words = "Scanned") {
    world->clock.advance(1h);
    queue(id, word, std::move(words));
    dispatcher->run_until_idle();
  }
  void queue(const base::Id& id, std::string_view word, std::string words = "Scanned") {
    const auto time = base::to_iso_offset(world->clock.now());
    take(says(id, {scan(time, word, std::move(words))}, world->clock.now()));
  }
  void take(shipments::Update update) { base::sync_wait(ingest->take(std::move(update))); }
  void whole_journey(const base::Id& id) {
    for (const char* word : {"inforeceived001", "transit001", "transit002", "pickup001",
                             "undelivered002", "pickup002", "delivered002"}) {
      learn(id, word);
    }
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  consent::Person person(std::string_view address = kAnn) {
    return consent::People(*world->vault).by_email(kAccount, address).value();
  }
  void stop_mail(std::string_view address = kAnn) {
    write([&](store::Tx& tx) {
      consent::suppress(tx, kAccount, person(address),
                        {Channel::Email, consent::Why::Unsubscribed, world->clock.now(), {}});
    });
  }
  void wants(const Preferences& wishes) {
    write([&](store::Tx& tx) {
      consent::set_preferences(tx, kAccount, person(), wishes, world->clock.now());
    });
  }
  std::string mail_id(std::size_t i) const { return post.sent.at(i).key; }

  std::unique_ptr<World> world;
  int parcels = 0;
  couriers::Catalogue catalogue;
  Wording wording;
  std::unique_ptr<shipments::Ingest> ingest;
  std::unique_ptr<Recipients> recipients;
  std::unique_ptr<Tools> tools;
  Post post;
  PeoplePlanner planner{{Channel::Email}};
  std::unique_ptr<EmailSender> sender;
  std::unique_ptr<Dispatcher> dispatcher;
};
INSTANTIATE_TEST_SUITE_P(, PeopleOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(PeopleOn, TellAJourneyInOrderAndEachThingOnce) {
  const auto id = add();
  whole_journey(id);
  ASSERT_THAT(post.sent, SizeIs(4));  // out for delivery, failed, to be collected, delivered
  for (const auto& email : post.sent) {
    EXPECT_EQ(email.to.address, kAnn);
    EXPECT_EQ(email.from.name, "Atelier Blom");
    EXPECT_EQ(email.language, "nl");
    EXPECT_EQ(email.thread, post.sent[0].thread) << "one parcel, one thread";
    EXPECT_THAT(email.unsubscribe_url, HasSubstr("https://track.example/n/"));
  }
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, SizeIs(4));
}

// clause-033.notice
// clause-134.mail
TEST_P(PeopleOn, FindPolicyCookiesRightsAndContactAtTheFootOfEachMail) {
  const auto id = add();
  whole_journey(id);
  ASSERT_THAT(post.sent, Not(IsEmpty()));
  const std::string site = "https://track.example";
  for (const auto& mail : post.sent) {
    for (const auto& link : {site + "/privacy", site + "/privacy/cookies",
                             site + "/rights?t=" + id.hex(), site + "/privacy/contact"}) {
      EXPECT_THAT(mail.html, HasSubstr("href=\"" + link + "\"")) << mail.subject;
      EXPECT_THAT(mail.text, HasSubstr(": " + link + "\n")) << mail.subject;
    }
  }
}

TEST_P(PeopleOn, SayInTheFirstMessageWhoGaveTheAddressAndNotAgain) {
  const auto id = add();
  learn(id, "pickup001");
  learn(id, "delivered001");
  ASSERT_THAT(post.sent, SizeIs(2));
  const auto facts = messages::FirstMessage{"Atelier Blom"};
  EXPECT_GT(post.sent[0].text.size(), post.sent[1].text.size());
  EXPECT_THAT(post.sent[0].text, HasSubstr("Atelier Blom"));
  const auto informed = world->count("SELECT COUNT(*) FROM informed");
  EXPECT_EQ(informed, 1);
}

// clause-097.off
TEST_P(PeopleOn, SayNothingInAWholeJourneyWhenEverythingIsOff) {
  Preferences none;
  none.wanted.set_all(Cell::Off);
  wants(none);
  whole_journey(add());
  EXPECT_THAT(post.sent, IsEmpty());
}

// clause-097.off
TEST_P(PeopleOn, SayNothingWhenTheShopSwitchedItAllOff) {
  consent::Matrix off;
  off.set_all(Cell::Off);
  write([&](store::Tx& tx) { consent::set_account_matrix(tx, kAccount, off, world->clock.now()); });
  whole_journey(add());
  EXPECT_THAT(post.sent, IsEmpty());
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM delivery_log"), 0) << "nor was anything planned";
}

// clause-098.between
TEST_P(PeopleOn, HonourWhatChangedBetweenQueueingAndSending) {
  const auto id = add();
  post.answer = {Outcome::Kind::Later, "smtp 451", {}, {}};
  learn(id, "pickup001");
  ASSERT_THAT(post.sent, SizeIs(1));  // tried, and put off
  post.answer = {Outcome::Kind::Accepted, "smtp 250", {}, {}};
  stop_mail();
  world->clock.advance(5min);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, SizeIs(1));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM deliveries"), 0);
}

// clause-098.between
TEST_P(PeopleOn, HonourAPreferenceThatLandsWhileTheMessageWaitsForTheMorning) {
  Preferences quiet;
  quiet.zone = "UTC";
  quiet.quiet = consent::QuietHours{0, 8 * 60};
  wants(quiet);
  const auto id = add();
  learn(id, "pickup001");  // 01:00
  EXPECT_THAT(post.sent, IsEmpty());
  quiet.wanted.set(Trigger::OutForDelivery, Channel::Email, Cell::Off);
  wants(quiet);
  world->clock.advance(8h);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, IsEmpty());
}

TEST_P(PeopleOn, WaitForTheMorningAndSayOnlyWhatIsStillTrue) {
  Preferences quiet;
  quiet.zone = "UTC";
  quiet.quiet = consent::QuietHours{0, 8 * 60};
  wants(quiet);
  const auto id = add();
  learn(id, "pickup001");
  learn(id, "delivered001");
  EXPECT_THAT(post.sent, IsEmpty());
  world->clock.advance(8h);
  dispatcher->run_until_idle();
  ASSERT_THAT(post.sent, SizeIs(1)) << "that it was out for delivery nobody needs to hear now";
}

// clause-060.suppressed
TEST_P(PeopleOn, DoNotWriteToASuppressedAddressThatIsImportedAgain) {
  stop_mail();
  whole_journey(add("ANN@Example.com"));
  EXPECT_THAT(post.sent, IsEmpty());
}

TEST_P(PeopleOn, DoNotTellOfWhatHappenedLongBeforeTheParcelWasEntered) {
  const auto id = add();
  take(says(id, {scan("2025-12-20T10:00:00+01:00", "delivered001", "Delivered")},
            world->clock.now()));
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, IsEmpty());
}

TEST_P(PeopleOn, TellNobodyWhoseDataIsRestrictedOrGone) {
  const auto restricted = add(), gone = add("bob@example.com");
  write([&](store::Tx& tx) {
    personal::Restrictions::place(tx, kAccount, world->head_of(restricted).subject, "accuracy",
                                  world->clock.now());
  });
  queue(restricted, "pickup001");
  queue(gone, "pickup001");
  const personal::SubjectId subjects[] = {world->head_of(gone).subject};
  world->vault->forget(kAccount, subjects);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, IsEmpty());
}

TEST_P(PeopleOn, TellOthersBesideTheCustomerEachInTheirLanguage) {
  const auto id = add();
  write([&](store::Tx& tx) {
    Recipient neighbour;
    neighbour.role = "neighbour";
    neighbour.language = "de";
    neighbour.email = Email("jo@example.de", {});
    EXPECT_EQ(recipients->add(tx, kAccount, id, neighbour), 1);
  });
  learn(id, "delivered001");
  ASSERT_THAT(post.sent, SizeIs(2));
  EXPECT_THAT(post.subjects_to("jo@example.de"), SizeIs(1));
  EXPECT_NE(post.subjects_to("jo@example.de"), post.subjects_to(kAnn)) << "another language";
  stop_mail("jo@example.de");
  EXPECT_TRUE(recipients->remove(kAccount, id, 1));
  EXPECT_FALSE(recipients->remove(kAccount, id, 1));
}

TEST_P(PeopleOn, ForgetRecipientsWithTheirShipment) {
  const auto id = add();
  write([&](store::Tx& tx) {
    Recipient other;
    other.email = Email("jo@example.de", {});
    recipients->add(tx, kAccount, id, other);
  });
  EXPECT_EQ(recipients->sweep(), 0);
  write([&](store::Tx& tx) { world->repository->remove(tx, kAccount, id); });
  EXPECT_EQ(recipients->sweep(), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM recipients"), 0);
}

// clause-078.list
TEST_P(PeopleOn, EnterWhoCarriedWhatIntoThePersonsOwnList) {
  const auto id = add();
  learn(id, "pickup001");
  learn(id, "delivered001");
  const auto list = write([&](store::Tx& tx) { return shipments::disclosures(tx, kAccount, id); });
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].name, "relay.example");
  EXPECT_EQ(list[0].fields, "customer_email customer_name journey title");
  EXPECT_EQ(list[0].times, 2);
  EXPECT_GE(world->count("SELECT COUNT(*) FROM access_ledger WHERE operation = 'notify.people'"),
            2);
}

TEST_P(PeopleOn, LeaveAloneAMailboxThatDoesNotExist) {
  const auto id = add();
  post.answer = {Outcome::Kind::Gone, "smtp 550 5.1.1", {}, {}};
  learn(id, "pickup001");
  post.answer = {Outcome::Kind::Accepted, "smtp 250", {}, {}};
  learn(id, "delivered001");
  EXPECT_THAT(post.sent, SizeIs(1));
}

TEST_P(PeopleOn, TakeBouncesAndComplaintsByTheReturnPath) {
  using Kind = channels::email::Bounce::Kind;
  const auto id = add();
  learn(id, "pickup001");
  EXPECT_THAT(post.envelopes.at(0).return_path, HasSubstr(mail_id(0)));
  const auto bounce = [&](Kind kind) {
    return write([&](store::Tx& tx) {
      return take_bounce(tx, mail_id(post.sent.size() - 1), kind, world->clock.now());
    });
  };
  EXPECT_EQ(bounce(Kind::Soft), Taken::Counted);
  EXPECT_EQ(bounce(Kind::Soft), Taken::Counted) << "the same message bounces once";
  learn(id, "undelivered002");
  EXPECT_EQ(bounce(Kind::Soft), Taken::Counted);
  learn(id, "pickup002");
  EXPECT_EQ(bounce(Kind::Soft), Taken::Suppressed);
  learn(id, "delivered002");
  EXPECT_THAT(post.sent, SizeIs(3));
  world->clock.advance(15 * 24h);
  const auto other = add();
  learn(other, "pickup001");
  EXPECT_THAT(post.sent, SizeIs(4)) << "two weeks later it is tried again";
  EXPECT_EQ(bounce(Kind::Complaint), Taken::Suppressed);
  learn(other, "delivered001");
  EXPECT_THAT(post.sent, SizeIs(4));
  EXPECT_EQ(write([&](store::Tx& tx) {
              return take_bounce(tx, std::string(32, 'a'), Kind::Gone, world->clock.now());
            }),
            Taken::Nothing);
}

TEST_P(PeopleOn, LeaveAloneANumberThatTheProviderReportsAsUnknown) {
  using Kind = Outcome::Kind;
  const std::string id(16, 'i'), mail(16, 'm');
  const auto who = consent::People(*world->vault).by_phone(kAccount, "+31612345678").value();
  const auto report = [&](const std::string& key, Kind kind) {
    return write([&](store::Tx& tx) {
      return take_report(tx, base::to_hex(key), {kind, "twilio 30005", {}, {}}, world->clock.now());
    });
  };
  const auto is_silent = [&] {
    return write([&](store::Tx& tx) {
      return consent::suppression_of(tx, kAccount, who, Channel::Sms, world->clock.now())
          .has_value();
    });
  };
  write([&](store::Tx& tx) {
    for (const auto& [key, channel] : {std::pair{id, "sms"}, std::pair{mail, "email"}})
      tx.execute(
          "INSERT INTO sent (account_id, id, channel, person, at) VALUES ($1, $2, $3, $4, $5)",
          kAccount, store::Blob{key}, channel, store::Blob{who.bytes()}, world->clock.now());
  });
  EXPECT_EQ(report(id, Kind::Accepted), Taken::Nothing);
  EXPECT_EQ(report(id, Kind::Refused), Taken::Nothing) << "switched off is not gone";
  EXPECT_EQ(report(mail, Kind::Gone), Taken::Nothing) << "no report on an SMS";
  EXPECT_EQ(report("", Kind::Gone), Taken::Nothing);
  EXPECT_FALSE(is_silent());
  EXPECT_EQ(report(id, Kind::Gone), Taken::Suppressed);
  EXPECT_TRUE(is_silent());
  EXPECT_FALSE(write([&](store::Tx& tx) {
    return consent::suppression_of(tx, kAccount, who, Channel::Email, world->clock.now())
        .has_value();
  })) << "their mail is another matter";
}

TEST_P(PeopleOn, HearOfANewDayOfDelivery) {
  const auto id = add();
  auto update =
      says(id, {scan("2026-01-01T01:00:00+01:00", "transit001", "On its way")}, world->clock.now());
  update.report.estimate = "2026-01-03";
  take(update);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, IsEmpty()) << "that is only offered";
  world->clock.advance(1h);
  update.report.estimate = "2026-01-05";
  update.heard_at = world->clock.now();
  take(update);
  dispatcher->run_until_idle();
  ASSERT_THAT(post.sent, SizeIs(1));
  EXPECT_THAT(post.sent[0].text, HasSubstr("5 januari"));
}

TEST_P(PeopleOn, HearOnceThatThePromisedDayIsOver) {
  const auto id = add();
  auto update =
      says(id, {scan("2026-01-01T01:00:00+01:00", "transit001", "On its way")}, world->clock.now());
  update.report.estimate = "2026-01-03";
  take(update);
  dispatcher->run_until_idle();
  const auto look = [&] {
    return look_by_the_clock(*world->main, planner, Voice(), world->clock.now());
  };
  EXPECT_EQ(look(), 0);
  world->clock.advance(4 * 24h);
  EXPECT_EQ(look(), 1);
  EXPECT_EQ(look(), 0);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, SizeIs(1));
}

TEST_P(PeopleOn, GetOneMailForSeveralParcelsWhenTheyWantOneADay) {
  Preferences daily;
  daily.pace = consent::Pace::Daily;
  daily.zone = "Europe/Amsterdam";
  wants(daily);
  const auto lamp = add(), chair = add(), table = add();
  learn(lamp, "pickup001");
  learn(chair, "delivered002");
  learn(table, "pickup001");
  EXPECT_THAT(post.sent, IsEmpty()) << "it is not evening yet";
  learn(table, "delivered002");
  EXPECT_THAT(post.sent, IsEmpty());
  world->clock.advance(24h);
  dispatcher->run_until_idle();
  ASSERT_THAT(post.sent, SizeIs(1));
  EXPECT_EQ(post.sent[0].subject, "Atelier Blom: nieuws over je pakketten");
  // Each parcel once, with its last news.
  std::size_t sections = 0;
  for (std::size_t at = 0;
       (at = post.sent[0].text.find("https://track.example/t/", at)) != std::string::npos; ++at)
    ++sections;
  EXPECT_EQ(sections, 3U);
  EXPECT_THAT(post.sent[0].html, HasSubstr("Je pakket is er"));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM digest_items"), 0);
  world->clock.advance(48h);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, SizeIs(1)) << "once";
}

// clause-098.between
TEST_P(PeopleOn, WhatWasStoppedBeforeTheEveningIsNotInTheDaysMail) {
  Preferences daily;
  daily.pace = consent::Pace::Daily;
  wants(daily);
  learn(add(), "delivered002");
  stop_mail();
  world->clock.advance(24h);
  dispatcher->run_until_idle();
  EXPECT_THAT(post.sent, IsEmpty());
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM digest_items"), 0);
}

TEST_P(PeopleOn, AnswerToWhatTheShopSaysAboutEachOfThem) {
  const auto id = add();
  Recipient neighbour;
  neighbour.role = "neighbour";
  neighbour.language = "de";
  neighbour.email = {"nora@example.com", {}};
  const auto number =
      write([&](store::Tx& tx) { return recipients->add(tx, kAccount, id, neighbour); });
  ASSERT_EQ(number, 1);
  write([&](store::Tx& tx) {
    consent::Matrix only;
    only.set_channel(Channel::Email, Cell::Off);
    only.set(Trigger::Delivered, Channel::Email, Cell::On);
    consent::set_recipient_matrix(tx, kAccount, id, 1, only, world->clock.now());
  });
  learn(id, "pickup001");
  EXPECT_THAT(post.subjects_to("nora@example.com"), IsEmpty());
  EXPECT_THAT(post.subjects_to(kAnn), SizeIs(1));
  // Another language, another address.
  neighbour.number = 1;
  neighbour.language = "fr";
  neighbour.email = {"nora@other.example", {}};
  EXPECT_TRUE(
      write([&](store::Tx& tx) { return recipients->change(tx, kAccount, id, neighbour); }));
  learn(id, "delivered002");
  EXPECT_THAT(post.subjects_to("nora@example.com"), IsEmpty());
  ASSERT_THAT(post.subjects_to("nora@other.example"), SizeIs(1));
  EXPECT_THAT(post.subjects_to("nora@other.example")[0], HasSubstr("colis"));
  EXPECT_TRUE(recipients->remove(kAccount, id, 1));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM recipient_choices"), 0);
}

TEST_P(PeopleOn, ReadTheShopsOwnWordsFromTheNextMessageOn) {
  const auto id = add();
  const auto save = [&](messages::Blocks blocks) {
    return write([&](store::Tx& tx) {
      return wording.save(tx, kAccount, Trigger::Delivered, "nl", blocks, world->clock.now());
    });
  };
  EXPECT_FALSE(save({.intro = "Beste {{nobody}}"})) << "an unknown variable";
  EXPECT_FALSE(save({.intro = "<img src=\"https://a.example/x.png\" alt=\"x\">"}));
  EXPECT_FALSE(save({.extra = "{{#promotion}}10% korting{{/promotion}}"}));
  auto saved = save({.subject = "{{shop}}: hij is er", .intro = "Veel plezier ermee!"});
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->version, 1);
  learn(id, "delivered002");
  ASSERT_THAT(post.sent, SizeIs(1));
  EXPECT_EQ(post.sent[0].subject, "Atelier Blom: hij is er");
  EXPECT_THAT(post.sent[0].html, HasSubstr("Veel plezier ermee!"));
  EXPECT_EQ(world->count("SELECT words FROM sent"), 1);

  ASSERT_TRUE(save({.subject = "Bezorgd", .intro = "Tot ziens!"}));
  learn(add(), "delivered002");
  ASSERT_THAT(post.sent, SizeIs(2));
  EXPECT_EQ(post.sent[1].subject, "Bezorgd");
  write([&](store::Tx& tx) {
    return Wording::withdraw(tx, kAccount, Trigger::Delivered, "nl", world->clock.now());
  });
  learn(add(), "delivered002");
  ASSERT_THAT(post.sent, SizeIs(3));
  EXPECT_THAT(post.sent[2].html, Not(HasSubstr("Tot ziens!")));
  const auto all = write(
      [&](store::Tx& tx) { return Wording::editions(tx, kAccount, Trigger::Delivered, "nl"); });
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_TRUE(all[0].is_withdrawn);
  EXPECT_EQ(all[2].blocks.subject, "{{shop}}: hij is er");
}

TEST(ByTheClock, SilenceIsNewsAfterTheDaysTheAccountChose) {
  shipments::UnderWay parcel;
  parcel.status = journey::Status::Transit;
  const base::ManualClock clock;
  parcel.learnt_at = clock.now();
  EXPECT_EQ(occasion_by_clock(parcel, 5, clock.now() + 119h), std::nullopt);
  EXPECT_EQ(occasion_by_clock(parcel, 5, clock.now() + 120h), Trigger::NoMovement);
  EXPECT_EQ(occasion_by_clock(parcel, 0, clock.now() + 1200h), std::nullopt);
  parcel.estimate = "2026-01-01";
  EXPECT_EQ(occasion_by_clock(parcel, 5, clock.now() + 41h), std::nullopt);
  EXPECT_EQ(occasion_by_clock(parcel, 5, clock.now() + 42h), Trigger::Delayed);
  parcel.status = journey::Status::Pickup;
  EXPECT_EQ(occasion_by_clock(parcel, 5, clock.now() + 42h), std::nullopt) << "it is at the door";
}

}  // namespace
}  // namespace notify::people
