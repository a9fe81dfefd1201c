// The pages of reviews, as values: its author's own, everybody's, and a claim about one. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "pages/layout.h"
#include "reviews/claim.h"

namespace pages {

// "★★★★☆"
std::string stars_of(int stars);

// Its author's page. The words are opened already.
struct OwnReview {
  std::string path;  // "/review/TOKEN"
  std::string all;   // the page of all of the shop's
  std::string shop;
  bool may_write = false;  // the parcel has arrived
  std::optional<reviews::Review> review;
  std::string text, answer, claim;
};
// `done`: what just became of it ("saved"), or nothing.
std::string render_review(const OwnReview& own, const Frame& frame, std::string_view done);

// One that everybody sees.
struct ShownReview {
  base::Id id;
  int stars = 0;
  std::string text;
  base::Instant at{};
};
struct ShopReviews {
  std::string path;  // "/reviews/TOKEN"
  std::string shop;
  reviews::Rating rating;
  std::vector<ShownReview> reviews;
};
std::string render_reviews(const ShopReviews& shop, const Frame& frame, std::string_view done);

// The form of a claim. `fault`: key of the sentence that says why it was not taken; what was typed
// stays.
struct ClaimForm {
  std::string path, shop;
  ShownReview review;
  std::string fault, name, address, words;
};
std::string render_claim(const ClaimForm& form, const Frame& frame);

}  // namespace pages
