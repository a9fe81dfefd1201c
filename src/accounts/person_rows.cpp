#include "accounts/person_rows.h"

#include <cstring>

#include "accounts/plan.h"
#include "accounts/teams.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"

namespace accounts {
namespace {

constexpr std::int64_t kFirstAccount = 1001;

personal::Label given() { return personal::Label(personal::Source::Buyer); }

std::optional<std::int64_t> unowned_account(store::Tx& tx, const Context& context,
                                            std::string_view email) {
  const auto hash = context.vault.keyed_hash(0, kAccountEmailScope, folded(email));
  auto rows = tx.query(
      "SELECT a.account_id FROM accounts a WHERE a.email_hash = $1 AND a.closed_at IS NULL AND NOT "
      "EXISTS (SELECT 1 FROM members m WHERE m.account_id = a.account_id)",
      store::Blob{bytes(hash)});
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

// Its own address when nobody has it; else one that cannot be found, because its owner's counts.
std::int64_t open_account(store::Tx& tx, const Context& context, std::string_view email) {
  const auto now = context.clock.now();
  TokenHash hash = context.vault.keyed_hash(0, kAccountEmailScope, folded(email));
  if (tx.query("SELECT 1 FROM accounts WHERE email_hash = $1", store::Blob{bytes(hash)}).next())
    base::fill_random(hash);
  std::int64_t id = 0;
  for (int attempt = 0; attempt < 5 && id == 0; ++attempt) {
    auto rows =
        tx.query("SELECT COALESCE(MAX(account_id), $1) + 1 FROM accounts", kFirstAccount - 1);
    rows.next();
    const auto next = rows.integer(0);
    const auto inserted = tx.execute(
        "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
        "VALUES ($1, $2, $2, $3, 0, $4) ON CONFLICT DO NOTHING",
        next, now, kDefaultPlan, store::Blob{bytes(hash)});
    if (inserted > 0) id = next;
  }
  if (id == 0) throw store::StoreError("accounts: no number for a new account");
  const auto subject = context.vault.new_subject_now(id);
  personal::Envelope envelope;
  envelope.put(
      personal::Personal<std::string, personal::field::AccountEmail>(std::string(email), given()));
  const auto sealed = context.vault.seal({"accounts", id, "holder"}, subject, envelope).value();
  tx.execute("UPDATE accounts SET subject = $2, sealed = $3 WHERE account_id = $1", id, subject,
             store::Blob{sealed});
  return id;
}

}  // namespace

TokenHash email_hash(const Context& context, std::string_view email) {
  return context.vault.keyed_hash(0, kPersonEmailScope, folded(email));
}

std::int64_t new_person_id() {
  std::array<std::uint8_t, 8> raw{};
  base::fill_random(raw);
  std::uint64_t number = 0;
  std::memcpy(&number, raw.data(), raw.size());
  // 50 bits: exact in every JSON reader.
  return static_cast<std::int64_t>((number & ((std::uint64_t{1} << 50U) - 1)) | 1U);
}

std::string seal_person(const Context& context, std::int64_t person_id, personal::SubjectId subject,
                        std::string_view name, std::string_view email) {
  personal::Envelope envelope;
  envelope.put(PersonName(std::string(name), given()));
  envelope.put(PersonEmail(std::string(email), given()));
  return context.vault.seal({"people", 0, row_of(person_id)}, subject, envelope).value();
}

bool insert_person(store::Tx& tx, const Context& context, const NewPerson& person) {
  const auto now = context.clock.now();
  const auto hash = email_hash(context, person.email);
  const auto sealed =
      seal_person(context, person.person_id, person.subject, person.name, person.email);
  std::optional<std::string> policy, terms;
  std::optional<base::Instant> age;
  if (person.agreement) {
    policy = person.agreement->policy;
    terms = person.agreement->terms;
    age = person.agreed_at;
  }
  const auto password_at = person.password ? std::optional(now) : std::nullopt;
  return tx.execute(
             "INSERT INTO people (account_id, person_id, subject, email_hash, sealed, created_at, "
             "updated_at, verified_at, password, password_changed_at, language, zone, currency, "
             "age_stated_at, policy, terms, agreed_at, last_seen_at) VALUES (0, $1, $2, $3, $4, "
             "$5, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $5) ON CONFLICT (email_hash) "
             "DO NOTHING",
             person.person_id, person.subject, store::Blob{bytes(hash)}, store::Blob{sealed}, now,
             person.password, password_at, person.preferences.language, person.preferences.zone,
             person.preferences.currency, age, policy, terms, person.agreed_at) > 0;
}

std::int64_t give_account(store::Tx& tx, const Context& context, std::int64_t person_id,
                          std::string_view email) {
  auto account_id = unowned_account(tx, context, email);
  if (!account_id) account_id = open_account(tx, context, email);
  Teams::join(tx, *account_id, person_id, Role::Owner, {personal::ActorKind::Member, person_id},
              context.clock.now());
  return *account_id;
}

std::string letter_time(base::Instant at) { return base::to_iso_offset(at).substr(0, 19) + "Z"; }

void write_to(store::Tx& tx, const Context& context, const Person& person, std::string_view kind,
              letters::Values values, std::chrono::hours useful) {
  personal::Access<personal::Purpose::Correspond> access(context.ledger, {}, 0, "accounts.letter");
  access.about(person.subject);
  letters::Letter letter;
  letter.kind = kind;
  letter.language = person.preferences.language;
  letter.to = letters::To(open(person.email, access), person.email.label());
  values.try_emplace("at", letter_time(context.clock.now()));
  letter.values = std::move(values);
  letter.useful = useful;
  context.letters.post(tx, letter);
  access.record(tx);
}

std::string link_to(const Context& context, std::string_view path, std::string_view token) {
  std::string link = context.public_url;
  link += path;
  if (!token.empty()) {
    link += "?token=";
    link += token;
  }
  return link;
}

void write_with_link(store::Tx& tx, const Context& context, const Person& person,
                     std::string_view kind, std::string_view path, std::string_view token,
                     letters::Values values, std::chrono::hours useful) {
  values.insert_or_assign("link", link_to(context, path, token));
  write_to(tx, context, person, kind, std::move(values), useful);
}

std::vector<std::string> known_of(const Context& context, const Person& person) {
  personal::Access<personal::Purpose::SignIn> access(context.ledger, {}, 0, "accounts.password");
  access.about(person.subject);
  return {open(person.name, access), open(person.email, access), "milepost"};
}

bool may_write_again(store::Tx& tx, const Context& context, std::string_view kind,
                     std::int64_t person_id, std::chrono::minutes apart) {
  const auto mark = fmt::format("wrote:{}", kind);
  auto rows = tx.query(
      "SELECT 1 FROM one_time WHERE account_id = 0 AND kind = $1 AND person_id = $2 AND expires_at "
      "> $3",
      mark, person_id, context.clock.now());
  if (rows.next()) return false;
  keep_one_time(tx, context, mark, new_token(), person_id, apart);
  return true;
}

}  // namespace accounts
