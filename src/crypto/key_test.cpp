#include "crypto/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/base64.h"
#include "crypto/ecdh.h"

namespace crypto {
namespace {

using base::from_hex, base::to_hex;
using ::testing::StartsWith;

// Making an RSA key takes a while: once for all tests.
const PrivateKey& rsa() {
  static const auto key = PrivateKey::generate(KeyKind::Rsa);
  return key;
}
std::vector<PrivateKey> one_of_each() {
  return {PrivateKey::generate(KeyKind::P256), PrivateKey::generate(KeyKind::Ed25519), rsa()};
}

TEST(Key, SignsAndChecks) {
  for (const auto& key : one_of_each()) {
    const auto name = algorithm(key.kind());
    const auto signature = key.sign("message");
    EXPECT_TRUE(key.public_key().verify("message", signature)) << name;
    EXPECT_FALSE(key.public_key().verify("Message", signature)) << name;
    EXPECT_FALSE(key.public_key().verify("message", "")) << name;
    EXPECT_FALSE(key.public_key().verify("message", signature + "x")) << name;
    auto changed = signature;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    EXPECT_FALSE(key.public_key().verify("message", changed)) << name;
    EXPECT_TRUE(key.public_key().verify("", key.sign(""))) << name;
  }
}

TEST(Key, P256WritesSignaturesInTwoWays) {
  const auto key = PrivateKey::generate(KeyKind::P256);
  for (int i = 0; i < 50; ++i) {  // short numbers come now and then
    const auto raw = key.sign("message"), der = key.sign("message", Ecdsa::Der);
    EXPECT_EQ(raw.size(), 64U);
    EXPECT_EQ(der.front(), '\x30');
    EXPECT_TRUE(key.public_key().verify("message", raw, Ecdsa::Raw));
    EXPECT_TRUE(key.public_key().verify("message", der, Ecdsa::Der));
    EXPECT_FALSE(key.public_key().verify("message", raw, Ecdsa::Der));
    EXPECT_FALSE(key.public_key().verify("message", der, Ecdsa::Raw));
  }
  // What a forger tries first: two zeros.
  EXPECT_FALSE(key.public_key().verify("message", std::string(64, '\0')));
  EXPECT_FALSE(key.public_key().verify("message", from_hex("3006020100020100"), Ecdsa::Der));
}

TEST(Key, ChecksTheSignatureOfRfc6979) {
  const auto key = PrivateKey::from_raw(
      KeyKind::P256, from_hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->public_key().raw()),
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  EXPECT_TRUE(key->public_key().verify(
      "sample", from_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                         "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")));
}

TEST(Key, SignsAsRfc8032Does) {
  const struct {
    const char *seed, *point, *message, *signature;
  } cases[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
               {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"}};
  for (const auto& [seed, point, message, signature] : cases) {
    const auto key = PrivateKey::from_raw(KeyKind::Ed25519, from_hex(seed));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key().raw()), point);
    EXPECT_EQ(to_hex(key->sign(from_hex(message))), signature);
  }
}

TEST(Key, TravelsInEveryFormAndComesBackTheSame) {
  for (const auto& key : one_of_each()) {
    const auto name = algorithm(key.kind());
    const auto& open = key.public_key();
    const auto pem = key.pem();
    EXPECT_THAT(pem, StartsWith("-----BEGIN PRIVATE KEY-----\n")) << name;
    const auto back = PrivateKey::from_pem(pem);
    ASSERT_TRUE(back) << name;
    EXPECT_EQ(back->public_key().jwk(), open.jwk()) << name;
    EXPECT_TRUE(open.verify("m", back->sign("m"))) << name;

    std::size_t used = 0;
    const auto cose = open.cose() + "behind";
    for (const auto& other : {PublicKey::from_pem(open.pem()), PublicKey::from_spki(open.spki()),
                              PublicKey::from_jwk(open.jwk()), PublicKey::from_cose(cose, &used)}) {
      ASSERT_TRUE(other) << name << ": " << describe(other.error());
      EXPECT_EQ(other->kind(), key.kind());
      EXPECT_EQ(other->jwk(), open.jwk()) << name;
      EXPECT_EQ(other->thumbprint(), open.thumbprint()) << name;
    }
    EXPECT_EQ(used, open.cose().size()) << name;
    if (key.kind() == KeyKind::Rsa) {
      EXPECT_EQ(open.raw(), "");
      continue;
    }
    EXPECT_EQ(PublicKey::from_raw(key.kind(), open.raw())->jwk(), open.jwk()) << name;
    EXPECT_EQ(PrivateKey::from_raw(key.kind(), key.raw())->public_key().jwk(), open.jwk()) << name;
  }
}

TEST(Key, HasTheThumbprintsOfTheStandards) {
  // RFC 7638 3.1, and RFC 8037 A.3.
  EXPECT_EQ(
      PublicKey::from_jwk(
          R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})")
          ->thumbprint(),
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(
      PublicKey::from_jwk(
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})")
          ->thumbprint(),
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Key, OnlyGoodKeysComeIn) {
  const auto point = PrivateKey::generate(KeyKind::P256).public_key().raw();
  auto beside = point;
  beside.back() = static_cast<char>(beside.back() ^ 1);  // no longer on the curve
  EXPECT_EQ(PublicKey::from_raw(KeyKind::P256, beside).error(), KeyError::Unreadable);
  EXPECT_EQ(PublicKey::from_raw(KeyKind::P256, point.substr(1)).error(), KeyError::Unreadable);
  EXPECT_EQ(PublicKey::from_raw(KeyKind::P256, std::string(65, '\0')).error(),
            KeyError::Unreadable);
  EXPECT_EQ(PrivateKey::from_raw(KeyKind::P256, std::string(32, '\0')).error(),
            KeyError::Unreadable);
  EXPECT_EQ(PrivateKey::from_raw(KeyKind::P256, std::string(32, '\xff')).error(),
            KeyError::Unreadable);
  EXPECT_EQ(PublicKey::from_raw(KeyKind::Rsa, "x").error(), KeyError::Unsupported);
  for (const char* pem : {"", "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n"})
    EXPECT_EQ(PublicKey::from_pem(pem).error(), KeyError::Unreadable);
  EXPECT_EQ(
      PublicKey::from_spki(PrivateKey::generate(KeyKind::P256).public_key().spki() + "x").error(),
      KeyError::Unreadable);
  EXPECT_THROW(PrivateKey::generate(KeyKind::Rsa, 1024), std::invalid_argument);
}

TEST(Key, JwkOfOtherKindsIsNamedAsSuch) {
  const auto coordinate = to_base64url(std::string(32, 'x'));
  const struct {
    std::string json;
    KeyError why;
  } cases[] = {
      {"", KeyError::Unreadable},
      {"[]", KeyError::Unreadable},
      {"{}", KeyError::Unreadable},
      {R"({"kty":"oct","k":"c2VjcmV0"})", KeyError::Unsupported},
      {R"({"kty":"EC","crv":"P-384"})", KeyError::Unsupported},
      {R"({"kty":"EC","crv":"P-256"})", KeyError::Unreadable},
      {R"({"kty":"EC","crv":"P-256","x":")" + coordinate + R"(","y":")" + coordinate + "\"}",
       KeyError::Unreadable},
      {R"({"kty":"EC","crv":"P-256","x":")" + coordinate + R"(==","y":")" + coordinate + "\"}",
       KeyError::Unreadable},
      {R"({"kty":"OKP","crv":"X25519","x":")" + coordinate + "\"}", KeyError::Unsupported},
      {R"({"kty":"RSA","n":")" + to_base64url(std::string(128, '\x81')) + R"(","e":"AQAB"})",
       KeyError::TooWeak},
      {R"({"kty":"RSA","n":")" + to_base64url(std::string(256, '\x81')) + R"(","e":"AQ"})",
       KeyError::TooWeak},
      {R"({"kty":"RSA","n":")" + to_base64url(std::string(1025, '\x81')) + R"(","e":"AQAB"})",
       KeyError::Unreadable},
  };
  for (const auto& [json, why] : cases) {
    const auto key = PublicKey::from_jwk(json);
    ASSERT_FALSE(key) << json;
    EXPECT_EQ(key.error(), why) << json;
  }
}

