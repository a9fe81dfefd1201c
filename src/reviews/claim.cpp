#include "reviews/claim.h"

#include <map>

#include "base/text.h"

namespace reviews {
namespace {

#define MILEPOST_CLAIM_COLUMNS \
  "account_id, id, review_id, state, language, subject, sealed, created_at, updated_at"

constexpr std::string_view kTable = "review_claims";

bool is_address(std::string_view address) {
  return address.size() <= Claims::kMostAddress && address.find('@') != std::string_view::npos &&
         address.find_first_of("\r\n<> ") == std::string_view::npos;
}

std::optional<ClaimRefusal> fault_of(const Notice& notice) {
  const auto text = base::trim(notice.text), who = base::trim(notice.name);
  if (text.empty() || text.size() > Claims::kMostText) return ClaimRefusal::NoText;
  if (who.empty() || who.size() > Claims::kMostName || !is_address(base::trim(notice.address)))
    return ClaimRefusal::NoWho;
  if (!notice.is_in_good_faith) return ClaimRefusal::NoFaith;
  return std::nullopt;
}

Claim read(personal::Vault& vault, const store::Rows& rows) {
  Claim claim;
  claim.account_id = rows.integer(0);
  claim.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  claim.review = base::Id::from_bytes(rows.blob(2)).value_or(base::Id());
  claim.state = static_cast<ClaimState>(rows.integer(3));
  claim.language = rows.text(4);
  claim.subject = rows.integer(5);
  claim.created_at = rows.instant(7);
  claim.updated_at = rows.instant(8);
  const auto opened =
      vault.unseal({kTable, claim.account_id, claim.id.bytes()}, claim.subject, rows.blob(6));
  if (opened) {
    claim.name = opened->take<personal::field::ClaimName>();
    claim.address = opened->take<personal::field::ClaimAddress>();
    claim.text = opened->take<personal::field::ClaimText>();
  }
  return claim;
}

}  // namespace

std::string_view name(ClaimState state) {
  constexpr std::string_view kNames[] = {"open", "followed", "refused", "withdrawn", "upheld"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view describe(ClaimRefusal refusal) {
  switch (refusal) {
    case ClaimRefusal::NoReview:
      return "there is no such review to be seen";
    case ClaimRefusal::NoText:
      return "a claim says which right is violated and how, in 4,000 bytes at most";
    case ClaimRefusal::NoWho:
      return "a claim says who makes it, and where the answer goes";
    case ClaimRefusal::NoFaith:
      return "a claim is made in good faith, and says so";
    case ClaimRefusal::TooMany:
      return "five claims about this review are open already";
    case ClaimRefusal::NoClaim:
      return "there is no such claim";
    case ClaimRefusal::NotNow:
      break;
  }
  return "not in the state it is in";
}

Claims::Outcome Claims::file(store::Tx& tx, std::int64_t account_id, const base::Id& review,
                             const Notice& notice) {
  if (const auto fault = fault_of(notice)) return base::Failure{*fault};
  const auto found = reviews_.find(tx, account_id, review);
  if (!found || !is_public(found->state)) return base::Failure{ClaimRefusal::NoReview};
  if (std::ssize(about(tx, account_id, review, ClaimState::Open)) >= kMostOpen)
    return base::Failure{ClaimRefusal::TooMany};
  const personal::Label label(personal::Source::Buyer);
  const auto now = clock_.now();
  Claim claim;
  claim.account_id = account_id;
  claim.id = base::Id::make(now);
  claim.review = review;
  claim.language = notice.language;
  claim.subject = vault_.new_subject_now(account_id);
  const std::string address(base::trim(notice.address));
  claim.name = {std::string(base::trim(notice.name)), label};
  claim.address = {address, label};
  claim.text = {std::string(base::trim(notice.text)), label};
  claim.created_at = claim.updated_at = now;
  personal::Envelope envelope;
  envelope.put(claim.name);
  envelope.put(claim.address);
  envelope.put(claim.text);
  const auto sealed =
      vault_.seal({kTable, account_id, claim.id.bytes()}, claim.subject, envelope).value();
  const auto hash = vault_.address_hash(account_id, address);
  const std::string_view hash_bytes(reinterpret_cast<const char*>(hash.data()), hash.size());
  tx.execute("INSERT INTO review_claims (" MILEPOST_CLAIM_COLUMNS
             ", expires_at, address_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
             account_id, store::Blob{claim.id.bytes()}, store::Blob{review.bytes()},
             static_cast<std::int64_t>(claim.state), claim.language, claim.subject,
             store::Blob{sealed}, now, now + kKept, store::Blob{hash_bytes});
  return claim;
}

Claims::Outcome Claims::move(store::Tx& tx, Claim claim, ClaimState from, ClaimState to) {
  claim.state = to;
  claim.updated_at = clock_.now();
  const auto moved = tx.execute(
      "UPDATE review_claims SET state = $3, updated_at = $4 WHERE account_id = $1 AND id = $2 AND "
      "state = $5",
      claim.account_id, store::Blob{claim.id.bytes()}, static_cast<std::int64_t>(to),
      claim.updated_at, static_cast<std::int64_t>(from));
  if (moved == 0) return base::Failure{ClaimRefusal::NotNow};
  return claim;
}

Claims::Outcome Claims::follow(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto claim = find(tx, account_id, id);
  if (!claim) return base::Failure{ClaimRefusal::NoClaim};
  if (claim->state != ClaimState::Open) return base::Failure{ClaimRefusal::NotNow};
  if (!reviews_.take_down(tx, account_id, claim->review, kClaimed))
    return base::Failure{ClaimRefusal::NotNow};
  return move(tx, std::move(*claim), ClaimState::Open, ClaimState::Followed);
}

Claims::Outcome Claims::turn_down(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto claim = find(tx, account_id, id);
  if (!claim) return base::Failure{ClaimRefusal::NoClaim};
  return move(tx, std::move(*claim), ClaimState::Open, ClaimState::Refused);
}

std::vector<Claim> Claims::settle(store::Tx& tx, const Review& review) {
  std::vector<Claim> settled;
  if (!is_public(review.state) && review.state != Content::Removed) return settled;
  const auto to = is_public(review.state) ? ClaimState::Withdrawn : ClaimState::Upheld;
  for (auto& claim : about(tx, review.account_id, review.id, ClaimState::Followed)) {
    if (auto moved = move(tx, std::move(claim), ClaimState::Followed, to))
      settled.push_back(std::move(*moved));
  }
  return settled;
}

std::vector<Claim> Claims::end(store::Tx& tx, const Review& review) {
  std::vector<Claim> ended;
  for (const auto from : {ClaimState::Open, ClaimState::Followed}) {
    for (auto& claim : about(tx, review.account_id, review.id, from)) {
      if (auto moved = move(tx, std::move(claim), from, ClaimState::Upheld))
        ended.push_back(std::move(*moved));
    }
  }
  return ended;
}

std::vector<Claim> Claims::about(store::Tx& tx, std::int64_t account_id, const base::Id& review,
                                 ClaimState state) {
  auto rows = tx.query("SELECT " MILEPOST_CLAIM_COLUMNS
                       " FROM review_claims WHERE account_id = $1 AND review_id = $2 AND state = "
                       "$3 AND expires_at > $4 ORDER BY created_at, id",
                       account_id, store::Blob{review.bytes()}, static_cast<std::int64_t>(state),
                       clock_.now());
  std::vector<Claim> all;
  while (rows.next()) all.push_back(read(vault_, rows));
  return all;
}

std::optional<Claim> Claims::find(store::Tx& tx, std::int64_t account_id, const base::Id& claim) {
  auto rows = tx.query("SELECT " MILEPOST_CLAIM_COLUMNS
                       " FROM review_claims WHERE account_id = $1 AND id = $2 AND expires_at > $3",
                       account_id, store::Blob{claim.bytes()}, clock_.now());
  if (!rows.next()) return std::nullopt;
  return read(vault_, rows);
}

std::vector<Claim> Claims::open(store::Tx& tx, std::int64_t account_id, int most) {
  auto rows = tx.query("SELECT " MILEPOST_CLAIM_COLUMNS
                       " FROM review_claims WHERE account_id = $1 AND state = $2 AND expires_at > "
                       "$3 ORDER BY created_at, id LIMIT $4",
                       account_id, static_cast<std::int64_t>(ClaimState::Open), clock_.now(),
                       static_cast<std::int64_t>(most));
  std::vector<Claim> all;
  while (rows.next()) all.push_back(read(vault_, rows));
  return all;
}

std::optional<Claim> Claims::against(store::Tx& tx, const Review& review) {
  auto all = about(tx, review.account_id, review.id, ClaimState::Followed);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

std::int64_t Claims::sweep(store::Database& database) {
  auto take = [&](store::Tx& tx) {
    std::map<std::int64_t, std::vector<personal::SubjectId>> subjects;
    auto gone = tx.query(
        "DELETE FROM review_claims WHERE expires_at <= $1 OR NOT EXISTS (SELECT 1 FROM reviews r "
        "WHERE r.account_id = review_claims.account_id AND r.id = review_claims.review_id) "
        "RETURNING account_id, subject",
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
