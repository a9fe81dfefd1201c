#include "accounts/webauthn.h"

#include <gtest/gtest.h>

#include "accounts/authenticator_for_test.h"
#include "base/text.h"

namespace {

using namespace accounts;
using accounts::testing::Authenticator;

const RelyingParty kParty{"track.example", "Milepost", {"https://track.example"}};
const std::string kChallenge(32, 'c');

std::string word_of(const auto& result) {
  return result ? "fine" : std::string(word(result.error()));
}

auto registered(const Authenticator& a, std::string_view challenge = kChallenge) {
  const auto client = a.client_data("webauthn.create", crypto::to_base64url(challenge));
  return verify_registration(kParty, kChallenge, client, a.attestation(client));
}
auto asserted(const Authenticator& a, std::uint32_t known = 0,
              const crypto::PrivateKey* key = nullptr) {
  const auto client = a.client_data("webauthn.get", crypto::to_base64url(kChallenge));
  return verify_assertion(kParty, kChallenge, {(key ? *key : a.key).public_key().cose(), known},
                          client, a.data(false), a.sign(client));
}

// Web Authentication level 3, test vectors: ES256 credential with no attestation. Its authenticator
// did not check who its user was, which passkeys must.
// clause-064.passkeys
TEST(Webauthn, AgreesWithTheStandardsVectors) {
  const RelyingParty party{"example.org", "Example", {"https://example.org"}};
  const auto challenge =
      base::from_hex("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130");
  const auto client = base::from_hex(
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d50743455"
      "7878"
      "475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a22"
      "6874"
      "7470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144"
      "6174"
      "61223a22636c69656e74446174614a534f4e206d617920626520657874656e646564207769746820616464697469"
      "6f6e"
      "616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a64"
      "6354"
      "427258426941774a544c453551227d");
  const auto object = base::from_hex(
      "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4"
      "735a"
      "e7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0"
      "ea70"
      "189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098"
      "d20d"
      "b90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664"
      "796b"
      "9220");
  EXPECT_EQ(word_of(verify_registration(party, challenge, client, object)), "not_verified");
  const auto made = verify_registration(party, challenge, client, object, UserCheck::Asked);
  ASSERT_TRUE(made);
  EXPECT_EQ(base::to_hex(made->id),
            "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4");
  EXPECT_EQ(base::to_hex(made->aaguid), "8446ccb9ab1db374750b2367ff6f3a1f");
  EXPECT_TRUE(made->is_synced);

  const auto get_challenge =
      base::from_hex("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408");
  const auto get_client = base::from_hex(
      "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e5568515875"
      "6c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a"
      "2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d");
  const auto data =
      base::from_hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000");
  const auto signature = base::from_hex(
      "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b"
      "93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87");
  const KnownCredential known{made->public_key, 0};
  EXPECT_EQ(word_of(verify_assertion(party, get_challenge, known, get_client, data, signature,
                                     UserCheck::Asked)),
            "fine");
  auto other = signature;
  other.back() = static_cast<char>(other.back() ^ 1);
  EXPECT_EQ(word_of(verify_assertion(party, get_challenge, known, get_client, data, other,
                                     UserCheck::Asked)),
            "bad_signature");
}

TEST(Webauthn, TakesTheThreeAlgorithmsItOffers) {
  for (const auto kind : {crypto::KeyKind::P256, crypto::KeyKind::Ed25519, crypto::KeyKind::Rsa}) {
    const Authenticator a(kind);
    const auto made = registered(a);
    ASSERT_TRUE(made) << crypto::algorithm(kind);
    EXPECT_EQ(made->id, a.id);
    EXPECT_TRUE(made->is_verified);
    EXPECT_EQ(word_of(asserted(a)), "fine") << crypto::algorithm(kind);
  }
}

TEST(Webauthn, TakesAPackedStatementOfTheKeyItself) {
  Authenticator a;
  a.signs_itself = true;
  EXPECT_EQ(word_of(registered(a)), "fine");
  const auto client = a.client_data("webauthn.create", crypto::to_base64url(kChallenge));
  auto object = a.attestation(client);
  object[60] = static_cast<char>(object[60] ^ 1);  // within the signature
  EXPECT_NE(word_of(verify_registration(kParty, kChallenge, client, object)), "fine");
}

TEST(Webauthn, NamesWhatIsWrong) {
  const auto after = [](auto change) {
    Authenticator a;
    change(a);
    return std::pair(word_of(registered(a)), word_of(asserted(a)));
  };
  using Both = std::pair<std::string, std::string>;
  EXPECT_EQ(after([](auto&) {}), Both("fine", "fine"));
  EXPECT_EQ(after([](auto& a) { a.origin = "https://track.example.evil"; }),
            Both("wrong_origin", "wrong_origin"));
  EXPECT_EQ(after([](auto& a) { a.origin = "http://track.example"; }),
            Both("wrong_origin", "wrong_origin"));
  EXPECT_EQ(after([](auto& a) { a.party = "evil.example"; }), Both("wrong_party", "wrong_party"));
  EXPECT_EQ(after([](auto& a) { a.flags = 0x04; }), Both("not_present", "not_present"));
  EXPECT_EQ(after([](auto& a) { a.flags = 0x01; }), Both("not_verified", "not_verified"));
  EXPECT_EQ(after([](auto& a) { a.flags = 0x15; }), Both("malformed", "malformed"));  // BS, not BE
  EXPECT_EQ(after([](auto& a) { a.flags = 0x85; }),
            Both("malformed", "malformed"));  // no extensions
}

TEST(Webauthn, KnowsItsOwnChallengeAndCeremony) {
  const Authenticator a;
  EXPECT_EQ(word_of(registered(a, std::string(32, 'x'))), "wrong_challenge");
  const auto get = a.client_data("webauthn.get", crypto::to_base64url(kChallenge));
  EXPECT_EQ(word_of(verify_registration(kParty, kChallenge, get, a.attestation(get))),
            "wrong_type");
}

TEST(Webauthn, NoticesACounterThatGoesBack) {
  Authenticator a;
  a.counter = 7;
  EXPECT_EQ(word_of(asserted(a, 6)), "fine");
  EXPECT_EQ(word_of(asserted(a, 7)), "cloned");
  EXPECT_EQ(word_of(asserted(a, 8)), "cloned");
  a.counter = 0;
  EXPECT_EQ(word_of(asserted(a, 0)), "fine");  // it does not count
  EXPECT_EQ(word_of(asserted(a, 3)), "cloned");
}

TEST(Webauthn, RefusesAnothersSignature) {
  const Authenticator a, other;
  EXPECT_EQ(word_of(asserted(a, 0, &other.key)), "bad_signature");
}

TEST(Webauthn, RefusesClientDataThatCanBeReadTwoWays) {
  for (const char* json : {"", "{}", "[]", R"({"type":"webauthn.get","challenge":"AAAA"})",
                           R"({"type":"a","challenge":"AAAA","origin":"o","challenge":"BBBB"})",
                           R"({"type":"a","challenge":"AA=A","origin":"o"})",
                           R"({"type":"a","challenge":"AAAA","origin":"o","crossOrigin":"no"})"})
    EXPECT_FALSE(read_client_data(json)) << json;
  EXPECT_TRUE(read_client_data(R"({"type":"a","challenge":"AAAA","origin":"o","topOrigin":"x"})"));
}

TEST(Webauthn, IsOfTheSiteOfThePublicUrl) {
  const auto deep = relying_party("https://track.example:8443/milepost", "Shop");
  EXPECT_EQ(deep.id, "track.example");
  EXPECT_EQ(deep.origins, std::vector<std::string>{"https://track.example:8443"});
  EXPECT_EQ(relying_party("http://localhost:8080", "Shop").id, "localhost");
}

}  // namespace
