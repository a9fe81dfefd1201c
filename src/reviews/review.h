// A review of a delivery (clause 27): only whoever holds the recipient's link of a delivered parcel
// writes one, once; moderated, shown without a name, changed and taken back by the same link at any
// time. Figures are counted from the rows when they are asked for, so that what is erased is in no
// count.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "personal/access.h"
#include "personal/fields/reviews.gen.h"
#include "personal/vault.h"
#include "reviews/content.h"
#include "store/database.h"

namespace reviews {

using ReviewText = personal::Personal<std::string, personal::field::ReviewText>;
using ReviewAnswer = personal::Personal<std::string, personal::field::ReviewAnswer>;

// Whoever holds the recipient's link of a parcel. Made from the link's token alone.
class RecipientOf {
 public:
  // 80 hexadecimal digits, of which 32 are a keyed hash: nobody counts up to another's.
  static std::string write_token(personal::Vault& vault, std::int64_t account_id,
                                 const base::Id& shipment);
  static std::optional<RecipientOf> read_token(personal::Vault& vault, std::string_view token);

  std::int64_t account_id() const { return account_id_; }
  const base::Id& shipment() const { return shipment_; }

 private:
  RecipientOf() = default;
  std::int64_t account_id_ = 0;
  base::Id shipment_;
};

struct Review {
  std::int64_t account_id = 0;
  base::Id id, shipment;
  int stars = 0;
  Content state{};
  std::string reason;  // why it was taken down; kClaimed: because of a claim (claim.h)
  personal::SubjectId subject = 0;
  ReviewText text;
  ReviewAnswer answer;  // what its author says against the takedown
  base::Instant written_at{}, updated_at{};
};
inline constexpr std::string_view kClaimed = "claim";

// Of those that are shown and whose parcel's data is not restricted.
struct Rating {
  std::int64_t reviews = 0, stars = 0;
};

enum class ReviewRefusal : std::uint8_t {
  NotDelivered,
  Already,
  Stars,
  TooLong,
  NoReview,
  NotNow,    // not from this state
  NoReason,  // a takedown gives one
  NoAnswer   // a claim is answered with words
};
std::string_view describe(ReviewRefusal refusal);

inline constexpr std::size_t kLongestReview = 4'000;  // bytes
inline constexpr std::size_t kLongestReason = 500;

// Safe from any thread; in the caller's transaction, as all that takes a Tx.
class Reviews {
 public:
  using Outcome = base::Result<Review, ReviewRefusal>;
  Reviews(personal::Vault& vault, const base::Clock& clock) : vault_(vault), clock_(clock) {}

  // Of its author.
  Outcome write(store::Tx& tx, const RecipientOf& author, int stars, std::string_view text);
  Outcome edit(store::Tx& tx, const RecipientOf& author, int stars, std::string_view text);
  // Asks for another look. After a claim this is the counter-notice and needs words.
  Outcome appeal(store::Tx& tx, const RecipientOf& author, std::string_view answer);
  std::optional<Review> of(store::Tx& tx, const RecipientOf& author);
  // Has the parcel arrived, so that there is something to review?
  bool may_write(store::Tx& tx, const RecipientOf& author);
  // Row and key. False: there is none. Blocks.
  bool erase(store::Database& database, const RecipientOf& author);

  // Of the moderators.
  Outcome approve(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  Outcome take_down(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                    std::string_view reason);
  Outcome restore(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  Outcome uphold(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  std::optional<Review> find(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  // The newest first, without those of parcels whose data is restricted (personal/restrictions.h).
  std::vector<Review> list(store::Tx& tx, std::int64_t account_id, Content state, int most);

  // For everybody: nothing that waits, is hidden or was removed.
  std::vector<Review> shown(store::Tx& tx, std::int64_t account_id, int most) {
    return list(tx, account_id, Content::Shown, most);
  }
  Rating rating(store::Tx& tx, std::int64_t account_id);

  // Those whose time is over or whose parcel is gone, with their keys. Blocks; gives back how many.
  std::int64_t sweep(store::Database& database);

 private:
  Outcome move(store::Tx& tx, std::optional<Review> review, Act act, std::string_view reason = {});
  void keep_words(store::Tx& tx, const Review& review);
  std::optional<store::Blob> seal(const Review& review, std::string& bytes);
  Review read(const store::Rows& rows);

  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace reviews
