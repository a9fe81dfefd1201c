#include "reviews/review.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "crypto/hash.h"
#include "journey/status.h"

namespace reviews {
namespace {

#define MILEPOST_REVIEW_COLUMNS \
  "account_id, id, shipment_id, stars, state, reason, subject, sealed, written_at, updated_at"

// While the parcel's data is restricted (GDPR Art. 18) its review is kept and used for nothing.
#define MILEPOST_NOT_RESTRICTED                                                                   \
  "NOT EXISTS (SELECT 1 FROM shipments s JOIN restrictions r ON r.account_id = s.account_id AND " \
  "r.subject = s.subject WHERE s.account_id = reviews.account_id AND s.id = reviews.shipment_id)"

constexpr std::string_view kTable = "reviews";
constexpr std::size_t kAccountDigits = 16, kIdDigits = 32, kMacDigits = 32;

std::string mac_of(personal::Vault& vault, std::string_view head) {
  const auto hash = vault.keyed_hash(0, "review-link", head);
  return base::to_hex(std::string_view(reinterpret_cast<const char*>(hash.data()), kMacDigits / 2));
}

std::optional<std::int64_t> account_of(std::string_view digits) {
  std::uint64_t account = 0;
  for (const char c : digits) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !(c >= 'a' && c <= 'f')) return std::nullopt;
    account = account << 4 | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return static_cast<std::int64_t>(account);
}

std::optional<ReviewRefusal> fault_of(int stars, std::string_view text) {
  if (stars < 1 || stars > 5) return ReviewRefusal::Stars;
  if (text.size() > kLongestReview) return ReviewRefusal::TooLong;
  return std::nullopt;
}

ReviewText text_of(std::string_view typed) {
  return {std::string(base::trim(typed)), personal::Label(personal::Source::Buyer)};
}

}  // namespace

std::string_view describe(ReviewRefusal refusal) {
  switch (refusal) {
    case ReviewRefusal::NotDelivered:
      return "a delivery is reviewed when the parcel has arrived";
    case ReviewRefusal::Already:
      return "this delivery has its review; it can be changed";
    case ReviewRefusal::Stars:
      return "one to five stars";
    case ReviewRefusal::TooLong:
      return "at most 4,000 bytes, and 500 in a reason";
    case ReviewRefusal::NoReview:
      return "there is no such review";
    case ReviewRefusal::NotNow:
      return "not in the state it is in";
    case ReviewRefusal::NoReason:
      return "whoever takes something down says why";
    case ReviewRefusal::NoAnswer:
      break;
  }
  return "a claim is answered with words";
}

std::string RecipientOf::write_token(personal::Vault& vault, std::int64_t account_id,
                                     const base::Id& shipment) {
  const auto head = fmt::format("{:016x}{}", account_id, shipment.hex());
  return head + mac_of(vault, head);
}

std::optional<RecipientOf> RecipientOf::read_token(personal::Vault& vault, std::string_view token) {
  if (token.size() != kAccountDigits + kIdDigits + kMacDigits) return std::nullopt;
  const auto head = token.substr(0, kAccountDigits + kIdDigits);
  if (!crypto::equal(mac_of(vault, head), token.substr(head.size()))) return std::nullopt;
  const auto account = account_of(head.substr(0, kAccountDigits));
  const auto shipment = base::Id::parse(head.substr(kAccountDigits));
  if (!account || !shipment) return std::nullopt;
  RecipientOf author;
  author.account_id_ = *account;
  author.shipment_ = *shipment;
  return author;
}

std::optional<store::Blob> Reviews::seal(const Review& review, std::string& bytes) {
  personal::Envelope envelope;
  envelope.put(review.text);
  envelope.put(review.answer);
  if (envelope.is_empty()) return std::nullopt;
  bytes =
      vault_.seal({kTable, review.account_id, review.id.bytes()}, review.subject, envelope).value();
  return store::Blob{bytes};
}

