#include "notify/people/voice.h"

namespace notify::people {

Voice voice_of(store::Tx& tx, std::int64_t account_id, const Voice& otherwise) {
  auto rows = tx.query(
      "SELECT name, postal_address, contact, colour, logo, language, still_days FROM voices WHERE "
      "account_id = $1",
      account_id);
  if (!rows.next()) return otherwise;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  Voice voice;
  voice.sender = {text(0), text(1), text(2), text(3), text(4)};
  voice.language = text(5);
  voice.still_days = static_cast<int>(rows.integer(6));
  return voice;
}

void set_voice(store::Tx& tx, std::int64_t account_id, const Voice& voice, base::Instant now) {
  const auto& sender = voice.sender;
  tx.execute(
      "INSERT INTO voices (account_id, name, postal_address, contact, colour, logo, language, "
      "still_days, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT "
      "(account_id) DO UPDATE SET name = excluded.name, postal_address = excluded.postal_address, "
      "contact = excluded.contact, colour = excluded.colour, logo = excluded.logo, language = "
      "excluded.language, still_days = excluded.still_days, changed_at = excluded.changed_at",
      account_id, sender.name, sender.postal_address, sender.contact, sender.colour, sender.logo,
      voice.language, voice.still_days, now);
}

}  // namespace notify::people
