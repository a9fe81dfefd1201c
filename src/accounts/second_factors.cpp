#include "accounts/second_factors.h"

#include "accounts/person_rows.h"
#include "base/random.h"
#include "base/text.h"
#include "personal/secret.h"

namespace accounts {
namespace {

constexpr std::string_view kRecoveryScope = "recovery-code";
constexpr int kCodes = 10;
constexpr std::size_t kSecretBytes = 20;  // RFC 4226 4 R6: 160 bits

using TotpSecret = personal::Personal<std::string, personal::field::TotpSecret>;

// Nothing that looks like another: no 0, 1, i, l. 60 bits that can be read out over a telephone.
constexpr std::string_view kLetters = "23456789bcdfghjkmnpqrstvwxyzaeuo";

// What was typed, without dashes and spaces.
std::string bare(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (base::is_letter(c) || base::is_digit(c)) out += base::to_lower(c);
  }
  return out;
}

struct Held {
  TotpSecret secret;
  personal::SubjectId subject = 0;
  bool is_confirmed = false;
  std::int64_t last_step = 0;
};
std::optional<Held> held(store::Tx& tx, const Context& context, std::int64_t person_id) {
  auto rows = tx.query(
      fmt::format("SELECT a.sealed, a.confirmed_at, a.last_step, p.subject FROM authenticators a "
                  "JOIN people p ON p.account_id = 0 AND p.person_id = a.person_id WHERE "
                  "a.account_id = 0 AND a.person_id = $1{}",
                  tx.hold_rows()),
      person_id);
  if (!rows.next()) return std::nullopt;
  const auto envelope =
      context.vault.unseal({"authenticators", 0, row_of(person_id)}, rows.integer(3), rows.blob(0));
  if (!envelope) return std::nullopt;
  return Held{envelope->take<personal::field::TotpSecret>(), rows.integer(3), !rows.is_null(1),
              rows.integer(2)};
}

// The step that the code is of, noted, so that it counts once.
bool use_totp(store::Tx& tx, const Context& context, std::int64_t person_id, const Held& mine,
              std::string_view code) {
  personal::Access<personal::Purpose::SignIn> access(
      context.ledger, {personal::ActorKind::Member, person_id}, 0, "second_factors.use");
  access.about(mine.subject);
  const auto step =
      match_totp(open(mine.secret, access), code, context.clock.now(), mine.last_step);
  access.record(tx);
  if (!step) return false;
  return tx.execute(
             "UPDATE authenticators SET last_step = $2 WHERE account_id = 0 AND person_id = "
             "$1 AND last_step < $2",
             person_id, *step) > 0;
}

void tell(store::Tx& tx, const Context& context, std::int64_t person_id, std::string_view change) {
  const auto person = People(context).find_in(tx, person_id);
  if (person)
    write_with_link(tx, context, *person, "second-factor", link::kSecurity, {},
                    {{"change", std::string(change)}});
}

}  // namespace

bool SecondFactors::has_totp(store::Tx& tx, std::int64_t person_id) {
  return tx
      .query(
          "SELECT 1 FROM authenticators WHERE account_id = 0 AND person_id = $1 AND "
          "confirmed_at IS NOT NULL",
          person_id)
      .next();
}

base::Task<SecondFactors::State> SecondFactors::state(std::int64_t person_id) {
  auto work = [&](store::Tx& tx) {
    State state;
    state.has_totp = has_totp(tx, person_id);
    auto codes = tx.query(
        "SELECT COUNT(*) FROM recovery_codes WHERE account_id = 0 AND person_id "
        "= $1 AND used_at IS NULL",
        person_id);
    codes.next();
    state.recovery_codes_left = static_cast<int>(codes.integer(0));
    auto keys = tx.query("SELECT COUNT(*) FROM passkeys WHERE account_id = 0 AND person_id = $1",
                         person_id);
    keys.next();
    state.passkeys = static_cast<int>(keys.integer(0));
    return state;
  };
  co_return co_await context_.database.read(work);
}

