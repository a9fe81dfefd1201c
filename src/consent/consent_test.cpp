#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "consent/instance_key.h"
#include "consent/may_tell.h"
#include "consent/records.h"
#include "consent/suppression.h"
#include "personal/restrictions.h"
#include "store/testing.h"

namespace {

using namespace consent;
using namespace std::chrono_literals;
using channels::Channel;
using journey::Trigger;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not, ::testing::SizeIs;

constexpr std::int64_t kShop = 7, kOther = 8;

struct ConsentOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    for (const auto account : {std::int64_t{0}, kShop, kOther}) vault->prepare(account);
    ledger = std::make_unique<personal::Ledger>(*main, clock);
    people = std::make_unique<People>(*vault);
    ann = people->by_email(kShop, "ann@example.com").value();
  }
  template <class F>
  auto write(F work) {
    return main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  void wants(const Preferences& preferences) {
    write([&](store::Tx& tx) { set_preferences(tx, kShop, ann, preferences, clock.now()); });
  }
  void suppress_mail(Why why) {
    write([&](store::Tx& tx) {
      suppress(tx, kShop, ann, {Channel::Email, why, clock.now(), std::nullopt});
    });
  }
  Verdict ask(Trigger trigger = Trigger::Delivered, Channel channel = Channel::Email) {
    return write([&](store::Tx& tx) {
      const Question question{kShop, ann, ann, channel, trigger, base::Id(), 41, "Europe/Berlin"};
      return may_tell(tx, question, clock.now(), clock.now());
    });
  }
  Record say(const Records& records, Act act, std::optional<Notice> shown = std::nullopt,
             base::Instant said_at = {}) {
    return write([&](store::Tx& tx) {
      return records.note(tx, kShop, {ann, "promotion", act, How::Form, shown, said_at});
    });
  }
  bool lawful(base::Instant at, base::Instant known) {
    return write([&](store::Tx& tx) {
      return was_lawful_at(tx, kShop, ann, "promotion", Basis::Consent, at, known);
    });
  }

  base::ManualClock clock;  // 2026-01-01T00:00Z: one in the morning in Berlin
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
  store::testing::FreshDatabase keys{GetParam(), store::Schema::Keys};
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  std::unique_ptr<People> people;
  Person ann;
  const Notice notice{"Wij schrijven u over nieuwe lampen.", "nl", "2026-01"};
};

