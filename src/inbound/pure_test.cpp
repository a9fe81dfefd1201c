// What needs no store: years, numbers, signatures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inbound/numbers.h"
#include "inbound/signature.h"
#include "inbound/years.h"

namespace inbound {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

base::Instant at(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return sys_days{std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)};
}

TEST(Years, AreThoseNearestToTheReceipt) {
  EXPECT_EQ(settle_year("--05-07T06:40:00", at(2026, 5, 8)), "2026-05-07T06:40:00");
  EXPECT_EQ(settle_year("--12-31T23:50:00", at(2026, 1, 1)), "2025-12-31T23:50:00");
  EXPECT_EQ(settle_year("--01-01", at(2025, 12, 31)), "2026-01-01");
  EXPECT_EQ(settle_year("--02-29T10:00:00", at(2025, 1, 10)), "2024-02-29T10:00:00");
  EXPECT_EQ(settle_year("--02-29T10:00:00", at(2026, 3, 1)), "--02-29T10:00:00")
      << "no year near by has this day";
}

TEST(Years, LeaveOtherTextsAlone) {
  for (const char* text : {"", "2026-05-07T06:40:00Z", "--", "--xx-07", "--13", "--13-45"})
    EXPECT_EQ(settle_year(text, at(2026, 5, 8)), text);
}

TEST(Numbers, AreLookedForInEachOfTheirForms) {
  EXPECT_THAT(number_forms("176-12345675"), ElementsAre("176-12345675", "17612345675"));
  EXPECT_THAT(number_forms(" 1z 999 aa1 "), ElementsAre("1Z999AA1"));
  EXPECT_THAT(number_forms("urn:epc:id:sscc:4012345.1234567890"), ElementsAre("140123452345678902"))
      << "an EPC is no number that a shop types";
  EXPECT_EQ(number_forms("https://id.gs1.org/00/340123450000000000").front(), "340123450000000000");
  EXPECT_THAT(number_forms(""), IsEmpty());
}

TEST(Signature, HoldsForTheBodyAndTheSecretOnly) {
  // RFC 4231, test case 2.
  const SignatureForm form{"X-Signature", "sha256=", Algorithm::Sha256, Encoding::Hex};
  const std::string body = "what do ya want for nothing?";
  const std::string mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  EXPECT_TRUE(is_signed(form, "Jefe", body, "sha256=" + mac));
  EXPECT_TRUE(is_signed(form, "Jefe", body, " SHA256=" + mac));
  EXPECT_FALSE(is_signed(form, "Jefe", body, mac)) << "without its prefix";
  EXPECT_FALSE(is_signed(form, "Jefa", body, "sha256=" + mac));
  EXPECT_FALSE(is_signed(form, "Jefe", body + " ", "sha256=" + mac));
  EXPECT_FALSE(is_signed(form, "Jefe", body, "sha256=" + mac.substr(2)));
  EXPECT_FALSE(is_signed(form, "Jefe", body, ""));
  const SignatureForm base64{"X-Signature", "", Algorithm::Sha256, Encoding::Base64};
  EXPECT_TRUE(is_signed(base64, "Jefe", body, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="));
}

TEST(Signature, FindsTheSecretHoweverItTravels) {
  EXPECT_THAT(credentials_in("Bearer  abc"), ElementsAre("abc"));
  EXPECT_THAT(credentials_in("Basic dXNlcjpwYTpzcw=="), ElementsAre("pa:ss", "user"));
  EXPECT_THAT(credentials_in("abc"), ElementsAre("abc"));
  EXPECT_THAT(credentials_in(""), IsEmpty());
}

}  // namespace
}  // namespace inbound