base::Task<std::optional<SecondFactors::Offer>> SecondFactors::offer_totp(std::int64_t person_id,
                                                                          std::string issuer) {
  std::string secret(kSecretBytes, '\0');
  base::fill_random({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  People people(context_);
  auto work = [&](store::Tx& tx) -> std::optional<Offer> {
    const auto person = people.find_in(tx, person_id);
    if (!person || has_totp(tx, person_id)) return std::nullopt;
    personal::Envelope envelope;
    envelope.put(TotpSecret(secret, personal::Label(personal::Source::Buyer)));
    const auto sealed =
        context_.vault.seal({"authenticators", 0, row_of(person_id)}, person->subject, envelope)
            .value();
    tx.execute(
        "INSERT INTO authenticators (account_id, person_id, sealed, created_at, last_step) "
        "VALUES (0, $1, $2, $3, 0) ON CONFLICT (account_id, person_id) DO UPDATE SET sealed "
        "= excluded.sealed, created_at = excluded.created_at",
        person_id, store::Blob{sealed}, context_.clock.now());
    personal::Access<personal::Purpose::SignIn> access(
        context_.ledger, {personal::ActorKind::Member, person_id}, 0, "second_factors.offer");
    access.about(person->subject);
    Offer offer{to_base32(secret), totp_uri(secret, issuer, open(person->email, access))};
    access.record(tx);
    return offer;
  };
  auto offer = co_await context_.database.write(work);
  personal::wipe(secret);
  co_return offer;
}

std::vector<std::string> SecondFactors::make_codes(store::Tx& tx, std::int64_t person_id) {
  const auto now = context_.clock.now();
  tx.execute("DELETE FROM recovery_codes WHERE account_id = 0 AND person_id = $1", person_id);
  std::vector<std::string> codes;
  while (codes.size() < kCodes) {
    std::array<std::uint8_t, 12> raw{};
    base::fill_random(raw);
    std::string code;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (i == 4 || i == 8) code += '-';
      code += kLetters[raw[i] % kLetters.size()];
    }
    const auto hash = token_hash(context_.vault, kRecoveryScope, row_of(person_id) + bare(code));
    tx.execute(
        "INSERT INTO recovery_codes (account_id, person_id, code_hash, created_at) VALUES "
        "(0, $1, $2, $3)",
        person_id, store::Blob{bytes(hash)}, now);
    codes.push_back(std::move(code));
  }
  return codes;
}

base::Task<std::optional<std::vector<std::string>>> SecondFactors::confirm_totp(
    std::int64_t person_id, std::string code, Origin origin) {
  using Codes = std::optional<std::vector<std::string>>;
  auto work = [&](store::Tx& tx) -> Codes {
    const auto mine = held(tx, context_, person_id);
    if (!mine || mine->is_confirmed || !use_totp(tx, context_, person_id, *mine, code))
      return std::nullopt;
    tx.execute(
        "UPDATE authenticators SET confirmed_at = $2 WHERE account_id = 0 AND person_id = "
        "$1",
        person_id, context_.clock.now());
    log_.note(tx, SecurityEvent::TotpOn, person_id, origin);
    tell(tx, context_, person_id, "totp_on");
    return make_codes(tx, person_id);
  };
  co_return co_await context_.database.write(work);
}

base::Task<bool> SecondFactors::remove_totp(std::int64_t person_id, Origin origin) {
  auto work = [&](store::Tx& tx) {
    if (tx.execute("DELETE FROM authenticators WHERE account_id = 0 AND person_id = $1",
                   person_id) == 0)
      return false;
    tx.execute("DELETE FROM recovery_codes WHERE account_id = 0 AND person_id = $1", person_id);
    log_.note(tx, SecurityEvent::TotpOff, person_id, origin);
    tell(tx, context_, person_id, "totp_off");
    return true;
  };
  co_return co_await context_.database.write(work);
}

base::Task<std::vector<std::string>> SecondFactors::new_recovery_codes(std::int64_t person_id,
                                                                       Origin origin) {
  auto work = [&](store::Tx& tx) {
    auto codes = make_codes(tx, person_id);
    log_.note(tx, SecurityEvent::RecoveryCodesMade, person_id, origin);
    tell(tx, context_, person_id, "recovery_new");
    return codes;
  };
  co_return co_await context_.database.write(work);
}

SecondFactors::Used SecondFactors::use(store::Tx& tx, std::int64_t person_id, std::string_view code,
                                       const Origin& origin) {
  const auto mine = held(tx, context_, person_id);
  if (mine && mine->is_confirmed && use_totp(tx, context_, person_id, *mine, code))
    return Used::Totp;
  const auto hash = token_hash(context_.vault, kRecoveryScope, row_of(person_id) + bare(code));
  if (tx.execute("UPDATE recovery_codes SET used_at = $3 WHERE account_id = 0 AND person_id = $1 "
                 "AND code_hash = $2 AND used_at IS NULL",
                 person_id, store::Blob{bytes(hash)}, context_.clock.now()) == 0) {
    log_.note(tx, SecurityEvent::SecondFactorFailed, person_id, origin);
    return Used::No;
  }
  log_.note(tx, SecurityEvent::RecoveryCodeUsed, person_id, origin);
  tell(tx, context_, person_id, "recovery_used");
  return Used::RecoveryCode;
}

}  // namespace accounts
