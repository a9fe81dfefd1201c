#include "accounts/sign_up.h"

#include "accounts/person_rows.h"
#include "base/text.h"

namespace accounts {
namespace {

constexpr std::string_view kScope = "sign-up";
constexpr std::chrono::hours kLife{48};
constexpr std::chrono::minutes kApart{60};  // between two letters to one address

using SignUpEmail = personal::Personal<std::string, personal::field::SignUpEmail>;

personal::Label typed() { return personal::Label(personal::Source::Buyer); }

struct Pending {
  personal::SubjectId subject = 0;
  SignUpEmail email;
  std::string language;
  Agreement agreement;
  base::Instant agreed_at{};
};

std::optional<Pending> find(store::Tx& tx, const Context& context, std::string_view token) {
  if (!looks_like_token(token)) return std::nullopt;
  const auto hash = token_hash(context.vault, kScope, token);
  auto rows = tx.query(
      "SELECT subject, sealed, language, policy, terms, age_stated_at FROM sign_ups WHERE "
      "account_id = 0 AND token_hash = $1 AND expires_at > $2",
      store::Blob{bytes(hash)}, context.clock.now());
  if (!rows.next()) return std::nullopt;
  const auto envelope =
      context.vault.unseal({"sign_ups", 0, bytes(hash)}, rows.integer(0), rows.blob(1));
  if (!envelope) return std::nullopt;
  return Pending{rows.integer(0),
                 envelope->take<personal::field::SignUpEmail>(),
                 std::string(rows.text(2)),
                 {std::string(rows.text(3)), std::string(rows.text(4)), true},
                 rows.instant(5)};
}

// Forgets what an earlier attempt with this address left; false while that one's letter is fresh.
bool clear_way(store::Tx& tx, const Context& context, const TokenHash& email) {
  const auto now = context.clock.now();
  auto rows = tx.query("SELECT subject, created_at FROM sign_ups WHERE email_hash = $1",
                       store::Blob{bytes(email)});
  if (!rows.next()) return true;
  if (rows.instant(1) + kApart > now) return false;
  const personal::SubjectId subject[] = {rows.integer(0)};
  tx.execute("DELETE FROM sign_ups WHERE email_hash = $1", store::Blob{bytes(email)});
  context.vault.forget(0, subject);
  return true;
}

void keep(store::Tx& tx, const Context& context, const SignUpRequest& request,
          personal::SubjectId subject) {
  const auto token = new_token();
  const auto hash = token_hash(context.vault, kScope, token);
  const auto now = context.clock.now();
  personal::Envelope envelope;
  envelope.put(SignUpEmail(request.email, typed()));
  const auto sealed = context.vault.seal({"sign_ups", 0, bytes(hash)}, subject, envelope).value();
  tx.execute(
      "INSERT INTO sign_ups (account_id, token_hash, email_hash, subject, sealed, language, "
      "age_stated_at, policy, terms, created_at, expires_at) VALUES (0, $1, $2, $3, $4, $5, "
      "$6, $7, $8, $6, $9) ON CONFLICT (email_hash) DO NOTHING",
      store::Blob{bytes(hash)}, store::Blob{bytes(email_hash(context, request.email))}, subject,
      store::Blob{sealed}, request.language, now, request.agreement.policy, request.agreement.terms,
      now + kLife);
  letters::Letter letter;
  letter.kind = "verify-email";
  letter.language = request.language;
  letter.to = letters::To(request.email, typed());
  letter.values = {{"link", link_to(context, link::kFinishSignUp, token)},
                   {"until", letter_time(now + kLife)}};
  letter.useful = kLife;
  context.letters.post(tx, letter);
}

}  // namespace

base::Task<base::Outcome<PersonError>> SignUps::ask(SignUpRequest request) {
  // Too young, or not agreed: nothing was kept, and nothing is (clause 103).
  const auto& agreement = request.agreement;
  if (!agreement.is_of_age || agreement.policy.empty() || agreement.terms.empty())
    co_return base::Failure{PersonError::NotAgreed};
  request.email = base::trim(request.email);
  if (!looks_like_email(request.email)) co_return base::Failure{PersonError::EmailInvalid};
  if (!is_language(request.language)) request.language = "en";

  // Whether somebody has the address changes which letter is written, and nothing else that could
  // be seen or measured: one key, one look, one transaction, one letter.
  const auto subject = co_await context_.vault.new_subject(0);
  People people(context_);
  bool is_used = false;
  auto work = [&](store::Tx& tx) {
    is_used = false;
    const auto known = people.find_by_email_in(tx, request.email);
    if (!known) {
      if (!clear_way(tx, context_, email_hash(context_, request.email))) return;
      keep(tx, context_, request, subject);
      is_used = true;
      return;
    }
    const auto person = people.find_in(tx, *known);
    if (!person || !may_write_again(tx, context_, "sign-up-known", *known, kApart)) return;
    write_with_link(tx, context_, *person, "sign-up-known", link::kSignIn, {});
  };
  co_await context_.database.write(work);
  if (!is_used) context_.vault.give_back(0, subject);
  co_return base::kDone;
}

base::Task<bool> SignUps::see(std::string token) {
  auto work = [&](store::Tx& tx) { return find(tx, context_, token).has_value(); };
  co_return co_await context_.database.read(work);
}

base::Task<base::Result<SignUps::Joined, SignUps::Trouble>> SignUps::finish(Finish finish) {
  auto look = [&](store::Tx& tx) { return find(tx, context_, finish.token); };
  const auto pending = co_await context_.database.read(look);
  if (!pending) co_return base::Failure{Trouble{PersonError::LinkUsed, {}, false}};
  NewPerson person;
  person.person_id = new_person_id();
  person.name = base::trim(finish.name);
  person.preferences = merged(finish.preferences, pending->language, "", "");
  person.agreement = pending->agreement;
  person.agreed_at = pending->agreed_at;
  {
    personal::Access<personal::Purpose::KeepAccount> access(
        context_.ledger, {personal::ActorKind::Subject, pending->subject}, 0, "sign_up.finish");
    access.about(pending->subject);
    person.email = open(pending->email, access);
  }
  if (finish.password) {
    const auto fault = weigh_password(*finish.password, {person.name, person.email, "milepost"});
    if (fault) co_return base::Failure{Trouble{{}, fault, false}};
    auto hashed = co_await passwords_.hash(std::move(*finish.password));
    if (!hashed) co_return base::Failure{Trouble{{}, {}, true}};
    person.password = std::move(*hashed);
  }
  // The pending row's key becomes the person's: one key from the first letter on.
  person.subject = pending->subject;
  using Done = base::Result<Joined, Trouble>;
  auto work = [&](store::Tx& tx) -> Done {
    const auto hash = token_hash(context_.vault, kScope, finish.token);
    if (tx.execute("DELETE FROM sign_ups WHERE account_id = 0 AND token_hash = $1",
                   store::Blob{bytes(hash)}) == 0 ||
        !insert_person(tx, context_, person))
      return base::Failure{Trouble{PersonError::LinkUsed, {}, false}};
    return Joined{person.person_id, give_account(tx, context_, person.person_id, person.email)};
  };
  co_return co_await context_.database.write(work);
}

}  // namespace accounts
