// The carriers' answers as they came, for a short time: compressed (zstd), sealed under the
// shipment's subject. What was not understood can be read again by a program that knows more
// (milepost shipments reprocess).
//
// A polled answer holds the whole history, so the newest of each source is enough; a pushed message
// holds one event, so each is kept.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "personal/access.h"
#include "personal/vault.h"
#include "shipments/mouth.h"
#include "store/database.h"

namespace shipments {

// The retention class answers-7d of data/privacy/retention.toml: the most that may be configured.
inline constexpr std::chrono::days kAnswersKept{7};

struct Answer {
  std::int64_t account_id = 0;
  base::Id shipment;
  std::string source;
  Mouth mouth = Mouth::Poll;
  base::Instant heard_at{};
  std::string raw;
};

struct SealedAnswer {
  std::int64_t account_id = 0;
  base::Id shipment;
  std::string source;
  Mouth mouth = Mouth::Poll;
  base::Instant heard_at{};
  std::string bytes;
};

// On any plain thread. Nothing when the subject's key is gone.
std::optional<SealedAnswer> seal_answer(personal::Vault& vault, personal::SubjectId subject,
                                        const Answer& answer);
void keep_answer(store::Tx& tx, const SealedAnswer& answer, base::Instant kept_until);

// Gives every kept answer of the instance to `visit`, in slices; only of one source unless that is
// empty. Opened for Track, one ledger row a slice and account. Blocks. How many there were.
std::int64_t each_answer(store::Database& database, personal::Vault& vault,
                         personal::Ledger& ledger, std::string_view source,
                         const std::function<void(const Answer&)>& visit);

// The carrier's text of what lies sealed in an answer; nothing when it is none.
std::optional<std::string> unpack_answer(std::string_view packed);

std::int64_t sweep_answers(store::Database& database, base::Instant now);

}  // namespace shipments
