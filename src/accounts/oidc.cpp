#include "accounts/oidc.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "accounts/id_token.h"
#include "accounts/percent.h"
#include "accounts/person_rows.h"
#include "accounts/tokens.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/jws.h"

namespace accounts {
namespace {

constexpr std::chrono::minutes kFlow{10};  // from leaving to coming back
constexpr std::chrono::hours kKept{1};     // what a provider says about itself
constexpr std::chrono::minutes kApart{1};  // between two looks for a key that we do not know
constexpr std::size_t kMostBytes = 256 << 10;

std::string kind_of(const Provider& provider) { return "oidc:" + provider.name; }

std::string query_of(const std::vector<std::pair<std::string_view, std::string>>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += percent_encoded(value);
  }
  return out;
}

}  // namespace

struct Oidc::State {
  struct Known {
    Discovery discovery;
    std::vector<crypto::NamedKey> keys;
    base::Instant fetched_at{}, keys_at{};
  };

  Context context;
  http::Client& client;
  std::vector<Provider> providers;
  SecurityLog& log;
  std::mutex mutex;
  std::map<std::string, Known, std::less<>> known;

  const Provider* find(std::string_view name) const {
    const auto found = std::ranges::find(providers, name, &Provider::name);
    return found == providers.end() ? nullptr : &*found;
  }
  // Both are made of the state, so that nothing needs to be kept: it comes back once, or never.
  std::string derived(std::string_view use, std::string_view state) const {
    return crypto::to_base64url(bytes(token_hash(context.vault, use, state)));
  }
  std::string nonce(std::string_view state) const { return derived("oidc-nonce", state); }
  std::string verifier(std::string_view state) const { return derived("oidc-verifier", state); }

  std::optional<Known> recall(const Provider& provider) {
    const std::lock_guard lock(mutex);
    const auto found = known.find(provider.name);
    if (found == known.end() || context.clock.now() - found->second.fetched_at >= kKept)
      return std::nullopt;
    return found->second;
  }
  void remember(const Provider& provider, const Known& what) {
    const std::lock_guard lock(mutex);
    known.insert_or_assign(provider.name, what);
  }

  http::Call call_to(const Provider& provider, std::string url) const {
    http::Call call;
    call.url = std::move(url);
    call.deadline = std::chrono::seconds(10);
    call.most_bytes = kMostBytes;
    call.may_be_private = provider.may_be_private;
    call.headers.emplace_back("Accept", "application/json");
    return call;
  }
  base::Task<std::optional<std::string>> fetch(http::Call call) {
    const auto reply = co_await client.call(std::move(call));
    if (!reply || reply->status != 200) co_return std::nullopt;
    co_return reply->body;
  }

  base::Task<std::optional<Known>> about(const Provider& provider) {
    if (auto there = recall(provider)) co_return there;
    const auto json =
        co_await fetch(call_to(provider, provider.issuer + "/.well-known/openid-configuration"));
    if (!json) co_return std::nullopt;
    const auto discovery = read_discovery(*json, provider.issuer);
    if (!discovery) co_return std::nullopt;
    Known what{*discovery, {}, context.clock.now(), {}};
    remember(provider, what);
    co_return what;
  }

  // The provider's key of this name; looked for again when it is new to us, but not without end.
  base::Task<std::optional<crypto::PublicKey>> key_of(const Provider& provider, Known what,
                                                      std::string name) {
    const auto pick = [&]() -> std::optional<crypto::PublicKey> {
      for (const auto& key : what.keys) {
        if (key.name == name || (name.empty() && what.keys.size() == 1)) return key.key;
      }
      return std::nullopt;
    };
    if (auto key = pick()) co_return key;
    if (context.clock.now() - what.keys_at < kApart) co_return std::nullopt;
    const auto json = co_await fetch(call_to(provider, what.discovery.keys));
    if (!json) co_return std::nullopt;
    auto keys = crypto::read_key_set(*json);
    if (!keys) co_return std::nullopt;
    what.keys = std::move(*keys);
    what.keys_at = context.clock.now();
    remember(provider, what);
    co_return pick();
  }

