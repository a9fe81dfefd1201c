#include "billing/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "billing/contact.h"
#include "billing/testing.h"
#include "personal/testing.h"

namespace billing {
namespace {

using namespace std::chrono_literals;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not,
    ::testing::SizeIs;
using testing::kAccount, testing::kSigning, testing::notice_about, testing::signature_of,
    testing::World;

struct Case {
  Engine engine;
  std::string kind;
};
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto engine : store::testing::kEngines)
    for (const auto* kind : {"stripe", "mollie"}) all.push_back({engine, kind});
  return all;
}

// The same tests for every payment company.
struct EveryProvider : ::testing::TestWithParam<Case> {
  void SetUp() override {
    if (!store::testing::is_available(GetParam().engine))
      GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it";
    world = std::make_unique<World>(GetParam().engine);
    if (GetParam().kind == "stripe") {
      peer = std::make_unique<testing::StripePeer>();
    } else {
      peer = std::make_unique<testing::MolliePeer>();
    }
    provider = world->provider(GetParam().kind, *peer);
    desk = std::make_unique<Desk>(*world->main, *world->vault, *provider, world->clock);
    invoice = world->invoice(desk->invoices());
  }
  auto begin() { return base::sync_wait(desk->begin(kAccount, invoice)); }
  base::Result<Settled, PaymentFault> hear(std::string_view reference) {
    const auto body = notice_about(GetParam().kind, reference);
    return base::sync_wait(desk->take(signature_of(body, world->clock.now()), body));
  }
  std::string pay() {
    const auto begun = begin();
    EXPECT_TRUE(begun);
    peer->set(begun->reference, "paid");
    const auto settled = hear(begun->reference);
    EXPECT_TRUE(settled);
    EXPECT_EQ(*settled, Settled::Paid);
    return begun->reference;
  }
  Invoice now() {
    return *world->main->read_now(
        [&](store::Tx& tx) { return desk->invoices().find(tx, kAccount, invoice); });
  }
  std::vector<KeptMethod> methods() {
    return world->main->read_now([&](store::Tx& tx) { return desk->methods(tx, kAccount); });
  }

  std::unique_ptr<World> world;
  std::unique_ptr<testing::PaymentPeer> peer;
  std::unique_ptr<Provider> provider;
  std::unique_ptr<Desk> desk;
  base::Id invoice;
};

TEST_P(EveryProvider, TakesAPaymentAndTellsWhenItIsPaid) {
  const auto begun = begin();
  ASSERT_TRUE(begun);
  EXPECT_THAT(begun->page, HasSubstr("https://"));
  EXPECT_EQ(now().state, InvoiceState::Open);
  EXPECT_EQ(hear(begun->reference).value(), Settled::Noted) << "not paid yet";
  EXPECT_EQ(now().state, InvoiceState::Open);
  world->clock.advance(1min);
  peer->set(begun->reference, "paid");
  EXPECT_EQ(hear(begun->reference).value(), Settled::Paid);
  EXPECT_EQ(now().state, InvoiceState::Paid);
  EXPECT_EQ(now().paid_at, world->clock.now());
}

// clause-079b.captured
TEST_P(EveryProvider, LearnsAmountCurrencyAndTwoNamesThatLeadNowhere) {
  world->main->write_now([&](store::Tx& tx) {
    Contacts contacts(*world->main, *world->vault, world->clock);
    return contacts
        .put(tx, kAccount,
             {"Gerbrand Boekhouder", "invoices@shop-canary.example", "Canary Lamps BV",
              "NL123456789B01", "PO 4711", "Canarystraat 17", "", "1234 QX", "Canarydam", "", "NL"})
        .has_value();
  });
  pay();
  const auto sent = peer->every_byte();
  ASSERT_THAT(sent, HasSubstr("HTTP/1.1\r\n")) << "the peer writes nothing down";
  const auto customer = Opaque::customer(*world->vault, kAccount);
  const auto named = Opaque::invoice(*world->vault, kAccount, invoice);
  EXPECT_THAT(sent, HasSubstr(std::string(customer.text())));
  EXPECT_THAT(sent, HasSubstr(std::string(named.text())));
  for (const std::string& secret :
       {std::string(testing::kParcel), std::string("Zebulon"), std::string("Quarrington"),
        base::to_hex(testing::kParcel), invoice.hex(), std::string("Gerbrand"),
        std::string("Boekhouder"), std::string("shop-canary"), std::string("Canary"),
        std::string("NL123456789B01"), std::string("PO 4711"), std::string("1234 QX"),
        std::string("account_id")})
    EXPECT_THAT(sent, Not(HasSubstr(secret)));
}

