#include "pages/child_report.h"

#include <fmt/format.h>

#include "pages/account/screen.h"
#include "pages/visit.h"

namespace pages {
namespace {

using base::Task;
using http::Request;
using http::Response;

constexpr std::string_view kPage = "/rights/child";

Field field_of(const Words& words, const Form& form, std::string name, std::string_view key,
               std::string type) {
  Field field{name, std::string(words.get(key)), std::move(type)};
  field.value = value_of(form, name);
  field.hint = std::string(words.get(fmt::format("{}_hint", key)));
  return field;
}

Response form_page(const Request& request, const Form& form, int status, std::string_view wrong) {
  const auto frame = frame_of(request, http::the_register());
  const auto& words = frame.words;
  Screen screen{std::string(words.get("child.title")), std::string(words.get("child.lead"))};
  screen.is_narrow = true;
  Card card{"report"};
  if (!wrong.empty()) card.error = words.get(wrong);
  ScreenForm report{std::string(kPage), std::string(words.get("child.do"))};
  auto more = field_of(words, form, "words", "child.words", "textarea");
  more.is_required = false;
  auto yours = field_of(words, form, "address", "child.yours", "email");
  yours.autocomplete = "email";
  auto about = field_of(words, form, "about", "child.about", "text");
  about.autocomplete = "off";
  report.fields = {about, yours, more};
  card.forms = {report};
  Card then{"then", std::string(words.get("child.then"))};
  then.texts = {std::string(words.get("child.then_text"))};
  screen.cards = {card, then};
  return page(status, render_screen(screen, {frame}), request, http::the_register(),
              Forms::OwnSite);
}

Response thanks(const Request& request) {
  const auto frame = frame_of(request, http::the_register());
  Screen screen{std::string(frame.words.get("child.thanks")),
                std::string(frame.words.get("child.thanks_text"))};
  screen.is_narrow = true;
  return page(200, render_screen(screen, {frame}), request);
}

Task<Response> report(RightsContext& context, Request request) {
  const auto form = form_of(request);
  if (!is_from_own_site(request)) co_return form_page(request, form, 403, "child.wrong");
  const auto address = personal::folded_address(value_of(form, "address"));
  const auto about = personal::folded_address(value_of(form, "about"));
  if (!rights::looks_like_email(address) || about.empty() || about.size() > 254)
    co_return form_page(request, form, 422, "child.wrong");
  const auto frame = frame_of(request, http::the_register());
  auto work = [&](store::Tx& tx) {
    rights::Request asked;
    asked.kind = rights::Kind::ChildReport;
    asked.language = frame.words.language();
    asked.address = rights::CaseAddress(address, personal::Label(personal::Source::Buyer));
    asked.about = rights::CaseAbout(about, personal::Label(personal::Source::Buyer));
    asked.words = rights::CaseWords(rights::one_line(value_of(form, "words"), 4000),
                                    personal::Label(personal::Source::Buyer));
    return context.acts.report_child(tx, asked);
  };
  // The same answer whatever is known, and however often it was reported.
  co_await context.database.write(work);
  co_return thanks(request);
}

}  // namespace

void add_child_routes(http::Router& router, RightsContext& context) {
  router.add("GET", kPage,
             [](Request request) -> Task<Response> { co_return form_page(request, {}, 200, {}); });
  router.add("POST", kPage,
             [&context](Request request) { return report(context, std::move(request)); });
}

}  // namespace pages
