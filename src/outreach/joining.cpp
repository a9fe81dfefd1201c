#include "outreach/joining.h"

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "channels/email/address.h"
#include "crypto/base64.h"

namespace outreach {
namespace {

constexpr std::chrono::minutes kAskedAgainAfter{10};
constexpr std::size_t kTokenBytes = 32, kTokenLength = 43;

std::string new_token() {
  std::array<unsigned char, kTokenBytes> bytes{};
  base::fill_random(bytes);
  return crypto::to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string Joining::hash_of(std::string_view token) const {
  const auto hash = parts_.vault.keyed_hash(0, "list-confirm", token);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::optional<Joining::Seen> Joining::see(store::Tx& tx, const ListDoor& door) {
  auto rows = tx.query("SELECT name FROM recipient_lists WHERE account_id = $1 AND id = $2",
                       door.account_id, store::Blob{door.list.bytes()});
  if (!rows.next()) return std::nullopt;
  std::string name(rows.text(0));
  return Seen{std::move(name), parts_.shop(tx, door.account_id)};
}

bool Joining::ask(store::Tx& tx, const ListDoor& door, std::string_view typed,
                  std::string_view language) {
  const auto address = std::string(base::trim(typed));
  const auto person = people_.by_email(door.account_id, address);
  if (!person || !channels::email::parse_address(address)) return false;
  const auto seen = see(tx, door);
  if (!seen) return true;
  const auto now = parts_.clock.now();
  const auto token = new_token();
  bool is_new = true;
  {
    auto rows = tx.query(
        "SELECT confirmed_at, added_at FROM list_entries WHERE account_id = $1 AND list_id = $2 "
        "AND person = $3 AND expires_at > $4",
        door.account_id, store::Blob{door.list.bytes()}, store::Blob{person->bytes()}, now);
    is_new = !rows.next();
    if (!is_new && (!rows.is_null(0) || now - rows.instant(1) < kAskedAgainAfter)) return true;
  }
  if (is_new) {
    add(tx, door, *person, address, language, token);
  } else {
    // Asked before and not confirmed: the new link is the one that counts.
    tx.execute(
        "UPDATE list_entries SET token_hash = $4, added_at = $5, expires_at = $6 WHERE account_id "
        "= $1 AND list_id = $2 AND person = $3",
        door.account_id, store::Blob{door.list.bytes()}, store::Blob{person->bytes()},
        store::Blob{hash_of(token)}, now, now + kToConfirm);
  }
  letters::Letter letter;
  letter.account_id = door.account_id;
  letter.kind = "confirm-list";
  letter.language = language;
  letter.to = letters::To(address, personal::Label(personal::Source::Buyer));
  letter.values = {{"list", seen->list},
                   {"shop", seen->shop},
                   {"link", parts_.public_url + "/lists/yes/" + token},
                   {"until", base::to_iso_offset(now + kToConfirm)}};
  letter.useful = std::chrono::duration_cast<std::chrono::hours>(kToConfirm);
  parts_.letters.post(tx, letter);
  return true;
}

void Joining::add(store::Tx& tx, const ListDoor& door, const consent::Person& person,
                  const std::string& address, std::string_view language, std::string_view token) {
  const auto now = parts_.clock.now();
  const auto subject = parts_.vault.new_subject_now(door.account_id);
  personal::Envelope envelope;
  envelope.put(ListAddress(address, personal::Label(personal::Source::Buyer)));
  const auto sealed =
      parts_.vault
          .seal({"list_entries", door.account_id, entry_row(door.list, person)}, subject, envelope)
          .value();
  // What was there and is over waits for the sweep, which destroys its key.
  tx.execute(
      "INSERT INTO list_entries (account_id, list_id, person, subject, sealed, came_by, language, "
      "token_hash, added_at, expires_at) VALUES ($1, $2, $3, $4, $5, 'form', $6, $7, $8, $9) ON "
      "CONFLICT DO NOTHING",
      door.account_id, store::Blob{door.list.bytes()}, store::Blob{person.bytes()}, subject,
      store::Blob{sealed}, language, store::Blob{hash_of(token)}, now, now + kToConfirm);
}

std::optional<ListDoor> Joining::find(store::Tx& tx, std::string_view token) {
  if (token.size() != kTokenLength) return std::nullopt;
  auto rows = tx.query(
      "SELECT account_id, list_id, person FROM list_entries WHERE token_hash = $1 AND expires_at > "
      "$2",
      store::Blob{hash_of(token)}, parts_.clock.now());
  if (!rows.next()) return std::nullopt;
  return ListDoor{rows.integer(0), base::Id::from_bytes(rows.blob(1)).value_or(base::Id()),
                  consent::Person::from_bytes(rows.blob(2)).value_or(consent::Person())};
}

std::optional<ListDoor> Joining::confirm(store::Tx& tx, std::string_view token,
                                         std::string_view words, std::string_view language) {
  const auto door = find(tx, token);
  if (!door) return std::nullopt;
  const auto now = parts_.clock.now();
  tx.execute(
      "UPDATE list_entries SET confirmed_at = $2, expires_at = $3, token_hash = NULL WHERE "
      "token_hash = $1",
      store::Blob{hash_of(token)}, now, now + kEntryKept);
  auto said = word_of(door->person, consent::Act::Given, consent::How::DoubleOptIn);
  said.notice = consent::Notice{std::string(words), std::string(language), "list-1"};
  parts_.records.note(tx, door->account_id, said);
  return door;
}

void Joining::leave(const ListDoor& door, Leaving what) {
  const auto now = parts_.clock.now();
  auto work = [&](store::Tx& tx) {
    std::vector<personal::SubjectId> keys;
    auto take = [&keys](store::Rows rows) {
      while (rows.next()) keys.push_back(rows.integer(0));
    };
    if (what == Leaving::Shop) {
      take(
          tx.query("DELETE FROM list_entries WHERE account_id = $1 AND person = $2 RETURNING "
                   "subject",
                   door.account_id, store::Blob{door.person.bytes()}));
    } else {
      take(tx.query(
          "DELETE FROM list_entries WHERE account_id = $1 AND person = $2 AND list_id = "
          "$3 RETURNING subject",
          door.account_id, store::Blob{door.person.bytes()}, store::Blob{door.list.bytes()}));
    }
    bool is_last = true;
    {
      auto left = tx.query(
          "SELECT 1 FROM list_entries WHERE account_id = $1 AND person = $2 AND confirmed_at IS "
          "NOT NULL AND expires_at > $3",
          door.account_id, store::Blob{door.person.bytes()}, now);
      is_last = !left.next();
    }
    if (is_last && has_said_yes(tx, door.account_id, door.person, now)) {
      parts_.records.note(tx, door.account_id,
                          word_of(door.person, consent::Act::Withdrawn, consent::How::Form));
    }
    return keys;
  };
  const auto keys = parts_.database.write_now(work);
  parts_.vault.forget(door.account_id, keys);
}

}  // namespace outreach