INSTANTIATE_TEST_SUITE_P(, ConsentOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(ConsentOn, KnowsAPersonAgainHoweverTheAddressIsWritten) {
  EXPECT_EQ(people->by_email(kShop, " Ann@EXAMPLE.com "), ann);
  EXPECT_NE(people->by_email(kShop, "ann+lamps@example.com"), ann);
  EXPECT_EQ(people->by_phone(kShop, "0049 (30) 123-456"), people->by_phone(kShop, "+4930123456"));
  EXPECT_NE(people->by_email(kOther, "ann@example.com"), ann) << "accounts do not share people";
}

TEST_P(ConsentOn, TellsABuyerWhatABuyerWantsToKnow) {
  EXPECT_EQ(ask(Trigger::Delivered).kind, Verdict::Kind::Now);
  EXPECT_EQ(ask(Trigger::InTransit).why, "shop-off");
  EXPECT_EQ(ask(Trigger::Delivered, Channel::Sms).why, "shop-off");
}

TEST_P(ConsentOn, LetsAPersonAskForWhatTheShopOffersAndNotForWhatItDoesNot) {
  Preferences all;
  all.wanted.set_all(Cell::On);
  wants(all);
  EXPECT_EQ(ask(Trigger::InTransit).kind, Verdict::Kind::Now);
  EXPECT_EQ(ask(Trigger::Delivered, Channel::Sms).why, "shop-off");
}

// clause-097.off
TEST_P(ConsentOn, SaysNothingAtAllWhenEveryTriggerIsOff) {
  Preferences none;
  none.wanted.set_all(Cell::Off);
  wants(none);
  for (std::size_t t = 0; t < journey::kTriggerNames.size(); ++t) {
    for (std::size_t c = 0; c < channels::kChannelNames.size(); ++c) {
      const auto verdict = ask(static_cast<Trigger>(t), static_cast<Channel>(c));
      EXPECT_EQ(verdict.kind, Verdict::Kind::Never) << journey::kTriggerNames[t];
    }
  }
}

TEST_P(ConsentOn, PutsAShipmentsWordOverTheAccounts) {
  Matrix account, shipment;
  account.set(Trigger::Delivered, Channel::Email, Cell::Off);
  shipment.set(Trigger::Delivered, Channel::Email, Cell::On);
  Matrix matrix = usual_matrix();
  matrix.overlay(account);
  EXPECT_EQ(matrix.at(Trigger::Delivered, Channel::Email), Cell::Off);
  matrix.overlay(shipment);
  EXPECT_EQ(matrix.at(Trigger::Delivered, Channel::Email), Cell::On);
  EXPECT_EQ(matrix.at(Trigger::Exception, Channel::Email), Cell::On);
  write([&](store::Tx& tx) { set_account_matrix(tx, kShop, account, clock.now()); });
  EXPECT_EQ(ask().why, "shop-off");
}

TEST_P(ConsentOn, KeepsPreferencesAsTheyWereSaid) {
  Preferences said;
  said.wanted.set(Trigger::Exception, Channel::Sms, Cell::Off);
  said.language = "nl";
  said.zone = "Europe/Amsterdam";
  said.quiet = QuietHours{22 * 60, 7 * 60};
  said.pace = Pace::Daily;
  wants(said);
  const auto read = [&] {
    return write([&](store::Tx& tx) { return preferences_of(tx, kShop, ann); });
  };
  EXPECT_EQ(read(), said);
  wants({});
  EXPECT_EQ(read(), Preferences{});
}

TEST_P(ConsentOn, WaitsForTheMorningOfThePersonsOwnClock) {
  Preferences quiet;
  quiet.quiet = QuietHours{22 * 60, 7 * 60};
  wants(quiet);
  auto verdict = ask();  // it is 01:00 in Berlin
  EXPECT_EQ(verdict.kind, Verdict::Kind::Later);
  EXPECT_EQ(verdict.why, "quiet");
  EXPECT_EQ(verdict.at, clock.now() + 6h);
  quiet.zone = "Asia/Tokyo";  // 09:00
  wants(quiet);
  EXPECT_EQ(ask().kind, Verdict::Kind::Now);
}

TEST_P(ConsentOn, GathersForTheEveningWhenThatIsWanted) {
  Preferences daily;
  daily.pace = Pace::Daily;
  wants(daily);
  const auto queued_at = clock.now();
  const auto verdict = ask();
  EXPECT_EQ(verdict.kind, Verdict::Kind::Later);
  EXPECT_EQ(verdict.at, clock.now() + 17h);  // 18:00 in Berlin
  clock.set(verdict.at);
  const auto later = write([&](store::Tx& tx) {
    return may_tell(
        tx, {kShop, ann, ann, Channel::Email, Trigger::Delivered, base::Id(), 0, "Europe/Berlin"},
        queued_at, clock.now());
  });
  EXPECT_EQ(later.kind, Verdict::Kind::Now);
}

// What a shop says for all, for one recipient, and what the person says: the nearer word counts.
TEST_P(ConsentOn, TheNearerWordAboutQuietHoursAndPaceCounts) {
  const base::Id none;
  const auto ask_as = [&](int recipient) {
    return write([&](store::Tx& tx) {
      Question q{kShop, ann, ann, Channel::Email, Trigger::Delivered, none, 0, "Europe/Berlin"};
      q.recipient = recipient;
      return may_tell(tx, q, clock.now(), clock.now());
    });
  };
  write([&](store::Tx& tx) {
    set_account_manners(tx, kShop, {QuietHours{22 * 60, 7 * 60}, Pace::Unsaid}, clock.now());
  });
  EXPECT_EQ(ask_as(0).why, "quiet");
  EXPECT_EQ(ask_as(Question::kNobody).kind, Verdict::Kind::Now) << "a chat room never sleeps";
  Preferences awake;
  awake.quiet = QuietHours{};  // none, said by the person
  wants(awake);
  EXPECT_EQ(ask_as(0).kind, Verdict::Kind::Now);
  write([&](store::Tx& tx) { set_account_manners(tx, kShop, {{}, Pace::Daily}, clock.now()); });
  EXPECT_EQ(ask_as(0).why, "digest");
  awake.pace = Pace::AtOnce;
  wants(awake);
  EXPECT_EQ(ask_as(0).kind, Verdict::Kind::Now);
}

// clause-119.changes
TEST(QuietHoursOf, GoOverAChangeOfClocks) {
  // 2026-03-29, 01:00 UTC: the clocks of Berlin go from 02:00 to 03:00.
  const auto midnight = base::from_micros(1'774'738'800'000'000);  // 2026-03-28T23:00Z
  const QuietHours quiet{0, 7 * 60};
  EXPECT_EQ(after_quiet_hours(quiet, "Europe/Berlin", midnight), midnight + 6h);
  EXPECT_EQ(after_quiet_hours(QuietHours{60, 60}, "Europe/Berlin", midnight), midnight);
  EXPECT_EQ(after_quiet_hours(quiet, "Mars/Olympus", midnight + 1h), midnight + 8h) << "UTC";
  // 2026-10-25, 01:00 UTC: from 03:00 back to 02:00, an hour that comes twice.
  const auto autumn = base::from_micros(1'792'879'200'000'000);  // 2026-10-24T22:00Z
  EXPECT_EQ(after_quiet_hours(quiet, "Europe/Berlin", autumn), autumn + 8h);
  EXPECT_EQ(after_quiet_hours(quiet, "Europe/Berlin", autumn + 150min), autumn + 8h) << "first";
  EXPECT_EQ(after_quiet_hours(quiet, "Europe/Berlin", autumn + 210min), autumn + 8h) << "second";
}

// clause-060.suppressed
TEST_P(ConsentOn, NeverWritesToASuppressedAddressAlsoWhenItComesBackWithAnImport) {
  suppress_mail(Why::Unsubscribed);
  EXPECT_EQ(ask().why, "unsubscribed");
  ann = people->by_email(kShop, "ANN@example.com").value();  // imported again, with a new subject
  EXPECT_EQ(ask().why, "unsubscribed");
  EXPECT_EQ(ask(Trigger::Delivered, Channel::Push).kind, Verdict::Kind::Now);
}

TEST_P(ConsentOn, KeepsTheHeaviestReasonAndLetsThePersonTakeBackTheirOwn) {
  suppress_mail(Why::Complained);
  suppress_mail(Why::Bounced);
  EXPECT_EQ(ask().why, "complained");
  write([&](store::Tx& tx) { release(tx, kShop, ann, Channel::Email); });
  EXPECT_EQ(ask().kind, Verdict::Kind::Now);
  suppress_mail(Why::Erased);
  write([&](store::Tx& tx) { release(tx, kShop, ann, Channel::Email); });
  EXPECT_EQ(ask().why, "erased") << "nobody undoes an erasure by a click";
}

TEST_P(ConsentOn, ForgetsATemporarySuppressionWhenItsTimeIsOver) {
  write([&](store::Tx& tx) {
    suppress(tx, kShop, ann, {Channel::Email, Why::Bounced, clock.now(), clock.now() + 24h});
  });
  EXPECT_EQ(ask().why, "bounced");
  clock.advance(24h);
  EXPECT_EQ(ask().kind, Verdict::Kind::Now);
  EXPECT_EQ(write([&](store::Tx& tx) { return sweep_suppressions(tx, clock.now()); }), 1);
}

TEST_P(ConsentOn, TellsNobodyWhoseDataIsRestrictedOrWhoObjected) {
  write([&](store::Tx& tx) {
    personal::Restrictions::place(tx, kShop, 41, "accuracy", clock.now());
  });
  EXPECT_EQ(ask().why, "restricted");
  write([&](store::Tx& tx) { personal::Restrictions::lift(tx, kShop, 41); });
  const Records records(clock, {});
  write([&](store::Tx& tx) {
    return records.note(tx, kShop, {ann, "Notify", Act::Objected, How::Letter, {}, {}});
  });
  EXPECT_EQ(ask().why, "objected");
}

// clause-109.off
TEST_P(ConsentOn, DoesNotCarryOverToOtherWordsHoweverLongSomebodyStays) {
  const Records records(clock, {});
  say(records, Act::Given, notice);
  const auto given = clock.now();
  clock.advance(24h);
  const auto announced = clock.now(), changes = announced + 720h;
  write([&](store::Tx& tx) {
    return tx.execute(
        "INSERT INTO purpose_changes (account_id, purpose, essence, effective_at) VALUES (0, "
        "'promotion', 'x', $1), (0, 'something-else', 'y', $2)",
        changes, given + 1h);
  });
  EXPECT_TRUE(lawful(announced, announced)) << "announced, and not yet in force";
  clock.advance(721h);
  EXPECT_FALSE(lawful(clock.now(), clock.now())) << "nobody has been asked anew";
  EXPECT_TRUE(lawful(changes - 1h, clock.now())) << "what was done before stays lawful";
  clock.advance(365 * 24h);
  EXPECT_FALSE(lawful(clock.now(), clock.now())) << "nor does staying on make it a yes";
  say(records, Act::Given, Notice{"Wij schrijven u zo vaak wij willen.", "nl", "2026-02"});
  EXPECT_TRUE(lawful(clock.now(), clock.now()));
}

// clause-091.instant
TEST_P(ConsentOn, AnswersWhetherItWasLawfulAtAnyPastInstant) {
  const Records records(clock, {});
  const auto before = clock.now();
  clock.advance(24h);
  say(records, Act::Given, notice);
  const auto given = clock.now();
  clock.advance(24h);
  say(records, Act::Withdrawn);  // one call, as giving was
  const auto withdrawn = clock.now();
  EXPECT_FALSE(lawful(before, withdrawn));
  EXPECT_TRUE(lawful(given, withdrawn)) << "what was done before the withdrawal stays lawful";
  EXPECT_TRUE(lawful(given + 23h, withdrawn));
  EXPECT_FALSE(lawful(withdrawn, withdrawn)) << "and nothing after it";
}

// clause-091.instant
TEST_P(ConsentOn, TellsWhatWasTrueFromWhatWasKnown) {
  const Records records(clock, {});
  say(records, Act::Given, notice);
  const auto given = clock.now();
  clock.advance(48h);
  const auto thought = clock.now();
  clock.advance(1h);
  say(records, Act::Withdrawn, std::nullopt, given + 24h);  // the letter lay about
  EXPECT_TRUE(lawful(given + 36h, thought)) << "as we knew it then";
  EXPECT_FALSE(lawful(given + 36h, clock.now())) << "as it was";
}

TEST_P(ConsentOn, TakesNoConsentWithoutTheTextThatWasAgreedTo) {
  const Records records(clock, {});
  EXPECT_THROW(say(records, Act::Given), std::invalid_argument);
  EXPECT_THROW(say(records, Act::Withdrawn, std::nullopt, clock.now() + 1s), std::invalid_argument);
  const auto record = say(records, Act::Given, notice);
  const auto text = write([&](store::Tx& tx) { return notice_text(tx, kShop, record.notice); });
  EXPECT_EQ(text, notice.text);
  EXPECT_EQ(record.language, "nl");
}

TEST_P(ConsentOn, GivesAReceiptThatAnybodyCanCheck) {
  const auto key = instance_key(*main, *vault, *ledger, clock, "receipts");
  const Records records(clock, signer(key));
  const auto record = say(records, Act::Given, notice);
  const auto receipt = read_receipt(record.receipt, key.public_key());
  ASSERT_TRUE(receipt);
  EXPECT_THAT(*receipt, HasSubstr("\"purpose\":\"promotion\""));
  EXPECT_THAT(*receipt, Not(HasSubstr("ann@example.com")));
  const auto again = instance_key(*main, *vault, *ledger, clock, "receipts");
  EXPECT_EQ(again.public_key().raw(), key.public_key().raw()) << "the key is kept";
  EXPECT_FALSE(read_receipt(record.receipt,
                            instance_key(*main, *vault, *ledger, clock, "other").public_key()));
}

// clause-094.signal
TEST_P(ConsentOn, HonoursTheBrowsersSignalAndNotesWhatItContradicts) {
  const Records records(clock, {});
  const auto given = say(records, Act::Given, notice);
  clock.advance(1h);
  const std::string_view purposes[] = {"promotion", "statistics"};
  const auto signal = [&] {
    return write([&](store::Tx& tx) { return records.note_signal(tx, kShop, ann, purposes); });
  };
  const auto fresh = signal();
  ASSERT_THAT(fresh, SizeIs(2));
  EXPECT_EQ(fresh[0].against, given.id);
  EXPECT_TRUE(fresh[1].against.is_none());
  EXPECT_FALSE(lawful(clock.now(), clock.now()));
  EXPECT_THAT(signal(), IsEmpty()) << "said once";
  clock.advance(1h);
  say(records, Act::Given, notice);  // asked which of the two they mean
  EXPECT_TRUE(lawful(clock.now(), clock.now()));
}

// clause-038.objection
TEST_P(ConsentOn, EndsAPurposeAtTheNextReadAfterAnObjection) {
  const Records records(clock, {});
  const auto may_improve = [&] {
    return write([&](store::Tx& tx) {
      return was_lawful_at(tx, kShop, ann, "improve", Basis::Other, clock.now(), clock.now());
    });
  };
  EXPECT_TRUE(may_improve());
  write([&](store::Tx& tx) {
    return records.note(tx, kShop, {ann, "improve", Act::Objected, How::Form, {}, {}});
  });
  EXPECT_FALSE(may_improve());
}

}  // namespace
