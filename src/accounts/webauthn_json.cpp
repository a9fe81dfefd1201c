// The JSON around WebAuthn: client data, and the browser's answers.
#include <simdjson.h>

#include "accounts/webauthn.h"
#include "crypto/base64.h"

namespace accounts {
namespace {

constexpr std::size_t kMostJson = 64 << 10;

using Element = simdjson::dom::element;

// A text member; nothing when it is absent or something else.
std::optional<std::string> text_of(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  if (object[name].get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

// The same, of base64url; "" for one that is absent, nothing for one that is broken.
std::optional<std::string> bytes_of(const simdjson::dom::object& object, std::string_view name) {
  const auto text = text_of(object, name);
  if (!text) return std::string();
  return crypto::from_base64url(*text);
}

// One member with one name, whoever reads it: a second "challenge" would be another's to see.
bool has_twins(const simdjson::dom::object& object) {
  std::vector<std::string_view> names;
  for (const auto& member : object) names.push_back(member.key);
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

std::string transports_of(const simdjson::dom::object& response) {
  simdjson::dom::array list;
  std::string words;
  if (response["transports"].get_array().get(list) != simdjson::SUCCESS) return words;
  for (const auto& one : list) {
    std::string_view word;
    if (one.get_string().get(word) != simdjson::SUCCESS || word.size() > 20 || words.size() > 100)
      continue;
    if (!std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }))
      continue;
    if (!words.empty()) words += ' ';
    words += word;
  }
  return words;
}

}  // namespace

base::Result<ClientData, WebauthnFault> read_client_data(std::string_view json) {
  const base::Failure malformed{WebauthnFault::Malformed};
  if (json.size() > kMostJson) return malformed;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS ||
      has_twins(object))
    return malformed;
  const auto type = text_of(object, "type"), challenge = text_of(object, "challenge"),
             origin = text_of(object, "origin");
  if (!type || !challenge || !origin) return malformed;
  const auto bytes = crypto::from_base64url(*challenge);
  if (!bytes) return malformed;
  ClientData data{*type, *bytes, *origin, false};
  Element cross;
  if (object["crossOrigin"].get(cross) == simdjson::SUCCESS &&
      cross.get_bool().get(data.is_cross_origin) != simdjson::SUCCESS)
    return malformed;
  return data;
}

base::Result<Answer, WebauthnFault> read_answer(std::string_view json) {
  const base::Failure malformed{WebauthnFault::Malformed};
  if (json.size() > kMostJson) return malformed;
  simdjson::dom::parser parser;
  simdjson::dom::object object, response;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS ||
      object["response"].get_object().get(response) != simdjson::SUCCESS ||
      text_of(object, "type") != "public-key")
    return malformed;
  const auto id = bytes_of(object, "id"), client = bytes_of(response, "clientDataJSON"),
             attestation = bytes_of(response, "attestationObject"),
             data = bytes_of(response, "authenticatorData"),
             signature = bytes_of(response, "signature"), handle = bytes_of(response, "userHandle");
  if (!id || id->empty() || !client || client->empty() || !attestation || !data || !signature ||
      !handle)
    return malformed;
  return Answer{*id, *client, *attestation, transports_of(response), *data, *signature, *handle};
}

}  // namespace accounts
