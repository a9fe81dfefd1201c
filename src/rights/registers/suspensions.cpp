#include "rights/registers/suspensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/time.h"

namespace rights {
namespace {

using Reason = personal::Personal<std::string, personal::field::SuspensionReason>;
constexpr std::string_view kTable = "suspensions";
constexpr std::array<std::string_view, 5> kGrounds = {"counting", "scraping", "key-sharing",
                                                      "interception", "terms"};

}  // namespace

std::string_view name(SuspensionGround ground) {
  return kGrounds.at(static_cast<std::size_t>(ground));
}

std::optional<SuspensionGround> parse_suspension_ground(std::string_view word) {
  const auto found = std::ranges::find(kGrounds, word);
  if (found == kGrounds.end()) return std::nullopt;
  return static_cast<SuspensionGround>(found - kGrounds.begin());
}

std::string_view describe(SuspensionError error) {
  switch (error) {
    case SuspensionError::NoSuchAccount:
      return "there is no such account";
    case SuspensionError::NoReason:
      return "a suspension and its end need a reason, in words for whoever holds the account";
    case SuspensionError::Already:
      return "the account is suspended already";
    case SuspensionError::NotSuspended:
      return "the account is not suspended";
    case SuspensionError::Asked:
      return "there was an appeal already; its answer is on its way";
  }
  return "";
}

void Suspensions::tell(store::Tx& tx, std::int64_t account_id, std::string_view kind,
                       letters::Values values) {
  const auto& options = parts_.desk.options();
  if (!options.controller) return;
  auto to = options.controller(tx, account_id);
  if (!to) return;
  letters::Letter letter;
  letter.kind = kind;  // the instance writes, not the account
  letter.to = std::move(*to);
  letter.values = std::move(values);
  letter.values["at"] = base::to_iso_offset(parts_.clock.now());
  letter.values["link"] = options.address + "/account/appeal";
  letter.useful = std::chrono::hours(30 * 24);
  parts_.letters.post(tx, letter);
}

base::Outcome<SuspensionError> Suspensions::suspend(store::Tx& tx, std::int64_t account_id,
                                                    SuspensionGround ground,
                                                    std::string_view reason, const Human& by) {
  const auto words = one_line(reason);
  if (words.empty()) return base::Failure{SuspensionError::NoReason};
  {
    auto rows =
        tx.query("SELECT suspended_at FROM accounts WHERE account_id = $1 AND closed_at IS NULL",
                 account_id);
    if (!rows.next()) return base::Failure{SuspensionError::NoSuchAccount};
    if (!rows.is_null(0)) return base::Failure{SuspensionError::Already};
  }
  const auto now = parts_.clock.now();
  const auto id = base::Id::make(now);
  const auto subject = parts_.vault.new_subject_now(account_id);
  personal::Envelope envelope;
  envelope.put(Reason(words, personal::Label()));
  const auto sealed =
      parts_.vault.seal({kTable, account_id, id.bytes()}, subject, envelope).value();
  tx.execute(
      "INSERT INTO suspensions (account_id, id, at, ground, decided_by, subject, sealed) VALUES "
      "($1, $2, $3, $4, $5, $6, $7)",
      account_id, store::Blob{id.bytes()}, now, name(ground), by.person(), subject,
      store::Blob{sealed});
  tx.execute("UPDATE accounts SET suspended_at = $2, updated_at = $2 WHERE account_id = $1",
             account_id, now);
  std::string word(name(ground));
  std::ranges::replace(word, '-', '_');  // as letters may choose by
  tell(tx, account_id, "account-suspended", {{"ground", word}, {"reason", words}});
  base::log(base::Level::Warning, "account.suspended",
            {{"account", account_id}, {"ground", name(ground)}});
  return base::kDone;
}

base::Outcome<SuspensionError> Suspensions::lift(store::Tx& tx, std::int64_t account_id,
                                                 std::string_view words, const Human& by) {
  const auto said = one_line(words);
  if (said.empty()) return base::Failure{SuspensionError::NoReason};
  const auto now = parts_.clock.now();
  const auto lifted = tx.execute(
      "UPDATE accounts SET suspended_at = NULL, updated_at = $2 WHERE account_id = $1 AND "
      "suspended_at IS NOT NULL",
      account_id, now);
  if (lifted == 0) return base::Failure{SuspensionError::NotSuspended};
  tx.execute(
      "UPDATE suspensions SET ended_at = $2, ended_by = $3 WHERE account_id = $1 AND ended_at IS "
      "NULL",
      account_id, now, by.person());
  tell(tx, account_id, "account-resumed", {{"reason", said}});
  return base::kDone;
}

std::optional<Suspension> Suspensions::standing(store::Tx& tx, std::int64_t account_id,
                                                personal::Actor reader) {
  auto rows = tx.query(
      "SELECT id, at, ground, subject, sealed, appeal FROM suspensions WHERE account_id = $1 AND "
      "ended_at IS NULL ORDER BY at DESC LIMIT 1",
      account_id);
  if (!rows.next()) return std::nullopt;
  Suspension one;
  one.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
  one.at = rows.instant(1);
  one.ground = parse_suspension_ground(rows.text(2)).value_or(SuspensionGround::Terms);
  if (!rows.is_null(5)) one.appeal = base::Id::from_bytes(rows.blob(5));
  const auto envelope =
      parts_.vault.unseal({kTable, account_id, one.id.bytes()}, rows.integer(3), rows.blob(4));
  if (envelope) {
    personal::Access<personal::Purpose::Rights> access(parts_.ledger, reader, account_id,
                                                       "rights.suspension");
    access.about(rows.integer(3));
    one.reason = open(envelope->take<personal::field::SuspensionReason>(), access);
  }
  return one;
}

base::Result<Case, SuspensionError> Suspensions::appeal(store::Tx& tx, std::int64_t account_id,
                                                        std::string_view address,
                                                        std::string_view language,
                                                        std::string_view words) {
  const auto said = one_line(words, 4000);
  if (said.empty()) return base::Failure{SuspensionError::NoReason};
  const auto stands = standing(tx, account_id, {});
  if (!stands) return base::Failure{SuspensionError::NotSuspended};
  if (stands->appeal) return base::Failure{SuspensionError::Asked};
  Request request;
  request.kind = Kind::Appeal;
  request.door = Door::Account;
  request.language = language;
  request.address = CaseAddress(std::string(address), personal::Label(personal::Source::Buyer));
  request.words = CaseWords(fmt::format("Account {}: {}", account_id, said),
                            personal::Label(personal::Source::Buyer));
  auto one = parts_.desk.open(tx, request);
  tx.execute("UPDATE suspensions SET appeal = $3 WHERE account_id = $1 AND id = $2", account_id,
             store::Blob{stands->id.bytes()}, store::Blob{one.id.bytes()});
  return one;
}

}  // namespace rights
