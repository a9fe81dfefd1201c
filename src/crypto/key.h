// Keys that sign, and keys that check what was signed: P-256 with SHA-256 (ES256), Ed25519 (EdDSA),
// RSA with PKCS #1 v1.5 and SHA-256 (RS256). A key in hand is a valid key: on its curve, or of 2048
// to 8192 bits.
//
// Copies share one key and are cheap. Safe from any thread. Parsing answers with a KeyError;
// signing and writing throw std::runtime_error if OpenSSL fails, which it does not do for a valid
// key.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crypto {

enum class KeyKind : std::uint8_t { P256, Ed25519, Rsa };
// The name that JOSE has for it: "ES256", "EdDSA", "RS256".
std::string_view algorithm(KeyKind kind);

enum class KeyError : std::uint8_t {
  Unreadable,   // not the form it should be, or not a key (a point beside the curve)
  Unsupported,  // a key, but of another kind
  TooWeak,      // RSA below 2048 bits, or of an exponent nobody uses
};
// A sentence for people.
std::string_view describe(KeyError error);

// How a signature by P-256 is written; the other kinds have one way only.
enum class Ecdsa : std::uint8_t {
  Raw,  // r and s, 32 bytes each: JOSE, COSE
  Der,  // ASN.1: X.509, WebAuthn
};

struct KeyState;  // OpenSSL's key

class PublicKey {
 public:
  // -----BEGIN PUBLIC KEY-----, and its content.
  static base::Result<PublicKey, KeyError> from_pem(std::string_view pem);
  static base::Result<PublicKey, KeyError> from_spki(std::string_view der);
  // RFC 7517, one key. Members that say nothing about the key itself are not looked at.
  static base::Result<PublicKey, KeyError> from_jwk(std::string_view json);
  // COSE_Key (RFC 9052 7) at the front of bytes, with `alg`: -7 ES256, -8 EdDSA, -257 RS256.
  // used: how long it was, since WebAuthn puts other things behind it.
  static base::Result<PublicKey, KeyError> from_cose(std::string_view bytes,
                                                     std::size_t* used = nullptr);
  // P-256: 65 bytes, 04 x y. Ed25519: 32 bytes.
  static base::Result<PublicKey, KeyError> from_raw(KeyKind kind, std::string_view bytes);

  KeyKind kind() const;
  int bits() const;
  std::string pem() const;
  std::string spki() const;  // SubjectPublicKeyInfo in DER; base64 of it is DKIM's p= for RSA
  std::string raw() const;   // as from_raw takes it (DKIM's p= for Ed25519); empty for RSA
  std::string jwk() const;   // required members only, in the order of RFC 7638
  std::string cose() const;
  std::string thumbprint() const;  // RFC 7638, SHA-256 in base64url: a name for the key

  bool verify(std::string_view message, std::string_view signature, Ecdsa form = Ecdsa::Raw) const;

 private:
  friend class PrivateKey;
  friend struct KeyState;
  explicit PublicKey(std::shared_ptr<const KeyState> state) : state_(std::move(state)) {}
  std::shared_ptr<const KeyState> state_;
};

class PrivateKey {
 public:
  static PrivateKey generate(KeyKind kind, int rsa_bits = 2048);
  // PKCS #8, and what older tools write (EC PRIVATE KEY, RSA PRIVATE KEY). Not under a password.
  static base::Result<PrivateKey, KeyError> from_pem(std::string_view pem);
  // P-256: the 32 bytes of the scalar (how VAPID keys travel). Ed25519: the 32 bytes of the seed.
  static base::Result<PrivateKey, KeyError> from_raw(KeyKind kind, std::string_view bytes);

  KeyKind kind() const { return public_.kind(); }
  const PublicKey& public_key() const { return public_; }
  std::string pem() const;  // PKCS #8, unencrypted: for a sealed column or a file of mode 0600
  std::string raw() const;  // as from_raw takes it; empty for RSA

  std::string sign(std::string_view message, Ecdsa form = Ecdsa::Raw) const;

 private:
  friend struct KeyState;
  explicit PrivateKey(std::shared_ptr<const KeyState> state) : public_(std::move(state)) {}
  PublicKey public_;  // its state holds the private half too; nothing of PublicKey shows it
};

}  // namespace crypto
