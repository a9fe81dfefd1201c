#include "pages/review_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "pages/template.h"

namespace embedded {
std::string_view review_template();
std::string_view reviews_template();
}  // namespace embedded

namespace pages {
namespace {

using reviews::Content;

std::string text(std::string_view view) { return std::string(view); }

// What is not there is said to be not there: a section would else take its neighbour's above.
void put(Data& data, const char* key, const std::string& value) {
  if (value.empty()) {
    data.set(key, false);
  } else {
    data.set(key, value);
  }
}

std::string said_of(int stars, const Words& words) {
  return text(words.get(fmt::format("review.star.{}", stars)));
}

std::string_view tone_of(Content state) {
  switch (state) {
    case Content::Shown:
      return "good";
    case Content::Hidden:
      return "warn";
    case Content::Removed:
      return "bad";
    case Content::Waiting:
    case Content::Appealed:
      break;
  }
  return "move";
}

// "sure" of nothing but its own keys: whatever stands in the address is no sentence.
void put_note(Data& page, const Words& words, std::string_view key, bool is_good) {
  if (!words.has(key)) return;
  page.set("note", text(words.get(key)));
  page.set("note_tone", text(is_good ? "good" : "warn"));
}

Data mine_of(const OwnReview& own, const Words& words) {
  const auto& review = *own.review;
  Data mine;
  mine.set("w_mine", text(words.get("review.mine")));
  mine.set("state", text(words.get(fmt::format("review.state.{}", name(review.state)))));
  mine.set("tone", text(tone_of(review.state)));
  mine.set("stars", stars_of(review.stars));
  mine.set("stars_said", said_of(review.stars, words));
  put(mine, "text", own.text);
  const bool is_claimed = review.reason == reviews::kClaimed;
  put(mine, "reason", is_claimed ? text(words.get("review.claimed")) : review.reason);
  mine.set("w_reason", text(words.get("review.reason")));
  put(mine, "claim", is_claimed ? own.claim : std::string());
  put(mine, "answer", own.answer);
  mine.set("w_answered", text(words.get("review.answered")));
  return mine;
}

Data form_of(const OwnReview& own, const Words& words, bool is_open) {
  Data form, choices = Data::type::list;
  for (int stars = 1; stars <= 5; ++stars) {
    Data choice;
    choice.set("value", std::to_string(stars));
    choice.set("said", said_of(stars, words));
    choice.set("chosen", own.review && own.review->stars == stars);
    choices.push_back(choice);
  }
  form.set("choices", choices);
  form.set("open", is_open);  // to try again; else one's own words stand above already
  put(form, "w_title", own.review ? text(words.get("review.edit")) : std::string());
  form.set("w_stars", text(words.get("review.stars")));
  form.set("w_text", text(words.get("review.text")));
  form.set("text", own.text);
  form.set("w_licence", text(words.get("review.licence")));
  put(form, "w_again", own.review ? text(words.get("review.edit_note")) : std::string());
  form.set("w_send", text(words.get(own.review ? "review.save" : "review.send")));
  return form;
}

Data appeal_of(const OwnReview& own, const Words& words) {
  const bool is_claimed = own.review->reason == reviews::kClaimed;
  Data appeal;
  appeal.set("w_appeal", text(words.get("review.appeal")));
  appeal.set("w_words", text(words.get("review.appeal_words")));
  appeal.set("note", text(words.get(is_claimed ? "review.counter_note" : "review.appeal_note")));
  appeal.set("words_needed", is_claimed);
  appeal.set("w_send", text(words.get("review.appeal_send")));
  return appeal;
}

Data erase_of(const Words& words) {
  Data erase;
  erase.set("w_erase", text(words.get("review.erase")));
  erase.set("w_note", text(words.get("review.erase_note")));
  erase.set("w_sure", text(words.get("review.sure")));
  return erase;
}

void put_top(Data& page, const Frame& frame, const std::string& shop, std::string_view headline,
             std::string_view lead) {
  put_frame(page, frame);
  put(page, "shop", shop);
  page.set("headline", text(frame.words.get(headline)));
  page.set("lead", text(frame.words.get(lead)));
  page.set("w_skip", text(frame.words.get("rights.skip")));
  page.set("suffix", language_suffix(frame));
}

Data shown_data(const ShownReview& review, const Words& words) {
  Data data;
  data.set("stars", stars_of(review.stars));
  data.set("stars_said", said_of(review.stars, words));
  data.set("month", words.month(base::to_iso_offset(review.at)));
  put(data, "text", review.text);
  return data;
}

// 4.3, in the reader's way of writing it.
std::string average_of(const reviews::Rating& rating, const Words& words) {
  const auto tenths = (rating.stars * 20 + rating.reviews) / (rating.reviews * 2);
  return fmt::format("{}{}{}", tenths / 10, words.language() == "en" ? '.' : ',', tenths % 10);
}

}  // namespace

std::string stars_of(int stars) {
  std::string drawn;
  for (int i = 1; i <= 5; ++i) drawn += i <= stars ? "\u2605" : "\u2606";
  return drawn;
}

std::string render_review(const OwnReview& own, const Frame& frame, std::string_view done) {
  const auto& words = frame.words;
  const bool is_early = !own.review && !own.may_write;
  Data page;
  put_top(page, frame, own.shop, own.review ? "review.mine" : "review.title",
          own.review ? "review.mine_lead"
          : is_early ? "review.early"
                     : "review.lead");
  page.set("path", own.path);
  page.set("all", own.all);
  page.set("w_all", text(words.get("review.all")));
  if (!done.empty())
    put_note(page, words, fmt::format("review.done.{}", done),
             done == "saved" || done == "appealed" || done == "erased");
  if (own.review) {
    page.set("mine", mine_of(own, words));
    if (after(own.review->state, reviews::Act::Appeal)) page.set("appeal", appeal_of(own, words));
    page.set("erase", erase_of(words));
  }
  if (own.review ? after(own.review->state, reviews::Act::Edit).has_value() : own.may_write)
    page.set("form", form_of(own, words, done == "stars" || done == "long"));
  return render(embedded::review_template(), page);
}

std::string render_reviews(const ShopReviews& shop, const Frame& frame, std::string_view done) {
  const auto& words = frame.words;
  Data page, list = Data::type::list;
  put_top(page, frame, shop.shop, "reviews.title", "reviews.lead");
  if (done == "claimed") put_note(page, words, "reviews.claimed", true);
  put(page, "none", shop.reviews.empty() ? text(words.get("reviews.none")) : std::string());
  if (shop.rating.reviews > 0) {
    const auto& rating = shop.rating;
    page.set("average", average_of(rating, words));
    page.set("stars", stars_of(static_cast<int>((rating.stars * 2 + rating.reviews) /
                                                (rating.reviews * 2))));
    page.set("of_five", text(words.get("reviews.of_five")));
    page.set("count", rating.reviews == 1
                          ? text(words.get("reviews.one"))
                          : words.get("reviews.many", {{"count", std::to_string(rating.reviews)}}));
  }
  for (const auto& review : shop.reviews) {
    auto data = shown_data(review, words);
    data.set("report", fmt::format("{}/{}{}", shop.path, review.id.hex(), language_suffix(frame)));
    data.set("w_report", text(words.get("reviews.report")));
    list.push_back(data);
  }
  page.set("reviews?", !shop.reviews.empty());
  page.set("reviews", list);
  return render(embedded::reviews_template(), page);
}

std::string render_claim(const ClaimForm& form, const Frame& frame) {
  const auto& words = frame.words;
  Data page;
  put_top(page, frame, form.shop, "claim.title", "claim.lead");
  page.set("back", form.path + language_suffix(frame));
  page.set("w_back", text(words.get("review.all")));
  if (!form.fault.empty()) put_note(page, words, form.fault, false);
  auto claim = shown_data(form.review, words);
  claim.set("w_about", text(words.get("claim.about")));
  claim.set("action",
            fmt::format("{}/{}{}", form.path, form.review.id.hex(), language_suffix(frame)));
  claim.set("name", form.name);
  claim.set("address", form.address);
  claim.set("words", form.words);
  claim.set("w_name", text(words.get("claim.name")));
  claim.set("w_address", text(words.get("claim.address")));
  claim.set("w_words", text(words.get("claim.text")));
  claim.set("w_faith", text(words.get("claim.faith")));
  claim.set("w_note", text(words.get("claim.note")));
  claim.set("w_send", text(words.get("claim.send")));
  page.set("claim", claim);
  return render(embedded::reviews_template(), page);
}

}  // namespace pages