// What is sent in a beginning, whole: nothing stands there but what is listed here.
// clause-079b.captured
TEST_P(EveryProvider, IsSentTheseWordsAndNoOthers) {
  ASSERT_TRUE(begin());
  const auto sent = peer->every_byte();
  const std::string customer(Opaque::customer(*world->vault, kAccount).text());
  const std::string named(Opaque::invoice(*world->vault, kAccount, invoice).text());
  const auto body = sent.substr(sent.find("\r\n\r\n") + 4);
  if (GetParam().kind == "stripe") {
    EXPECT_THAT(sent, ::testing::StartsWith("POST /v1/checkout/sessions HTTP/1.1\r\n"));
    EXPECT_EQ(body, fmt::format("mode=payment&client_reference_id={0}&metadata%5Bcustomer%5D={1}"
                                "&line_items%5B0%5D%5Bquantity%5D=1"
                                "&line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur"
                                "&line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1900"
                                "&line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D={0}"
                                "&success_url=https%3A%2F%2Ftrack.example%2Faccount"
                                "&cancel_url=https%3A%2F%2Ftrack.example%2Faccount",
                                named, customer));
  } else {
    EXPECT_THAT(sent, ::testing::StartsWith("POST /v2/payments HTTP/1.1\r\n"));
    EXPECT_EQ(body,
              fmt::format(R"({{"amount":{{"currency":"EUR","value":"19.00"}},"description":"{0}",)"
                          R"("redirectUrl":"https://track.example/account",)"
                          R"("webhookUrl":"https://track.example/billing/notices",)"
                          R"("metadata":{{"invoice":"{0}","customer":"{1}"}}}})",
                          named, customer));
  }
  // Of the head: whose key, and nothing that a browser or person would add.
  std::vector<std::string> names;
  std::string_view head(sent);
  head = head.substr(head.find("\r\n") + 2);
  for (head = head.substr(0, head.find("\r\n\r\n") + 2); !head.empty();
       head.remove_prefix(head.find("\r\n") + 2))
    names.emplace_back(head.substr(0, head.find(':')));
  const std::vector<std::string> allowed = {
      "Host",         "User-Agent",      "Accept",         "Accept-Encoding", "Authorization",
      "Content-Type", "Idempotency-Key", "Content-Length", "Stripe-Version"};
  for (const auto& name : names) EXPECT_THAT(allowed, ::testing::Contains(name));
}

// clause-031.dump
TEST_P(EveryProvider, LeavesNothingOfACardBehindButReferenceLastFourAndMonth) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  pay();
  base::flush_log();
  const auto log =
      ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
  ASSERT_THAT(methods(), SizeIs(1));
  const auto kept = methods()[0];
  EXPECT_EQ(kept.provider, GetParam().kind);
  EXPECT_EQ(kept.method.last_four, "4242");
  EXPECT_EQ(kept.method.expires_in, "2028-08");
  world->ledger->flush();
  const auto look = [&](const char* when) {
    const auto bytes = world->all_bytes() + log;
    ASSERT_THAT(bytes, HasSubstr(kept.method.reference)) << "the search itself must work";
    for (const auto text : {testing::kCardNumber, testing::kCardCode, testing::kHolder,
                            testing::kPayerAddress, testing::kStripeKey, testing::kMollieKey}) {
      EXPECT_THAT(bytes, Not(HasSubstr(std::string(text)))) << when;
      EXPECT_THAT(personal::testing::holding(world->folders(), text), IsEmpty()) << text << when;
    }
  };
  look("in the write-ahead log");
  world->main->checkpoint();
  look("after a checkpoint");
}

TEST_P(EveryProvider, MaySayTheSameAsOftenAsItLikes) {
  const auto reference = pay();
  const auto paid_at = now().paid_at;
  const auto calls = peer->calls();
  world->clock.advance(1h);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hear(reference).value(), Settled::Noted);
  EXPECT_EQ(now().paid_at, paid_at);
  EXPECT_EQ(peer->calls(), calls) << "what is settled needs no question";
  EXPECT_THAT(methods(), SizeIs(1));
  // Late and out of order: what is paid stays paid.
  peer->set(reference, "expired");
  EXPECT_EQ(hear(reference).value(), Settled::Noted);
  EXPECT_EQ(now().state, InvoiceState::Paid);
}

TEST_P(EveryProvider, IsToldOfOnePaymentHoweverOftenItIsBegun) {
  const auto first = begin(), second = begin();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->reference, second->reference);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM billing_payments"), 1);
  peer->set(first->reference, "expired");
  EXPECT_EQ(hear(first->reference).value(), Settled::Noted);
  const auto third = begin();
  ASSERT_TRUE(third);
  EXPECT_NE(third->reference, first->reference) << "what ended is begun anew";
  peer->set(third->reference, "paid");
  EXPECT_EQ(hear(third->reference).value(), Settled::Paid);
  const auto again = begin();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().why, BeginFault::Paid);
}