Reviews::Outcome Reviews::write(store::Tx& tx, const RecipientOf& author, int stars,
                                std::string_view text) {
  if (const auto fault = fault_of(stars, text)) return base::Failure{*fault};
  auto rows = tx.query("SELECT status, expires_at FROM shipments WHERE account_id = $1 AND id = $2",
                       author.account_id(), store::Blob{author.shipment().bytes()});
  if (!rows.next() || rows.integer(0) != static_cast<std::int64_t>(journey::Status::Delivered))
    return base::Failure{ReviewRefusal::NotDelivered};
  const auto expires = rows.instant(1);
  if (of(tx, author)) return base::Failure{ReviewRefusal::Already};
  const auto now = clock_.now();
  Review review;
  review.account_id = author.account_id();
  review.id = base::Id::make(now);
  review.shipment = author.shipment();
  review.stars = stars;
  review.subject = vault_.new_subject_now(review.account_id);
  review.text = text_of(text);
  review.written_at = review.updated_at = now;
  std::string bytes;
  const auto sealed = seal(review, bytes);
  // Two at once: the index lets one in, the other finds that there is one.
  const auto written = tx.execute(
      "INSERT INTO reviews (" MILEPOST_REVIEW_COLUMNS
      ", expires_at) VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $8, $9) ON CONFLICT DO NOTHING",
      review.account_id, store::Blob{review.id.bytes()}, store::Blob{review.shipment.bytes()},
      static_cast<std::int64_t>(stars), static_cast<std::int64_t>(review.state), review.subject,
      sealed, now, expires);
  if (written == 0) return base::Failure{ReviewRefusal::Already};
  return review;
}

bool Reviews::may_write(store::Tx& tx, const RecipientOf& author) {
  auto rows = tx.query("SELECT 1 FROM shipments WHERE account_id = $1 AND id = $2 AND status = $3",
                       author.account_id(), store::Blob{author.shipment().bytes()},
                       static_cast<std::int64_t>(journey::Status::Delivered));
  return rows.next();
}

Review Reviews::read(const store::Rows& rows) {
  Review review;
  review.account_id = rows.integer(0);
  review.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  review.shipment = base::Id::from_bytes(rows.blob(2)).value_or(base::Id());
  review.stars = static_cast<int>(rows.integer(3));
  review.state = static_cast<Content>(rows.integer(4));
  review.reason = rows.text(5);
  review.subject = rows.integer(6);
  review.written_at = rows.instant(8);
  review.updated_at = rows.instant(9);
  if (rows.is_null(7)) return review;
  const auto envelope =
      vault_.unseal({kTable, review.account_id, review.id.bytes()}, review.subject, rows.blob(7));
  if (envelope) {
    review.text = envelope->take<personal::field::ReviewText>();
    review.answer = envelope->take<personal::field::ReviewAnswer>();
  }
  return review;
}

std::optional<Review> Reviews::find(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_REVIEW_COLUMNS
                       " FROM reviews WHERE account_id = $1 AND id = $2 AND expires_at > $3",
                       account_id, store::Blob{id.bytes()}, clock_.now());
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

