// An authenticator made of software: keeps one passkey, answers both ceremonies as a browser hands
// them on, and can be told to do each of them wrong.
#pragma once
#include <string>
#include <string_view>

#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/key.h"

namespace accounts::testing {

class Authenticator {
 public:
  explicit Authenticator(crypto::KeyKind kind = crypto::KeyKind::P256)
      : key(crypto::PrivateKey::generate(kind)) {}

  crypto::PrivateKey key;
  std::string id = "credential-0123456789";
  std::string party = "track.example", origin = "https://track.example";
  std::string user_handle;    // from the creation options
  std::uint8_t flags = 0x05;  // present and verified
  std::uint32_t counter = 0;
  bool signs_itself = false;  // packed self attestation

  std::string client_data(std::string_view type, std::string_view challenge) const {
    return R"({"type":")" + std::string(type) + R"(","challenge":")" + std::string(challenge) +
           R"(","origin":")" + origin + R"(","crossOrigin":false})";
  }
  std::string data(bool with_credential) const {
    std::string out = crypto::sha256(party);
    out += static_cast<char>(flags | (with_credential ? 0x40 : 0));
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(counter >> shift);
    if (!with_credential) return out;
    out += std::string(16, '\0');
    out += static_cast<char>(id.size() >> 8U);
    out += static_cast<char>(id.size());
    return out + id + key.public_key().cose();
  }
  std::string attestation(std::string_view client) const {
    const auto auth_data = data(true);
    std::string statement = "\xA0";
    if (signs_itself) {
      const auto signature = key.sign(auth_data + crypto::sha256(client), crypto::Ecdsa::Der);
      statement = "\xA2" + text("alg") + "\x26" + text("sig") + bytes(signature);  // -7
    }
    return "\xA3" + text("fmt") + text(signs_itself ? "packed" : "none") + text("attStmt") +
           statement + text("authData") + bytes(auth_data);
  }
  std::string sign(std::string_view client) const {
    return key.sign(data(false) + crypto::sha256(client), crypto::Ecdsa::Der);
  }

  // As PublicKeyCredential.toJSON() writes them.
  std::string create(std::string_view challenge) const {
    const auto client = client_data("webauthn.create", challenge);
    return wrapped(R"("clientDataJSON":")" + crypto::to_base64url(client) +
                   R"(","attestationObject":")" + crypto::to_base64url(attestation(client)) +
                   R"(","transports":["internal","hybrid"])");
  }
  std::string get(std::string_view challenge) {
    if (counter > 0) ++counter;
    const auto client = client_data("webauthn.get", challenge);
    return wrapped(R"("clientDataJSON":")" + crypto::to_base64url(client) +
                   R"(","authenticatorData":")" + crypto::to_base64url(data(false)) +
                   R"(","signature":")" + crypto::to_base64url(sign(client)) +
                   R"(","userHandle":")" + user_handle + '"');
  }

 private:
  static std::string head(unsigned major, std::size_t size) {
    std::string out(1, static_cast<char>(major << 5U | (size < 24    ? size
                                                        : size < 256 ? 24U
                                                                     : 25U)));
    if (size >= 256) out += static_cast<char>(size >> 8U);
    if (size >= 24) out += static_cast<char>(size);
    return out;
  }
  static std::string text(std::string_view t) { return head(3, t.size()) + std::string(t); }
  static std::string bytes(std::string_view b) { return head(2, b.size()) + std::string(b); }
  std::string wrapped(const std::string& response) const {
    const auto name = crypto::to_base64url(id);
    return R"({"id":")" + name + R"(","rawId":")" + name +
           R"(","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{},)"
           R"("response":{)" +
           response + "}}";
  }
};

}  // namespace accounts::testing
