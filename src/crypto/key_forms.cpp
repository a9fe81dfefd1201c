// Keys as they travel: PEM, DER, JWK, COSE, bare bytes.
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <simdjson.h>

#include <initializer_list>

#include "base/json_writer.h"
#include "crypto/base64.h"
#include "crypto/cbor.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/openssl.h"

namespace crypto {
namespace {

using base::Failure;

constexpr std::size_t kPointBytes = 65, kScalarBytes = 32, kEdBytes = 32;
constexpr std::size_t kMostRsaBytes = 1024, kMostTextBytes = 16 << 10;

// PEM under a password: none is known, and nobody is to be asked at a terminal.
int no_password(char*, int, int, void*) { return 0; }

Memory reader_of(std::string_view text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string content_of(BIO* memory) {
  char* at = nullptr;
  const long size = BIO_get_mem_data(memory, &at);
  return {at, static_cast<std::size_t>(size)};
}

Pkey make(const char* type, int selection, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1)
    return nullptr;
  return Pkey(key);
}

Pkey p256_from_point(std::string_view point) {
  if (point.size() != kPointBytes || point.front() != 4) return nullptr;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return make("EC", EVP_PKEY_PUBLIC_KEY, builder.get());
}

// OpenSSL does not compute the public point of a scalar by itself.
Pkey p256_from_scalar(std::string_view scalar) {
  if (scalar.size() != kScalarBytes) return nullptr;
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Number number(BN_secure_new());
  must(group && number && BN_bin2bn(bytes_of(scalar), kScalarBytes, number.get()) != nullptr,
       "read a number");
  if (BN_is_zero(number.get()) == 1 || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0)
    return nullptr;
  const Point point(EC_POINT_new(group.get()));
  std::string bytes(kPointBytes, '\0');
  must(point &&
           EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
           EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                              bytes_of(bytes), bytes.size(), nullptr) == bytes.size(),
       "compute a public key");
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes.data(),
                                   bytes.size());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get());
  return make("EC", EVP_PKEY_KEYPAIR, builder.get());
}

Pkey rsa_from(std::string_view modulus, std::string_view exponent) {
  if (modulus.empty() || modulus.size() > kMostRsaBytes || exponent.empty() || exponent.size() > 8)
    return nullptr;
  const Number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return make("RSA", EVP_PKEY_PUBLIC_KEY, builder.get());
}

Pkey ed25519_from(std::string_view bytes) {
  if (bytes.size() != kEdBytes) return nullptr;
  return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), kEdBytes));
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1, "tell a key's number");
  const Number owned(number);
  std::string out(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, bytes_of(out));
  return out;
}

// A member of a JWK in base64url; empty when it is absent or is not that.
std::string member(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text)) return {};
  return from_base64url(text).value_or(std::string());
}

std::string_view word(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text)) return {};
  return text;
}

void append_head(std::string& out, unsigned major, std::size_t argument) {
  const auto high = major << 5U;
  if (argument < 24) {
    out += static_cast<char>(high | argument);
  } else if (argument < 256) {
    out += static_cast<char>(high | 24U);
    out += static_cast<char>(argument);
  } else {
    out += static_cast<char>(high | 25U);
    out += static_cast<char>(argument >> 8U);
    out += static_cast<char>(argument & 0xFFU);
  }
}
void append_integer(std::string& out, int number) {
  append_head(out, number < 0 ? 1 : 0, static_cast<std::size_t>(number < 0 ? -1 - number : number));
}
void append_pair(std::string& out, int key, int number) {
  append_integer(out, key);
  append_integer(out, number);
}
void append_pair(std::string& out, int key, std::string_view bytes) {
  append_integer(out, key);
  append_head(out, 2, bytes.size());
  out += bytes;
}

}  // namespace

// ---- In

base::Result<PublicKey, KeyError> PublicKey::from_pem(std::string_view pem) {
  const QuietErrors quiet;
  if (pem.size() > kMostTextBytes) return Failure{KeyError::Unreadable};
  const auto memory = reader_of(pem);
  auto state =
      KeyState::judge(Pkey(PEM_read_bio_PUBKEY(memory.get(), nullptr, no_password, nullptr)));
  if (!state) return Failure{state.error()};
  return PublicKey(std::move(*state));
}