TEST_P(EveryProvider, ThatTookTheMoneyTwiceIsFoundOut) {
  const auto first = begin();
  peer->set(first->reference, "expired");
  EXPECT_EQ(hear(first->reference).value(), Settled::Noted);
  const auto second = begin();
  for (const auto& one : {first->reference, second->reference}) peer->set(one, "paid");
  EXPECT_EQ(hear(second->reference).value(), Settled::Paid);
  EXPECT_EQ(hear(first->reference).value(), Settled::Surplus);
}

TEST_P(EveryProvider, SettlesNothingByAnotherAmount) {
  const auto begun = begin();
  peer->set(begun->reference, "paid");
  peer->set_amount(begun->reference, GetParam().kind == "stripe" ? "1" : "0.01");
  EXPECT_EQ(hear(begun->reference).value(), Settled::Mismatch);
  EXPECT_EQ(now().state, InvoiceState::Open);
  EXPECT_THAT(methods(), IsEmpty());
}

TEST_P(EveryProvider, IsNotAskedAboutPaymentsThatAreNotOurs) {
  const auto calls = peer->calls();
  const auto* const stranger = GetParam().kind == "stripe" ? "cs_test_other" : "tr_other";
  EXPECT_EQ(hear(stranger).value(), Settled::Unknown);
  EXPECT_EQ(peer->calls(), calls);
}

TEST_P(EveryProvider, ThatIsAwayIsAskedAgain) {
  peer->answer_with(503);
  const auto away = begin();
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().provider, PaymentFault::Unreachable);
  peer->answer_with(401);
  EXPECT_EQ(begin().error().provider, PaymentFault::Refused);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM billing_payments"), 0);
  peer->answer_with(200);
  const auto begun = begin();
  peer->set(begun->reference, "paid");
  peer->answer_with(503);
  EXPECT_EQ(hear(begun->reference).error(), PaymentFault::Unreachable);
  EXPECT_EQ(now().state, InvoiceState::Open);
  peer->answer_with(200);
  EXPECT_EQ(hear(begun->reference).value(), Settled::Paid);
}

TEST_P(EveryProvider, NeverSeesAnotherAccountsInvoice) {
  const auto begun = base::sync_wait(desk->begin(kAccount + 1, invoice));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().why, BeginFault::NoInvoice);
  EXPECT_EQ(peer->calls(), 0);
}

INSTANTIATE_TEST_SUITE_P(, EveryProvider, ::testing::ValuesIn(cases()), [](const auto& one) {
  return one.param.kind + (one.param.engine == Engine::Sqlite ? "Sqlite" : "Postgres");
});

struct InvoicesOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    desk = std::make_unique<Desk>(*world->main, *world->vault, manual, world->clock);
  }
  std::unique_ptr<World> world;
  Manual manual;
  std::unique_ptr<Desk> desk;
};
INSTANTIATE_TEST_SUITE_P(, InvoicesOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(InvoicesOn, ArePaidByHandOnceAndNothingLeaves) {
  const auto id = world->invoice(desk->invoices());
  const auto begun = base::sync_wait(desk->begin(kAccount, id));
  ASSERT_TRUE(begun);
  EXPECT_THAT(begun->page, IsEmpty());
  const auto pay = [&] {
    return world->main->write_now(
        [&](store::Tx& tx) { return desk->paid_by_hand(tx, kAccount, id); });
  };
  EXPECT_TRUE(pay());
  EXPECT_FALSE(pay());
}

TEST_P(InvoicesOn, AreTheSumOfTheirLines) {
  const auto now = world->clock.now();
  const std::vector<Line> lines = {{LineKind::Charge, "shop", 1'900, now, now + 24h, 2},
                                   {LineKind::Discount, "shop", -950, now, now + 24h, 2},
                                   {LineKind::Credit, "trial", -1, now, now + 24h, 0}};
  const auto add = [&](std::vector<Line> given) {
    return world->main->write_now(
        [&](store::Tx& tx) { return desk->invoices().add(tx, kAccount, testing::euro(), given); });
  };
  const auto id = add(lines).value();
  const auto found =
      world->main->read_now([&](store::Tx& tx) { return desk->invoices().find(tx, kAccount, id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total.minor, 949);
  EXPECT_EQ(found->lines, lines);
  EXPECT_EQ(add({}).error(), InvoiceFault::NoLines);
  EXPECT_EQ(add({{LineKind::Charge, "shop", -1, now, now, 0}}).error(), InvoiceFault::WrongSign);
  EXPECT_EQ(add({{LineKind::Charge, "shop", INT64_MAX, now, now, 0}}).error(),
            InvoiceFault::TooLarge);
}

TEST_P(InvoicesOn, AreGoneAfterTenYears) {
  world->invoice(desk->invoices());
  world->clock.advance(Invoices::kKept - 1s);
  EXPECT_EQ(desk->invoices().sweep(), 0);
  world->clock.advance(1s);
  EXPECT_EQ(desk->invoices().sweep(), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM billing_lines"), 0);
}

}  // namespace
}  // namespace billing
