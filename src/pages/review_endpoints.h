// Reviews of deliveries: no account, no cookie, no script.
//
//   POST /t/{token}/review-link      address; a letter with the link goes to it if, and only if, it
//                                    is a recipient's. What is answered, and when, is the same.
//   GET  /review/{token}             its author's page
//   POST /review/{token}             stars, text; written, or changed
//   POST /review/{token}/appeal      answer; another look, or the counter-notice to a claim
//   POST /review/{token}/erase       sure
//   GET  /reviews/{shop}             what everybody sees of a shop's
//   GET  /reviews/{shop}/{id}        the form of a claim about one
//   POST /reviews/{shop}/{id}        name, address, words, faith
//
// The token in the address is what a form must know; one that another site sends is refused all the
// same.
#pragma once
#include "accounts/throttle.h"
#include "base/later.h"
#include "http/router.h"
#include "letters/letters.h"
#include "notify/people/recipients.h"
#include "reviews/claim.h"
#include "shipments/repository.h"

namespace pages {

struct ReviewContext {
  store::Database& database;
  shipments::Repository& shipments;
  personal::Ledger& ledger;
  reviews::Reviews& reviews;
  reviews::Claims& claims;
  notify::people::Recipients& recipients;
  letters::Letters& letters;
  const accounts::Throttle& throttle;
  base::Later& later;
  std::string public_url = {};  // where letters lead to
};

// `context` must outlive the router.
void add_review_routes(http::Router& router, ReviewContext& context);

// Whoever made the claim is told by letter what became of it: that, and nothing about the author.
// In the caller's transaction.
void tell_claimant(store::Tx& tx, ReviewContext& context, personal::Actor actor,
                   const reviews::Claim& claim);

}  // namespace pages
