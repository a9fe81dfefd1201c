#include "pages/review_endpoints.h"

#include <fmt/format.h>

#include "base/text.h"
#include "notify/people/voice.h"
#include "pages/account/elsewhere.h"
#include "pages/link.h"
#include "pages/review_view.h"
#include "pages/view.h"
#include "pages/visit.h"
#include "rights/visits.h"

namespace pages {
namespace {

using base::Task;
using http::Request, http::Response;
using reviews::RecipientOf, reviews::Review, reviews::ReviewRefusal;
using ShowAccess = personal::Access<personal::Purpose::Review>;
using ModerateAccess = personal::Access<personal::Purpose::Moderate>;

constexpr personal::Actor kPerson{personal::ActorKind::Subject, 0};
constexpr std::chrono::milliseconds kAnswerStep{50};
constexpr int kMostShown = 100;

std::string shop_name(store::Tx& tx, std::int64_t account_id) {
  return notify::people::voice_of(tx, account_id, {}).sender.name;
}

Response nothing(const Request& request) {
  return page(404, render_nothing(frame_of(request, http::the_register())), request);
}

Response shown(const Request& request, std::string body, int status = 200) {
  return page(status, std::move(body), request, http::the_register(), Forms::OwnSite);
}

// Back to a page of ours, in the language that was chosen, with the word of what was done.
Response back(const Request& request, std::string path, std::string_view key,
              std::string_view what) {
  path += fmt::format("?{}={}", key, what);
  if (const auto* chosen = Words::find(query_value(request, "lang")))
    path += fmt::format("&lang={}", chosen->language());
  return go(path);
}

// ---- The link

bool is_recipient(store::Tx& tx, ReviewContext& context, const shipments::Head& head,
                  std::string_view address) {
  auto& vault = context.shipments.vault();
  const auto hash = vault.address_hash(head.account_id, address);
  if (head.email_hash == std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()))
    return true;
  bool is_one = false;
  for (const auto& one : context.recipients.of(tx, head.account_id, head.id)) {
    personal::Envelope envelope;
    envelope.put(one.email);
    const auto theirs = vault.hash_of<personal::field::RecipientEmail>(head.account_id, envelope);
    is_one = is_one || (theirs && *theirs == hash);
  }
  return is_one;
}

void send_link(store::Tx& tx, ReviewContext& context, const ShipmentPlace& place,
               const std::string& address, std::string_view network, const Words& words) {
  // Nobody's mailbox is filled from here, nor is an address guessed by trying many.
  if (context.throttle.take(tx, "review:" + place.id.hex(), network).count() > 0) return;
  const auto found = context.shipments.find(tx, place.account_id, place.id);
  if (!found || found->head.status != journey::Status::Delivered) return;
  if (!is_recipient(tx, context, found->head, address)) return;
  letters::Letter letter;
  letter.account_id = place.account_id;
  letter.kind = "review-link";
  letter.language = words.language();
  letter.to = letters::To(address, personal::Label(personal::Source::Buyer));
  letter.values = {{"link", context.public_url + "/review/" +
                                RecipientOf::write_token(context.shipments.vault(),
                                                         place.account_id, place.id)}};
  context.letters.post(tx, letter);
}

Task<Response> ask_link(ReviewContext& context, Request request) {
  const auto begun = std::chrono::steady_clock::now();
  const auto place = read_tracking_token(context.shipments.vault(), request.parameter("token"));
  if (!place) co_return nothing(request);
  const auto path = fmt::format("/t/{}", request.parameter("token"));
  if (!is_from_own_site(request)) co_return back(request, path, "rated", "bad");
  const auto form = form_of(request);
  const auto address = personal::folded_address(value_of(form, "address"));
  if (!rights::looks_like_email(address)) co_return back(request, path, "rated", "bad");
  const std::string network = "review:" + std::string(request.peer());
  auto work = [&](store::Tx& tx) {
    send_link(tx, context, *place, address, network, words_of(request));
    return 0;
  };
  co_await context.database.write(work);
  // A letter takes longer than none.
  const auto rest = kAnswerStep - (std::chrono::steady_clock::now() - begun) % kAnswerStep;
  co_await context.later.wait(std::chrono::ceil<std::chrono::milliseconds>(rest));
  co_return back(request, path, "rated", "sent");
}

// ---- Its author's page

OwnReview own_review(store::Tx& tx, ReviewContext& context, const RecipientOf& author) {
  OwnReview own;
  const auto account = author.account_id();
  own.all = reviews_path(context.shipments.vault(), account);
  own.shop = shop_name(tx, account);
  own.may_write = context.reviews.may_write(tx, author);
  own.review = context.reviews.of(tx, author);
  if (!own.review) return own;
  ModerateAccess access(context.ledger, kPerson, account, "pages.review");
  access.about(own.review->subject);
  own.text = open(own.review->text, access);
  own.answer = open(own.review->answer, access);
  if (own.review->reason != reviews::kClaimed) return own;
  if (const auto claim = context.claims.against(tx, *own.review)) {
    access.about(claim->subject);
    own.claim = open(claim->text, access);
  }
  return own;
}

Task<Response> mine(ReviewContext& context, Request request) {
  const auto author =
      RecipientOf::read_token(context.shipments.vault(), request.parameter("token"));
  if (!author) co_return nothing(request);
  auto work = [&](store::Tx& tx) { return own_review(tx, context, *author); };
  auto own = co_await context.database.read(work);
  own.path = fmt::format("/review/{}", request.parameter("token"));
  co_return shown(request, render_review(own, frame_of(request, http::the_register()),
                                         query_value(request, "done")));
}

std::string_view word_of(ReviewRefusal refusal) {
  switch (refusal) {
    case ReviewRefusal::Stars:
      return "stars";
    case ReviewRefusal::TooLong:
      return "long";
    case ReviewRefusal::NoAnswer:
      return "words";
    default:
      return "no";
  }
}

using AuthorAct = std::string_view (*)(store::Tx&, ReviewContext&, const RecipientOf&, const Form&);

std::string_view write(store::Tx& tx, ReviewContext& context, const RecipientOf& author,
                       const Form& form) {
  const auto typed = value_of(form, "stars");
  const int stars = typed.size() == 1 ? typed[0] - '0' : 0;
  const auto text = value_of(form, "text");
  const auto done = context.reviews.of(tx, author) ? context.reviews.edit(tx, author, stars, text)
                                                   : context.reviews.write(tx, author, stars, text);
  return done ? "saved" : word_of(done.error());
}

std::string_view appeal(store::Tx& tx, ReviewContext& context, const RecipientOf& author,
                        const Form& form) {
  const auto done = context.reviews.appeal(tx, author, value_of(form, "answer"));
  return done ? "appealed" : word_of(done.error());
}

Task<Response> act(ReviewContext& context, Request request, AuthorAct does) {
  const auto author =
      RecipientOf::read_token(context.shipments.vault(), request.parameter("token"));
  if (!author) co_return nothing(request);
  const auto path = fmt::format("/review/{}", request.parameter("token"));
  if (!is_from_own_site(request)) co_return back(request, path, "done", "no");
  const auto form = form_of(request);
  auto work = [&](store::Tx& tx) { return does(tx, context, *author, form); };
  const auto word = co_await context.database.write(work);
  co_return back(request, path, "done", word);
}

// Those who still wait for an answer about it have theirs: nobody sees it any more.
bool end_claims(store::Tx& tx, ReviewContext& context, const RecipientOf& author) {
  const auto review = context.reviews.of(tx, author);
  if (!review) return false;
  for (const auto& claim : context.claims.end(tx, *review))
    tell_claimant(tx, context, kPerson, claim);
  return true;
}

Task<Response> erase(ReviewContext& context, Request request) {
  const auto author =
      RecipientOf::read_token(context.shipments.vault(), request.parameter("token"));
  if (!author) co_return nothing(request);
  const auto path = fmt::format("/review/{}", request.parameter("token"));
  if (!is_from_own_site(request) || value_of(form_of(request), "sure").empty())
    co_return back(request, path, "done", "no");
  auto work = [&](store::Tx& tx) { return end_claims(tx, context, *author); };
  co_await context.database.write(work);
  const bool is_erased =
      co_await elsewhere([&] { return context.reviews.erase(context.database, *author); });
  co_return back(request, path, "done", is_erased ? "erased" : "no");
}

// ---- Everybody's page, and claims

ShownReview shown_review(const Review& review, ShowAccess& access) {
  access.about(review.subject);
  return {review.id, review.stars, open(review.text, access), review.written_at};
}

Task<Response> all(ReviewContext& context, Request request) {
  const auto account = read_reviews_token(context.shipments.vault(), request.parameter("shop"));
  if (!account) co_return nothing(request);
  auto work = [&](store::Tx& tx) {
    ShopReviews shop;
    shop.path = fmt::format("/reviews/{}", request.parameter("shop"));
    shop.shop = shop_name(tx, *account);
    shop.rating = context.reviews.rating(tx, *account);
    ShowAccess access(context.ledger, kPerson, *account, "pages.reviews");
    for (const auto& review : context.reviews.shown(tx, *account, kMostShown))
      shop.reviews.push_back(shown_review(review, access));
    return shop;
  };
  const auto shop = co_await context.database.read(work);
  co_return shown(request, render_reviews(shop, frame_of(request, http::the_register()),
                                          query_value(request, "done")));
}

// The form about one that is shown.
std::optional<ClaimForm> claim_form(store::Tx& tx, ReviewContext& context, const Request& request) {
  const auto account = read_reviews_token(context.shipments.vault(), request.parameter("shop"));
  const auto id = base::Id::parse(request.parameter("id"));
  if (!account || !id) return std::nullopt;
  const auto review = context.reviews.find(tx, *account, *id);
  if (!review || !is_public(review->state)) return std::nullopt;
  ShowAccess access(context.ledger, kPerson, *account, "pages.claim");
  ClaimForm form;
  form.path = fmt::format("/reviews/{}", request.parameter("shop"));
  form.shop = shop_name(tx, *account);
  form.review = shown_review(*review, access);
  return form;
}

Task<Response> claim(ReviewContext& context, Request request) {
  auto work = [&](store::Tx& tx) { return claim_form(tx, context, request); };
  const auto form = co_await context.database.read(work);
  if (!form) co_return nothing(request);
  co_return shown(request, render_claim(*form, frame_of(request, http::the_register())));
}

Task<Response> file(ReviewContext& context, Request request) {
  const auto typed = form_of(request);
  const bool is_own = is_from_own_site(request);
  bool is_filed = false;
  auto work = [&](store::Tx& tx) {
    auto form = claim_form(tx, context, request);
    if (!form) return form;
    form->name = value_of(typed, "name");
    form->address = value_of(typed, "address");
    form->words = value_of(typed, "words");
    const auto account = read_reviews_token(context.shipments.vault(), request.parameter("shop"));
    const auto filed =
        is_own
            ? context.claims.file(tx, *account, form->review.id,
                                  {form->name, form->address, form->words,
                                   value_of(typed, "faith") == "yes", words_of(request).language()})
            : base::Failure{reviews::ClaimRefusal::NoFaith};
    is_filed = filed.has_value();
    if (!is_filed)
      form->fault = filed.error() == reviews::ClaimRefusal::TooMany ? "claim.many" : "claim.bad";
    return form;
  };
  const auto form = co_await context.database.write(work);
  if (!form) co_return nothing(request);
  if (is_filed) co_return back(request, form->path, "done", "claimed");
  co_return shown(request, render_claim(*form, frame_of(request, http::the_register())), 422);
}

}  // namespace

