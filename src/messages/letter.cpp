#include "messages/letter.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "messages/layout.h"
#include "messages/words.h"

namespace messages {
namespace {

constexpr std::string_view kParagraph = "||";

bool is_moment(std::string_view name) {
  return name == "at" || name == "until" || name.ends_with("_at") || name.ends_with("_until");
}

// Numbers count ({days, plural, ...}); what else is made of digits, a code above all, stays a text.
Argument argument_of(const Words& words, const std::string& name, const std::string& value) {
  const bool counts = name == "days" || name == "hours" || name == "minutes" || name == "count" ||
                      name == "parcels" || name == "keys";
  if (counts && !value.empty() && value.size() < 10 &&
      value.find_first_not_of("0123456789") == std::string::npos)
    return std::int64_t{std::stol(value)};
  if (!is_moment(name)) return value;
  auto moment = words.date_and_hour(value);
  return moment.empty() ? value : moment;
}

std::vector<std::string> paragraphs(std::string text) {
  std::vector<std::string> out;
  for (std::size_t at; (at = text.find(kParagraph)) != std::string::npos;) {
    out.emplace_back(base::trim(std::string_view(text).substr(0, at)));
    text.erase(0, at + kParagraph.size());
  }
  out.emplace_back(base::trim(text));
  std::erase(out, "");
  return out;
}

// Of a kind in one language.
struct Writer {
  const Words& words;
  const std::string kind;
  const Arguments arguments;

  std::string say(const char* part) const {
    const auto key = kind + part;
    return words.has(key) ? words.say(key, arguments) : std::string();
  }
};

Tone tone_of(const Words& english, const std::string& kind) {
  const auto found = english.sentences().find(kind + ".tone");
  if (found == english.sentences().end()) return Tone::Calm;
  return found->second.text == "good"   ? Tone::Good
         : found->second.text == "warn" ? Tone::Warn
                                        : Tone::Calm;
}

std::vector<LetterKind> read_kinds() {
  std::map<std::string_view, std::set<std::string>> values;
  const auto& sentences = Words::get(Family::Letters, "en").sentences();
  for (const auto& [key, sentence] : sentences) {
    const auto dot = key.find('.');
    const auto kind = std::string_view(key).substr(0, dot);
    if (dot == std::string::npos || !sentences.contains(std::string(kind) + ".subject")) continue;
    const auto names = arguments_of(sentence.text);
    if (names) values[kind].insert(names->begin(), names->end());
    if (key.ends_with(".button")) values[kind].insert("link");
    if (key.ends_with(".code")) values[kind].insert("code");
  }
  std::vector<LetterKind> out;
  for (auto& [kind, names] : values) {
    names.erase("sender");  // that is the writer's own name
    out.push_back({kind, {names.begin(), names.end()}});
  }
  return out;
}

void add_links(Layout& layout, const Links& links) {
  const auto& parcels = Words::get(Family::Parcels, layout.words->language());
  const auto add = [&](const char* key, const std::string& url) {
    if (!url.empty()) layout.links.push_back({parcels.say(key), url});
  };
  add("footer.preferences", links.preferences);
  add("footer.unsubscribe", links.unsubscribe);
  add_foot(layout, links);
}

const LetterKind* find_kind(std::string_view kind) {
  const auto& kinds = letter_kinds();
  const auto found = std::ranges::find(kinds, kind, &LetterKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<LetterKind>& letter_kinds() {
  static const auto kKinds = read_kinds();
  return kKinds;
}

std::string describe(const LetterProblem& problem) {
  return problem.kind == LetterProblem::Kind::UnknownKind
             ? "there is no letter of the kind " + problem.name
             : "the letter needs a value that was not given: " + problem.name;
}

base::Result<Message, LetterProblem> write_letter(std::string_view kind, const Values& values,
                                                  std::string_view language, const Sender& sender,
                                                  const Links& links) {
  const auto* known = find_kind(kind);
  if (known == nullptr)
    return base::Failure{LetterProblem{LetterProblem::Kind::UnknownKind, std::string(kind)}};
  for (const auto& name : known->values) {
    if (!values.contains(name))
      return base::Failure{LetterProblem{LetterProblem::Kind::MissingValue, name}};
  }
  const auto wanted = language_for(language);
  const auto& words = Words::get(Family::Letters, language == "en-XA" ? language : wanted);
  Arguments arguments{{"sender", sender.name}};
  for (const auto& [name, value] : values)
    arguments.emplace_back(name, argument_of(words, name, value));
  const Writer writer{words, std::string(kind), std::move(arguments)};

  Layout layout;
  layout.words = &words;
  layout.sender = sender;
  layout.tone = tone_of(Words::get(Family::Letters, "en"), writer.kind);
  layout.subject = writer.say(".subject");
  layout.headline = writer.say(".headline");
  layout.paragraphs = paragraphs(writer.say(".body"));
  layout.preheader = layout.paragraphs.empty() ? layout.headline : layout.paragraphs.front();
  layout.button = writer.say(".button");
  if (const auto link = values.find("link"); link != values.end() && !layout.button.empty())
    layout.button_link = link->second;
  if (Words::get(Family::Letters, "en").has(writer.kind + ".code"))
    layout.code = values.find("code")->second;
  layout.after = paragraphs(writer.say(".after"));
  if (words.language() == "en" && wanted != "en") {
    layout.notice_words = &Words::get(Family::Parcels, wanted);
    layout.language_notice = layout.notice_words->say("letter.english");
  }
  add_links(layout, links);

  Message out;
  out.language = words.language();
  out.subject = layout.subject;
  out.preheader = layout.preheader;
  out.text = render_text(layout);
  out.html = render_html(layout);
  return out;
}

}  // namespace messages
