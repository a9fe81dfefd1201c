// A shop's own words: what is in force, one message's blocks with a preview of what is typed, and
// every edition of it.
#include <fmt/format.h>

#include <charconv>

#include "messages/message.h"
#include "notify/people/desk.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using journey::Trigger;
using messages::Blocks, messages::Finding;
using notify::people::Edition, notify::people::Wording;

constexpr std::string_view kMessages = "/account/messages";
constexpr std::string_view kPage = "/account/messages/words";

struct Block {
  const char* name;
  const char* words_key;
  std::string Blocks::*text;
};
constexpr Block kBlocks[] = {{"subject", "a.words.subject", &Blocks::subject},
                             {"intro", "a.words.intro", &Blocks::intro},
                             {"extra", "a.words.extra", &Blocks::extra},
                             {"footer", "a.words.footer", &Blocks::footer},
                             {"sms", "a.words.sms", &Blocks::sms}};

// Which message is edited.
struct Which {
  Trigger trigger{};
  std::string language;

  std::string path() const {
    return fmt::format("{}/{}/{}", kPage, journey::name(trigger), language);
  }
};

// Nothing when there is no such message.
std::optional<Which> which(std::string_view trigger, std::string_view language) {
  const auto found = journey::find_trigger(trigger);
  if (!found) return std::nullopt;
  for (const auto one : messages::languages())
    if (one == language) return Which{*found, std::string(one)};
  return std::nullopt;
}

std::optional<Which> which_in_form(const Visit& visit) {
  return which(visit.field("trigger"), visit.field("message_language"));
}

// Browsers end the lines of a form by CR LF.
Blocks typed(const Visit& visit) {
  Blocks blocks;
  for (const auto& block : kBlocks) {
    auto& text = blocks.*block.text;
    text = visit.field(block.name);
    std::erase(text, '\r');
  }
  return blocks;
}

std::string trigger_words(const Visit& visit, Trigger trigger) {
  return fmt::format("{} {}", visit.say("a.words_about"),
                     visit.say(fmt::format("trigger.{}", journey::name(trigger))));
}

std::vector<std::pair<std::string, std::string>> hidden_of(const Which& message) {
  return {{"trigger", std::string(journey::name(message.trigger))},
          {"message_language", message.language}};
}

Card choose_card(const Visit& visit) {
  auto trigger = field(visit, "trigger", "a.words_about", "select");
  for (const auto name : journey::kTriggerNames)
    trigger.options.emplace_back(std::string(name), visit.say(fmt::format("trigger.{}", name)));
  auto language = field(visit, "message_language", "a.language", "select");
  language.options = language_options();
  language.value = visit.words->language();
  Card card{"choose", visit.say("a.words_open")};
  card.forms = {{fmt::format("{}/open", kPage), visit.say("a.go_on"), {trigger, language}}};
  return card;
}

ScreenForm edit_form(const Visit& visit, const Which& message, const Blocks& blocks,
                     const std::vector<Finding>& findings) {
  ScreenForm form{fmt::format("{}/save", kPage), visit.say("a.words_save")};
  form.second = visit.say("a.words_preview");
  form.second_action = fmt::format("{}/preview", kPage);
  form.hidden = hidden_of(message);
  for (const auto& block : kBlocks) {
    const bool is_line = block.text == &Blocks::subject || block.text == &Blocks::sms;
    auto one = field(visit, block.name, block.words_key, is_line ? "text" : "textarea", "off");
    one.value = blocks.*block.text;
    one.is_required = false;
    for (const auto& finding : findings) {
      if (finding.block != block.name) continue;
      const auto says = fmt::format("{}: {}", finding.line, finding.message);
      auto& to = finding.severity == Finding::Severity::Error ? one.error : one.hint;
      to += (to.empty() ? "" : "\n") + says;
    }
    form.fields.push_back(std::move(one));
  }
  return form;
}