base::Result<PublicKey, KeyError> PublicKey::from_spki(std::string_view der) {
  const QuietErrors quiet;
  const unsigned char* at = bytes_of(der);
  if (der.size() > kMostTextBytes) return Failure{KeyError::Unreadable};
  Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (at != bytes_of(der) + der.size()) return Failure{KeyError::Unreadable};
  auto state = KeyState::judge(std::move(key));
  if (!state) return Failure{state.error()};
  return PublicKey(std::move(*state));
}

base::Result<PublicKey, KeyError> PublicKey::from_jwk(std::string_view json) {
  const QuietErrors quiet;
  simdjson::dom::parser parser(kMostTextBytes);
  simdjson::dom::object object;
  if (json.size() > kMostTextBytes ||
      parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS)
    return Failure{KeyError::Unreadable};
  const auto type = word(object, "kty"), curve = word(object, "crv");
  Pkey key;
  if (type == "EC" && curve == "P-256") {
    const auto x = member(object, "x"), y = member(object, "y");
    if (x.size() != kScalarBytes || y.size() != kScalarBytes) return Failure{KeyError::Unreadable};
    key = p256_from_point("\x04" + x + y);
  } else if (type == "OKP" && curve == "Ed25519") {
    key = ed25519_from(member(object, "x"));
  } else if (type == "RSA") {
    key = rsa_from(member(object, "n"), member(object, "e"));
  } else {
    return Failure{type.empty() ? KeyError::Unreadable : KeyError::Unsupported};
  }
  auto state = KeyState::judge(std::move(key));
  if (!state) return Failure{state.error()};
  return PublicKey(std::move(*state));
}

base::Result<PublicKey, KeyError> PublicKey::from_cose(std::string_view bytes, std::size_t* used) {
  const QuietErrors quiet;
  const auto read = cbor::read(bytes);
  if (!read || read->value.type != cbor::Type::Map) return Failure{KeyError::Unreadable};
  const auto integer = [&](std::int64_t label) -> std::int64_t {
    const auto* value = read->value.find(label);
    return value != nullptr && value->type == cbor::Type::Integer ? value->integer : 0;
  };
  const auto octets = [&](std::int64_t label) -> std::string_view {
    const auto* value = read->value.find(label);
    return value != nullptr && value->type == cbor::Type::Bytes ? value->text : std::string_view();
  };
  Pkey key;
  if (integer(1) == 2 && integer(3) == -7 && integer(-1) == 1) {
    if (octets(-2).size() != kScalarBytes || octets(-3).size() != kScalarBytes)
      return Failure{KeyError::Unreadable};
    key = p256_from_point("\x04" + std::string(octets(-2)) + std::string(octets(-3)));
  } else if (integer(1) == 1 && integer(3) == -8 && integer(-1) == 6) {
    key = ed25519_from(octets(-2));
  } else if (integer(1) == 3 && integer(3) == -257) {
    key = rsa_from(octets(-1), octets(-2));
  } else {
    return Failure{integer(1) == 0 ? KeyError::Unreadable : KeyError::Unsupported};
  }
  auto state = KeyState::judge(std::move(key));
  if (!state) return Failure{state.error()};
  if (used != nullptr) *used = read->size;
  return PublicKey(std::move(*state));
}

base::Result<PublicKey, KeyError> PublicKey::from_raw(KeyKind kind, std::string_view bytes) {
  const QuietErrors quiet;
  if (kind == KeyKind::Rsa) return Failure{KeyError::Unsupported};
  auto state =
      KeyState::judge(kind == KeyKind::P256 ? p256_from_point(bytes) : ed25519_from(bytes));
  if (!state) return Failure{state.error()};
  return PublicKey(std::move(*state));
}

base::Result<PrivateKey, KeyError> PrivateKey::from_pem(std::string_view pem) {
  const QuietErrors quiet;
  if (pem.size() > kMostTextBytes) return Failure{KeyError::Unreadable};
  const auto memory = reader_of(pem);
  auto state =
      KeyState::judge(Pkey(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr)));
  if (!state) return Failure{state.error()};
  return PrivateKey(std::move(*state));
}

base::Result<PrivateKey, KeyError> PrivateKey::from_raw(KeyKind kind, std::string_view bytes) {
  const QuietErrors quiet;
  if (kind == KeyKind::Rsa) return Failure{KeyError::Unsupported};
  Pkey key;
  if (kind == KeyKind::P256) {
    key = p256_from_scalar(bytes);
  } else if (bytes.size() == kEdBytes) {
    key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), kEdBytes));
  }
  auto state = KeyState::judge(std::move(key));
  if (!state) return Failure{state.error()};
  return PrivateKey(std::move(*state));
}