std::optional<Review> Reviews::of(store::Tx& tx, const RecipientOf& author) {
  auto rows =
      tx.query("SELECT " MILEPOST_REVIEW_COLUMNS
               " FROM reviews WHERE account_id = $1 AND shipment_id = $2 AND expires_at > $3",
               author.account_id(), store::Blob{author.shipment().bytes()}, clock_.now());
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

Reviews::Outcome Reviews::move(store::Tx& tx, std::optional<Review> review, Act act,
                               std::string_view reason) {
  if (!review) return base::Failure{ReviewRefusal::NoReview};
  const auto before = review->state;
  const auto next = after(before, act);
  if (!next) return base::Failure{ReviewRefusal::NotNow};
  review->state = *next;
  // The reason stays with what is hidden, so that its author can answer it.
  if (act == Act::TakeDown) review->reason = reason;
  if (is_public(*next) || *next == Content::Waiting) review->reason.clear();
  review->updated_at = clock_.now();
  const auto moved = tx.execute(
      "UPDATE reviews SET state = $3, reason = $4, updated_at = $5 WHERE account_id = $1 AND id = "
      "$2 AND state = $6",
      review->account_id, store::Blob{review->id.bytes()}, static_cast<std::int64_t>(*next),
      review->reason, review->updated_at, static_cast<std::int64_t>(before));
  if (moved == 0) return base::Failure{ReviewRefusal::NotNow};  // somebody was faster
  return std::move(*review);
}

void Reviews::keep_words(store::Tx& tx, const Review& review) {
  std::string bytes;
  const auto sealed = seal(review, bytes);
  tx.execute("UPDATE reviews SET stars = $3, sealed = $4 WHERE account_id = $1 AND id = $2",
             review.account_id, store::Blob{review.id.bytes()},
             static_cast<std::int64_t>(review.stars), sealed);
}

Reviews::Outcome Reviews::edit(store::Tx& tx, const RecipientOf& author, int stars,
                               std::string_view text) {
  if (const auto fault = fault_of(stars, text)) return base::Failure{*fault};
  auto moved = move(tx, of(tx, author), Act::Edit);
  if (!moved) return moved;
  moved->stars = stars;
  moved->text = text_of(text);
  moved->answer = {};
  keep_words(tx, *moved);
  return moved;
}

Reviews::Outcome Reviews::appeal(store::Tx& tx, const RecipientOf& author,
                                 std::string_view answer) {
  auto review = of(tx, author);
  const auto words = base::trim(answer);
  if (words.size() > kLongestReview) return base::Failure{ReviewRefusal::TooLong};
  if (review && review->reason == kClaimed && words.empty())
    return base::Failure{ReviewRefusal::NoAnswer};
  auto moved = move(tx, std::move(review), Act::Appeal);
  if (!moved) return moved;
  moved->answer = {std::string(words), personal::Label(personal::Source::Buyer)};
  keep_words(tx, *moved);
  return moved;
}
Reviews::Outcome Reviews::approve(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  return move(tx, find(tx, account_id, id), Act::Approve);
}
Reviews::Outcome Reviews::take_down(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                    std::string_view reason) {
  if (base::trim(reason).empty()) return base::Failure{ReviewRefusal::NoReason};
  if (reason.size() > kLongestReason) return base::Failure{ReviewRefusal::TooLong};
  return move(tx, find(tx, account_id, id), Act::TakeDown, base::trim(reason));
}
Reviews::Outcome Reviews::restore(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  return move(tx, find(tx, account_id, id), Act::Restore);
}
Reviews::Outcome Reviews::uphold(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  return move(tx, find(tx, account_id, id), Act::Uphold);
}

std::vector<Review> Reviews::list(store::Tx& tx, std::int64_t account_id, Content state, int most) {
  auto rows = tx.query("SELECT " MILEPOST_REVIEW_COLUMNS
                       " FROM reviews WHERE account_id = $1 AND state = $2 AND expires_at > $3 "
                       "AND " MILEPOST_NOT_RESTRICTED " ORDER BY updated_at DESC, id LIMIT $4",
                       account_id, static_cast<std::int64_t>(state), clock_.now(),
                       static_cast<std::int64_t>(most));
  std::vector<Review> all;
  while (rows.next()) all.push_back(read(rows));
  return all;
}

Rating Reviews::rating(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query(
      "SELECT COUNT(*), COALESCE(SUM(stars), 0) FROM reviews WHERE account_id = $1 AND state = $2 "
      "AND expires_at > $3 AND " MILEPOST_NOT_RESTRICTED,
      account_id, static_cast<std::int64_t>(Content::Shown), clock_.now());
  rows.next();
  return {rows.integer(0), rows.integer(1)};
}

bool Reviews::erase(store::Database& database, const RecipientOf& author) {
  const auto review = database.read_now([&](store::Tx& tx) { return of(tx, author); });
  if (!review) return false;
  vault_.forget(review->account_id, std::span(&review->subject, 1));
  database.write_now([&](store::Tx& tx) {
    tx.execute("DELETE FROM reviews WHERE account_id = $1 AND id = $2", review->account_id,
               store::Blob{review->id.bytes()});
  });
  return true;
}

std::int64_t Reviews::sweep(store::Database& database) {
  auto take = [&](store::Tx& tx) {
    std::map<std::int64_t, std::vector<personal::SubjectId>> subjects;
    auto gone = tx.query(
        "DELETE FROM reviews WHERE expires_at <= $1 OR NOT EXISTS (SELECT 1 FROM shipments s WHERE "
        "s.account_id = reviews.account_id AND s.id = reviews.shipment_id) RETURNING account_id, "
        "subject",
        clock_.now());
    while (gone.next()) subjects[gone.integer(0)].push_back(gone.integer(1));
    return subjects;
  };
  std::int64_t count = 0;
  for (const auto& [account_id, subjects] : database.write_now(take)) {
    vault_.forget(account_id, subjects);
    count += static_cast<std::int64_t>(subjects.size());
  }
  return count;
}

}  // namespace reviews
