// Claims that a review violates somebody's right (clause 81b; Digital Services Act Art. 16 and 17):
// a notice, which the staff turns down or follows; the review's author may answer; the staff then
// puts the review back or keeps it down. The review itself moves by its own states (content.h).
//
//   open --turn down--> refused
//        --follow-----> followed --review shown again--> withdrawn
//                                --review removed-----> upheld
//
// A claim names a review and nobody who wrote it: nothing of the author can get from here into an
// answer.
#pragma once
#include "reviews/review.h"

namespace reviews {

using ClaimAddress = personal::Personal<std::string, personal::field::ClaimAddress>;
using ClaimName = personal::Personal<std::string, personal::field::ClaimName>;
using ClaimText = personal::Personal<std::string, personal::field::ClaimText>;

// Stored as numbers: only append.
enum class ClaimState : std::uint8_t { Open = 0, Followed, Refused, Withdrawn, Upheld };
std::string_view name(ClaimState state);
constexpr bool is_settled(ClaimState state) { return state >= ClaimState::Refused; }

// As it came in; taken into its sealed form at once.
struct Notice {
  std::string_view name, address, text;
  bool is_in_good_faith = false;  // that it is right and complete, as far as they know
  std::string_view language = "en";
};

struct Claim {
  std::int64_t account_id = 0;
  base::Id id, review;
  ClaimState state{};
  std::string language;
  personal::SubjectId subject = 0;
  ClaimName name;
  ClaimAddress address;
  ClaimText text;
  base::Instant created_at{}, updated_at{};
};

enum class ClaimRefusal : std::uint8_t {
  NoReview,  // that is shown
  NoText,    // no words, or more than kMostText
  NoWho,     // no name, or no address that can be answered
  NoFaith,
  TooMany,  // about this review, open
  NoClaim,
  NotNow  // not from the state it is in, or the review is not
};
std::string_view describe(ClaimRefusal refusal);

// Safe from any thread; in the caller's transaction.
class Claims {
 public:
  using Outcome = base::Result<Claim, ClaimRefusal>;
  static constexpr std::size_t kMostText = 4'000, kMostName = 200, kMostAddress = 254;  // bytes
  static constexpr int kMostOpen = 5;                                                   // a review
  static constexpr std::chrono::days kKept{180};

  Claims(Reviews& reviews, personal::Vault& vault, const base::Clock& clock)
      : reviews_(reviews), vault_(vault), clock_(clock) {}

  Outcome file(store::Tx& tx, std::int64_t account_id, const base::Id& review,
               const Notice& notice);
  // Takes the review down; its author reads why, and may answer.
  Outcome follow(store::Tx& tx, std::int64_t account_id, const base::Id& claim);
  Outcome turn_down(store::Tx& tx, std::int64_t account_id, const base::Id& claim);
  // What followed claims come to once the review is shown again or removed; those that were
  // settled now, so that whoever made them can be told. Nothing while its author may still answer.
  std::vector<Claim> settle(store::Tx& tx, const Review& review);
  // Its author takes the review back: all that wait for an answer about it are upheld.
  std::vector<Claim> end(store::Tx& tx, const Review& review);

  std::optional<Claim> find(store::Tx& tx, std::int64_t account_id, const base::Id& claim);
  // The oldest first.
  std::vector<Claim> about(store::Tx& tx, std::int64_t account_id, const base::Id& review,
                           ClaimState state);
  // Those that wait for somebody, the oldest first.
  std::vector<Claim> open(store::Tx& tx, std::int64_t account_id, int most);
  // The one that the review was taken down for.
  std::optional<Claim> against(store::Tx& tx, const Review& review);

  // Those whose day has come or whose review is gone, with their keys. Blocks; how many.
  std::int64_t sweep(store::Database& database);

 private:
  Outcome move(store::Tx& tx, Claim claim, ClaimState from, ClaimState to);

  Reviews& reviews_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace reviews
