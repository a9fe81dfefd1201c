#include "mailbox/oauth.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <initializer_list>

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "personal/secret.h"

namespace mailbox {
namespace {

constexpr std::chrono::minutes kFlow{10};  // from leaving to coming back
constexpr std::size_t kMostOfAnswer = 64 << 10;

using Pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string form_of(const Pairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += fmt::format("{}={}", name, percent_encoded(value));
  }
  return out;
}

std::string text_of(simdjson::dom::object object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// Every scope that was granted must be one that was asked for.
bool is_within(std::string_view granted, const Provider& provider) {
  while (!(granted = base::trim(granted)).empty()) {
    const auto end = std::min(granted.find(' '), granted.size());
    const auto one = granted.substr(0, end);
    granted.remove_prefix(end);
    if (std::ranges::find(provider.scopes, one, &Scope::name) == provider.scopes.end())
      return false;
  }
  return true;
}

}  // namespace

OAuth::Tokens::~Tokens() {
  personal::wipe(access);
  personal::wipe(refresh);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Fault fault_of(http::CallError error) {
  switch (error) {
    case http::CallError::Refused:
    case http::CallError::BadCall:
      return Fault::Refused;
    case http::CallError::Tls:
      return Fault::Tls;
    case http::CallError::TooLarge:
    case http::CallError::Broken:
      return Fault::Broken;
    case http::CallError::Stopped:
      return Fault::Stopped;
    case http::CallError::Overload:
      return Fault::Busy;
    default:
      return Fault::Unreachable;
  }
}

std::string OAuth::derived(std::string_view use, std::string_view text) const {
  const auto hash = vault_.keyed_hash(0, use, text);
  return crypto::to_base64url({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

OAuth::Begun OAuth::begin(const Provider& provider, std::int64_t account_id, std::int64_t person_id,
                          std::string_view return_url) const {
  std::array<std::uint8_t, 16> random{};
  base::fill_random(random);
  const auto said = fmt::format("{}.{}.{}.{}", base::to_micros(clock_.now() + kFlow), account_id,
                                person_id, base::to_hex(random));
  Begun begun;
  begun.state = said + "." + derived("mailbox-state", provider.id + "/" + said);
  begun.cookie = derived("mailbox-cookie", begun.state);
  const auto verifier = derived("mailbox-verifier", begun.state);
  const auto asked = provider.asked();
  const auto challenge = crypto::to_base64url(crypto::sha256(verifier));
  begun.url = provider.authorize + "?" +
              form_of({{"response_type", "code"},
                       {"client_id", provider.client_id},
                       {"redirect_uri", return_url},
                       {"scope", asked},
                       {"state", begun.state},
                       {"code_challenge", challenge},
                       {"code_challenge_method", "S256"},
                       // So that a refresh token comes, each time (Google's words for it).
                       {"access_type", "offline"},
                       {"prompt", "consent"}});
  return begun;
}

base::Result<OAuth::Tokens, Fault> OAuth::finish(const Provider& provider, const Back& back) const {
  const auto dot = back.state.rfind('.');
  if (dot == std::string::npos ||
      !crypto::equal(back.cookie, derived("mailbox-cookie", back.state)))
    return base::Failure{Fault::Denied};
  const auto said = back.state.substr(0, dot);
  if (!crypto::equal(back.state.substr(dot + 1),
                     derived("mailbox-state", provider.id + "/" + said)))
    return base::Failure{Fault::Denied};
  const auto until = std::strtoll(said.c_str(), nullptr, 10);
  const auto whose = fmt::format(".{}.{}.", back.account_id, back.person_id);
  if (until < base::to_micros(clock_.now()) ||
      said.compare(said.find('.'), whose.size(), whose) != 0)
    return base::Failure{Fault::Denied};
  // RFC 9207: who names themselves must be whom we asked.
  if (!back.issuer.empty() && back.issuer != provider.issuer) return base::Failure{Fault::Denied};
  if (!back.error.empty() || back.code.empty()) return base::Failure{Fault::Denied};
  const auto verifier = derived("mailbox-verifier", back.state);
  auto tokens = ask(provider, form_of({{"grant_type", "authorization_code"},
                                       {"code", back.code},
                                       {"redirect_uri", back.return_url},
                                       {"code_verifier", verifier},
                                       {"client_id", provider.client_id},
                                       {"client_secret", provider.client_secret}}));
  if (tokens && tokens->refresh.empty()) return base::Failure{Fault::Broken};
  return tokens;
}

base::Result<OAuth::Tokens, Fault> OAuth::renew(const Provider& provider,
                                                std::string_view refresh) const {
  return ask(provider, form_of({{"grant_type", "refresh_token"},
                                {"refresh_token", refresh},
                                {"client_id", provider.client_id},
                                {"client_secret", provider.client_secret}}));
}

base::Result<OAuth::Tokens, Fault> OAuth::ask(const Provider& provider, std::string form) const {
  http::Call call;
  call.method = "POST";
  call.url = provider.token;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Accept", "application/json"}};
  call.body = std::move(form);
  call.most_bytes = kMostOfAnswer;
  call.may_be_private = provider.may_be_private;
  auto reply = base::sync_wait(client_.call(std::move(call)));
  if (!reply) return base::Failure{fault_of(reply.error())};
  std::string body = reply->body;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const bool is_json = parser.parse(body).get(object) == simdjson::SUCCESS;
  Tokens tokens;
  std::string error;
  if (is_json) {
    tokens.access = text_of(object, "access_token");
    tokens.refresh = text_of(object, "refresh_token");
    tokens.scope = text_of(object, "scope");
    error = text_of(object, "error");
    std::int64_t seconds = 0;
    if (object["expires_in"].get(seconds) == simdjson::SUCCESS)
      tokens.lasts = std::chrono::seconds(seconds);
  }
  personal::wipe(body);
  if (reply->status == 400 || reply->status == 401)
    return base::Failure{error == "invalid_grant" ? Fault::Denied : Fault::Broken};
  if (reply->status == 429 || reply->status >= 500) return base::Failure{Fault::Busy};
  if (reply->status != 200 || tokens.access.empty()) return base::Failure{Fault::Broken};
  // More than was asked for is not taken either.
  if (!is_within(tokens.scope, provider)) return base::Failure{Fault::Broken};
  return tokens;
}

Fault OAuth::revoke(const Provider& provider, std::string_view token) const {
  http::Call call;
  call.method = "POST";
  call.url = provider.revoke;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  call.body = form_of({{"token", token},
                       {"token_type_hint", "refresh_token"},
                       {"client_id", provider.client_id},
                       {"client_secret", provider.client_secret}});
  call.most_bytes = kMostOfAnswer;
  call.may_be_private = provider.may_be_private;
  const auto reply = base::sync_wait(client_.call(std::move(call)));
  if (!reply) return fault_of(reply.error());
  if (reply->status == 200) return Fault::None;
  // Google says 400 invalid_token of one that was revoked already.
  if (reply->status == 400 && reply->body.find("invalid_token") != std::string::npos)
    return Fault::None;
  return reply->status == 429 || reply->status >= 500 ? Fault::Busy : Fault::Broken;
}

}  // namespace mailbox
