#include "crypto/key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "crypto/hash.h"
#include "crypto/openssl.h"

namespace crypto {
namespace {

constexpr std::size_t kHalf = 32;  // bytes of r, and of s

const EVP_MD* digest_for(KeyKind kind) {
  return kind == KeyKind::Ed25519 ? nullptr : EVP_sha256();  // EdDSA hashes by itself
}

bool is_p256(EVP_PKEY* key) {
  char name[32] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 &&
         std::string_view(name, size) == "prime256v1";
}

// The exponents in use are 3 and 65537; long ones would make checking slow at a stranger's will.
bool has_usual_exponent(EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) return false;
  const Number exponent(number);
  return BN_num_bits(number) <= 32 && BN_is_odd(number) == 1 && BN_is_one(number) == 0;
}

std::string to_raw(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const EcdsaPair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  must(pair != nullptr, "read its own signature");
  std::string raw(2 * kHalf, '\0');
  must(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes_of(raw), kHalf) == kHalf &&
           BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes_of(raw) + kHalf, kHalf) == kHalf,
       "write a signature");
  return raw;
}

// Empty when this is no pair of numbers.
std::string to_der(std::string_view raw) {
  if (raw.size() != 2 * kHalf) return {};
  const EcdsaPair pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kHalf, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kHalf, kHalf, nullptr);
  must(pair && r != nullptr && s != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1,
       "hold a signature");
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  must(size > 0, "write a signature");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::string_view algorithm(KeyKind kind) {
  switch (kind) {
    case KeyKind::P256:
      return "ES256";
    case KeyKind::Ed25519:
      return "EdDSA";
    case KeyKind::Rsa:
      return "RS256";
  }
  return "";
}

std::string_view describe(KeyError error) {
  switch (error) {
    case KeyError::Unreadable:
      return "this is not a key in the form it should have";
    case KeyError::Unsupported:
      return "keys are of P-256, Ed25519 or RSA; this one is of another kind";
    case KeyError::TooWeak:
      return "an RSA key needs 2048 to 8192 bits and a usual exponent";
  }
  return "not a key";
}

base::Result<std::shared_ptr<const KeyState>, KeyError> KeyState::judge(Pkey key) {
  using base::Failure;
  if (!key) return Failure{KeyError::Unreadable};
  KeyKind kind{};
  switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_EC: {
      if (!is_p256(key.get())) return Failure{KeyError::Unsupported};
      const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
      // Quick: on the curve and not its zero. P-256 has no small subgroups to fall into.
      if (EVP_PKEY_public_check_quick(context.get()) != 1) return Failure{KeyError::Unreadable};
      kind = KeyKind::P256;
      break;
    }
    case EVP_PKEY_ED25519:
      kind = KeyKind::Ed25519;
      break;
    case EVP_PKEY_RSA: {
      const int bits = EVP_PKEY_get_bits(key.get());
      if (bits < 2048 || bits > 8192 || !has_usual_exponent(key.get()))
        return Failure{KeyError::TooWeak};
      kind = KeyKind::Rsa;
      break;
    }
    default:
      return Failure{KeyError::Unsupported};
  }
  return std::shared_ptr<const KeyState>(new KeyState{kind, std::move(key)});
}

PrivateKey PrivateKey::generate(KeyKind kind, int rsa_bits) {
  const QuietErrors quiet;
  EVP_PKEY* made = nullptr;
  switch (kind) {
    case KeyKind::P256:
      made = EVP_EC_gen("P-256");
      break;
    case KeyKind::Ed25519:
      made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
      break;
    case KeyKind::Rsa:
      made = EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
      break;
  }
  auto state = KeyState::judge(Pkey(made));
  if (!state) throw std::invalid_argument("no key can be made like this");
  return PrivateKey(std::move(*state));
}

KeyKind PublicKey::kind() const { return state_->kind; }
int PublicKey::bits() const { return EVP_PKEY_get_bits(state_->get()); }

std::string PrivateKey::sign(std::string_view message, Ecdsa form) const {
  const QuietErrors quiet;
  const DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, digest_for(kind()), nullptr,
                                     KeyState::of(*this)) == 1,
       "begin to sign");
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1,
       "sign");
  std::string signature(size, '\0');
  must(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message),
                      message.size()) == 1,
       "sign");
  signature.resize(size);  // DER is shorter now and then
  return kind() == KeyKind::P256 && form == Ecdsa::Raw ? to_raw(signature) : signature;
}

bool PublicKey::verify(std::string_view message, std::string_view signature, Ecdsa form) const {
  const QuietErrors quiet;
  std::string der;
  if (kind() == KeyKind::P256 && form == Ecdsa::Raw) {
    der = to_der(signature);
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, digest_for(kind()), nullptr,
                                       state_->get()) == 1,
       "begin to check a signature");
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

}  // namespace crypto
