// Reviews, as whoever answers customers moderates them: what waits first, with the claims about
// them. Nobody's name is here: a review is judged by its words.
#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "pages/account/handlers.h"
#include "pages/link.h"
#include "pages/review_endpoints.h"
#include "pages/review_view.h"

namespace pages::account {
namespace {

using reviews::Act, reviews::Claim, reviews::ClaimState, reviews::Content, reviews::Review;
using ModerateAccess = personal::Access<personal::Purpose::Moderate>;

constexpr std::string_view kPage = "/account/reviews";
constexpr int kMostShown = 100;  // of each state

struct Row {
  Review review;
  bool is_claimed = false;  // a notice about it waits
  std::string text;
};

struct Notice {
  Claim claim;
  std::string name, text;
};
struct Seen {
  Review review;
  std::string text, answer;
  std::vector<Notice> notices;  // open ones, and the one it was taken down for
};

std::string_view tone_of(Content state) {
  return state == Content::Shown                                   ? "good"
         : state == Content::Waiting || state == Content::Appealed ? "warn"
                                                                   : "calm";
}
std::string state_words(const Visit& visit, Content state) {
  return visit.say(fmt::format("review.state.{}", name(state)));
}

// "★★★★☆ 4 of 5: good"
std::string stars_said(const Visit& visit, int stars) {
  return fmt::format("{} {}", stars_of(stars), visit.say(fmt::format("review.star.{}", stars)));
}

std::vector<Row> rows_of(AccountContext& context, const Visit& visit, store::Tx& tx) {
  auto& desk = *context.reviews;
  ModerateAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.reviews");
  std::vector<base::Id> claimed;
  for (const auto& claim : desk.claims.open(tx, visit.account(), kMostShown))
    claimed.push_back(claim.review);
  std::vector<Row> rows;
  // What waits for somebody first.
  for (const auto state : {Content::Appealed, Content::Waiting, Content::Shown, Content::Hidden}) {
    for (auto& review : desk.reviews.list(tx, visit.account(), state, kMostShown)) {
      access.about(review.subject);
      auto text = open(review.text, access);
      const bool is_claimed = std::ranges::find(claimed, review.id) != claimed.end();
      rows.push_back({std::move(review), is_claimed, std::move(text)});
    }
  }
  std::ranges::stable_partition(rows, &Row::is_claimed);
  return rows;
}

std::optional<Seen> look(AccountContext& context, const Visit& visit, store::Tx& tx,
                         const base::Id& id) {
  auto& desk = *context.reviews;
  auto review = desk.reviews.find(tx, visit.account(), id);
  if (!review) return std::nullopt;
  ModerateAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.review");
  access.about(review->subject);
  Seen seen{std::move(*review), {}, {}, {}};
  seen.text = open(seen.review.text, access);
  seen.answer = open(seen.review.answer, access);
  for (const auto state : {ClaimState::Open, ClaimState::Followed}) {
    for (auto& claim : desk.claims.about(tx, visit.account(), id, state)) {
      access.about(claim.subject);
      auto name = open(claim.name, access), text = open(claim.text, access);
      seen.notices.push_back({std::move(claim), std::move(name), std::move(text)});
    }
  }
  return seen;
}

ScreenForm form_of(const Visit& visit, std::string_view act, std::string_view words,
                   const base::Id& id, std::string tone = {}) {
  ScreenForm form{fmt::format("{}/{}", kPage, act), visit.say(words)};
  form.hidden = {{"id", id.hex()}};
  form.tone = std::move(tone);
  return form;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = base::trim(text.substr(0, end));
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Card words_card(const Visit& visit, const Seen& seen) {
  Card card{"words", fmt::format("{} · {}", stars_said(visit, seen.review.stars),
                                 moment(visit, seen.review.written_at))};
  card.texts = lines_of(seen.text);
  if (card.texts.empty()) card.texts = {visit.say("a.review.wordless")};
  if (seen.review.reason == reviews::kClaimed) {
    card.rows.emplace_back(visit.say("review.reason"), visit.say("review.claimed"));
  } else if (!seen.review.reason.empty()) {
    card.rows.emplace_back(visit.say("review.reason"), seen.review.reason);
  }
  if (!seen.answer.empty()) card.rows.emplace_back(visit.say("a.review.answer"), seen.answer);
  return card;
}

Card notice_card(const Visit& visit, const Notice& notice, std::size_t number) {
  const auto& id = notice.claim.id;
  Card card{fmt::format("claim-{}", number), visit.say("review.claimed")};
  card.rows = {{visit.say("a.review.who"), notice.name}};
  card.texts = lines_of(notice.text);
  if (notice.claim.state == ClaimState::Open)
    card.row = {form_of(visit, "follow", "a.review.follow", id, "bad"),
                form_of(visit, "turn-down", "a.review.turn_down", id, "quiet")};
  return card;
}

Card decide_card(const Visit& visit, const Review& review) {
  Card card{"decide", visit.say("a.review.decide")};
  const auto offer = [&](Act act, std::string_view path, std::string_view words,
                         std::string tone = {}) {
    if (after(review.state, act))
      card.row.push_back(form_of(visit, path, words, review.id, std::move(tone)));
  };
  offer(Act::Approve, "approve", "a.review.approve");
  offer(Act::Restore, "restore", "a.review.restore");
  offer(Act::Uphold, "uphold", "a.review.uphold", "bad");
  if (after(review.state, Act::TakeDown)) {
    auto down = form_of(visit, "take-down", "a.review.take_down", review.id, "bad");
    down.fields = {field(visit, "reason", "a.review.reason", "textarea", "off")};
    down.fields.back().hint = visit.say("a.review.reason_hint");
    card.forms = {down};
  }
  return card;
}

Answer moderate(AccountContext& context, VisitPtr visit, Act act) {
  const auto id = base::Id::parse(visit->field("id"));
  if (!id) co_return done(*visit, kPage);
  const auto reason = visit->field("reason");
  auto work = [&](store::Tx& tx) {
    auto& reviews = context.reviews->reviews;
    const auto account = visit->account();
    const auto moved = act == Act::Approve    ? reviews.approve(tx, account, *id)
                       : act == Act::TakeDown ? reviews.take_down(tx, account, *id, reason)
                       : act == Act::Restore  ? reviews.restore(tx, account, *id)
                                              : reviews.uphold(tx, account, *id);
    if (!moved) return false;
    for (const auto& claim : context.reviews->claims.settle(tx, *moved))
      tell_claimant(tx, *context.reviews, visit->who->actor(), claim);
    return true;
  };
  const bool is_moved = co_await context.database.write(work);
  co_return done(*visit, fmt::format("{}/{}", kPage, id->hex()),
                 is_moved ? "review_moved" : "review_not_moved");
}

Answer judge(AccountContext& context, VisitPtr visit, bool is_followed) {
  const auto id = base::Id::parse(visit->field("id"));
  if (!id) co_return done(*visit, kPage);
  std::string path(kPage);
  auto work = [&](store::Tx& tx) {
    auto& claims = context.reviews->claims;
    const auto judged = is_followed ? claims.follow(tx, visit->account(), *id)
                                    : claims.turn_down(tx, visit->account(), *id);
    if (!judged) return false;
    tell_claimant(tx, *context.reviews, visit->who->actor(), *judged);
    path = fmt::format("{}/{}", kPage, judged->review.hex());
    return true;
  };
  const bool is_judged = co_await context.database.write(work);
  co_return done(*visit, path, is_judged ? "claim_told" : "review_not_moved");
}

}  // namespace

Answer reviews_page(AccountContext& context, VisitPtr visit) {
  auto work = [&](store::Tx& tx) { return rows_of(context, *visit, tx); };
  const auto rows = co_await context.database.read(work);
  Screen screen{visit->say("a.reviews"), visit->say("a.review.lead")};
  screen.current = kPage;
  Card card{"reviews"};
  for (const auto& [review, is_claimed, text] : rows) {
    Item item{stars_said(*visit, review.stars), state_words(*visit, review.state),
              std::string(tone_of(review.state))};
    if (is_claimed) {
      item.badge = visit->say("a.review.claimed");
      item.tone = "bad";
    }
    item.href = fmt::format("{}/{}", kPage, review.id.hex());
    if (!visit->language.empty()) item.href += "?lang=" + visit->language;
    item.lines = {text.empty() ? visit->say("a.review.wordless") : text,
                  moment(*visit, review.updated_at)};
    card.items.push_back(item);
  }
  if (rows.empty()) card.texts = {visit->say("a.review.none")};
  card.links = {{reviews_path(context.shop.shipments.vault(), visit->account()),
                 visit->say("a.review.public")}};
  screen.cards = {card};
  co_return show(context, *visit, screen);
}

Answer review_page(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->request.parameter("id"));
  std::optional<Seen> seen;
  if (id) {
    auto work = [&](store::Tx& tx) { return look(context, *visit, tx, *id); };
    seen = co_await context.database.read(work);
  }
  if (!seen)
    co_return say_only(context, *visit, 404, "a.reviews", "a.review.unknown", kPage, "a.reviews");
  Screen screen{visit->say("a.review.words")};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit->say("a.reviews")};
  screen.badge = state_words(*visit, seen->review.state);
  screen.badge_tone = std::string(tone_of(seen->review.state));
  screen.cards = {words_card(*visit, *seen)};
  for (const auto& notice : seen->notices)
    screen.cards.push_back(notice_card(*visit, notice, screen.cards.size()));
  if (seen->review.state != Content::Removed)
    screen.cards.push_back(decide_card(*visit, seen->review));
  co_return show(context, *visit, screen);
}

Answer approve_review(AccountContext& context, VisitPtr visit) {
  return moderate(context, std::move(visit), Act::Approve);
}
Answer take_down_review(AccountContext& context, VisitPtr visit) {
  return moderate(context, std::move(visit), Act::TakeDown);
}
Answer restore_review(AccountContext& context, VisitPtr visit) {
  return moderate(context, std::move(visit), Act::Restore);
}
Answer uphold_review(AccountContext& context, VisitPtr visit) {
  return moderate(context, std::move(visit), Act::Uphold);
}
Answer follow_claim(AccountContext& context, VisitPtr visit) {
  return judge(context, std::move(visit), true);
}
Answer turn_down_claim(AccountContext& context, VisitPtr visit) {
  return judge(context, std::move(visit), false);
}

}  // namespace pages::account
