#include "channels/email/dkim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace {

using namespace channels::email;
using testing::HasSubstr;
using testing::Not;

const auto kNow = base::from_micros(1'767'225'600'000'000);

DkimKey key_of(crypto::KeyKind kind, const std::string& selector) {
  auto key = DkimKey::load(crypto::PrivateKey::generate(kind).pem(), "Shop.Example", selector);
  EXPECT_TRUE(key) << key.error();
  return *key;
}

const std::string kMessage =
    "From: a@shop.example\r\nTo: b@example.com\r\nSubject: One\r\nDate: x\r\nMessage-ID: <1@x>\r\n"
    "Received: not signed\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n";

// RFC 6376 3.4.5.
TEST(Dkim, CanonicalFormsAreThoseOfTheStandard) {
  EXPECT_EQ(relaxed_header("A: X\r\n"), "a:X\r\n");
  EXPECT_EQ(relaxed_header("B : Y\t\r\n\tZ  \r\n"), "b:Y Z\r\n");
  EXPECT_EQ(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
  EXPECT_EQ(relaxed_body(""), "");
  EXPECT_EQ(relaxed_body("\r\n\r\n"), "");
  EXPECT_EQ(relaxed_body("no end"), "no end\r\n");
}

TEST(Dkim, WhatReadersSeeIsSignedOnceMoreThanItOccurs) {
  const auto field = key_of(crypto::KeyKind::Ed25519, "m1").sign(kMessage, kNow);
  auto names = field.substr(field.find(" h=") + 3);
  names.resize(names.find(';'));
  for (auto at = names.find("\r\n "); at != std::string::npos; at = names.find("\r\n "))
    names.erase(at, 3);
  EXPECT_EQ(names,
            "from:from:to:to:subject:subject:date:date:message-id:message-id:mime-version:"
            "mime-version:content-type:content-type:list-unsubscribe:list-unsubscribe-post");
  EXPECT_THAT(field, HasSubstr("c=relaxed/relaxed"));
  EXPECT_THAT(field, HasSubstr("d=shop.example; s=m1"));
  EXPECT_THAT(field, HasSubstr("t=1767225600"));
  EXPECT_THAT(field, Not(HasSubstr(" l=")));
}

TEST(Dkim, EachKeySignsInLinesThatFit) {
  const auto out = sign_all(
      {key_of(crypto::KeyKind::Rsa, "r"), key_of(crypto::KeyKind::Ed25519, "e")}, kMessage, kNow);
  EXPECT_THAT(out, testing::StartsWith("DKIM-Signature: v=1; a=rsa-sha256;"));
  EXPECT_THAT(out, HasSubstr("\r\nDKIM-Signature: v=1; a=ed25519-sha256;"));
  EXPECT_THAT(out, testing::EndsWith(kMessage));
  for (std::size_t at = 0; at < out.size();) {
    const auto end = out.find("\r\n", at);
    EXPECT_LE(end - at, 76U);
    at = end + 2;
  }
}

TEST(Dkim, TheRecordHoldsThePublicKey) {
  const auto key = key_of(crypto::KeyKind::Ed25519, "m1");
  EXPECT_EQ(key.record_name(), "m1._domainkey.shop.example");
  EXPECT_THAT(key.record_text(), testing::MatchesRegex("v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}="));
  EXPECT_THAT(key_of(crypto::KeyKind::Rsa, "m2").record_text(),
              testing::StartsWith("v=DKIM1; k=rsa; p=MIIBIjAN"));
}

TEST(Dkim, AKeyThatReceiversWouldIgnoreIsRefused) {
  const auto p256 = crypto::PrivateKey::generate(crypto::KeyKind::P256).pem();
  EXPECT_FALSE(DkimKey::load(p256, "shop.example", "m"));
  const auto good = crypto::PrivateKey::generate(crypto::KeyKind::Ed25519).pem();
  EXPECT_FALSE(DkimKey::load("no key", "shop.example", "m"));
  EXPECT_FALSE(DkimKey::load(good, "no domain", "m"));
  EXPECT_FALSE(DkimKey::load(good, "shop.example", "m; x=1"));
  EXPECT_TRUE(DkimKey::load(good, "bücher.example", "a.b"));
}

}  // namespace
