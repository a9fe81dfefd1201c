// A person's new address: it has to answer before it counts, and the old one is told.
#include "accounts/people.h"
#include "accounts/person_rows.h"
#include "base/text.h"

namespace accounts {
namespace {

constexpr std::string_view kKind = "verify-new-email";
constexpr std::chrono::hours kLife{24};

using NewEmail = personal::Personal<std::string, personal::field::NewEmail>;

}  // namespace

base::Task<base::Outcome<PersonError>> People::ask_new_email(std::int64_t person_id,
                                                             std::string email) {
  email = base::trim(email);
  if (!looks_like_email(email)) co_return base::Failure{PersonError::EmailInvalid};
  auto work = [&](store::Tx& tx) -> base::Outcome<PersonError> {
    const auto person = find_in(tx, person_id);
    if (!person) return base::Failure{PersonError::UnknownPerson};
    drop_one_time(tx, kKind, person_id);
    // Taken by another: nothing is sent, and nothing is said. Who has an account is not theirs to
    // know.
    if (find_by_email_in(tx, email)) return base::kDone;
    const auto token = new_token();
    personal::Envelope envelope;
    envelope.put(NewEmail(email, personal::Label(personal::Source::Buyer)));
    const auto sealed =
        context_.vault.seal({kKind, 0, row_of(person_id)}, person->subject, envelope).value();
    keep_one_time(tx, context_, kKind, token, person_id, kLife, sealed);
    Person there = *person;
    there.email = PersonEmail(email, personal::Label(personal::Source::Buyer));
    write_with_link(tx, context_, there, kKind, link::kNewEmail, token, {}, kLife);
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

base::Task<base::Outcome<PersonError>> People::confirm_new_email(std::string token) {
  auto work = [&](store::Tx& tx) -> base::Outcome<PersonError> {
    const auto once = use_one_time(tx, context_, kKind, token);
    if (!once) return base::Failure{PersonError::LinkUsed};
    const auto person = find_in(tx, once->person_id);
    if (!person) return base::Failure{PersonError::LinkUsed};
    const auto envelope =
        context_.vault.unseal({kKind, 0, row_of(person->person_id)}, person->subject, once->sealed);
    if (!envelope) return base::Failure{PersonError::LinkUsed};
    personal::Access<personal::Purpose::KeepAccount> access(
        context_.ledger, {personal::ActorKind::Member, person->person_id}, 0, "people.new_email");
    access.about(person->subject);
    const auto wanted = envelope->take<personal::field::NewEmail>();
    const std::string& email = open(wanted, access);
    if (find_by_email_in(tx, email)) return base::Failure{PersonError::LinkUsed};
    const auto sealed = seal_person(context_, person->person_id, person->subject,
                                    open(person->name, access), email);
    access.record(tx);
    const auto now = context_.clock.now();
    tx.execute(
        "UPDATE people SET email_hash = $2, sealed = $3, verified_at = $4, updated_at = $4 "
        "WHERE account_id = 0 AND person_id = $1",
        person->person_id, store::Blob{bytes(email_hash(context_, email))}, store::Blob{sealed},
        now);
    drop_one_time(tx, "reset-password", person->person_id);
    write_with_link(tx, context_, *person, "email-changed", link::kSecurity, {});
    return base::kDone;
  };
  co_return co_await context_.database.write(work);
}

}  // namespace accounts
