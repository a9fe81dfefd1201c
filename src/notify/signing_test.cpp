#include "notify/signing.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace notify {
namespace {

// The vendor's published example.
TEST(Signing, TheV4SignatureIsThatOfTheContract) {
  EXPECT_EQ(v4_signature("2e55b9a3-4dd1-4416-9897-c4bd1e3d738f", 1662371528),
            "a37084ab68ae16b77db1f8463f31be9fcc965e2515e03efecf8139bb1e511b06");
  EXPECT_EQ(v4_signature("whsec-demo-0001", 1700000000),
            "1123e60b3e4c02851cb6dc3f921f3b34c80e1e783e2bef07593ffe18c9262c30");
}

TEST(Signing, TheSignatureOverTheBodyIsThatOfTheContract) {
  EXPECT_EQ(body_signature({"whsec-demo-0001"}, 1700000000, R"({"code":200})"),
            "t=1700000000,v1=1b2abdf6dac6610e0bb3fab18a08230832e21271fbf7bacd95b0bef842e09985");
}

TEST(Signing, TheSignatureOfVersionTwoIsThatOfTheContract) {
  EXPECT_EQ(old_signature("merchant@example.com", 1488249109),
            "2c3b00fd078964660d598585894b23d2581555f589f5fac2d0dc80971baf6319");
}

TEST(Signing, WhileASecretIsChangedBothSignAndTheV4SignatureIsTheOldOnes) {
  const auto headers = signature_headers({"new", "old"}, "msg_1", 1700000000, "{}");
  const auto find = [&](std::string_view name) {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return std::string();
  };
  EXPECT_EQ(find("signature"), v4_signature("old", 1700000000));
  EXPECT_EQ(find("webhook-signature"), standard_signature({"new"}, "msg_1", 1700000000, "{}") +
                                           " " +
                                           standard_signature({"old"}, "msg_1", 1700000000, "{}"));
  EXPECT_EQ(find("timestamp"), "1700000000");
}

TEST(Signing, ASecretIsAUuidAndDiffersEachTime) {
  const auto one = new_webhook_secret();
  ASSERT_EQ(one.size(), 36U);
  for (const std::size_t at : {8, 13, 18, 23}) EXPECT_EQ(one[at], '-') << one;
  EXPECT_EQ(one[14], '4') << one;
  EXPECT_NE(std::string_view("89ab").find(one[19]), std::string_view::npos) << one;
  auto digits = one;
  std::erase(digits, '-');
  EXPECT_EQ(base::from_hex(digits).size(), 16U);
  EXPECT_NE(one, new_webhook_secret());
  EXPECT_EQ(standard_secret("2e55b9a3-4dd1-4416-9897-c4bd1e3d738f"),
            "whsec_MmU1NWI5YTMtNGRkMS00NDE2LTk4OTctYzRiZDFlM2Q3Mzhm");
}

}  // namespace
}  // namespace notify
