#include "billing/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "billing/testing.h"

namespace billing {
namespace {

using namespace std::chrono_literals;
using testing::kSigning, testing::notice_about, testing::signature_of;

struct StripeNotice : ::testing::Test {
  auto read(std::string_view signature, std::string_view text) {
    return stripe.read({signature, text, clock.now()});
  }
  PaymentFault fault(std::string_view signature, std::string_view text) {
    const auto outcome = read(signature, text);
    EXPECT_FALSE(outcome);
    return outcome ? PaymentFault::Ignored : outcome.error();
  }
  base::ManualClock clock;
  http::Client client{{}};
  Access access = [] {
    Access a;
    a.secret = kSigning;
    return a;
  }();
  Stripe stripe{client, access};
  const std::string body = notice_about("stripe", "cs_test_a1");
};

TEST_F(StripeNotice, IsReadWhenItIsSigned) {
  EXPECT_EQ(read(signature_of(body, clock.now()), body).value(), "cs_test_a1");
}

TEST_F(StripeNotice, IsForgedWhenAnythingOfItWasChanged) {
  const auto good = signature_of(body, clock.now());
  EXPECT_EQ(fault(good, notice_about("stripe", "cs_test_a2")), PaymentFault::Forged);
  EXPECT_EQ(fault(signature_of(body, clock.now(), "whsec_other"), body), PaymentFault::Forged);
  EXPECT_EQ(fault("", body), PaymentFault::Forged);
  EXPECT_EQ(fault("t=1", body), PaymentFault::Forged);
  auto later = good;
  later.replace(2, 10, std::to_string(base::to_micros(clock.now()) / 1'000'000 + 1));
  EXPECT_EQ(fault(later, body), PaymentFault::Forged);
  // Only v1 counts; v0 is what a tester may make.
  auto other = good;
  other.replace(other.find("v1="), 2, "v2");
  EXPECT_EQ(fault(other, body), PaymentFault::Forged);
}

TEST_F(StripeNotice, IsStaleAfterFiveMinutes) {
  const auto signature = signature_of(body, clock.now());
  clock.advance(Stripe::kTolerance);
  EXPECT_TRUE(read(signature, body));
  clock.advance(1s);
  EXPECT_EQ(fault(signature, body), PaymentFault::Stale);
  EXPECT_EQ(fault(signature_of(body, clock.now() + Stripe::kTolerance + 1s), body),
            PaymentFault::Stale);
}

TEST_F(StripeNotice, MayCarryTwoSignaturesWhileTheSecretIsChanged) {
  const auto seconds = base::to_micros(clock.now()) / 1'000'000;
  const auto good = signature_of(body, clock.now());
  const auto both =
      fmt::format("t={},v1={},{}", seconds, std::string(64, '0'), good.substr(good.find("v1=")));
  EXPECT_TRUE(read(both, body));
}

TEST_F(StripeNotice, IsPassedOverWhenItIsAboutSomethingElse) {
  const std::string other = R"({"type":"customer.created","data":{"object":{"id":"cus_1"}}})";
  EXPECT_EQ(fault(signature_of(other, clock.now()), other), PaymentFault::Ignored);
  const std::string broken = R"({"type":)";
  EXPECT_EQ(fault(signature_of(broken, clock.now()), broken), PaymentFault::Malformed);
}

TEST_F(StripeNotice, IsNeverBelievedWithoutASecret) {
  Stripe open(client, Access{});
  EXPECT_EQ(open.read({signature_of(body, clock.now(), ""), body, clock.now()}).error(),
            PaymentFault::Forged);
}

TEST(MollieNotice, NamesAPaymentAndNothingElse) {
  http::Client client{{}};
  const Mollie mollie(client, {});
  EXPECT_EQ(mollie.read({"", "id=tr_7UhSN1zuXS", {}}).value(), "tr_7UhSN1zuXS");
  for (const auto body : {"", "id=", "id=ord_1", "id=tr_1%2F..%2Frefunds", "id=tr_1&x=2",
                          "id=tr_1/../methods", "{\"id\":\"tr_1\"}"})
    EXPECT_FALSE(mollie.read({"", body, {}})) << body;
}

TEST(Money, IsWrittenAndReadBackToTheCent) {
  const auto euro = *Currency::parse("eur"), yen = *Currency::parse("JPY");
  EXPECT_EQ(decimal({1'900, euro}), "19.00");
  EXPECT_EQ(decimal({5, euro}), "0.05");
  EXPECT_EQ(decimal({-105, euro}), "-1.05");
  EXPECT_EQ(decimal({1'900, yen}), "1900");
  for (const std::int64_t minor : {0, 1, 99, 100, 12'345, -7})
    for (const auto& currency : {euro, yen})
      EXPECT_EQ(parse_decimal(decimal({minor, currency}), currency), (Money{minor, currency}));
  for (const auto text : {"", "19", "19.0", "19.000", "1e3", "19,00", ".50", "+1.00", " 1.00"})
    EXPECT_FALSE(parse_decimal(text, euro)) << text;
  EXPECT_FALSE(parse_decimal("19.00", yen));
  EXPECT_FALSE(Currency::parse("EUX"));
}

TEST(Method, IsKeptOnlyWhenItIsAReferenceFourDigitsAndAMonth) {
  EXPECT_TRUE((Method{"pm_1", "4242", "2028-08"}).is_sound());
  EXPECT_TRUE((Method{"mdt_1", "", ""}).is_sound());
  for (const auto& bad :
       {Method{"", "4242", "2028-08"}, Method{"4242424242424242", "4242", ""},
        Method{"pm_4242424242424242", "4242", ""}, Method{"Ann Holder", "4242", ""},
        Method{"pm_1", "424242", ""}, Method{"pm_1", "42 2", ""}, Method{"pm_1", "4242", "2028-13"},
        Method{"pm_1", "4242", "08/28"}})
    EXPECT_FALSE(bad.is_sound()) << bad.reference << bad.last_four << bad.expires_in;
}

}  // namespace
}  // namespace billing
