// People's requests as the shop's own people work them: the list by its deadlines, and one case
// with what was asked, what happened, which letters went, and what can be done now.
//
// These pages decide nothing: each button is an act of the rights desk (rights/desk.h, acts.h), the
// same that the API, the mailbox and the command line reach.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/time.h"
#include "pages/account/handlers.h"
#include "rights/facts.h"
#include "rights/person.h"

namespace pages::account {
namespace {

using rights::Case, rights::Kind, rights::State;
using RightsReading = personal::Access<personal::Purpose::Rights>;

constexpr std::string_view kPage = "/account/cases";

// Everything one page shows, opened for whoever looks.
struct Seen {
  Case one;
  std::vector<rights::CaseStep> steps;
  std::vector<rights::CaseLetter> letters;
  std::vector<rights::HeldShipment> parcels;  // of the person, in this account
  std::string address, words, answer;
};

std::string day_words(const Visit& visit, rights::Day day) {
  return visit.words->day(rights::to_text(day));
}

std::string kind_words(const Visit& visit, Kind kind) {
  return visit.say(fmt::format("rights.kind.{}", name(kind)));
}

struct Badge {
  std::string words, tone;
};
Badge badge_of(const Visit& visit, const Case& one, base::Instant now) {
  if (one.closed_at) {
    const auto outcome = one.outcome.value_or(rights::Outcome::Done);
    return {visit.say(fmt::format("a.case.outcome.{}", name(outcome))),
            outcome == rights::Outcome::Done ? "good" : "calm"};
  }
  if (now > rights::end_of(one.due)) return {visit.say("a.case.late"), "bad"};
  if (one.awaits_proof) return {visit.say("a.case.awaits_proof"), "warn"};
  if (one.extended_at) return {visit.say("a.case.extended"), "move"};
  return {visit.say("a.case.open"), "move"};
}

std::string due_words(const Visit& visit, const Case& one, base::Instant now) {
  if (one.closed_at)
    return visit.words->get("a.case.answered_at", {{"when", moment(visit, *one.closed_at)}});
  const auto key = now > rights::end_of(one.due) ? "a.case.was_due" : "a.case.due";
  return visit.words->get(key, {{"day", day_words(visit, one.due)}});
}

Item item_of(const Visit& visit, const Case& one, base::Instant now) {
  const auto badge = badge_of(visit, one, now);
  Item item{kind_words(visit, one.kind), badge.words, badge.tone};
  item.href = fmt::format("{}/{}", kPage, one.id.hex());
  if (!visit.language.empty()) item.href += "?lang=" + visit.language;
  item.lines = {
      due_words(visit, one, now),
      fmt::format(
          "{} · {}", one.number(),
          visit.words->get("a.case.came",
                           {{"when", moment(visit, one.received_at)},
                            {"door", visit.say(fmt::format("a.case.door.{}", name(one.door)))}}))};
  return item;
}

std::optional<Seen> look(AccountContext& context, const Visit& visit, store::Tx& tx,
                         const base::Id& id) {
  auto& desk = context.rights->desk;
  auto one = desk.find(tx, visit.account(), id);
  // Of a request that nobody has proven yet the shop knows nothing.
  if (!one || !one->is_proven) return std::nullopt;
  Seen seen;
  RightsReading access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.case");
  if (one->subject != 0) access.about(one->subject);
  seen.address = open(one->address, access);
  seen.words = open(one->words, access);
  seen.answer = open(one->answer, access);
  seen.steps = desk.steps(tx, visit.account(), id);
  seen.letters = desk.letters(tx, visit.account(), id);
  if (!seen.address.empty() && one->is_open()) {
    auto person =
        rights::find_person(tx, context.shop.shipments.vault(), seen.address, visit.account());
    for (auto& held : person.held)
      for (auto& parcel : held.shipments) seen.parcels.push_back(std::move(parcel));
  }
  seen.one = std::move(*one);
  return seen;
}

Card about_card(const Visit& visit, const Seen& seen, base::Instant now) {
  const auto& one = seen.one;
  Card card{"about"};
  const auto row = [&](std::string_view key, std::string value) {
    if (!value.empty()) card.rows.emplace_back(visit.say(key), std::move(value));
  };
  row("a.case.number", one.number());
  row("a.case.article", std::string(article(one.kind)));
  row("a.case.answer_by", one.closed_at ? std::string() : due_words(visit, one, now));
  row("a.case.person",
      seen.address.empty() ? visit.say("a.case.forgotten") : std::string(seen.address));
  row("a.case.received", moment(visit, one.received_at));
  row("a.case.through", visit.say(fmt::format("a.case.door.{}", name(one.door))));
  if (const auto* reads = Words::find(one.language))
    row("a.case.reads", std::string(reads->own_name()));
  if (one.shipment)
    card.links.emplace_back("/account/parcels/" + one.shipment->hex(), visit.say("a.case.parcel"));
  for (const auto& parcel : seen.parcels)
    card.links.emplace_back("/account/parcels/" + parcel.id.hex(), parcel.tracking_number);
  return card;
}

Card words_card(const Visit& visit, const Seen& seen) {
  Card card{"words", visit.say("a.case.words")};
  if (!seen.words.empty()) card.texts.push_back("“" + seen.words + "”");
  if (!seen.answer.empty()) {
    card.texts.push_back(visit.say("a.case.answer_was"));
    card.texts.push_back("“" + seen.answer + "”");
  }
  return card;
}

// Who did a step, as far as that is the reader's business.
std::string who_words(const Visit& visit, const personal::Actor& actor,
                      const std::map<std::int64_t, std::string>& team) {
  switch (actor.kind) {
    case personal::ActorKind::Subject:
      return visit.say("a.case.by_person");
    case personal::ActorKind::Member:
      if (const auto found = team.find(actor.id); found != team.end()) return found->second;
      return visit.say("a.case.by_member");
    case personal::ActorKind::ApiKey:
      return visit.say("a.case.by_key");
    case personal::ActorKind::CommandLine:
      return visit.say("a.case.by_operator");
    case personal::ActorKind::System:
      break;
  }
  return visit.say("a.case.by_program");
}

Card history_card(const Visit& visit, const Seen& seen,
                  const std::map<std::int64_t, std::string>& team) {
  Card card{"history", visit.say("a.case.history")};
  for (const auto& step : seen.steps) {
    Item item{visit.say(fmt::format("a.case.step.{}", name(step.what)))};
    item.lines = {
        fmt::format("{} · {}", moment(visit, step.at), who_words(visit, step.actor, team))};
    card.items.push_back(std::move(item));
  }
  return card;
}

Card letters_card(const Visit& visit, const Seen& seen) {
  Card card{"letters", visit.say("a.case.letters")};
  for (const auto& letter : seen.letters) {
    Item item{visit.say("a.case.letter." + letter.kind),
              visit.say(letter.is_waiting ? "a.case.letter_waits" : "a.case.letter_gone"),
              letter.is_waiting ? "move" : "good"};
    item.lines = {
        fmt::format("{} · {}", moment(visit, letter.at),
                    visit.say(letter.is_to_controller ? "a.case.to_you" : "a.case.to_person"))};
    card.items.push_back(std::move(item));
  }
  if (card.items.empty()) card.texts = {visit.say("a.case.no_letters")};
  return card;
}

// ---- What can be done now

ScreenForm form_of_case(const Visit& visit, const Case& one, std::string_view act,
                        std::string_view words_key, std::string tone) {
  ScreenForm form{fmt::format("{}/{}", kPage, act), visit.say(words_key)};
  form.hidden = {{"case", one.id.hex()}};
  form.tone = std::move(tone);
  return form;
}

Field area(const Visit& visit, std::string name, std::string_view label_key,
           std::string_view hint_key) {
  auto made = field(visit, std::move(name), label_key, "textarea", "off");
  made.hint = visit.say(hint_key);
  return made;
}

bool is_done_by_program(Kind kind) {
  return kind != Kind::Complaint && kind != Kind::HumanReview && kind != Kind::Safeguards &&
         kind != Kind::Appeal;
}

Card perform_card(const Visit& visit, const Seen& seen) {
  const auto& one = seen.one;
  Card card{"perform", visit.say("a.case.perform")};
  card.texts = {visit.say(fmt::format("a.case.perform.{}", name(one.kind)))};
  auto form = form_of_case(visit, one, "perform", "a.case.perform_do",
                           one.kind == Kind::Erasure ? "bad" : "");
  if (one.kind == Kind::Rectification) {
    auto parcel = field(visit, "parcel", "rights.correct.parcel", "select");
    for (const auto& held : seen.parcels)
      parcel.options.emplace_back(held.id.hex(), held.tracking_number);
    if (parcel.value.empty() && one.shipment) parcel.value = one.shipment->hex();
    auto what = field(visit, "field", "rights.correct.field", "select");
    for (const auto which :
         {rights::Correctable::Name, rights::Correctable::Sms, rights::Correctable::Postcode})
      what.options.emplace_back(std::string(name(which)),
                                visit.say(fmt::format("rights.field.{}", name(which))));
    form.fields = {parcel, what, field(visit, "value", "rights.correct.value", "text", "off")};
  }
  if (one.kind == Kind::Erasure)
    form.fields = {field(visit, "sure", "a.case.perform_sure", "checkbox")};
  card.forms = {form};
  return card;
}

Card answer_card(const Visit& visit, const Case& one) {
  Card card{"answer", visit.say("a.case.answer"), {visit.say("a.case.answer_text")}};
  auto form = form_of_case(visit, one, "answer", "a.case.answer_do", "");
  auto outcome = field(visit, "outcome", "a.case.outcome", "select");
  for (const auto which : {rights::Outcome::Done, rights::Outcome::NothingHeld})
    outcome.options.emplace_back(std::string(name(which)),
                                 visit.say(fmt::format("a.case.outcome.{}", name(which))));
  form.fields = {area(visit, "answer", "a.case.answer_words", "a.case.answer_hint"), outcome};
  card.forms = {form};
  return card;
}

Card proof_card(const Visit& visit, const Case& one) {
  Card card{"proof", visit.say("a.case.proof"), {visit.say("a.case.proof_text")}};
  card.forms = {form_of_case(visit, one, "proof", "a.case.proof_do", "quiet")};
  return card;
}

Card extend_card(const Visit& visit, const Case& one) {
  Card card{"extend", visit.say("a.case.extend"), {visit.say("a.case.extend_text")}};
  auto form = form_of_case(visit, one, "extend", "a.case.extend_do", "quiet");
  form.fields = {area(visit, "why_longer", "a.case.why", "a.case.why_hint")};
  card.forms = {form};
  return card;
}

constexpr std::string_view kGrounds[] = {"unfounded", "excessive", "unidentified", "duty",
                                         "claims",    "others",    "compelling"};

Card refuse_card(const AccountContext& context, const Visit& visit, const Case& one) {
  Card card{"refuse", visit.say("a.case.refuse")};
  const auto country = one.country.empty() ? context.rights->desk.options().country : one.country;
  const auto* authority = rights::authority_of(country);
  card.texts = {visit.words->get(
      "a.case.refuse_text",
      {{"authority",
        authority != nullptr ? authority->name : context.rights->desk.options().address}})};
  auto form = form_of_case(visit, one, "refuse", "a.case.refuse_do", "bad");
  auto ground = field(visit, "ground", "a.case.ground", "select");
  for (const auto which : kGrounds)
    ground.options.emplace_back(std::string(which),
                                visit.say(fmt::format("a.case.ground.{}", which)));
  form.fields = {ground, area(visit, "why_not", "a.case.why", "a.case.why_hint")};
  card.forms = {form};
  return card;
}

std::vector<Card> action_cards(const AccountContext& context, const Visit& visit, const Seen& seen,
                               base::Instant now) {
  const auto& one = seen.one;
  std::vector<Card> cards;
  if (!one.is_open()) return cards;
  if (seen.address.empty()) {
    Card card{"nobody", visit.say("a.case.forgotten"), {visit.say("a.case.forgotten_text")}};
    return {card};
  }
  if (is_done_by_program(one.kind) && !one.awaits_proof) cards.push_back(perform_card(visit, seen));
  cards.push_back(answer_card(visit, one));
  if (!one.awaits_proof) cards.push_back(proof_card(visit, one));
  if (!one.extended_at && now <= rights::end_of(one.due)) cards.push_back(extend_card(visit, one));
  cards.push_back(refuse_card(context, visit, one));
  return cards;
}

// The names of the team, for the history: only looked up when one of them did something.
base::Task<std::map<std::int64_t, std::string>> team_names(AccountContext& context, VisitPtr visit,
                                                           const Seen& seen) {
  std::map<std::int64_t, std::string> names;
  const bool is_any = std::ranges::any_of(seen.steps, [](const rights::CaseStep& step) {
    return step.actor.kind == personal::ActorKind::Member;
  });
  if (!is_any) co_return names;
  const auto members = co_await context.desks.teams.members(visit->account());
  auto access = access_of(context, *visit, "pages.case_team");
  for (const auto& one : members) {
    if (one.subject != 0) access.about(one.subject);
    const std::string called(open(one.name, access)), email(open(one.email, access));
    names[one.person_id] = called.empty() ? email : called;
  }
  co_return names;
}

base::Task<http::Response> show_case(AccountContext& context, VisitPtr visit, base::Id id,
                                     std::string_view card, std::string_view key, int status) {
  auto work = [&](store::Tx& tx) { return look(context, *visit, tx, id); };
  const auto seen = co_await context.database.read(work);
  if (!seen)
    co_return say_only(context, *visit, 404, "a.cases", "a.case.unknown", kPage, "a.cases");
  const auto team = co_await team_names(context, visit, *seen);
  const auto now = context.clock.now();
  const auto badge = badge_of(*visit, seen->one, now);
  Screen screen{kind_words(*visit, seen->one.kind)};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit->say("a.cases")};
  screen.badge = badge.words;
  screen.badge_tone = badge.tone;
  screen.cards = {about_card(*visit, *seen, now)};
  if (!seen->words.empty() || !seen->answer.empty())
    screen.cards.push_back(words_card(*visit, *seen));
  for (auto& one : action_cards(context, *visit, *seen, now))
    screen.cards.push_back(std::move(one));
  screen.cards.push_back(history_card(*visit, *seen, team));
  screen.cards.push_back(letters_card(*visit, *seen));
  for (auto& one : screen.cards)
    if (!key.empty() && one.id == card) one.error = visit->say(key);
  co_return show(context, *visit, screen, status);
}

std::string_view key_of(rights::DeskError error) {
  switch (error) {
    case rights::DeskError::NoSuchCase:
      return "a.case.unknown";
    case rights::DeskError::Closed:
      return "a.case.wrong.closed";
    case rights::DeskError::AlreadyExtended:
      return "a.case.wrong.extended";
    case rights::DeskError::TooLate:
      return "a.case.wrong.late";
    case rights::DeskError::NoReason:
      return "a.case.wrong.reason";
    case rights::DeskError::NoAddress:
      return "a.case.forgotten";
    case rights::DeskError::ProofAsked:
      return "a.case.wrong.proof";
  }
  return "a.not_right";
}

std::string_view key_of(rights::ActError error) {
  switch (error) {
    case rights::ActError::NoSuchCase:
      return "a.case.unknown";
    case rights::ActError::Closed:
      return "a.case.wrong.closed";
    case rights::ActError::Unproven:
    case rights::ActError::SignInStays:  // of a child's report, which is the operator's
    case rights::ActError::ProofAsked:
      return "a.case.wrong.proof";
    case rights::ActError::NoAddress:
      return "a.case.forgotten";
    case rights::ActError::NothingHeld:
      return "a.case.wrong.nothing";
    case rights::ActError::BadValue:
      return "a.case.wrong.value";
    case rights::ActError::NeedsWords:
      return "a.case.wrong.words";
  }
  return "a.not_right";
}

base::Id id_of(const Visit& visit) {
  return base::Id::parse(visit.field("case")).value_or(base::Id());
}

http::Response back_to(const Visit& visit, const base::Id& id, std::string_view what) {
  return done(visit, fmt::format("{}/{}", kPage, id.hex()), what);
}

// The desk's acts in words: each in one transaction, with the letter that it owes.
using Say = base::Outcome<rights::DeskError> (*)(AccountContext&, const Visit&, store::Tx&,
                                                 const Case&);

Answer say_in_case(AccountContext& context, VisitPtr visit, std::string_view card,
                   std::string_view what, Say say) {
  const auto id = id_of(*visit);
  auto work = [&](store::Tx& tx) -> base::Outcome<rights::DeskError> {
    const auto one = context.rights->desk.find(tx, visit->account(), id);
    if (!one || !one->is_proven) return base::Failure{rights::DeskError::NoSuchCase};
    return say(context, *visit, tx, *one);
  };
  const auto said = co_await context.database.write(work);
  if (said) co_return back_to(*visit, id, what);
  const int status = said.error() == rights::DeskError::NoReason ? 422 : 409;
  co_return co_await show_case(context, visit, id, card, key_of(said.error()), status);
}

base::Outcome<rights::DeskError> answer_in(AccountContext& context, const Visit& visit,
                                           store::Tx& tx, const Case& one) {
  const auto words = visit.field("answer");
  if (rights::one_line(words).empty()) return base::Failure{rights::DeskError::NoReason};
  const auto outcome = visit.field("outcome") == name(rights::Outcome::NothingHeld)
                           ? rights::Outcome::NothingHeld
                           : rights::Outcome::Done;
  return context.rights->desk.complete(tx, one, words, visit.who->actor(), outcome);
}

base::Outcome<rights::DeskError> extend_in(AccountContext& context, const Visit& visit,
                                           store::Tx& tx, const Case& one) {
  return context.rights->desk.extend(tx, one, visit.field("why_longer"), visit.who->actor());
}

// The ground in the person's own language, then what the shop adds.
base::Outcome<rights::DeskError> refuse_in(AccountContext& context, const Visit& visit,
                                           store::Tx& tx, const Case& one) {
  const auto* reads = Words::find(one.language);
  if (reads == nullptr) reads = Words::find("en");
  const auto key = "a.case.ground." + visit.field("ground");
  const auto words = rights::one_line(visit.field("why_not"));
  const bool is_known = std::ranges::find(kGrounds, visit.field("ground")) != std::end(kGrounds);
  if (!is_known || words.empty()) return base::Failure{rights::DeskError::NoReason};
  return context.rights->desk.refuse(tx, one, fmt::format("{} {}", reads->get(key), words),
                                     visit.who->actor());
}

}  // namespace