TEST(Key, CoseNamesItsAlgorithm) {
  auto cose = PrivateKey::generate(KeyKind::P256).public_key().cose();
  EXPECT_EQ(to_hex(cose.substr(0, 10)), "a5010203262001215820");
  cose[4] = '\x27';  // -8: EdDSA with a key of P-256
  EXPECT_EQ(PublicKey::from_cose(cose).error(), KeyError::Unsupported);
  EXPECT_EQ(PublicKey::from_cose("").error(), KeyError::Unreadable);
  EXPECT_EQ(PublicKey::from_cose("\xa0").error(), KeyError::Unreadable);
  EXPECT_EQ(PublicKey::from_cose(from_hex("a3010120060327")).error(), KeyError::Unreadable);
}

// TLS on the same thread reads OpenSSL's queue of errors.
TEST(Key, WhatIsRefusedLeavesNoErrorBehind) {
  ERR_clear_error();
  (void)PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  (void)PublicKey::from_raw(KeyKind::P256, std::string(65, '\x04'));
  (void)rsa().public_key().verify("m", "wrong");
  (void)open_aes128gcm(std::string(16, 'k'), std::string(12, 'n'), std::string(20, 's'));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Ecdh, BothSidesComeToTheSecretOfRfc8291) {
  const auto raw = [](std::string_view text) { return *from_base64url(text); };
  const auto server =
      PrivateKey::from_raw(KeyKind::P256, raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
  const auto browser =
      PrivateKey::from_raw(KeyKind::P256, raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"));
  ASSERT_TRUE(server && browser);
  const auto secret = shared_secret(*server, browser->public_key());
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_base64url(*secret), "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
  EXPECT_EQ(shared_secret(*browser, server->public_key()), secret);
  EXPECT_FALSE(shared_secret(*server, PrivateKey::generate(KeyKind::Ed25519).public_key()));
}

TEST(Aead, SealsAsNistDoes) {
  EXPECT_EQ(
      to_hex(seal_aes128gcm(std::string(16, '\0'), std::string(12, '\0'), std::string(16, '\0'))),
      "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
  const auto key = from_hex("feffe9928665731c6d6a8f9467308308");
  const auto nonce = from_hex("cafebabefacedbaddecaf888");
  const auto plain = from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const auto beside = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const auto sealed = seal_aes128gcm(key, nonce, plain, beside);
  EXPECT_EQ(to_hex(sealed),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
            "5bc94fbc3221a5db94fae95ae7121a47");
  EXPECT_EQ(open_aes128gcm(key, nonce, sealed, beside), plain);
}

TEST(Aead, OpensOnlyWhatIsWhole) {
  const std::string key(16, 'k'), nonce(12, 'n');
  const auto sealed = seal_aes128gcm(key, nonce, "plain", "beside");
  EXPECT_EQ(open_aes128gcm(key, nonce, sealed, "beside"), "plain");
  EXPECT_FALSE(open_aes128gcm(key, nonce, sealed));
  EXPECT_FALSE(open_aes128gcm(key, nonce, sealed.substr(1), "beside"));
  EXPECT_FALSE(open_aes128gcm(key, nonce, "short", "beside"));
  EXPECT_EQ(open_aes128gcm(key, nonce, seal_aes128gcm(key, nonce, "")), "");
  EXPECT_THROW(seal_aes128gcm("short", nonce, "plain"), std::invalid_argument);
}

}  // namespace
}  // namespace crypto
