// expect: is private within this context|calling a private constructor
// clause-027.once
#include "case.h"
#include "reviews/review.h"

bool write_as_anybody(reviews::Reviews& reviews, store::Tx& tx, personal::Vault& vault) {
#ifdef WRONG
  const reviews::RecipientOf author;
#else
  const auto author = reviews::RecipientOf::read_token(vault, "of a letter").value();
#endif
  return reviews.write(tx, author, 5, "It came.").has_value();
}
