#include "accounts/webauthn.h"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/cbor.h"
#include "crypto/hash.h"
#include "crypto/key.h"

namespace accounts {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHeadBytes = kHashBytes + 1 + 4;  // hash, flags, counter
constexpr std::size_t kAaguidBytes = 16;
constexpr std::size_t kLongestId = 1023;  // WebAuthn 4, credential id

enum Flag : std::uint8_t {
  kPresent = 0x01,
  kVerified = 0x04,
  kMaySync = 0x08,
  kSynced = 0x10,
  kHasCredential = 0x40,
  kHasExtensions = 0x80,
};

struct AuthenticatorData {
  std::string_view party_hash;
  std::uint8_t flags = 0;
  std::uint32_t counter = 0;
  std::string_view aaguid, id, public_key;  // when it has a credential
  bool has(Flag flag) const { return (flags & flag) != 0; }
};

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

// 6.1 and 6.5.1. Everything there must be accounted for.
std::optional<AuthenticatorData> read_authenticator_data(std::string_view bytes) {
  if (bytes.size() < kHeadBytes) return std::nullopt;
  AuthenticatorData data;
  data.party_hash = bytes.substr(0, kHashBytes);
  data.flags = static_cast<std::uint8_t>(bytes[kHashBytes]);
  data.counter = big_endian(bytes.substr(kHashBytes + 1, 4));
  bytes.remove_prefix(kHeadBytes);
  if (data.has(kSynced) && !data.has(kMaySync)) return std::nullopt;
  if (data.has(kHasCredential)) {
    if (bytes.size() < kAaguidBytes + 2) return std::nullopt;
    data.aaguid = bytes.substr(0, kAaguidBytes);
    const auto length = big_endian(bytes.substr(kAaguidBytes, 2));
    bytes.remove_prefix(kAaguidBytes + 2);
    if (length == 0 || length > kLongestId || bytes.size() < length) return std::nullopt;
    data.id = bytes.substr(0, length);
    bytes.remove_prefix(length);
    const auto key = crypto::cbor::read(bytes);
    if (!key) return std::nullopt;
    data.public_key = bytes.substr(0, key->size);
    bytes.remove_prefix(key->size);
  }
  if (data.has(kHasExtensions)) {
    const auto extensions = crypto::cbor::read(bytes);
    if (!extensions || extensions->value.type != crypto::cbor::Type::Map) return std::nullopt;
    bytes.remove_prefix(extensions->size);
  }
  if (!bytes.empty()) return std::nullopt;
  return data;
}

std::optional<WebauthnFault> judge_client(const RelyingParty& party, std::string_view challenge,
                                          std::string_view json, std::string_view type) {
  const auto client = read_client_data(json);
  if (!client) return client.error();
  if (client->type != type) return WebauthnFault::WrongType;
  if (!crypto::equal(client->challenge, challenge)) return WebauthnFault::WrongChallenge;
  if (client->is_cross_origin ||
      std::ranges::find(party.origins, client->origin) == party.origins.end())
    return WebauthnFault::WrongOrigin;
  return std::nullopt;
}

std::optional<WebauthnFault> judge_data(const RelyingParty& party, const AuthenticatorData& data,
                                        UserCheck check) {
  if (!crypto::equal(data.party_hash, crypto::sha256(party.id))) return WebauthnFault::WrongParty;
  if (!data.has(kPresent)) return WebauthnFault::NotPresent;
  if (check == UserCheck::Required && !data.has(kVerified)) return WebauthnFault::NotVerified;
  return std::nullopt;
}

int cose_algorithm(crypto::KeyKind kind) {
  switch (kind) {
    case crypto::KeyKind::P256:
      return kEs256;
    case crypto::KeyKind::Ed25519:
      return kEdDsa;
    case crypto::KeyKind::Rsa:
      break;
  }
  return kRs256;
}

// 8.7 "none", and 8.2 "packed" signed by the credential's own key. We ask for no attestation, so a
// browser hands on no maker's certificate; one that came anyway proves nothing we would trust.
bool is_attested(const crypto::cbor::Value& object, std::string_view auth_data,
                 std::string_view client_data_json, const crypto::PublicKey& key) {
  using crypto::cbor::Type;
  const auto* format = object.find("fmt");
  const auto* statement = object.find("attStmt");
  if (format == nullptr || format->type != Type::Text || statement == nullptr ||
      statement->type != Type::Map)
    return false;
  if (format->text == "none") return statement->items.empty();
  if (format->text != "packed" || statement->find("x5c") != nullptr) return false;
  const auto* algorithm = statement->find("alg");
  const auto* signature = statement->find("sig");
  if (algorithm == nullptr || algorithm->type != Type::Integer ||
      algorithm->integer != cose_algorithm(key.kind()) || signature == nullptr ||
      signature->type != Type::Bytes)
    return false;
  return key.verify(std::string(auth_data) + crypto::sha256(client_data_json), signature->text,
                    crypto::Ecdsa::Der);
}

}  // namespace

