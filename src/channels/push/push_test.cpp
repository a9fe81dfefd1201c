#include "channels/push/push.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "channels/push/encryption.h"
#include "channels/testing.h"
#include "crypto/aead.h"
#include "crypto/base64.h"
#include "crypto/ecdh.h"
#include "crypto/hash.h"
#include "crypto/jws.h"

namespace channels::push {
namespace {

using namespace std::string_view_literals;
using crypto::from_base64url, crypto::to_base64url;
using crypto::KeyKind, crypto::PrivateKey;
using Kind = Outcome::Kind;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The other side: a browser with a key pair of its own.
struct Browser {
  PrivateKey key = PrivateKey::generate(KeyKind::P256);
  std::string secret = std::string(16, 's');

  std::string subscription(std::string_view endpoint) const {
    return R"({"endpoint":")" + std::string(endpoint) + R"(","keys":{"p256dh":")" +
           to_base64url(key.public_key().raw()) + R"(","auth":")" + to_base64url(secret) + "\"}}";
  }
  // RFC 8188 and 8291, from the receiver's end; nothing when it cannot be opened.
  std::optional<std::string> open(std::string_view body) const {
    const auto salt = body.substr(0, 16), theirs = body.substr(21, 65), sealed = body.substr(86);
    const auto sender = crypto::PublicKey::from_raw(KeyKind::P256, theirs);
    std::string info("WebPush: info\0"sv);
    info.append(key.public_key().raw()).append(theirs);
    const auto material =
        crypto::hkdf_sha256(*crypto::shared_secret(key, *sender), secret, info, 32);
    auto plain = crypto::open_aes128gcm(
        crypto::hkdf_sha256(material, salt, "Content-Encoding: aes128gcm\0"sv, 16),
        crypto::hkdf_sha256(material, salt, "Content-Encoding: nonce\0"sv, 12), sealed);
    if (!plain) return plain;
    plain->resize(plain->find_last_not_of('\0') + 1);
    EXPECT_EQ(plain->back(), '\x02');
    plain->pop_back();
    return plain;
  }
};

TEST(WebPush, EncryptsAsTheAppendixOfRfc8291) {
  const auto subscription = Subscription::parse(
      R"({"endpoint":"https://push.example.net/push/JzLQ3","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}})");
  ASSERT_TRUE(subscription);
  const auto ephemeral = PrivateKey::from_raw(
      KeyKind::P256, *from_base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
  const auto body = encrypt_with(*subscription, "When I grow up, I want to be a watermelon",
                                 *ephemeral, *from_base64url("DGv6ra1nlYgDCS1FRnbzlw"), 0);
  EXPECT_EQ(
      to_base64url(body),
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
      "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
      "gSxsj_Qulcy4a-fN");
}

TEST(WebPush, OnlyTheBrowserOpensIt) {
  const Browser browser, other;
  const auto subscription = Subscription::parse(browser.subscription("https://push.example/1"));
  for (const std::size_t size : {0UL, 1UL, 255UL, 256UL, kMostPlain}) {
    const std::string plain(size, 'x');
    const auto body = encrypt(*subscription, plain);
    EXPECT_LE(body.size(), 4096U);
    EXPECT_EQ(browser.open(body), plain);
    EXPECT_FALSE(other.open(body));
  }
  // Lengths tell little, and nothing repeats.
  EXPECT_EQ(encrypt(*subscription, "a").size(), encrypt(*subscription, "a longer text").size());
  EXPECT_NE(encrypt(*subscription, "a"), encrypt(*subscription, "a"));
  EXPECT_THROW(encrypt(*subscription, std::string(kMostPlain + 1, 'x')), std::invalid_argument);
}

TEST(WebPush, KnowsASubscriptionFromOtherJson) {
  const auto subscription =
      Subscription::parse(Browser().subscription("https://push.example.com:8443/a/b?c=d"));
  ASSERT_TRUE(subscription);
  EXPECT_EQ(subscription->origin(), "https://push.example.com:8443");
  EXPECT_EQ(Subscription::parse(subscription->json())->json(), subscription->json());
  const auto error = [](std::string_view json) { return Subscription::parse(json).error(); };
  EXPECT_EQ(error(""), SubscriptionError::Unreadable);
  EXPECT_EQ(error(R"({"endpoint":"https://x"})"), SubscriptionError::Unreadable);
  EXPECT_EQ(error(Browser().subscription("http://push.example/1")), SubscriptionError::Endpoint);
  auto short_secret = Browser();
  short_secret.secret = "short";
  EXPECT_EQ(error(short_secret.subscription("https://push.example/1")), SubscriptionError::Keys);
}

TEST(Vapid, TakesKeysInBothForms) {
  const auto key = PrivateKey::generate(KeyKind::P256);
  for (const auto& text : {key.pem(), to_base64url(key.raw())}) {
    const auto vapid = Vapid::create(text, "mailto:ops@example.com");
    ASSERT_TRUE(vapid) << vapid.error();
    EXPECT_EQ(vapid->public_key(), to_base64url(key.public_key().raw()));
  }
  EXPECT_THAT(Vapid::create("nonsense", "mailto:ops@example.com").error(), HasSubstr("P-256"));
  EXPECT_THAT(Vapid::create(PrivateKey::generate(KeyKind::Ed25519).pem(), "mailto:a@b").error(),
              HasSubstr("P-256"));
  EXPECT_THAT(Vapid::create(key.pem(), "ops@example.com").error(), HasSubstr("mailto:"));
}

class PushTest : public ::testing::Test {
 protected:
  PushTest()
      : peer(
            [this](const testing::Seen&) {
              auto response = http::text(status, "what a push service says is not kept");
              if (!retry_after.empty()) response.headers.emplace_back("Retry-After", retry_after);
              return response;
            },
            {"TTL", "Urgency", "Topic", "Content-Encoding"}) {}

  Outcome send(Notice notice) {
    http::Client client({});
    WebPush push({*Vapid::create(key.pem(), "mailto:ops@example.com"), true}, client, clock);
    return base::sync_wait(push.send(browser.subscription(peer.url() + "/push/1"), notice));
  }

  int status = 201;
  std::string retry_after;
  testing::Peer peer;
  Browser browser;
  PrivateKey key = PrivateKey::generate(KeyKind::P256);
  base::ManualClock clock;
};

// clause-010.push
TEST_F(PushTest, ABrowserIsTold) {
  Notice notice;
  notice.title = "Bezorgd";
  notice.text = "Je pakket \"Lamp\" ligt bij de buren.";
  notice.link = "https://track.example.com/t/abc";
  notice.topic = "p_1-x";
  notice.language = "nl";
  notice.urgency = Urgency::High;
  notice.useful = std::chrono::hours(2);
  const auto outcome = send(notice);
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.code, "http 201");

  const auto seen = peer.last();
  EXPECT_EQ(seen.target, "/push/1");
  EXPECT_EQ(seen.header("TTL"), "7200");
  EXPECT_EQ(seen.header("Urgency"), "high");
  EXPECT_EQ(seen.header("Topic"), "p_1-x");
  EXPECT_EQ(seen.header("Content-Encoding"), "aes128gcm");
  EXPECT_EQ(
      browser.open(seen.body),
      R"({"title":"Bezorgd","body":"Je pakket \"Lamp\" ligt bij de buren.","link":"https://track.example.com/t/abc","tag":"p_1-x","language":"nl"})");
}

TEST_F(PushTest, TheServiceLearnsWhoPushes) {
  (void)send({});
  const auto authorization = peer.last().authorization;
  ASSERT_THAT(authorization, StartsWith("vapid t="));
  const auto comma = authorization.find(", k=");
  ASSERT_NE(comma, std::string::npos);
  EXPECT_EQ(authorization.substr(comma + 4), to_base64url(key.public_key().raw()));
  const auto token = crypto::Jws::parse(authorization.substr(8, comma - 8));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->kind(), KeyKind::P256);
  const auto claims = token->verify(key.public_key());
  ASSERT_TRUE(claims);
  simdjson::dom::parser parser;
  const auto json = parser.parse(*claims);
  EXPECT_EQ(std::string_view(json["aud"]), peer.url());
  EXPECT_EQ(std::string_view(json["sub"]), "mailto:ops@example.com");
  const std::int64_t now = base::to_micros(clock.now()) / 1'000'000;
  EXPECT_GT(std::int64_t(json["exp"]), now);
  EXPECT_LE(std::int64_t(json["exp"]), now + 24 * 3600);
}

TEST_F(PushTest, WhatTheServiceAnswersIsUnderstood) {
  const struct {
    int status;
    Kind kind;
  } cases[] = {{200, Kind::Accepted}, {202, Kind::Accepted}, {400, Kind::Refused},
               {403, Kind::Refused},  {404, Kind::Gone},     {410, Kind::Gone},
               {413, Kind::Refused},  {429, Kind::Later},    {502, Kind::Later}};
  for (const auto& [answer, kind] : cases) {
    status = answer;
    EXPECT_EQ(name(send({}).kind), name(kind)) << answer;
  }
  status = 429;
  retry_after = "300";
  EXPECT_EQ(send({}).retry_after, std::chrono::seconds(300));
}

TEST_F(PushTest, AnyNoticeFits) {
  Notice notice;
  for (int i = 0; i < 3000; ++i) notice.title += "📦", notice.text += "\"\n";
  notice.topic = "not a topic: it has spaces";
  EXPECT_EQ(send(notice).kind, Kind::Accepted);
  EXPECT_EQ(peer.last().header("Topic"), "");
  EXPECT_TRUE(browser.open(peer.last().body));
}

TEST_F(PushTest, WithoutAKeyOrASubscriptionNothingLeaves) {
  http::Client client({});
  WebPush none({std::nullopt, true}, client, clock);
  EXPECT_EQ(base::sync_wait(none.send(browser.subscription(peer.url() + "/x"), {})).kind,
            Kind::NotSetUp);
  WebPush push({*Vapid::create(key.pem(), "mailto:a@b.example"), false}, client, clock);
  EXPECT_EQ(base::sync_wait(push.send("{}", {})).kind, Kind::Gone);
  // A subscription that leads into the operator's own network.
  const auto inward = base::sync_wait(push.send(browser.subscription(peer.url() + "/x"), {}));
  EXPECT_EQ(inward.kind, Kind::Refused);
  EXPECT_EQ(inward.code, "refused");
  EXPECT_TRUE(peer.seen().empty());
}

}  // namespace
}  // namespace channels::push
