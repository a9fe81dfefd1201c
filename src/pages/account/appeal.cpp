// A suspended account: why, and the appeal against it. One of the few pages that stay open then.
#include <fmt/format.h>

#include "pages/account/handlers.h"

namespace pages::account {
namespace {

constexpr std::string_view kPage = "/account/appeal";

base::Task<http::Response> shown(AccountContext& context, VisitPtr visit, std::string_view wrong,
                                 int status) {
  auto work = [&](store::Tx& tx) {
    return context.suspensions->standing(tx, visit->account(), visit->who->actor());
  };
  const auto stands = co_await context.database.read(work);
  Screen screen{visit->say("a.appeal")};
  screen.is_narrow = true;
  Card why{"why"};
  if (!stands) {
    why.texts = {visit->say("a.appeal_nothing")};
    screen.cards = {why};
    co_return show(context, *visit, screen, status);
  }
  screen.lead = visit->say("a.suspended");
  why.title = visit->say("a.appeal_why");
  why.rows = {{visit->say("a.appeal_ground"),
               visit->say(fmt::format("a.appeal_ground.{}", name(stands->ground)))},
              {visit->say("a.appeal_since"), moment(*visit, stands->at)}};
  why.texts = {"“" + stands->reason + "”", visit->say("a.appeal_human")};
  why.links = {{"/account/my-data", visit->say("a.my_data")},
               {"/account/delete", visit->say("a.delete")}};
  Card appeal{"appeal", visit->say("a.appeal_do")};
  if (stands->appeal) {
    appeal.texts = {visit->say("a.appeal_waits")};
  } else {
    appeal.texts = {visit->say("a.appeal_text")};
    ScreenForm form{std::string(kPage), visit->say("a.appeal_do")};
    form.fields = {field(*visit, "words", "rights.write.words", "textarea", "off")};
    appeal.forms = {form};
    if (!wrong.empty()) appeal.error = visit->say(wrong);
  }
  screen.cards = {why, appeal};
  co_return show(context, *visit, screen, status);
}

}  // namespace

Answer appeal_page(AccountContext& context, VisitPtr visit) {
  co_return co_await shown(context, visit, {}, 200);
}

Answer appeal(AccountContext& context, VisitPtr visit) {
  const auto person = co_await context.desks.people.find(visit->person());
  if (!person) co_return done(*visit, kPage);
  std::string address;
  {
    personal::Access<personal::Purpose::Rights> access(context.shop.ledger, visit->who->actor(), 0,
                                                       "pages.appeal");
    access.about(person->subject);
    address = open(person->email, access);
  }
  auto work = [&](store::Tx& tx) {
    return context.suspensions->appeal(tx, visit->account(), address, visit->words->language(),
                                       visit->field("words"));
  };
  const auto appealed = co_await context.database.write(work);
  if (appealed) co_return done(*visit, kPage, "appealed");
  const bool is_silent = appealed.error() == rights::SuspensionError::NoReason;
  co_return co_await shown(context, visit, is_silent ? "a.case.wrong.reason" : "a.appeal_waits",
                           is_silent ? 422 : 409);
}

}  // namespace pages::account
