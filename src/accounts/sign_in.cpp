#include "accounts/sign_in.h"

#include <array>

#include "accounts/person_rows.h"

namespace accounts {
namespace {

constexpr std::string_view kSecondStep = "second-step";
constexpr std::chrono::minutes kSecondStepLife{5};
constexpr int kSecondStepTries = 5;

struct Known {
  std::int64_t person_id = 0;
  std::string password;
  bool has_totp = false;
  bool has_passkey = false;
};

Known look_up(store::Tx& tx, const Context& context, std::string_view email) {
  Known known;
  auto rows = tx.query("SELECT person_id, password FROM people WHERE email_hash = $1",
                       store::Blob{bytes(email_hash(context, email))});
  if (rows.next()) {
    known.person_id = rows.integer(0);
    known.password = rows.text(1);
  }
  // Asked in either case, so that nobody's sign-in takes as many steps as somebody's.
  known.has_totp = SecondFactors::has_totp(tx, known.person_id);
  known.has_passkey =
      tx.query("SELECT 1 FROM passkeys WHERE account_id = 0 AND person_id = $1", known.person_id)
          .next();
  return known;
}

void renew_password(store::Tx& tx, std::int64_t person_id, std::string_view old,
                    const std::optional<std::string>& renewed) {
  if (!renewed) return;
  tx.execute(
      "UPDATE people SET password = $3 WHERE account_id = 0 AND person_id = $1 AND password "
      "= $2",
      person_id, old, *renewed);
}

base::Failure<SignInTrouble> trouble(SignInError why, std::chrono::seconds wait = {}) {
  return {SignInTrouble{why, wait}};
}

std::string throttle_name(std::int64_t person_id) { return "person:" + row_of(person_id); }

}  // namespace

std::string_view word(SignInError error) {
  constexpr std::array<std::string_view, 4> kWords = {"wrong", "wait", "busy", "link_used"};
  return kWords[static_cast<std::size_t>(error)];
}

SignIn::SignIn(const Context& context, Passwords& passwords, SecondFactors& factors,
               Sessions& sessions, SecurityLog& log, Throttle& throttle)
    : context_(context),
      passwords_(passwords),
      factors_(factors),
      sessions_(sessions),
      log_(log),
      throttle_(throttle) {}

base::Task<base::Result<Entered, SignInTrouble>> SignIn::with_password(std::string email,
                                                                       std::string password,
                                                                       Origin origin, Keep keep) {
  const auto address = folded(email).substr(0, 254);
  std::chrono::seconds wait{};
  auto begin = [&](store::Tx& tx) {
    const auto known = look_up(tx, context_, address);
    wait = throttle_.take(tx, address, origin.network);
    if (wait.count() > 0) log_.note(tx, SecurityEvent::SignInSlowed, known.person_id, origin);
    return known;
  };
  const auto known = co_await context_.database.write(begin);
  if (wait.count() > 0) co_return trouble(SignInError::Wait, wait);

  const auto checked = co_await passwords_.check(std::move(password), known.password);
  if (!checked) co_return trouble(SignInError::Busy);
  Entered entered;
  auto settle = [&](store::Tx& tx) {
    entered = {};
    if (!checked->matches) {
      log_.note(tx, SecurityEvent::SignInFailed, known.person_id, origin);
      return;
    }
    renew_password(tx, known.person_id, known.password, checked->renewed);
    if (!known.has_totp) {
      throttle_.succeeded(tx, address, origin.network);
      return;
    }
    // The failures stay counted until the second step is done: knowing the password does not buy
    // as many codes as one likes.
    entered.second_step = new_token();
    entered.takes_passkey = known.has_passkey;
    keep_one_time(tx, context_, kSecondStep, entered.second_step, known.person_id, kSecondStepLife);
  };
  co_await context_.database.write(settle);
  if (!checked->matches) co_return trouble(SignInError::Wrong);
  if (entered.second_step.empty())
    entered.session = co_await proven(known.person_id, Method::Password, origin, keep);
  co_return std::move(entered);
}

base::Task<base::Result<Started, SignInTrouble>> SignIn::second_step(std::string step,
                                                                     std::string code,
                                                                     Origin origin, Keep keep) {
  std::int64_t person_id = 0;
  auto used = SecondFactors::Used::No;
  bool is_link_used = false;
  auto work = [&](store::Tx& tx) {
    person_id = 0;
    is_link_used = true;
    const auto once = see_one_time(tx, context_, kSecondStep, step);
    if (!once || !count_try(tx, context_, kSecondStep, step, kSecondStepTries)) return;
    is_link_used = false;
    used = factors_.use(tx, once->person_id, code, origin);
    if (used == SecondFactors::Used::No) return;
    person_id = once->person_id;
    use_one_time(tx, context_, kSecondStep, step);
    const auto person = People(context_).find_in(tx, person_id);
    if (!person) return;
    personal::Access<personal::Purpose::SignIn> access(
        context_.ledger, {personal::ActorKind::Member, person_id}, 0, "sign_in.second_step");
    throttle_.succeeded(tx, folded(open(person->email, access)), origin.network);
    access.record(tx);
  };
  co_await context_.database.write(work);
  if (is_link_used) co_return trouble(SignInError::LinkUsed);
  if (person_id == 0) co_return trouble(SignInError::Wrong);
  const auto second = used == SecondFactors::Used::Totp ? Method::Totp : Method::RecoveryCode;
  const auto methods =
      static_cast<Methods>(static_cast<Methods>(Method::Password) | static_cast<Methods>(second));
  co_return co_await sessions_.start(person_id, methods, origin, keep);
}

base::Task<Started> SignIn::proven(std::int64_t person_id, Method method, Origin origin,
                                   Keep keep) {
  return sessions_.start(person_id, static_cast<Methods>(method), std::move(origin), keep);
}

base::Task<base::Result<Started, SignInTrouble>> SignIn::prove_again(std::string session_token,
                                                                     std::string password_or_code,
                                                                     Origin origin) {
  const auto who = co_await sessions_.find(session_token);
  if (!who) co_return trouble(SignInError::LinkUsed);
  const auto person_id = who->person_id;
  std::chrono::seconds wait{};
  auto used = SecondFactors::Used::No;
  auto begin = [&](store::Tx& tx) -> std::string {
    used = SecondFactors::Used::No;
    wait = throttle_.take(tx, throttle_name(person_id), origin.network);
    if (wait.count() > 0) return {};
    // Nobody's password looks like a code of the app: eight characters are the least.
    if (password_or_code.size() < kShortestPassword && SecondFactors::has_totp(tx, person_id))
      used = factors_.use(tx, person_id, password_or_code, origin);
    auto rows =
        tx.query("SELECT password FROM people WHERE account_id = 0 AND person_id = $1", person_id);
    return rows.next() ? std::string(rows.text(0)) : std::string();
  };
  const auto kept = co_await context_.database.write(begin);
  if (wait.count() > 0) co_return trouble(SignInError::Wait, wait);
  auto method = Method::Totp;
  if (used == SecondFactors::Used::No) {
    method = Method::Password;
    const auto checked = co_await passwords_.check(std::move(password_or_code), kept);
    if (!checked) co_return trouble(SignInError::Busy);
    if (!checked->matches) co_return trouble(SignInError::Wrong);
  }
  auto settle = [&](store::Tx& tx) {
    throttle_.succeeded(tx, throttle_name(person_id), origin.network);
  };
  co_await context_.database.write(settle);
  auto renewed = co_await sessions_.renew(session_token, static_cast<Methods>(method));
  if (!renewed) co_return trouble(SignInError::LinkUsed);
  co_return std::move(*renewed);
}

}  // namespace accounts
