// What an authenticator says, verified: registration (WebAuthn level 2, 7.1) and authentication
// (7.2). Pure: no clock, no database. Reads bytes from outside; every length is checked, and CBOR
// is read strictly (crypto/cbor.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace accounts {

struct RelyingParty {
  std::string id;    // "track.example": a domain, of which the origin's is the same or below
  std::string name;  // as authenticators show it
  std::vector<std::string> origins;  // "https://track.example"; compared byte by byte
};
// From the public URL. http is an origin a browser accepts on localhost only.
RelyingParty relying_party(std::string_view public_url, std::string_view name);

enum class WebauthnFault : std::uint8_t {
  Malformed,       // not what an authenticator sends
  WrongType,       // an answer to the other ceremony
  WrongChallenge,  // not one of ours, used, or too old
  WrongOrigin,     // made for another site
  WrongParty,      // the hash of the relying party's id
  NotPresent,      // nobody touched it
  NotVerified,     // nobody proved to it who they are
  UnknownAlgorithm,
  BadAttestation,
  BadSignature,
  Cloned,   // the counter went back
  Taken,    // this credential is registered already
  Unknown,  // no such credential here
};
std::string_view word(WebauthnFault fault);
std::string_view describe(WebauthnFault fault);

// COSE algorithms that are accepted, best first (RFC 9053).
inline constexpr int kEs256 = -7, kEdDsa = -8, kRs256 = -257;

// Must the authenticator have checked who its user is (fingerprint, PIN)? Passkeys stand for both
// factors, so here it must; Asked is for what only adds to a password.
enum class UserCheck : std::uint8_t { Required, Asked };

struct ClientData {
  std::string type, challenge, origin;  // challenge decoded to bytes
  bool is_cross_origin = false;
};
base::Result<ClientData, WebauthnFault> read_client_data(std::string_view json);

struct NewCredential {
  std::string id, public_key;  // COSE_Key
  std::uint32_t counter = 0;
  bool is_synced = false, is_verified = false;
  std::string aaguid;  // 16 bytes
};
base::Result<NewCredential, WebauthnFault> verify_registration(
    const RelyingParty& party, std::string_view challenge, std::string_view client_data_json,
    std::string_view attestation_object, UserCheck check = UserCheck::Required);

struct KnownCredential {
  std::string public_key;
  std::uint32_t counter = 0;
};
struct Assertion {
  std::uint32_t counter = 0;
  bool is_verified = false, is_synced = false;
};
base::Result<Assertion, WebauthnFault> verify_assertion(
    const RelyingParty& party, std::string_view challenge, const KnownCredential& known,
    std::string_view client_data_json, std::string_view authenticator_data,
    std::string_view signature, UserCheck check = UserCheck::Required);

// What navigator.credentials gave, as PublicKeyCredential.toJSON() writes it, decoded to bytes.
struct Answer {
  std::string id, client_data_json;
  std::string attestation_object;                          // registration
  std::string transports;                                  // "internal hybrid"
  std::string authenticator_data, signature, user_handle;  // authentication
};
base::Result<Answer, WebauthnFault> read_answer(std::string_view json);

}  // namespace accounts