Answer cases_page(AccountContext& context, VisitPtr visit) {
  const bool with_all = visit->query("all") == "1";
  rights::Desk::Filter filter;
  filter.account_id = visit->account();
  filter.only_open = !with_all;
  auto work = [&](store::Tx& tx) { return context.rights->desk.list(tx, filter); };
  const auto all = co_await context.database.read(work);
  const auto now = context.clock.now();
  Screen screen{visit->say("a.cases"), visit->say("a.cases_lead")};
  screen.current = kPage;
  Card list{"cases"};
  int late = 0;
  for (const auto& one : all) {
    if (!one.closed_at && now > rights::end_of(one.due)) ++late;
    list.items.push_back(item_of(*visit, one, now));
  }
  if (late > 0) {
    screen.badge = visit->words->get("a.case.late_count", {{"count", std::to_string(late)}});
    screen.badge_tone = "bad";
  }
  if (all.empty()) list.texts = {visit->say(with_all ? "a.case.none_ever" : "a.case.none")};
  const auto other = visit->language.empty() ? std::string() : "lang=" + visit->language;
  if (with_all) {
    list.links = {
        {std::string(kPage) + (other.empty() ? "" : "?" + other), visit->say("a.case.only_open")}};
  } else {
    list.links = {{std::string(kPage) + "?all=1" + (other.empty() ? "" : "&" + other),
                   visit->say("a.case.all")}};
  }
  screen.cards = {list};
  co_return show(context, *visit, screen);
}

