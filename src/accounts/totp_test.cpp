#include "accounts/totp.h"

#include <gtest/gtest.h>

namespace {

using namespace accounts;
using namespace std::chrono_literals;

base::Instant at(std::int64_t seconds) { return base::from_micros(seconds * 1'000'000); }

// RFC 4226, appendix D.
TEST(Hotp, CountsAsTheStandardDoes) {
  const std::string secret = "12345678901234567890";
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(hotp(secret, i), codes[i]);
}

// RFC 6238, appendix B.
// clause-064.totp
TEST(Totp, ShowsTheCodesOfTheStandard) {
  const std::string seed = "1234567890123456789012345678901234567890123456789012345678901234";
  const struct {
    std::int64_t at;
    const char *sha1, *sha256, *sha512;
  } cases[] = {{59, "94287082", "46119246", "90693936"},
               {1111111109, "07081804", "68084774", "25091201"},
               {1111111111, "14050471", "67062674", "99943326"},
               {1234567890, "89005924", "91819424", "93441116"},
               {2000000000, "69279037", "90698825", "38618901"},
               {20000000000, "65353130", "77737706", "47863826"}};
  for (const auto& c : cases) {
    const auto step = static_cast<std::uint64_t>(totp_step(at(c.at)));
    EXPECT_EQ(hotp(seed.substr(0, 20), step, 8, TotpHash::Sha1), c.sha1) << c.at;
    EXPECT_EQ(hotp(seed.substr(0, 32), step, 8, TotpHash::Sha256), c.sha256) << c.at;
    EXPECT_EQ(hotp(seed, step, 8, TotpHash::Sha512), c.sha512) << c.at;
  }
}

TEST(Totp, ForgivesOneStepEitherWayAndNoMore) {
  const std::string secret = "12345678901234567890";
  const auto now = at(3000);
  const auto code = [&](std::int64_t step) {
    return hotp(secret, static_cast<std::uint64_t>(step));
  };
  for (const std::int64_t off : {-1, 0, 1})
    EXPECT_EQ(match_totp(secret, code(100 + off), now, 0), 100 + off);
  EXPECT_EQ(match_totp(secret, code(98), now, 0), std::nullopt);
  EXPECT_EQ(match_totp(secret, code(102), now, 0), std::nullopt);
}

TEST(Totp, CountsACodeOnce) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(match_totp(secret, hotp(secret, 100), at(3000), 100), std::nullopt);
  EXPECT_EQ(match_totp(secret, hotp(secret, 101), at(3000), 100), 101);
}

TEST(Totp, IsTypedAsAppsShowIt) {
  const std::string secret = "12345678901234567890";
  auto code = hotp(secret, 100);
  code.insert(3, " ");
  EXPECT_EQ(match_totp(secret, code, at(3000), 0), 100);
  EXPECT_EQ(match_totp(secret, "12345", at(3000), 0), std::nullopt);
  EXPECT_EQ(match_totp(secret, "abcdef", at(3000), 0), std::nullopt);
}

TEST(Totp, WritesWhatAQrCodeCarries) {
  EXPECT_EQ(to_base32("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(totp_uri("12345678901234567890", "Ann's shop", "ann@example.com"),
            "otpauth://totp/Ann%27s%20shop:ann%40example.com?secret="
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ann%27s%20shop");
}

}  // namespace
