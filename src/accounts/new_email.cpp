// A person's new address: it has to answer before it counts, and the old one can take it back.
#include "accounts/people.h"
#include "accounts/person_rows.h"
#include "accounts/security_log.h"
#include "accounts/sessions.h"
#include "base/text.h"

namespace accounts {
namespace {

constexpr std::string_view kForward = "verify-new-email";
constexpr std::string_view kBack = "revert-email";
constexpr std::chrono::hours kForwardLife{24};
constexpr std::chrono::hours kBackLife{7 * 24};

using NewEmail = personal::Personal<std::string, personal::field::NewEmail>;

// A token for this address, under the person's key.
std::string offer(store::Tx& tx, const Context& context, std::string_view kind,
                  const Person& person, const std::string& email, std::chrono::hours life) {
  const auto token = new_token();
  personal::Envelope envelope;
  envelope.put(NewEmail(email, personal::Label(personal::Source::Buyer)));
  const auto sealed =
      context.vault.seal({kind, 0, row_of(person.person_id)}, person.subject, envelope).value();
  drop_one_time(tx, kind, person.person_id);
  keep_one_time(tx, context, kind, token, person.person_id, life, sealed);
  return token;
}

struct Wanted {
  Person person;
  std::string email, old_email;
};
std::optional<Wanted> use(store::Tx& tx, const Context& context, std::string_view kind,
                          std::string_view token) {
  const auto once = use_one_time(tx, context, kind, token);
  if (!once) return std::nullopt;
  People people(context);
  const auto person = people.find_in(tx, once->person_id);
  if (!person) return std::nullopt;
  const auto envelope =
      context.vault.unseal({kind, 0, row_of(person->person_id)}, person->subject, once->sealed);
  if (!envelope) return std::nullopt;
  personal::Access<personal::Purpose::KeepAccount> access(
      context.ledger, {personal::ActorKind::Member, person->person_id}, 0, "people.new_email");
  access.about(person->subject);
  const auto wanted = envelope->take<personal::field::NewEmail>();
  Wanted found{*person, open(wanted, access), open(person->email, access)};
  access.record(tx);
  if (people.find_by_email_in(tx, found.email)) return std::nullopt;
  return found;
}

void set_email(store::Tx& tx, const Context& context, const Wanted& wanted) {
  personal::Access<personal::Purpose::KeepAccount> access(
      context.ledger, {personal::ActorKind::Member, wanted.person.person_id}, 0,
      "people.set_email");
  access.about(wanted.person.subject);
  const auto sealed = seal_person(context, wanted.person.person_id, wanted.person.subject,
                                  open(wanted.person.name, access), wanted.email);
  access.record(tx);
  tx.execute(
      "UPDATE people SET email_hash = $2, sealed = $3, verified_at = $4, updated_at = $4 WHERE "
      "account_id = 0 AND person_id = $1",
      wanted.person.person_id, store::Blob{bytes(email_hash(context, wanted.email))},
      store::Blob{sealed}, context.clock.now());
  // Links that went to the other address open nothing more.
  drop_one_time(tx, "reset-password", wanted.person.person_id);
  SecurityLog(context).note(tx, SecurityEvent::EmailChanged, wanted.person.person_id, {});
}

}  // namespace

base::Task<base::Outcome<PersonError>> People::ask_new_email(std::int64_t person_id,
                                                             std::string email) {
  email = base::trim(email);
  if (!looks_like_email(email)) co_return base::Failure{PersonError::EmailInvalid};
  auto work = [&](store::Tx& tx) -> base::Outcome<PersonError> {
    const auto person = find_in(tx, person_id);
    if (!person) return base::Failure{PersonError::UnknownPerson};
    drop_one_time(tx, kForward, person_id);
    // Taken by another: nothing is sent, and nothing is said. Who has an account is not theirs to
    // know.
    if (find_by_email_in(tx, email)) return base::kDone;
    const auto token = offer(tx, context_, kForward, *person, email, kForwardLife);
    Person there = *person;
    there.email = PersonEmail(email, personal::Label(personal::Source::Buyer));
    write_with_link(tx, context_, there, "verify-email", link::kNewEmail, token,
                    {{"until", letter_time(context_.clock.now() + kForwardLife)}}, kForwardLife);
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

base::Task<base::Outcome<PersonError>> People::confirm_new_email(std::string token) {
  auto work = [&](store::Tx& tx) -> base::Outcome<PersonError> {
    if (const auto forward = use(tx, context_, kForward, token)) {
      set_email(tx, context_, *forward);
      const auto back = offer(tx, context_, kBack, forward->person, forward->old_email, kBackLife);
      write_with_link(tx, context_, forward->person, "email-changed", link::kNewEmail, back,
                      {{"until", letter_time(context_.clock.now() + kBackLife)}}, kBackLife);
      return base::kDone;
    }
    // The old address takes it back: whoever changed it is signed out with everybody else.
    const auto back = use(tx, context_, kBack, token);
    if (!back) return base::Failure{PersonError::LinkUsed};
    set_email(tx, context_, *back);
    Sessions::end_all(tx, back->person.person_id);
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

}  // namespace accounts