Answer case_page(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->request.parameter("id")).value_or(base::Id());
  co_return co_await show_case(context, visit, id, {}, {}, 200);
}

Answer perform_case(AccountContext& context, VisitPtr visit) {
  const auto id = id_of(*visit);
  rights::Acts::Details details{base::Id::parse(visit->field("parcel")), visit->field("field"),
                                visit->field("value")};
  auto& rights = *context.rights;
  auto work = [&]() -> rights::Acts::Done {
    const auto one = context.database.read_now(
        [&](store::Tx& tx) { return rights.desk.find(tx, visit->account(), id); });
    if (!one) return base::Failure{rights::ActError::NoSuchCase};
    // What cannot be undone is said twice.
    if (one->kind == Kind::Erasure && visit->field("sure").empty())
      return base::Failure{rights::ActError::BadValue};
    const auto performed = rights.acts.perform(visit->account(), id, visit->who->actor(), details);
    if (performed && rights.restrictions != nullptr) rights.restrictions->refresh();
    return performed;
  };
  const auto performed = co_await rights.aside.run(work);
  if (performed) co_return back_to(*visit, id, "case_done");
  const int status = performed.error() == rights::ActError::BadValue ? 422 : 409;
  co_return co_await show_case(context, visit, id, "perform", key_of(performed.error()), status);
}

Answer prove_case(AccountContext& context, VisitPtr visit) {
  const auto id = id_of(*visit);
  auto work = [&] {
    return context.rights->acts.ask_proof(visit->account(), id, visit->who->actor());
  };
  const auto asked = co_await context.rights->aside.run(work);
  if (asked) co_return back_to(*visit, id, "case_proof");
  co_return co_await show_case(context, visit, id, "about", key_of(asked.error()), 409);
}

Answer answer_case(AccountContext& context, VisitPtr visit) {
  co_return co_await say_in_case(context, visit, "answer", "case_done", answer_in);
}
Answer extend_case(AccountContext& context, VisitPtr visit) {
  co_return co_await say_in_case(context, visit, "extend", "case_extended", extend_in);
}
Answer refuse_case(AccountContext& context, VisitPtr visit) {
  co_return co_await say_in_case(context, visit, "refuse", "case_refused", refuse_in);
}

}  // namespace pages::account
