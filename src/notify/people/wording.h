// A shop's own words for what it tells people, every edition of them: the only SQL on
// `message_templates`. What is in force has passed the linter (messages/template.h) when it was
// saved, and passes it again before it is first used by this process, since the linter may have
// learnt something.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "journey/trigger.h"
#include "messages/template.h"
#include "store/database.h"

namespace notify::people {

struct Edition {
  journey::Trigger trigger{};
  std::string language;  // one of messages::languages()
  std::int64_t version = 0;
  bool is_withdrawn = false;  // the house's words again
  messages::Blocks blocks;
  base::Instant changed_at{};
};

// Safe from any thread; functions with a transaction work in the caller's.
class Wording {
 public:
  static constexpr int kMostEditions = 50;  // of one occasion and language; older ones go

  // The next edition, in force from now on; or everything that is wrong with it.
  base::Result<Edition, std::vector<messages::Finding>> save(store::Tx& tx, std::int64_t account_id,
                                                             journey::Trigger trigger,
                                                             std::string_view language,
                                                             const messages::Blocks& blocks,
                                                             base::Instant now) const;
  // The house's words again: an edition of its own. False when they stand already.
  static bool withdraw(store::Tx& tx, std::int64_t account_id, journey::Trigger trigger,
                       std::string_view language, base::Instant now);

  // The newest of each occasion and language, withdrawn ones left out.
  static std::vector<Edition> in_force(store::Tx& tx, std::int64_t account_id);
  // Newest first.
  static std::vector<Edition> editions(store::Tx& tx, std::int64_t account_id,
                                       journey::Trigger trigger, std::string_view language);

  // For whoever writes the message now; null: the house's words.
  std::shared_ptr<const messages::Template> words_for(store::Tx& tx, std::int64_t account_id,
                                                      journey::Trigger trigger,
                                                      std::string_view language) const;

 private:
  using Key = std::tuple<std::int64_t, journey::Trigger, std::string>;
  struct Made {
    std::int64_t version = 0;
    std::shared_ptr<const messages::Template> words;
  };
  mutable std::mutex mutex_;
  mutable std::map<Key, Made> made_;
};

}  // namespace notify::people