  base::Task<std::optional<std::string>> exchange(const Provider& provider, const Known& what,
                                                  const Back& back) {
    auto call = call_to(provider, what.discovery.token);
    call.method = "POST";
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    std::vector<std::pair<std::string_view, std::string>> form{
        {"grant_type", "authorization_code"},
        {"code", back.code},
        {"redirect_uri", back.return_url},
        {"code_verifier", verifier(back.state)}};
    if (what.discovery.takes_basic) {
      // RFC 6749 2.3.1: both are form-encoded before they are joined.
      const auto pair =
          percent_encoded(provider.client_id) + ":" + percent_encoded(provider.client_secret);
      call.headers.emplace_back("Authorization", "Basic " + base::to_base64(pair));
    } else {
      form.emplace_back("client_id", provider.client_id);
      form.emplace_back("client_secret", provider.client_secret);
    }
    call.body = query_of(form);
    const auto json = co_await fetch(std::move(call));
    if (!json) co_return std::nullopt;
    co_return read_token_answer(*json);
  }

  base::Result<Found, OidcFault> settle(store::Tx& tx, const Provider& provider,
                                        const IdToken& token, std::int64_t signed_in);
};

Oidc::Oidc(const Context& context, http::Client& client, std::vector<Provider> providers,
           SecurityLog& log)
    : state_(new State{context, client, std::move(providers), log, {}, {}}) {}
Oidc::~Oidc() = default;

const std::vector<Provider>& Oidc::providers() const { return state_->providers; }

std::string_view word(OidcFault fault) {
  constexpr std::array<std::string_view, 8> kWords = {
      "unknown_provider", "unreachable", "wrong_state", "denied",
      "wrong_issuer",     "bad_token",   "no_address",  "address_taken"};
  return kWords[static_cast<std::size_t>(fault)];
}

base::Task<base::Result<Oidc::Begun, OidcFault>> Oidc::begin(std::string name,
                                                             std::string return_url) {
  auto& s = *state_;
  const auto* provider = s.find(name);
  if (provider == nullptr) co_return base::Failure{OidcFault::UnknownProvider};
  const auto what = co_await s.about(*provider);
  if (!what) co_return base::Failure{OidcFault::Unreachable};
  const auto state = new_token();
  auto keep = [&](store::Tx& tx) {
    keep_one_time(tx, s.context, kind_of(*provider), state, 0, kFlow);
  };
  co_await s.context.database.write(keep);
  const auto& where = what->discovery.authorization;
  auto url = where + (where.find('?') == std::string::npos ? '?' : '&') +
             query_of({{"response_type", "code"},
                       {"client_id", provider->client_id},
                       {"redirect_uri", return_url},
                       {"scope", "openid email profile"},
                       {"state", state},
                       {"nonce", s.nonce(state)},
                       {"code_challenge", crypto::to_base64url(crypto::sha256(s.verifier(state)))},
                       {"code_challenge_method", "S256"}});
  co_return Begun{std::move(url), state};
}

base::Task<base::Result<Oidc::Found, OidcFault>> Oidc::finish(Back back) {
  using base::Failure;
  auto& s = *state_;
  const auto* provider = s.find(back.provider);
  if (provider == nullptr) co_return Failure{OidcFault::UnknownProvider};
  // Begun in this browser, by the cookie; and once, by the row.
  auto use = [&](store::Tx& tx) {
    return use_one_time(tx, s.context, kind_of(*provider), back.state).has_value();
  };
  const bool is_ours = co_await s.context.database.write(use);
  if (!is_ours || !crypto::equal(back.state, back.state_cookie))
    co_return Failure{OidcFault::WrongState};
  if (!back.error.empty() || back.code.empty()) co_return Failure{OidcFault::Denied};
  const auto what = co_await s.about(*provider);
  if (!what) co_return Failure{OidcFault::Unreachable};
  if (back.issuer.empty() ? what->discovery.names_issuer : back.issuer != provider->issuer)
    co_return Failure{OidcFault::WrongIssuer};
  const auto compact = co_await s.exchange(*provider, *what, back);
  if (!compact) co_return Failure{OidcFault::Unreachable};
  const auto jws = crypto::Jws::parse(*compact);
  if (!jws) co_return Failure{OidcFault::BadToken};
  const auto key = co_await s.key_of(*provider, *what, jws->header().key);
  if (!key) co_return Failure{OidcFault::BadToken};
  const auto payload = jws->verify(*key);
  if (!payload) co_return Failure{OidcFault::BadToken};
  const auto token =
      read_id_token(*payload, {provider->issuer, provider->client_id, s.nonce(back.state)},
                    s.context.clock.now());
  if (!token) co_return Failure{OidcFault::BadToken};
  auto settle = [&](store::Tx& tx) {
    return s.settle(tx, *provider, *token, back.signed_in_person);
  };
  co_return co_await s.context.database.write(settle);
}

