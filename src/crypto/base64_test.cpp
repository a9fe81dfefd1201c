#include "crypto/base64.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace crypto {
namespace {

const struct {
  const char *bytes, *padded, *url;
} kRfc4648[] = {{"", "", ""},
                {"f", "Zg==", "Zg"},
                {"fo", "Zm8=", "Zm8"},
                {"foo", "Zm9v", "Zm9v"},
                {"foob", "Zm9vYg==", "Zm9vYg"},
                {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                {"\xfb\xff\xfe", "+//+", "-__-"}};

TEST(Base64, GoesBothWays) {
  for (const auto& [bytes, padded, url] : kRfc4648) {
    EXPECT_EQ(base::to_base64(bytes), padded);
    EXPECT_EQ(to_base64url(bytes), url);
    EXPECT_EQ(from_base64(padded), bytes);
    EXPECT_EQ(from_base64url(url), bytes);
    EXPECT_EQ(from_any_base64(padded), bytes);
    EXPECT_EQ(from_any_base64(url), bytes);
  }
}

TEST(Base64, OneTextForOneValue) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zm9v\n", "Zm 9v", "-__-",
                           "====", "Zg==Zg==", "Zm9v="})
    EXPECT_FALSE(from_base64(text)) << text;
  for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "+//+", "Zm9v\n", "="})
    EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Base64, StrangersAreForgivenPaddingAndAlphabet) {
  EXPECT_EQ(from_any_base64("  Zm9vYg== \r\n"), "foob");
  EXPECT_EQ(from_any_base64("-//_"), from_any_base64("+__/"));
  EXPECT_FALSE(from_any_base64("Zm9v!"));
  EXPECT_FALSE(from_any_base64("Z"));
}

}  // namespace
}  // namespace crypto