void tell_claimant(store::Tx& tx, ReviewContext& context, personal::Actor actor,
                   const reviews::Claim& claim) {
  personal::Access<personal::Purpose::Correspond> access(context.ledger, actor, claim.account_id,
                                                         "pages.claim_answer");
  access.about(claim.subject);
  const auto& address = open(claim.address, access);
  if (address.empty()) return;
  const auto& words = Words::choose(claim.language, {});
  letters::Letter letter;
  letter.account_id = claim.account_id;
  letter.kind = "claim-answer";
  letter.language = claim.language;
  letter.to = letters::To(address, personal::Label(personal::Source::Buyer));
  letter.values = {
      {"text", std::string(words.get(fmt::format("claim.told.{}", name(claim.state))))},
      {"link", context.public_url + reviews_path(context.shipments.vault(), claim.account_id)}};
  context.letters.post(tx, letter);
  access.record(tx);
}

void add_review_routes(http::Router& router, ReviewContext& context) {
  router.add("POST", "/t/{token}/review-link",
             [&context](Request r) { return ask_link(context, std::move(r)); });
  router.add("GET", "/review/{token}",
             [&context](Request r) { return mine(context, std::move(r)); });
  router.add("POST", "/review/{token}",
             [&context](Request r) { return act(context, std::move(r), write); });
  router.add("POST", "/review/{token}/appeal",
             [&context](Request r) { return act(context, std::move(r), appeal); });
  router.add("POST", "/review/{token}/erase",
             [&context](Request r) { return erase(context, std::move(r)); });
  router.add("GET", "/reviews/{shop}",
             [&context](Request r) { return all(context, std::move(r)); });
  router.add("GET", "/reviews/{shop}/{id}",
             [&context](Request r) { return claim(context, std::move(r)); });
  router.add("POST", "/reviews/{shop}/{id}",
             [&context](Request r) { return file(context, std::move(r)); });
}

}  // namespace pages