base::Result<Oidc::Found, OidcFault> Oidc::State::settle(store::Tx& tx, const Provider& provider,
                                                         const IdToken& token,
                                                         std::int64_t signed_in) {
  using base::Failure;
  const auto now = context.clock.now();
  const auto subject = token_hash(context.vault, kind_of(provider), token.subject);
  auto rows = tx.query(
      "SELECT person_id FROM identities WHERE account_id = 0 AND provider = $1 "
      "AND subject_hash = $2",
      provider.name, store::Blob{bytes(subject)});
  if (rows.next()) {
    const auto person_id = rows.integer(0);
    if (signed_in != 0 && signed_in != person_id) return Failure{OidcFault::AddressTaken};
    tx.execute(
        "UPDATE identities SET last_used_at = $3 WHERE account_id = 0 AND provider = $1 AND "
        "subject_hash = $2",
        provider.name, store::Blob{bytes(subject)}, now);
    return Found{person_id, false, {}, {}};
  }
  auto person_id = signed_in;
  if (person_id == 0) {
    if (!token.is_email_verified || !looks_like_email(token.email))
      return Failure{OidcFault::NoAddress};
    const auto theirs = People(context).find_by_email_in(tx, token.email);
    if (!theirs) return Found{0, false, token.email, token.name};
    // Whoever runs the provider could say any address: only the operator can vouch for that.
    if (!provider.is_trusted_for_addresses) return Failure{OidcFault::AddressTaken};
    person_id = *theirs;
  }
  tx.execute(
      "INSERT INTO identities (account_id, provider, subject_hash, person_id, created_at, "
      "last_used_at) VALUES (0, $1, $2, $3, $4, $4)",
      provider.name, store::Blob{bytes(subject)}, person_id, now);
  return Found{person_id, true, {}, {}};
}

base::Task<std::vector<Oidc::Identity>> Oidc::list(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<Identity> all;
    auto rows = tx.query(
        "SELECT provider, created_at, last_used_at FROM identities WHERE "
        "account_id = 0 AND person_id = $1 ORDER BY provider, created_at",
        person_id);
    while (rows.next())
      all.push_back({std::string(rows.text(0)), rows.instant(1), rows.instant(2)});
    return all;
  };
  co_return co_await state_->context.database.read(work);
}

base::Task<bool> Oidc::disconnect(std::int64_t person_id, std::string provider) {
  auto work = [&](store::Tx& tx) {
    // Not the last way in.
    auto ways = tx.query(
        "SELECT (SELECT COUNT(*) FROM people WHERE account_id = 0 AND person_id = $1 AND password "
        "IS NOT NULL) + (SELECT COUNT(*) FROM passkeys WHERE account_id = 0 AND person_id = $1) + "
        "(SELECT COUNT(*) FROM identities WHERE account_id = 0 AND person_id = $1 AND provider <> "
        "$2)",
        person_id, provider);
    ways.next();
    if (ways.integer(0) == 0) return false;
    return tx.execute(
               "DELETE FROM identities WHERE account_id = 0 AND person_id = $1 AND provider "
               "= $2",
               person_id, provider) > 0;
  };
  co_return co_await state_->context.database.write(work);
}

}  // namespace accounts
