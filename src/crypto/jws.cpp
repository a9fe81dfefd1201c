#include "crypto/jws.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/base64.h"

namespace crypto {
namespace {

using base::Failure;
namespace dom = simdjson::dom;

constexpr std::size_t kMostBytes = 64 << 10;

std::optional<KeyKind> kind_named(std::string_view name) {
  for (const auto kind : {KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa})
    if (algorithm(kind) == name) return kind;
  return std::nullopt;
}

bool has_members_once(const dom::object& object) {
  std::vector<std::string_view> names;
  for (const auto member : object) names.push_back(member.key);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

std::string_view text_in(const dom::object& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text)) return {};
  return text;
}

}  // namespace

std::string_view describe(JwsError error) {
  switch (error) {
    case JwsError::Unreadable:
      return "this is not a signed token";
    case JwsError::Algorithm:
      return "the token is signed in a way that is not accepted";
    case JwsError::Critical:
      return "the token demands an extension that is not known";
    case JwsError::Signature:
      return "the token's signature does not hold";
  }
  return "not a signed token";
}

std::string sign_jws(const PrivateKey& key, std::string_view payload, const JwsHeader& header) {
  base::JsonWriter json;
  json.begin_object();
  if (!header.type.empty()) json.key("typ").value(header.type);
  json.key("alg").value(algorithm(key.kind()));
  if (!header.key.empty()) json.key("kid").value(header.key);
  json.end_object();
  std::string token = to_base64url(json.text()) + "." + to_base64url(payload);
  const auto signature = key.sign(token);
  return token + "." + to_base64url(signature);
}

base::Result<Jws, JwsError> Jws::parse(std::string_view compact) {
  const auto first = compact.find('.'), last = compact.rfind('.');
  if (compact.size() > kMostBytes || first == std::string_view::npos || first == last ||
      compact.find('.', first + 1) != last)
    return Failure{JwsError::Unreadable};
  const auto header = from_base64url(compact.substr(0, first));
  auto payload = from_base64url(compact.substr(first + 1, last - first - 1));
  auto signature = from_base64url(compact.substr(last + 1));
  if (!header || !payload || !signature) return Failure{JwsError::Unreadable};

  dom::parser parser(kMostBytes);
  dom::object object;
  if (parser.parse(simdjson::padded_string(*header)).get(object) != simdjson::SUCCESS ||
      !has_members_once(object))
    return Failure{JwsError::Unreadable};
  if (object["crit"].error() != simdjson::NO_SUCH_FIELD) return Failure{JwsError::Critical};
  const auto kind = kind_named(text_in(object, "alg"));
  if (!kind) return Failure{JwsError::Algorithm};

  Jws jws;
  jws.kind_ = *kind;
  jws.header_ = {std::string(text_in(object, "typ")), std::string(text_in(object, "kid"))};
  jws.signed_ = compact.substr(0, last);
  jws.payload_ = std::move(*payload);
  jws.signature_ = std::move(*signature);
  return jws;
}

base::Result<std::string, JwsError> Jws::verify(const PublicKey& key) const {
  if (key.kind() != kind_) return Failure{JwsError::Algorithm};
  if (!key.verify(signed_, signature_)) return Failure{JwsError::Signature};
  return payload_;
}

std::optional<std::vector<NamedKey>> read_key_set(std::string_view json) {
  dom::parser parser(kMostBytes);
  dom::array keys;
  if (json.size() > kMostBytes ||
      parser.parse(simdjson::padded_string(json))["keys"].get(keys) != simdjson::SUCCESS)
    return std::nullopt;
  std::vector<NamedKey> out;
  for (const dom::element element : keys) {
    dom::object object;
    if (element.get(object)) continue;
    const auto use = text_in(object, "use"), named = text_in(object, "alg");
    if (!use.empty() && use != "sig") continue;
    auto key = PublicKey::from_jwk(simdjson::minify(element));
    if (!key || (!named.empty() && named != algorithm(key->kind()))) continue;
    out.push_back({std::string(text_in(object, "kid")), std::move(*key)});
  }
  return out;
}

}  // namespace crypto
