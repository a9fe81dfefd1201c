// What was published, and when: every version of every document in every language, append-only and
// named by the SHA-256 of its text. A version's address gives the same bytes for ever.
//
// Rows are never updated: there is no code that would. A row whose text does not have its hash was
// changed behind our back, and is treated as not there.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "policy/document.h"
#include "store/database.h"

namespace policy {

struct Version {
  std::string document, language;
  std::int64_t number = 0;
  std::string hash;  // 64 hex digits
  std::string body;  // Markdown
  base::Instant posted_at{}, effective_at{};
};

enum class PublishError { EffectiveBeforePosted };
std::string_view describe(PublishError error);

// What a look at the texts found.
struct Published {
  std::vector<std::string> documents;  // those with a new version; empty: nothing had changed
  int notices = 0;                     // accounts that are told
};

// Renders all documents and posts those that say something else than their newest version. The
// first version of a document has nobody to be announced to and is in force at once; a later one
// takes effect at `effective`, and every account gets a notice row. In the caller's transaction.
base::Result<Published, PublishError> publish(store::Tx& tx, const Facts& facts, base::Instant now,
                                              base::Instant effective);

// In force at `at`; the nearest language there is.
std::optional<Version> in_force(store::Tx& tx, std::string_view document, std::string_view language,
                                base::Instant at);
// Posted and not yet in force.
std::optional<Version> announced(store::Tx& tx, std::string_view document,
                                 std::string_view language, base::Instant at);
std::optional<Version> find_version(store::Tx& tx, std::string_view hash);
// Newest first, without bodies.
std::vector<Version> versions(store::Tx& tx, std::string_view document, std::string_view language);

struct Notice {
  std::string document;
  std::int64_t number = 0;
  base::Instant noticed_at{};
};
// What an account has been told of and nobody there has opened yet.
std::vector<Notice> unseen_notices(store::Tx& tx, std::int64_t account_id);
void mark_seen(store::Tx& tx, std::int64_t account_id, base::Instant now);

}  // namespace policy