// As it would be read. The mail itself is a document of its own (look_at_words).
Card preview_card(const Visit& visit, const Which& message, const Blocks& blocks,
                  const messages::Message& written) {
  Card card{"preview", visit.say("a.words_preview")};
  card.rows = {{visit.say("a.words.subject"), written.subject},
               {visit.say("a.words.sms"), written.sms}};
  card.letter = written.text;
  ScreenForm look{fmt::format("{}/look", kPage), visit.say("a.words_look")};
  look.tone = "quiet";
  look.hidden = hidden_of(message);
  for (const auto& block : kBlocks) look.hidden.emplace_back(block.name, blocks.*block.text);
  card.forms = {look};
  return card;
}

Card editions_card(const Visit& visit, const Which& message, const std::vector<Edition>& editions) {
  Card card{"editions", visit.say("a.words_editions")};
  const bool is_own = !editions.empty() && !editions.front().is_withdrawn;
  for (const auto& one : editions) {
    Item item{visit.words->get("a.words_edition", {{"version", std::to_string(one.version)}})};
    item.lines = {moment(visit, one.changed_at)};
    if (one.is_withdrawn) item.lines.push_back(visit.say("a.words_house"));
    const bool stands = &one == &editions.front();
    if (stands) item.badge = visit.say("a.words_stands");
    if (stands) item.tone = "good";
    if (!stands && !one.is_withdrawn) {
      ScreenForm again{fmt::format("{}/restore", kPage), visit.say("a.words_restore")};
      again.tone = "quiet";
      again.hidden = hidden_of(message);
      again.hidden.emplace_back("version", std::to_string(one.version));
      again.name = again.submit + ": " + item.title;
      item.forms = {again};
    }
    card.items.push_back(std::move(item));
  }
  if (card.items.empty()) card.texts = {visit.say("a.words_house")};
  if (is_own) {
    ScreenForm back{fmt::format("{}/withdraw", kPage), visit.say("a.words_back")};
    back.tone = "quiet";
    back.hidden = hidden_of(message);
    card.forms = {back};
  }
  return card;
}

Card variables_card(const Visit& visit) {
  Card card{"variables", visit.say("a.words_variables"), {visit.say("a.words_variables_text")}};
  for (const auto& one : messages::variables())
    card.rows.emplace_back(fmt::format("{{{{{}}}}}", one.name), std::string(one.meaning));
  return card;
}

Answer nowhere(AccountContext& context, VisitPtr visit) {
  co_return say_only(context, *visit, 404, "a.words", "a.words_unknown", kPage, "a.words");
}

// What is shown of one message: what stands or what was typed, and what the linter says of it.
struct Shown {
  Which message;
  std::optional<Blocks> blocks;  // typed; nothing: what stands
  std::vector<Finding> findings;
  std::optional<messages::Message> written;
  int status = 200;
};

Answer shown(AccountContext& context, VisitPtr visit, Shown* what) {
  const auto account = visit->account();
  const auto& message = what->message;
  auto work = [&](store::Tx& tx) {
    return Wording::editions(tx, account, message.trigger, message.language);
  };
  const auto editions = co_await context.database.read(work);
  Blocks stands;
  if (!editions.empty() && !editions.front().is_withdrawn) stands = editions.front().blocks;
  const auto& blocks = what->blocks ? *what->blocks : stands;
  Screen screen{trigger_words(*visit, message.trigger), language_name(message.language)};
  screen.current = kMessages;
  screen.back = {std::string(kPage), visit->say("a.words")};
  bool is_wrong = false;
  for (const auto& one : what->findings) is_wrong |= one.severity == Finding::Severity::Error;
  if (is_wrong) screen.note = visit->say("a.words_wrong");
  if (is_wrong) screen.note_tone = "bad";
  Card edit{"edit"};
  edit.forms = {edit_form(*visit, message, blocks, what->findings)};
  screen.cards = {edit};
  if (what->written)
    screen.cards.insert(screen.cards.begin(),
                        preview_card(*visit, message, blocks, *what->written));
  screen.cards.push_back(editions_card(*visit, message, editions));
  screen.cards.push_back(variables_card(*visit));
  co_return show(context, *visit, screen, what->status);
}

using Written = base::Result<messages::Message, std::vector<Finding>>;

