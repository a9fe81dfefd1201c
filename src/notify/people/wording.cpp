#include "notify/people/wording.h"

#include "base/log.h"
#include "messages/message.h"

namespace notify::people {
namespace {

constexpr std::size_t kMostRemembered = 4096;

#define MILEPOST_EDITION_COLUMNS \
  "occasion, language, version, is_withdrawn, subject, intro, extra, footer, sms, changed_at"

std::optional<Edition> read(const store::Rows& rows) {
  const auto trigger = journey::find_trigger(rows.text(0));
  if (!trigger) return std::nullopt;
  Edition edition;
  edition.trigger = *trigger;
  edition.language = rows.text(1);
  edition.version = rows.integer(2);
  edition.is_withdrawn = rows.integer(3) != 0;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  edition.blocks = {text(4), text(5), text(6), text(7), text(8)};
  edition.changed_at = rows.instant(9);
  return edition;
}

void insert(store::Tx& tx, std::int64_t account_id, const Edition& e) {
  const auto& b = e.blocks;
  tx.execute(
      "INSERT INTO message_templates (account_id, occasion, language, version, is_withdrawn, "
      "subject, intro, extra, footer, sms, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
      "$10, $11)",
      account_id, journey::name(e.trigger), e.language, e.version, e.is_withdrawn ? 1 : 0,
      b.subject, b.intro, b.extra, b.footer, b.sms, e.changed_at);
  tx.execute(
      "DELETE FROM message_templates WHERE account_id = $1 AND occasion = $2 AND language = $3 AND "
      "version <= $4",
      account_id, journey::name(e.trigger), e.language, e.version - Wording::kMostEditions);
}

std::optional<Edition> newest(store::Tx& tx, std::int64_t account_id, journey::Trigger trigger,
                              std::string_view language) {
  auto rows = tx.query("SELECT " MILEPOST_EDITION_COLUMNS
                       " FROM message_templates WHERE account_id = $1 AND occasion = $2 AND "
                       "language = $3 ORDER BY version DESC LIMIT 1",
                       account_id, journey::name(trigger), language);
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

}  // namespace

base::Result<Edition, std::vector<messages::Finding>> Wording::save(
    store::Tx& tx, std::int64_t account_id, journey::Trigger trigger, std::string_view language,
    const messages::Blocks& blocks, base::Instant now) const {
  const std::string served(messages::language_for(language));
  const auto before = newest(tx, account_id, trigger, served);
  Edition edition;
  edition.trigger = trigger;
  edition.language = served;
  edition.version = before ? before->version + 1 : 1;
  edition.blocks = blocks;
  edition.changed_at = now;
  auto words = messages::Template::create(blocks, trigger, served, edition.version);
  if (!words) return base::Failure{words.error()};
  insert(tx, account_id, edition);
  return edition;
}

bool Wording::withdraw(store::Tx& tx, std::int64_t account_id, journey::Trigger trigger,
                       std::string_view language, base::Instant now) {
  auto last = newest(tx, account_id, trigger, messages::language_for(language));
  if (!last || last->is_withdrawn) return false;
  Edition edition;
  edition.trigger = trigger;
  edition.language = last->language;
  edition.version = last->version + 1;
  edition.is_withdrawn = true;
  edition.changed_at = now;
  insert(tx, account_id, edition);
  return true;
}

std::vector<Edition> Wording::in_force(store::Tx& tx, std::int64_t account_id) {
  std::vector<Edition> all;
  auto rows =
      tx.query("SELECT " MILEPOST_EDITION_COLUMNS
               " FROM message_templates t WHERE account_id = $1 AND is_withdrawn = 0 AND NOT "
               "EXISTS (SELECT 1 FROM message_templates n WHERE n.account_id = t.account_id AND "
               "n.occasion = t.occasion AND n.language = t.language AND n.version > t.version) "
               "ORDER BY occasion, language",
               account_id);
  while (rows.next()) {
    if (auto edition = read(rows)) all.push_back(std::move(*edition));
  }
  return all;
}

std::vector<Edition> Wording::editions(store::Tx& tx, std::int64_t account_id,
                                       journey::Trigger trigger, std::string_view language) {
  std::vector<Edition> all;
  auto rows = tx.query("SELECT " MILEPOST_EDITION_COLUMNS
                       " FROM message_templates WHERE account_id = $1 AND occasion = $2 AND "
                       "language = $3 ORDER BY version DESC",
                       account_id, journey::name(trigger), messages::language_for(language));
  while (rows.next()) {
    if (auto edition = read(rows)) all.push_back(std::move(*edition));
  }
  return all;
}

std::shared_ptr<const messages::Template> Wording::words_for(store::Tx& tx, std::int64_t account_id,
                                                             journey::Trigger trigger,
                                                             std::string_view language) const {
  const auto edition = newest(tx, account_id, trigger, messages::language_for(language));
  if (!edition || edition->is_withdrawn) return nullptr;
  const Key key{account_id, trigger, edition->language};
  {
    const std::lock_guard lock(mutex_);
    const auto found = made_.find(key);
    if (found != made_.end() && found->second.version == edition->version)
      return found->second.words;
  }
  std::shared_ptr<const messages::Template> words;
  auto made =
      messages::Template::create(edition->blocks, trigger, edition->language, edition->version);
  if (made) {
    words = std::make_shared<const messages::Template>(std::move(*made));
  } else {
    base::log(base::Level::Warning, "messages.words_refused",
              {{"account", account_id},
               {"occasion", journey::name(trigger)},
               {"language", edition->language},
               {"rule", made.error().front().rule}});
  }
  const std::lock_guard lock(mutex_);
  if (made_.size() >= kMostRemembered) made_.clear();
  made_[key] = {edition->version, words};
  return words;
}

}  // namespace notify::people
