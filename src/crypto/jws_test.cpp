#include "crypto/jws.h"

#include <gtest/gtest.h>

#include "crypto/base64.h"

namespace crypto {
namespace {

constexpr char kClaims[] =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

base::Result<std::string, JwsError> check(std::string_view compact, const PublicKey& key) {
  const auto jws = Jws::parse(compact);
  if (!jws) return base::Failure{jws.error()};
  return jws->verify(key);
}

TEST(Jws, ChecksTheTokensOfRfc7515AndRfc8037) {
  const struct {
    const char* jwk;
    std::string token;
  } cases[] = {
      {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
       "eyJhbGciOiJFUzI1NiJ9." + std::string(kClaims) +
           ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-"
           "Kg6NU1Q"},
      {R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})",
       "eyJhbGciOiJSUzI1NiJ9." + std::string(kClaims) +
           ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_"
           "lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
           "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
           "xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5"
           "AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
      {R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
       "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_"
       "MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"}};
  for (const auto& [jwk, token] : cases) {
    const auto key = PublicKey::from_jwk(jwk);
    ASSERT_TRUE(key) << jwk;
    const auto payload = check(token, *key);
    ASSERT_TRUE(payload) << token << ": " << describe(payload.error());
    EXPECT_TRUE(payload->starts_with("{\"iss\":\"joe\"") ||
                *payload == "Example of Ed25519 signing");
  }
}

TEST(Jws, SignsWhatItChecks) {
  for (const auto kind : {KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa}) {
    const auto key = PrivateKey::generate(kind);
    const auto token = sign_jws(key, R"({"sub":"x"})", {"JWT", "k1"});
    const auto jws = Jws::parse(token);
    ASSERT_TRUE(jws);
    EXPECT_EQ(jws->kind(), kind);
    EXPECT_EQ(jws->header().key, "k1");
    EXPECT_EQ(jws->header().type, "JWT");
    EXPECT_EQ(jws->verify(key.public_key()).value(), R"({"sub":"x"})");
    auto changed = token;
    changed[token.find('.') + 2] ^= 1;
    EXPECT_FALSE(check(changed, key.public_key()));
    EXPECT_EQ(check(token, PrivateKey::generate(KeyKind::P256).public_key()).error(),
              kind == KeyKind::P256 ? JwsError::Signature : JwsError::Algorithm);
  }
}

TEST(Jws, NothingUnsignedOrAmbiguousPasses) {
  const auto key = PrivateKey::generate(KeyKind::P256);
  const auto with_header = [&](std::string_view header) {
    const auto text = to_base64url(header) + "." + to_base64url("{}");
    return text + "." + to_base64url(key.sign(text));
  };
  ASSERT_TRUE(check(with_header(R"({"alg":"ES256"})"), key.public_key()));
  const struct {
    std::string token;
    JwsError why;
  } cases[] = {
      {"", JwsError::Unreadable},
      {"..", JwsError::Unreadable},
      {"a.b", JwsError::Unreadable},
      {to_base64url(R"({"alg":"none"})") + "." + to_base64url("{}") + ".", JwsError::Algorithm},
      {with_header(R"({"alg":"none"})"), JwsError::Algorithm},
      {with_header(R"({"alg":"None"})"), JwsError::Algorithm},
      {with_header(R"({"alg":"HS256"})"), JwsError::Algorithm},
      {with_header(R"({"alg":"RS256"})"), JwsError::Algorithm},  // not this key's
      {with_header(R"({"alg":["ES256"]})"), JwsError::Algorithm},
      {with_header("{}"), JwsError::Algorithm},
      {with_header("[]"), JwsError::Unreadable},
      {with_header(R"({"alg":"ES256"}x)"), JwsError::Unreadable},
      {with_header(R"({"alg":"ES256","alg":"none"})"), JwsError::Unreadable},
      {with_header(R"({"alg":"ES256","crit":["b64"],"b64":false})"), JwsError::Critical},
      {with_header(R"({"alg":"ES256"})") + ".more", JwsError::Unreadable},
      {with_header(R"({"alg":"ES256"})") + "=", JwsError::Unreadable},
      {std::string(70'000, 'A'), JwsError::Unreadable},
  };
  for (const auto& [token, why] : cases) {
    const auto payload = check(token, key.public_key());
    ASSERT_FALSE(payload) << token;
    EXPECT_EQ(payload.error(), why) << token;
  }
}

// An identity provider's set: what it encrypts with, and what we cannot check, is left out.
TEST(Jws, ReadsTheSigningKeysOfASet) {
  const auto one = PrivateKey::generate(KeyKind::P256),
             two = PrivateKey::generate(KeyKind::Ed25519);
  const auto with = [](const PublicKey& key, std::string_view more) {
    return key.jwk().substr(0, key.jwk().size() - 1) + std::string(more) + "}";
  };
  const auto set = read_key_set(
      R"({"keys":[)" + with(one.public_key(), R"(,"kid":"a","use":"sig","alg":"ES256")") + "," +
      with(two.public_key(), R"(,"kid":"b")") + "," +
      with(one.public_key(), R"(,"kid":"c","use":"enc")") + "," +
      with(one.public_key(), R"(,"kid":"d","alg":"ES512")") + R"(,{"kty":"oct","kid":"e"},7]})");
  ASSERT_TRUE(set);
  ASSERT_EQ(set->size(), 2U);
  EXPECT_EQ((*set)[0].name, "a");
  EXPECT_EQ((*set)[1].name, "b");
  EXPECT_EQ((*set)[1].key.jwk(), two.public_key().jwk());
  EXPECT_FALSE(read_key_set("{}"));
  EXPECT_FALSE(read_key_set("no"));
}

}  // namespace
}  // namespace crypto