RelyingParty relying_party(std::string_view public_url, std::string_view name) {
  auto host = public_url.substr(std::min(public_url.find("://") + 3, public_url.size()));
  const auto origin_end = public_url.find('/', public_url.size() - host.size());
  const auto origin = public_url.substr(0, origin_end);
  host = host.substr(0, host.find_first_of("/:"));
  return {std::string(host), std::string(name), {std::string(origin)}};
}

std::string_view word(WebauthnFault fault) {
  constexpr std::array<std::string_view, 13> kWords = {
      "malformed",       "wrong_type",    "wrong_challenge", "wrong_origin",
      "wrong_party",     "not_present",   "not_verified",    "unknown_algorithm",
      "bad_attestation", "bad_signature", "cloned",          "taken",
      "unknown"};
  return kWords[static_cast<std::size_t>(fault)];
}

std::string_view describe(WebauthnFault fault) {
  switch (fault) {
    case WebauthnFault::Malformed:
      return "the authenticator's answer cannot be read";
    case WebauthnFault::WrongType:
      return "the answer belongs to another step";
    case WebauthnFault::WrongChallenge:
      return "this took too long, or was answered already; please try again";
    case WebauthnFault::WrongOrigin:
      return "the answer was made for another site";
    case WebauthnFault::WrongParty:
      return "the passkey belongs to another site";
    case WebauthnFault::NotPresent:
    case WebauthnFault::NotVerified:
      return "the authenticator did not ask for a fingerprint, a face or a PIN";
    case WebauthnFault::UnknownAlgorithm:
      return "this authenticator signs in a way that is not supported";
    case WebauthnFault::BadAttestation:
      return "the authenticator's statement about itself is not right";
    case WebauthnFault::BadSignature:
      return "the signature does not belong to this passkey";
    case WebauthnFault::Cloned:
      return "this passkey may have been copied; please remove it and add a new one";
    case WebauthnFault::Taken:
      return "this passkey is registered already";
    case WebauthnFault::Unknown:
      return "this passkey is not known here";
  }
  return "the passkey could not be used";
}

base::Result<NewCredential, WebauthnFault> verify_registration(const RelyingParty& party,
                                                               std::string_view challenge,
                                                               std::string_view client_data_json,
                                                               std::string_view attestation_object,
                                                               UserCheck check) {
  using base::Failure;
  if (const auto fault = judge_client(party, challenge, client_data_json, "webauthn.create"))
    return Failure{*fault};
  const auto object = crypto::cbor::read(attestation_object);
  if (!object || object->size != attestation_object.size())
    return Failure{WebauthnFault::Malformed};
  const auto* auth_data = object->value.find("authData");
  if (auth_data == nullptr || auth_data->type != crypto::cbor::Type::Bytes)
    return Failure{WebauthnFault::Malformed};
  const auto data = read_authenticator_data(auth_data->text);
  if (!data || !data->has(kHasCredential)) return Failure{WebauthnFault::Malformed};
  if (const auto fault = judge_data(party, *data, check)) return Failure{*fault};
  const auto key = crypto::PublicKey::from_cose(data->public_key);
  if (!key) return Failure{WebauthnFault::UnknownAlgorithm};
  if (!is_attested(object->value, auth_data->text, client_data_json, *key))
    return Failure{WebauthnFault::BadAttestation};
  return NewCredential{std::string(data->id), std::string(data->public_key),
                       data->counter,         data->has(kSynced),
                       data->has(kVerified),  std::string(data->aaguid)};
}

base::Result<Assertion, WebauthnFault> verify_assertion(
    const RelyingParty& party, std::string_view challenge, const KnownCredential& known,
    std::string_view client_data_json, std::string_view authenticator_data,
    std::string_view signature, UserCheck check) {
  using base::Failure;
  if (const auto fault = judge_client(party, challenge, client_data_json, "webauthn.get"))
    return Failure{*fault};
  const auto data = read_authenticator_data(authenticator_data);
  if (!data) return Failure{WebauthnFault::Malformed};
  if (const auto fault = judge_data(party, *data, check)) return Failure{*fault};
  const auto key = crypto::PublicKey::from_cose(known.public_key);
  if (!key) return Failure{WebauthnFault::UnknownAlgorithm};
  if (!key->verify(std::string(authenticator_data) + crypto::sha256(client_data_json), signature,
                   crypto::Ecdsa::Der))
    return Failure{WebauthnFault::BadSignature};
  // 7.2, step 21: one that counts must count upwards.
  if ((data->counter != 0 || known.counter != 0) && data->counter <= known.counter)
    return Failure{WebauthnFault::Cloned};
  return Assertion{data->counter, data->has(kVerified), data->has(kSynced)};
}

}  // namespace accounts
