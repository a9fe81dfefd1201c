#include "accounts/security_log.h"

#include <array>

#include "accounts/tokens.h"

namespace accounts {
namespace {

constexpr std::string_view kNetworkScope = "network";
constexpr std::chrono::days kKept{180};

constexpr std::array<std::string_view, 21> kWords = {
    "signed_in",          "sign_in_failed",  "sign_in_slowed",   "second_factor_failed",
    "signed_out",         "stepped_up",      "password_changed", "password_reset",
    "reset_asked",        "email_changed",   "totp_on",          "totp_off",
    "passkey_added",      "passkey_removed", "passkey_cloned",   "recovery_codes_made",
    "recovery_code_used", "session_ended",   "token_reused",     "deletion_asked",
    "deletion_taken_back"};

}  // namespace

std::string_view word(SecurityEvent event) { return kWords[static_cast<std::size_t>(event)]; }

void SecurityLog::note(store::Tx& tx, SecurityEvent event, std::int64_t person_id,
                       const Origin& origin) {
  const auto now = context_.clock.now();
  const auto id = base::Id::make(now);
  std::string sealed, network;
  if (!origin.network.empty())
    network = bytes(token_hash(context_.vault, kNetworkScope, network_prefix(origin.network)));
  if (person_id != 0 && !origin.device.empty()) {
    auto rows =
        tx.query("SELECT subject FROM people WHERE account_id = 0 AND person_id = $1", person_id);
    if (rows.next()) {
      personal::Envelope envelope;
      envelope.put(personal::Personal<std::string, personal::field::EventDevice>(
          origin.device, personal::Label(personal::Source::Buyer)));
      auto made = context_.vault.seal({"security_log", 0, id.bytes()}, rows.integer(0), envelope);
      if (made) sealed = *made;
    }
  }
  const auto blob = sealed.empty() ? std::nullopt : std::optional(store::Blob{sealed});
  tx.execute(
      "INSERT INTO security_log (account_id, id, at, person_id, kind, network, sealed) VALUES (0, "
      "$1, $2, $3, $4, $5, $6)",
      store::Blob{id.bytes()}, now, person_id, word(event), store::Blob{network}, blob);
}

base::Task<std::vector<SecurityEntry>> SecurityLog::read(std::string_view sql, std::int64_t id,
                                                         int most) {
  auto work = [&](store::Tx& tx) {
    std::vector<SecurityEntry> entries;
    std::string newest;
    auto rows = tx.query(sql, id, most);
    while (rows.next()) {
      SecurityEntry entry;
      entry.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
      entry.at = rows.instant(1);
      entry.person_id = rows.integer(2);
      entry.kind = rows.text(3);
      if (entries.empty()) newest = rows.blob(4);
      entry.is_same_network = rows.blob(4) == newest;
      entry.subject = rows.integer(6);
      if (!rows.is_null(5)) {
        const auto envelope = context_.vault.unseal({"security_log", 0, entry.id.bytes()},
                                                    entry.subject, rows.blob(5));
        if (envelope) entry.device = envelope->take<personal::field::EventDevice>();
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  };
  co_return co_await context_.database.read(work);
}

base::Task<std::vector<SecurityEntry>> SecurityLog::of_person(std::int64_t person_id, int most) {
  return read(
      "SELECT s.id, s.at, s.person_id, s.kind, s.network, s.sealed, p.subject FROM security_log s "
      "JOIN people p ON p.account_id = 0 AND p.person_id = s.person_id WHERE s.person_id = $1 "
      "ORDER BY s.at DESC, s.id DESC LIMIT $2",
      person_id, most);
}

base::Task<std::vector<SecurityEntry>> SecurityLog::of_account(std::int64_t account_id, int most) {
  return read(
      "SELECT s.id, s.at, s.person_id, s.kind, s.network, s.sealed, p.subject FROM security_log s "
      "JOIN people p ON p.account_id = 0 AND p.person_id = s.person_id WHERE s.person_id IN "
      "(SELECT person_id FROM members WHERE account_id = $1) ORDER BY s.at DESC, s.id DESC LIMIT "
      "$2",
      account_id, most);
}

std::int64_t SecurityLog::sweep() {
  const auto before = context_.clock.now() - kKept;
  return context_.database.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM security_log WHERE at <= $1", before) +
           tx.execute("DELETE FROM member_events WHERE at <= $1", before);
  });
}

}  // namespace accounts
