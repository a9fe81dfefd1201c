// Passwords that are forgotten or changed (policy clause 101): nothing can be sent again, because
// nothing readable is kept; a link that works once lets its owner choose a new one.
#include "accounts/person_rows.h"
#include "accounts/sign_in.h"

namespace accounts {
namespace {

constexpr std::string_view kKind = "reset-password";
constexpr std::chrono::minutes kLife{60};
constexpr std::chrono::hours kTakeBack{3 * 24};
constexpr std::chrono::minutes kApart{2};  // between two letters to one person
// A known address costs a sealed letter more than an unknown one. What either cost is rounded up to
// the next full step of this before anybody is answered, so that waiting tells nothing.
constexpr std::chrono::milliseconds kAnswerStep{50};

void set_password(store::Tx& tx, const Context& context, const Person& person,
                  std::string_view hashed) {
  const auto now = context.clock.now();
  tx.execute(
      "UPDATE people SET password = $2, password_changed_at = $3, updated_at = $3 WHERE "
      "account_id = 0 AND person_id = $1",
      person.person_id, hashed, now);
  drop_one_time(tx, kKind, person.person_id);
  drop_one_time(tx, "second-step", person.person_id);
  // "It was not me": whoever reads this address can take the account back.
  const auto token = new_token();
  keep_one_time(tx, context, kKind, token, person.person_id, kTakeBack);
  write_with_link(tx, context, person, "password-changed", link::kReset, token);
}

}  // namespace

base::Task<> SignIn::ask_reset(std::string email, Origin origin) {
  const auto begun = std::chrono::steady_clock::now();
  People people(context_);
  std::chrono::seconds wait{};
  auto work = [&](store::Tx& tx) {
    wait = throttle_.take(tx, "reset:" + folded(email).substr(0, 254), origin.network);
    if (wait.count() > 0) return;
    const auto known = people.find_by_email_in(tx, email);
    const auto person_id = known.value_or(0);
    log_.note(tx, SecurityEvent::ResetAsked, person_id, origin);
    const auto person = people.find_in(tx, person_id);
    if (!person || !may_write_again(tx, context_, kKind, person_id, kApart)) return;
    drop_one_time(tx, kKind, person_id);
    const auto token = new_token();
    keep_one_time(tx, context_, kKind, token, person_id, kLife);
    write_with_link(tx, context_, *person, kKind, link::kReset, token,
                    {{"until", letter_time(context_.clock.now() + kLife)}}, std::chrono::hours(1));
  };
  co_await context_.database.write(work);
  const auto took = std::chrono::steady_clock::now() - begun;
  const auto rest = kAnswerStep - took % kAnswerStep;
  co_await later_.wait(std::chrono::ceil<std::chrono::milliseconds>(rest));
}

std::string SignIn::reset_link_now(std::int64_t person_id) {
  const auto token = new_token();
  context_.database.write_now([&](store::Tx& tx) {
    drop_one_time(tx, kKind, person_id);
    keep_one_time(tx, context_, kKind, token, person_id, kLife);
  });
  return link_to(context_, link::kReset, token);
}

base::Task<bool> SignIn::see_reset(std::string token) {
  auto work = [&](store::Tx& tx) { return see_one_time(tx, context_, kKind, token).has_value(); };
  co_return co_await context_.database.read(work);
}

base::Task<base::Outcome<SignIn::ResetTrouble>> SignIn::reset(std::string token,
                                                              std::string password, Origin origin) {
  People people(context_);
  auto look = [&](store::Tx& tx) -> std::optional<Person> {
    const auto once = see_one_time(tx, context_, kKind, token);
    return once ? people.find_in(tx, once->person_id) : std::nullopt;
  };
  const auto person = co_await context_.database.read(look);
  if (!person) co_return base::Failure{ResetTrouble{{}, true, false}};
  const auto fault = weigh_password(password, known_of(context_, *person));
  if (fault) co_return base::Failure{ResetTrouble{fault, false, false}};
  const auto hashed = co_await passwords_.hash(std::move(password));
  if (!hashed) co_return base::Failure{ResetTrouble{{}, false, true}};
  auto work = [&](store::Tx& tx) {
    if (!use_one_time(tx, context_, kKind, token)) return false;
    set_password(tx, context_, *person, *hashed);
    Sessions::end_all(tx, person->person_id);
    log_.note(tx, SecurityEvent::PasswordReset, person->person_id, origin);
    return true;
  };
  const bool is_done = co_await context_.database.write(work);
  if (!is_done) co_return base::Failure{ResetTrouble{{}, true, false}};
  co_return base::kDone;
}

base::Task<base::Outcome<SignIn::ResetTrouble>> SignIn::change_password(std::int64_t person_id,
                                                                        base::Id session,
                                                                        std::string password,
                                                                        Origin origin) {
  People people(context_);
  const auto person = co_await people.find(person_id);
  if (!person) co_return base::Failure{ResetTrouble{{}, true, false}};
  const auto fault = weigh_password(password, known_of(context_, *person));
  if (fault) co_return base::Failure{ResetTrouble{fault, false, false}};
  const auto hashed = co_await passwords_.hash(std::move(password));
  if (!hashed) co_return base::Failure{ResetTrouble{{}, false, true}};
  auto work = [&](store::Tx& tx) {
    set_password(tx, context_, *person, *hashed);
    log_.note(tx, SecurityEvent::PasswordChanged, person_id, origin);
  };
  co_await context_.database.write(work);
  co_await sessions_.end_others(person_id, session);
  co_return base::kDone;
}

}  // namespace accounts
