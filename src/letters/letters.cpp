#include "letters/letters.h"

#include <simdjson.h>

#include <algorithm>

#include "base/json_writer.h"

namespace letters {
namespace {

constexpr store::Claimable kLetters{"letters", "id", store::IdForm::Bytes};
constexpr std::string_view kTable = "letters";
constexpr std::chrono::hours kLongest{30 * 24};

std::string to_json(const Values& values) {
  std::string json = "{";
  for (const auto& [name, value] : values) {
    if (json.size() > 1) json += ',';
    base::append_json_string(json, name);
    json += ':';
    base::append_json_string(json, value);
  }
  return json + '}';
}

Values from_json(const std::string& json) {
  Values values;
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  auto document = parser.iterate(padded);
  for (auto field : document.get_object()) {
    const std::string_view name = field.unescaped_key();
    const std::string_view value = field.value().get_string();
    values.emplace(name, value);
  }
  return values;
}

}  // namespace

base::Id Letters::post(store::Tx& tx, const Letter& letter) {
  const auto now = clock_.now();
  const auto id = base::Id::make(now);
  const auto subject = vault_.new_subject_now(letter.account_id);
  personal::Envelope envelope;
  envelope.put(letter.to);
  envelope.put(SealedValues(to_json(letter.values), letter.to.label()));
  const auto sealed =
      vault_.seal({kTable, letter.account_id, id.bytes()}, subject, envelope).value();
  const auto expires = now + std::min(letter.useful, kLongest);
  tx.execute(
      "INSERT INTO letters (account_id, id, kind, language, subject, sealed, created_at, "
      "expires_at, due_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, 0)",
      letter.account_id, store::Blob{id.bytes()}, letter.kind, letter.language, subject,
      store::Blob{sealed}, now, expires);
  return id;
}

std::vector<Claimed> Letters::claim(std::string_view owner, std::chrono::microseconds length,
                                    int most) {
  const auto now = clock_.now();
  struct Row {
    Claimed letter;
    std::string sealed;
  };
  auto take = [&](store::Tx& tx) {
    std::vector<Row> rows;
    for (auto& claim : store::claim_due(tx, kLetters, owner, now, length, most)) {
      auto found = tx.query(
          "SELECT kind, language, subject, sealed, created_at, expires_at, attempts FROM letters "
          "WHERE account_id = $1 AND id = $2",
          claim.account_id, store::Blob{claim.id});
      if (!found.next()) continue;
      Row& row = rows.emplace_back();
      row.letter.id = base::Id::from_bytes(claim.id).value_or(base::Id());
      row.letter.claim = std::move(claim);
      row.letter.kind = found.text(0);
      row.letter.language = found.text(1);
      row.letter.subject = found.integer(2);
      row.sealed = found.blob(3);
      row.letter.created_at = found.instant(4);
      row.letter.expires_at = found.instant(5);
      row.letter.attempts = static_cast<int>(found.integer(6));
    }
    return rows;
  };
  std::vector<Claimed> claimed;
  for (auto& row : database_.write_now(take)) {
    const auto& at = row.letter.claim;
    auto opened = vault_.unseal({kTable, at.account_id, at.id}, row.letter.subject, row.sealed);
    if (!opened || row.letter.expires_at <= now) {
      settle(row.letter);
      continue;
    }
    row.letter.to = opened.value().take<personal::field::LetterTo>();
    row.letter.values = opened.value().take<personal::field::LetterValues>();
    claimed.push_back(std::move(row.letter));
  }
  return claimed;
}

Values Letters::values(const Claimed& letter,
                       personal::Access<personal::Purpose::Correspond>& access) {
  access.about(letter.subject);
  return from_json(open(letter.values, access));
}

void Letters::settle(const Claimed& letter) {
  const auto account_id = letter.claim.account_id;
  database_.write_now([&](store::Tx& tx) {
    tx.execute("DELETE FROM letters WHERE account_id = $1 AND id = $2", account_id,
               store::Blob{letter.claim.id});
  });
  const personal::SubjectId subjects[] = {letter.subject};
  vault_.forget(account_id, subjects);
}

void Letters::put_off(const Claimed& letter, std::string_view owner, base::Instant until) {
  database_.write_now([&](store::Tx& tx) {
    if (!store::finish_claim(tx, kLetters, letter.claim, owner, until)) return;
    tx.execute("UPDATE letters SET attempts = attempts + 1 WHERE account_id = $1 AND id = $2",
               letter.claim.account_id, store::Blob{letter.claim.id});
  });
}

std::int64_t Letters::sweep() {
  std::map<std::int64_t, std::vector<personal::SubjectId>> gone;
  auto work = [&](store::Tx& tx) {
    std::map<std::int64_t, std::vector<personal::SubjectId>> subjects;
    auto rows = tx.query("DELETE FROM letters WHERE expires_at <= $1 RETURNING account_id, subject",
                         clock_.now());
    while (rows.next()) subjects[rows.integer(0)].push_back(rows.integer(1));
    return subjects;
  };
  gone = database_.write_now(work);
  std::int64_t count = 0;
  for (const auto& [account_id, subjects] : gone) {
    vault_.forget(account_id, subjects);
    count += static_cast<std::int64_t>(subjects.size());
  }
  return count;
}

}  // namespace letters