// ---- Out

std::string PublicKey::pem() const {
  const Memory memory(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_PUBKEY(memory.get(), state_->get()) == 1, "write a key");
  return content_of(memory.get());
}

std::string PublicKey::spki() const {
  const Memory memory(BIO_new(BIO_s_mem()));
  must(i2d_PUBKEY_bio(memory.get(), state_->get()) == 1, "write a key");
  return content_of(memory.get());
}

std::string PublicKey::raw() const {
  if (kind() == KeyKind::Rsa) return {};
  std::string out(kind() == KeyKind::P256 ? kPointBytes : kEdBytes, '\0');
  std::size_t size = out.size();
  const bool done =
      kind() == KeyKind::P256
          ? EVP_PKEY_get_octet_string_param(state_->get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                            bytes_of(out), out.size(), &size) == 1
          : EVP_PKEY_get_raw_public_key(state_->get(), bytes_of(out), &size) == 1;
  must(done && size == out.size(), "write a key");
  return out;
}

std::string PublicKey::jwk() const {
  base::JsonWriter json;
  json.begin_object();
  const auto bytes = raw();
  if (kind() == KeyKind::Rsa) {
    json.key("e").value(to_base64url(number_of(state_->get(), OSSL_PKEY_PARAM_RSA_E)));
    json.key("kty").value("RSA");
    json.key("n").value(to_base64url(number_of(state_->get(), OSSL_PKEY_PARAM_RSA_N)));
  } else if (kind() == KeyKind::P256) {
    json.key("crv").value("P-256").key("kty").value("EC");
    json.key("x").value(to_base64url(bytes.substr(1, kScalarBytes)));
    json.key("y").value(to_base64url(bytes.substr(1 + kScalarBytes)));
  } else {
    json.key("crv").value("Ed25519").key("kty").value("OKP");
    json.key("x").value(to_base64url(bytes));
  }
  json.end_object();
  return std::move(json).text();
}

std::string PublicKey::cose() const {
  std::string out;
  const auto bytes = raw();
  if (kind() == KeyKind::P256) {
    append_head(out, 5, 5);
    append_pair(out, 1, 2), append_pair(out, 3, -7), append_pair(out, -1, 1);
    append_pair(out, -2, std::string_view(bytes).substr(1, kScalarBytes));
    append_pair(out, -3, std::string_view(bytes).substr(1 + kScalarBytes));
  } else if (kind() == KeyKind::Ed25519) {
    append_head(out, 5, 4);
    append_pair(out, 1, 1), append_pair(out, 3, -8), append_pair(out, -1, 6);
    append_pair(out, -2, bytes);
  } else {
    append_head(out, 5, 4);
    append_pair(out, 1, 3), append_pair(out, 3, -257);
    append_pair(out, -1, number_of(state_->get(), OSSL_PKEY_PARAM_RSA_N));
    append_pair(out, -2, number_of(state_->get(), OSSL_PKEY_PARAM_RSA_E));
  }
  return out;
}

std::string PublicKey::thumbprint() const { return to_base64url(sha256(jwk())); }

std::string PrivateKey::pem() const {
  const Memory memory(BIO_new(BIO_s_secmem()));
  must(PEM_write_bio_PKCS8PrivateKey(memory.get(), KeyState::of(*this), nullptr, nullptr, 0,
                                     nullptr, nullptr) == 1,
       "write a key");
  return content_of(memory.get());
}

std::string PrivateKey::raw() const {
  if (kind() == KeyKind::Rsa) return {};
  std::string out(kScalarBytes, '\0');
  if (kind() == KeyKind::Ed25519) {
    std::size_t size = out.size();
    must(EVP_PKEY_get_raw_private_key(KeyState::of(*this), bytes_of(out), &size) == 1,
         "write a key");
    return out;
  }
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(KeyState::of(*this), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1,
       "write a key");
  const Number owned(number);
  must(BN_bn2binpad(number, bytes_of(out), kScalarBytes) == static_cast<int>(kScalarBytes),
       "write a key");
  return out;
}

}  // namespace crypto
