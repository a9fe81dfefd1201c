// For tests: a provider that speaks OpenID Connect over HTTP on this machine, and can be told to do
// it wrong.
#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "crypto/key.h"
#include "http/server.h"

namespace accounts::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;
inline std::string value_of(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

class LocalProvider {
 public:
  explicit LocalProvider(const base::Clock& clock) : clock_(clock), server_(options(), routes()) {
    server_.start();
    issuer = "http://127.0.0.1:" + std::to_string(server_.port());
  }
  ~LocalProvider() { server_.stop(std::chrono::seconds(1)); }

  // The person agrees at the authorization endpoint; the browser is sent back with a code.
  std::string agree(const std::string& url) {
    asked = http::parse_query(url.substr(url.find('?') + 1), http::Plus::IsSpace);
    return "code-" + std::to_string(++codes_);
  }
  std::string state() const { return value_of(asked, "state"); }

  std::string issuer, subject = "sub-1", email = "ann@example.com", audience = "milepost";
  bool is_verified = true;
  std::string nonce_instead, issuer_instead;
  std::chrono::seconds age{0};
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::P256);
  crypto::PrivateKey signing = key;  // another: a forged token
  std::string key_name = "key-1";
  Pairs asked, exchanged;
  std::string authorization;
  int key_fetches = 0;

 private:
  static http::ServerOptions options() {
    http::ServerOptions o;
    o.access_log = false;
    o.threads = 1;
    return o;
  }
  std::string id_token() const {
    const auto now = base::to_micros(clock_.now() - age) / 1'000'000;
    base::JsonWriter json;
    json.begin_object().key("iss").value(issuer_instead.empty() ? issuer : issuer_instead);
    json.key("sub").value(subject).key("aud").value(audience);
    json.key("exp").value(now + 300).key("iat").value(now);
    json.key("nonce").value(nonce_instead.empty() ? value_of(asked, "nonce") : nonce_instead);
    json.key("email").value(email).key("email_verified").value(is_verified);
    json.key("name").value("Ann").end_object();
    return crypto::sign_jws(signing, json.text(), {"JWT", key_name});
  }
  http::Router routes() {
    http::Router router;
    router.add("GET", "/.well-known/openid-configuration",
               [this](http::Request) -> base::Task<http::Response> {
                 co_return http::json(200, R"({"issuer":")" + issuer +
                                               R"(","authorization_endpoint":")" + issuer +
                                               R"(/authorize","token_endpoint":")" + issuer +
                                               R"(/token","jwks_uri":")" + issuer + R"(/jwks"})");
               });
    router.add("GET", "/jwks", [this](http::Request) -> base::Task<http::Response> {
      ++key_fetches;
      auto jwk = key.public_key().jwk();
      jwk.insert(1, R"("kid":")" + key_name + R"(","use":"sig",)");
      co_return http::json(200, R"({"keys":[)" + jwk + "]}");
    });
    router.add("POST", "/token", [this](http::Request request) -> base::Task<http::Response> {
      exchanged = http::parse_query(request.body(), http::Plus::IsSpace);
      authorization = request.header("Authorization");
      const auto challenge =
          crypto::to_base64url(crypto::sha256(value_of(exchanged, "code_verifier")));
      const bool is_right = value_of(exchanged, "code") == "code-" + std::to_string(codes_) &&
                            challenge == value_of(asked, "code_challenge") &&
                            value_of(exchanged, "redirect_uri") == value_of(asked, "redirect_uri");
      if (!is_right) co_return http::json(400, R"({"error":"invalid_grant"})");
      co_return http::json(
          200, R"({"access_token":"x","token_type":"Bearer","id_token":")" + id_token() + "\"}");
    });
    return router;
  }

  const base::Clock& clock_;
  int codes_ = 0;
  http::Server server_;
};

}  // namespace accounts::testing
