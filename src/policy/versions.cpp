#include "policy/versions.h"

#include "base/text.h"
#include "crypto/hash.h"

namespace policy {
namespace {

constexpr std::int64_t kInstance = 0;
constexpr std::string_view kColumns =
    "document, language, number, hash, body, posted_at, effective_at";

std::string digest(std::string_view text) { return base::to_hex(crypto::sha256(text)); }

Version version_of(const store::Rows& rows) {
  return {std::string(rows.text(0)),
          std::string(rows.text(1)),
          rows.integer(2),
          std::string(rows.text(3)),
          std::string(rows.text(4)),
          base::from_micros(rows.integer(5)),
          base::from_micros(rows.integer(6))};
}

std::optional<Version> first_of(store::Rows rows) {
  if (!rows.next()) return std::nullopt;
  auto version = version_of(rows);
  if (digest(version.body) != version.hash) return std::nullopt;
  return version;
}

struct Newest {
  std::int64_t number = 0;
  std::string essence;
};

Newest newest(store::Tx& tx, std::string_view document, std::string_view language) {
  auto rows = tx.query(
      "SELECT number, essence FROM policy_versions WHERE account_id = $1 AND document = $2 AND "
      "language = $3 ORDER BY number DESC LIMIT 1",
      kInstance, document, language);
  if (!rows.next()) return {};
  return {rows.integer(0), std::string(rows.text(1))};
}

// Has any language of it something else to say than its newest version?
bool has_changed(store::Tx& tx, std::string_view document, const Facts& facts) {
  for (const auto& language : languages()) {
    const auto essence = digest(render(document, language, facts, std::nullopt));
    if (newest(tx, document, language).essence != essence) return true;
  }
  return false;
}

void post(store::Tx& tx, std::string_view document, const Facts& facts, const Edition& edition) {
  const auto& dates = edition.dates;
  for (const auto& language : languages()) {
    const auto body = render(document, language, facts, edition);
    tx.execute(
        "INSERT INTO policy_versions (account_id, document, number, language, hash, essence, body, "
        "posted_at, effective_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        kInstance, document, edition.number, language, digest(body),
        digest(render(document, language, facts, std::nullopt)), body,
        base::to_micros(dates.posted()), base::to_micros(dates.effective()));
  }
}

// What rests on consent and is said in other words is off when they take effect, until the person
// is asked anew (clause 109). The words it began with change nothing.
void note_purposes(store::Tx& tx, const Facts& facts, base::Instant effective) {
  for (const auto& purpose : facts.purposes) {
    if (purpose.basis != "consent") continue;
    std::string words;
    for (const auto& language : languages()) {
      words += say(language, "purpose." + purpose.id + ".title", purpose.title);
      words += '\n';
      words += say(language, "purpose." + purpose.id + ".text", purpose.text);
      words += '\n';
    }
    const auto essence = digest(words);
    auto rows = tx.query(
        "SELECT essence FROM purpose_changes WHERE account_id = $1 AND purpose = $2 ORDER BY "
        "effective_at DESC LIMIT 1",
        kInstance, purpose.id);
    const bool is_new = !rows.next();
    if (!is_new && rows.text(0) == essence) continue;
    tx.execute(
        "INSERT INTO purpose_changes (account_id, purpose, essence, effective_at) VALUES ($1, $2, "
        "$3, $4)",
        kInstance, purpose.id, essence, is_new ? std::int64_t{0} : base::to_micros(effective));
  }
}

}  // namespace

std::string_view describe(PublishError error) {
  switch (error) {
    case PublishError::EffectiveBeforePosted:
      return "a version cannot take effect before it is posted";
  }
  return "";
}

base::Result<Published, PublishError> publish(store::Tx& tx, const Facts& facts, base::Instant now,
                                              base::Instant effective) {
  const auto announced_dates = Dates::of(now, effective);
  if (!announced_dates) return base::Failure{PublishError::EffectiveBeforePosted};
  note_purposes(tx, facts, effective);
  Published published;
  for (const auto document : kDocuments) {
    if (!has_changed(tx, document, facts)) continue;
    const auto number = newest(tx, document, "en").number + 1;
    post(tx, document, facts, {number, number == 1 ? *Dates::of(now, now) : *announced_dates});
    published.documents.emplace_back(document);
    if (number == 1) continue;
    published.notices += static_cast<int>(tx.execute(
        "INSERT INTO policy_notices (account_id, document, number, noticed_at) SELECT account_id, "
        "$1, $2, $3 FROM accounts",
        document, number, base::to_micros(now)));
  }
  return published;
}

std::optional<Version> in_force(store::Tx& tx, std::string_view document, std::string_view language,
                                base::Instant at) {
  return first_of(tx.query(
      "SELECT " + std::string(kColumns) +
          " FROM policy_versions WHERE account_id = $1 AND document = $2 AND language = $3 AND "
          "effective_at <= $4 ORDER BY number DESC LIMIT 1",
      kInstance, document, nearest_language(language), base::to_micros(at)));
}

std::optional<Version> announced(store::Tx& tx, std::string_view document,
                                 std::string_view language, base::Instant at) {
  return first_of(tx.query(
      "SELECT " + std::string(kColumns) +
          " FROM policy_versions WHERE account_id = $1 AND document = $2 AND language = $3 AND "
          "effective_at > $4 ORDER BY number DESC LIMIT 1",
      kInstance, document, nearest_language(language), base::to_micros(at)));
}

std::optional<Version> find_version(store::Tx& tx, std::string_view hash) {
  return first_of(tx.query("SELECT " + std::string(kColumns) +
                               " FROM policy_versions WHERE account_id = $1 AND hash = $2",
                           kInstance, hash));
}

std::vector<Version> versions(store::Tx& tx, std::string_view document, std::string_view language) {
  std::vector<Version> all;
  auto rows = tx.query(
      "SELECT document, language, number, hash, '' AS body, posted_at, effective_at FROM "
      "policy_versions WHERE account_id = $1 AND document = $2 AND language = $3 ORDER BY number "
      "DESC",
      kInstance, document, nearest_language(language));
  while (rows.next()) all.push_back(version_of(rows));
  return all;
}

std::vector<Notice> unseen_notices(store::Tx& tx, std::int64_t account_id) {
  std::vector<Notice> all;
  auto rows = tx.query(
      "SELECT document, number, noticed_at FROM policy_notices WHERE account_id = $1 AND seen_at "
      "IS "
      "NULL ORDER BY noticed_at, document",
      account_id);
  while (rows.next())
    all.push_back({std::string(rows.text(0)), rows.integer(1), base::from_micros(rows.integer(2))});
  return all;
}

void mark_seen(store::Tx& tx, std::int64_t account_id, base::Instant now) {
  tx.execute("UPDATE policy_notices SET seen_at = $1 WHERE account_id = $2 AND seen_at IS NULL",
             base::to_micros(now), account_id);
}

}  // namespace policy