base::Task<Written> write(AccountContext& context, VisitPtr visit, const Shown& what) {
  const auto account = visit->account();
  auto work = [&](store::Tx& tx) {
    return notify::people::Desk(context.messages->tools)
        .preview(tx, account, what.message.trigger, what.message.language, {}, what.blocks,
                 visit->who->actor());
  };
  co_return co_await context.database.read(work);
}

}  // namespace

Answer words_page(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account();
  auto work = [account](store::Tx& tx) { return Wording::in_force(tx, account); };
  const auto all = co_await context.database.read(work);
  Screen screen{visit->say("a.words"), visit->say("a.words_text")};
  screen.current = kMessages;
  screen.back = {std::string(kMessages), visit->say("a.messages")};
  Card list{"words"};
  for (const auto& one : all) {
    Item item{trigger_words(*visit, one.trigger)};
    item.href = Which{one.trigger, one.language}.path();
    item.lines = {fmt::format(
        "{} · {}", language_name(one.language),
        visit->words->get("a.words_edition", {{"version", std::to_string(one.version)}}))};
    list.items.push_back(std::move(item));
  }
  if (list.items.empty()) list.texts = {visit->say("a.words_none")};
  screen.cards = {list, choose_card(*visit)};
  co_return show(context, *visit, screen);
}

Answer open_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message) co_return co_await nowhere(context, visit);
  co_return done(*visit, message->path());
}

Answer edit_words(AccountContext& context, VisitPtr visit) {
  const auto message =
      which(visit->request.parameter("trigger"), visit->request.parameter("language"));
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  Shown what{*message, {}, {}, {}};
  co_return co_await shown(context, visit, &what);
}

Answer preview_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  Shown what{*message, typed(*visit), {}, {}};
  auto written = co_await write(context, visit, what);
  what.findings = messages::lint(*what.blocks, message->trigger, message->language);
  if (written) what.written = *written;
  if (!written) what.status = 422;
  co_return co_await shown(context, visit, &what);
}

// The mail as a document of its own: nothing in it runs, loads or leads back into the account.
Answer look_at_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  Shown what{*message, typed(*visit), {}, {}};
  auto written = co_await write(context, visit, what);
  if (!written) {
    what.findings = written.error();
    what.status = 422;
    co_return co_await shown(context, visit, &what);
  }
  co_return page(200, written->html,
                 "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri "
                 "'none'; form-action 'none'; frame-ancestors 'none'");
}

Answer save_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account();
  Shown what{*message, typed(*visit), {}, {}};
  auto work = [&](store::Tx& tx) {
    return context.messages->wording.save(tx, account, message->trigger, message->language,
                                          *what.blocks, context.clock.now());
  };
  const auto saved = co_await context.database.write(work);
  if (saved) co_return done(*visit, message->path(), "saved");
  what.findings = saved.error();
  what.status = 422;
  co_return co_await shown(context, visit, &what);
}

// An older edition becomes the newest, if the linter still lets it.
Answer restore_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account();
  const auto version = visit->field("version");
  Shown what{*message, {}, {}, {}};
  auto work = [&](store::Tx& tx) {
    what.findings.clear();
    for (const auto& one : Wording::editions(tx, account, message->trigger, message->language)) {
      if (std::to_string(one.version) != version || one.is_withdrawn) continue;
      what.blocks = one.blocks;
      const auto saved = context.messages->wording.save(
          tx, account, message->trigger, message->language, one.blocks, context.clock.now());
      if (!saved) what.findings = saved.error();
    }
  };
  co_await context.database.write(work);
  if (!what.blocks) co_return co_await nowhere(context, visit);
  if (what.findings.empty()) co_return done(*visit, message->path(), "saved");
  what.status = 422;
  co_return co_await shown(context, visit, &what);
}

Answer withdraw_words(AccountContext& context, VisitPtr visit) {
  const auto message = which_in_form(*visit);
  if (!message || !context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account();
  auto work = [&](store::Tx& tx) {
    return Wording::withdraw(tx, account, message->trigger, message->language, context.clock.now());
  };
  co_await context.database.write(work);
  co_return done(*visit, message->path(), "saved");
}

}  // namespace pages::account
