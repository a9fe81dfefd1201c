#include "accounts/passkeys.h"

#include "accounts/person_rows.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

namespace accounts {
namespace {

constexpr std::string_view kAdding = "passkey-add";
constexpr std::string_view kSigningIn = "passkey-sign-in";
constexpr std::chrono::minutes kLife{5};
constexpr std::size_t kLongestLabel = 100;

using PasskeyLabel = personal::Personal<std::string, personal::field::PasskeyLabel>;

// What authenticators know a person by: says nothing about them, and stays the same.
std::string user_handle(const Context& context, std::int64_t person_id) {
  return std::string(bytes(token_hash(context.vault, "user-handle", row_of(person_id))));
}

std::string seal_label(const Context& context, std::string_view credential,
                       personal::SubjectId subject, std::string_view label) {
  auto text = std::string(base::trim(label).substr(0, kLongestLabel));
  while (!base::is_utf8(text)) text.pop_back();
  if (text.empty()) text = "Passkey";
  personal::Envelope envelope;
  envelope.put(PasskeyLabel(text, personal::Label(personal::Source::Buyer)));
  return context.vault.seal({"passkeys", 0, credential}, subject, envelope).value();
}

void put_descriptors(base::JsonWriter& json, store::Tx& tx, std::int64_t person_id) {
  auto rows = tx.query(
      "SELECT credential, transports FROM passkeys WHERE account_id = 0 AND "
      "person_id = $1 ORDER BY created_at",
      person_id);
  while (rows.next()) {
    json.begin_object().key("type").value("public-key");
    json.key("id").value(crypto::to_base64url(rows.blob(0)));
    json.key("transports").begin_array();
    auto words = rows.text(1);
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      json.value(words.substr(0, end));
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    json.end_array().end_object();
  }
}

// Uses the answer's challenge up; its bytes when it was one of ours.
std::optional<std::pair<std::string, std::int64_t>> take_challenge(store::Tx& tx,
                                                                   const Context& context,
                                                                   std::string_view kind,
                                                                   const Answer& answer) {
  const auto client = read_client_data(answer.client_data_json);
  if (!client) return std::nullopt;
  const auto once = use_one_time(tx, context, kind, crypto::to_base64url(client->challenge));
  if (!once) return std::nullopt;
  return std::pair(client->challenge, once->person_id);
}

void tell(store::Tx& tx, const Context& context, const Person& person, std::string_view change) {
  write_with_link(tx, context, person, "second-factor", link::kSecurity, {},
                  {{"change", std::string(change)}});
}

}  // namespace

base::Task<std::string> Passkeys::begin_adding(std::int64_t person_id) {
  const auto challenge = new_token();
  People people(context_);
  auto work = [&](store::Tx& tx) -> std::string {
    const auto person = people.find_in(tx, person_id);
    if (!person) return "{}";
    keep_one_time(tx, context_, kAdding, challenge, person_id, kLife);
    personal::Access<personal::Purpose::SignIn> access(
        context_.ledger, {personal::ActorKind::Member, person_id}, 0, "passkeys.begin_adding");
    access.about(person->subject);
    const auto& email = open(person->email, access);
    const auto& name = open(person->name, access);
    base::JsonWriter json;
    json.begin_object().key("rp").begin_object().key("id").value(party_.id);
    json.key("name").value(party_.name).end_object();
    json.key("user").begin_object();
    json.key("id").value(crypto::to_base64url(user_handle(context_, person_id)));
    json.key("name").value(email).key("displayName").value(name.empty() ? email : name);
    json.end_object().key("challenge").value(challenge).key("pubKeyCredParams").begin_array();
    for (const int algorithm : {kEs256, kEdDsa, kRs256})
      json.begin_object().key("type").value("public-key").key("alg").value(algorithm).end_object();
    json.end_array().key("timeout").value(300'000).key("excludeCredentials").begin_array();
    put_descriptors(json, tx, person_id);
    json.end_array().key("authenticatorSelection").begin_object();
    json.key("residentKey").value("required").key("requireResidentKey").value(true);
    json.key("userVerification").value("required").end_object();
    json.key("attestation").value("none").end_object();
    access.record(tx);
    return std::move(json).text();
  };
  co_return co_await context_.database.write(work);
}

base::Task<base::Outcome<WebauthnFault>> Passkeys::finish_adding(std::int64_t person_id,
                                                                 std::string answer_json,
                                                                 std::string label, Origin origin) {
  const auto answer = read_answer(answer_json);
  if (!answer) co_return base::Failure{answer.error()};
  People people(context_);
  using Done = base::Outcome<WebauthnFault>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto challenge = take_challenge(tx, context_, kAdding, *answer);
    if (!challenge || challenge->second != person_id)
      return base::Failure{WebauthnFault::WrongChallenge};
    const auto made = verify_registration(party_, challenge->first, answer->client_data_json,
                                          answer->attestation_object);
    if (!made) return base::Failure{made.error()};
    if (made->id != answer->id) return base::Failure{WebauthnFault::Malformed};
    const auto person = people.find_in(tx, person_id);
    if (!person) return base::Failure{WebauthnFault::Unknown};
    const auto sealed = seal_label(context_, made->id, person->subject, label);
    if (tx.execute("INSERT INTO passkeys (account_id, person_id, credential, public_key, counter, "
                   "is_synced, transports, sealed, created_at) VALUES (0, $1, $2, $3, $4, $5, $6, "
                   "$7, $8) ON CONFLICT (credential) DO NOTHING",
                   person_id, store::Blob{made->id}, store::Blob{made->public_key}, made->counter,
                   made->is_synced ? 1 : 0, answer->transports, store::Blob{sealed},
                   context_.clock.now()) == 0)
      return base::Failure{WebauthnFault::Taken};
    log_.note(tx, SecurityEvent::PasskeyAdded, person_id, origin);
    tell(tx, context_, *person, "passkey_on");
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::string> Passkeys::begin_sign_in() {
  const auto challenge = new_token();
  auto work = [&](store::Tx& tx) { keep_one_time(tx, context_, kSigningIn, challenge, 0, kLife); };
  co_await context_.database.write(work);
  base::JsonWriter json;
  json.begin_object().key("challenge").value(challenge).key("timeout").value(300'000);
  json.key("rpId").value(party_.id).key("allowCredentials").begin_array().end_array();
  json.key("userVerification").value("required").end_object();
  co_return std::move(json).text();
}

base::Task<base::Result<std::int64_t, WebauthnFault>> Passkeys::finish_sign_in(
    std::string answer_json, Origin origin) {
  const auto answer = read_answer(answer_json);
  if (!answer) co_return base::Failure{answer.error()};
  People people(context_);
  using Done = base::Result<std::int64_t, WebauthnFault>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto challenge = take_challenge(tx, context_, kSigningIn, *answer);
    if (!challenge) return base::Failure{WebauthnFault::WrongChallenge};
    auto rows = tx.query(
        fmt::format("SELECT person_id, public_key, counter FROM passkeys WHERE credential = $1{}",
                    tx.hold_rows()),
        store::Blob{answer->id});
    if (!rows.next()) return base::Failure{WebauthnFault::Unknown};
    const auto person_id = rows.integer(0);
    const KnownCredential known{std::string(rows.blob(1)),
                                static_cast<std::uint32_t>(rows.integer(2))};
    // 7.2, step 6: nobody was named, so the authenticator says whose it is.
    if (!crypto::equal(answer->user_handle, user_handle(context_, person_id)))
      return base::Failure{WebauthnFault::Unknown};
    const auto seen = verify_assertion(party_, challenge->first, known, answer->client_data_json,
                                       answer->authenticator_data, answer->signature);
    if (!seen) {
      const bool is_cloned = seen.error() == WebauthnFault::Cloned;
      log_.note(tx, is_cloned ? SecurityEvent::PasskeyCloned : SecurityEvent::SignInFailed,
                person_id, origin);
      return base::Failure{seen.error()};
    }
    tx.execute(
        "UPDATE passkeys SET counter = $3, is_synced = $4, last_used_at = $5 WHERE "
        "account_id = 0 AND person_id = $1 AND credential = $2",
        person_id, store::Blob{answer->id}, seen->counter, seen->is_synced ? 1 : 0,
        context_.clock.now());
    return person_id;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::vector<Passkey>> Passkeys::list(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) {
    std::vector<Passkey> all;
    auto rows = tx.query(
        "SELECT k.credential, k.sealed, k.is_synced, k.created_at, k.last_used_at, p.subject FROM "
        "passkeys k JOIN people p ON p.account_id = 0 AND p.person_id = k.person_id WHERE "
        "k.account_id = 0 AND k.person_id = $1 ORDER BY k.created_at, k.credential",
        person_id);
    while (rows.next()) {
      Passkey one;
      one.credential = rows.blob(0);
      one.subject = rows.integer(5);
      const auto envelope =
          context_.vault.unseal({"passkeys", 0, one.credential}, one.subject, rows.blob(1));
      if (envelope) one.label = envelope->take<personal::field::PasskeyLabel>();
      one.is_synced = rows.integer(2) != 0;
      one.created_at = rows.instant(3);
      if (!rows.is_null(4)) one.last_used_at = rows.instant(4);
      all.push_back(std::move(one));
    }
    return all;
  };
  co_return co_await context_.database.read(work);
}

base::Task<bool> Passkeys::rename(std::int64_t person_id, std::string credential,
                                  std::string label) {
  People people(context_);
  auto work = [&](store::Tx& tx) {
    const auto person = people.find_in(tx, person_id);
    if (!person) return false;
    const auto sealed = seal_label(context_, credential, person->subject, label);
    return tx.execute(
               "UPDATE passkeys SET sealed = $3 WHERE account_id = 0 AND person_id = $1 AND "
               "credential = $2",
               person_id, store::Blob{credential}, store::Blob{sealed}) > 0;
  };
  co_return co_await context_.database.write(work);
}

base::Task<bool> Passkeys::remove(std::int64_t person_id, std::string credential, Origin origin) {
  People people(context_);
  auto work = [&](store::Tx& tx) {
    const auto person = people.find_in(tx, person_id);
    if (!person) return false;
    auto ways = tx.query(
        "SELECT (SELECT COUNT(*) FROM passkeys WHERE person_id = $1) + (SELECT COUNT(*) FROM "
        "identities WHERE person_id = $1)",
        person_id);
    ways.next();
    if (!person->has_password && ways.integer(0) < 2) return false;
    if (tx.execute("DELETE FROM passkeys WHERE account_id = 0 AND person_id = $1 AND credential = "
                   "$2",
                   person_id, store::Blob{credential}) == 0)
      return false;
    log_.note(tx, SecurityEvent::PasskeyRemoved, person_id, origin);
    tell(tx, context_, *person, "passkey_off");
    return true;
  };
  co_return co_await context_.database.write(work);
}

}  // namespace accounts
