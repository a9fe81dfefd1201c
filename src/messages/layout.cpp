#include "messages/layout.h"

#include <kainjow/mustache.hpp>

namespace embedded {
std::string_view message_layout();
}

namespace messages {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::list;

// The tracking page's colours (web/pages/style.css): words and ground, light and dark.
struct Colours {
  const char *tone, *ground, *dark_tone, *dark_ground;
};
Colours colours_of(Tone tone) {
  switch (tone) {
    case Tone::Good:
      return {"#0b6e4f", "#e2f3ea", "#62d0a4", "#15302a"};
    case Tone::Move:
      return {"#1d5fa8", "#e4eefa", "#84b8f2", "#17293e"};
    case Tone::Warn:
      return {"#8a4a08", "#fdf0dc", "#edb364", "#35270f"};
    case Tone::Bad:
      return {"#a3262a", "#fbe6e5", "#f19a97", "#3a1c1d"};
    case Tone::Calm:
      break;
  }
  return {"#3f4959", "#ecebe6", "#c3c9d2", "#242932"};
}

// Without it, inboxes fill the line with whatever comes next in the message.
std::string filler() {
  std::string out;
  for (int i = 0; i < 60; ++i) out += "&#847;&zwnj;&nbsp;";
  return out;
}

data texts(const std::vector<std::string>& lines) {
  data out{data::type::list};
  for (const auto& line : lines) out.push_back(data(line));
  return out;
}

// Falsy in mustache when there is nothing.
void set(data& out, const char* name, const std::string& text) {
  out.set(name, text.empty() ? data(false) : data(text));
}

data steps_of(const Layout& layout) {
  data out{data::type::list};
  int number = 0;
  for (const auto& name : layout.steps) {
    ++number;
    data step;
    step.set("name", name);
    step.set("reached", data(number <= layout.step));
    step.set("now", data(number == layout.step));
    out.push_back(step);
  }
  return out;
}

data facts_of(const Layout& layout) {
  data out{data::type::list};
  for (const auto& fact : layout.facts) {
    data row;
    row.set("label", fact.label);
    row.set("value", fact.value);
    row.set("is_number", data(fact.is_number));
    out.push_back(row);
  }
  return out;
}

data parcels_of(const Layout& layout) {
  const auto colour = brand_of(layout.sender.colour, {}).link;
  data out{data::type::list};
  for (const auto& parcel : layout.parcels) {
    data row;
    row.set("headline", parcel.headline);
    row.set("line", parcel.line);
    set(row, "about", parcel.about);
    set(row, "link", parcel.link);
    row.set("words", parcel.words);
    row.set("colour", colour);
    out.push_back(row);
  }
  return out;
}

data footer_lines(const Layout& layout) {
  data out{data::type::list};
  const auto lines = controller_lines(layout.sender);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    data line;
    line.set("value", lines[i]);
    line.set("last", data(i + 1 == lines.size()));
    out.push_back(line);
  }
  return out;
}

data links_of(const std::vector<Layout::Link>& links) {
  data out{data::type::list};
  for (std::size_t i = 0; i < links.size(); ++i) {
    data link;
    link.set("words", links[i].words);
    link.set("url", links[i].url);
    link.set("last", data(i + 1 == links.size()));
    out.push_back(link);
  }
  return out;
}

void set_looks(data& out, const Layout& layout) {
  const auto colours = colours_of(layout.tone);
  const auto brand = brand_of(layout.sender.colour, layout.sender.logo);
  const bool rtl = layout.words->is_right_to_left();
  const std::string& language = layout.words->language();
  const bool is_korean = language == "ko";
  out.set("direction", rtl ? "rtl" : "ltr");
  out.set("start", rtl ? "right" : "left");
  out.set("gap", rtl ? "0 0 0 6px" : "0 6px 0 0");
  // Korean breaks between words, unlike its neighbours.
  out.set("word_break", is_korean ? "keep-all" : "normal");
  out.set(
      "font",
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',Arial,sans-serif");
  out.set("tone", colours.tone);
  out.set("tone_ground", colours.ground);
  out.set("dark_tone", colours.dark_tone);
  out.set("dark_tone_ground", colours.dark_ground);
  out.set("brand", brand.colour);
  out.set("brand_ink", brand.ink);
  out.set("dark_brand", brand.dark_colour);
  out.set("dark_brand_ink", brand.dark_ink);
  out.set("link", brand.link);
  out.set("dark_link", brand.dark_link);
  set(out, "logo", brand.logo);
}

data values_of(const Layout& layout) {
  data out;
  set_looks(out, layout);
  out.set("language", layout.words->language());
  out.set("sender", layout.sender.name);
  out.set("subject", layout.subject);
  out.set("preheader", layout.preheader);
  out.set("preheader_rest", filler());
  out.set("headline", layout.headline);
  set(out, "key_date", layout.key_date);
  out.set("has_steps", data(!layout.steps.empty()));
  out.set("steps", steps_of(layout));
  out.set("progress", layout.progress);
  set(out, "language_notice", layout.language_notice);
  if (layout.notice_words != nullptr) {
    out.set("notice_language", layout.notice_words->language());
    out.set("notice_direction", layout.notice_words->is_right_to_left() ? "rtl" : "ltr");
  }
  set(out, "greeting", layout.greeting);
  set(out, "intro", layout.intro.html);
  out.set("paragraphs",
          texts(layout.intro.html.empty() ? layout.paragraphs : std::vector<std::string>()));
  out.set("has_facts", data(!layout.facts.empty()));
  out.set("facts", facts_of(layout));
  set(out, "button", layout.button_link.empty() ? std::string() : layout.button);
  out.set("button_link", layout.button_link);
  set(out, "code", layout.code);
  out.set("parcels", parcels_of(layout));
  out.set("after", texts(layout.after));
  set(out, "extra", layout.extra.html);
  set(out, "footer", layout.footer.html);
  set(out, "notice", layout.notice);
  out.set("notice_title", layout.notice_title);
  set(out, "why", layout.why);
  out.set("controller", footer_lines(layout));
  out.set("links", links_of(layout.links));
  out.set("has_foot", data(!layout.foot.empty()));
  out.set("foot", links_of(layout.foot));
  return out;
}

void paragraph(std::string& out, const std::string& text) {
  if (!text.empty()) out += text + "\n\n";
}

void add_lines(std::string& out, const std::vector<Layout::Link>& links) {
  if (!links.empty()) out += "\n";
  for (const auto& link : links) out += link.words + ": " + link.url + "\n";
}

}  // namespace

Links foot_links(std::string_view site) {
  const std::string root(site);
  Links out;
  out.privacy = root + "/privacy";
  out.cookies = root + "/privacy/cookies";
  out.rights = root + "/rights";
  out.contact = root + "/privacy/contact";
  return out;
}

void add_foot(Layout& layout, const Links& links) {
  const auto& words = Words::get(Family::Parcels, layout.words->language());
  for (const auto& [key, url] :
       {std::pair("footer.privacy", &links.privacy), std::pair("footer.cookies", &links.cookies),
        std::pair("footer.rights", &links.rights), std::pair("footer.contact", &links.contact)}) {
    if (!url->empty()) layout.foot.push_back({words.say(key), *url});
  }
}

std::vector<std::string> controller_lines(const Sender& sender) {
  std::vector<std::string> out;
  for (const auto* line : {&sender.name, &sender.postal_address, &sender.contact}) {
    if (!line->empty()) out.push_back(*line);
  }
  return out;
}

std::string render_html(const Layout& layout) {
  // Parsed once in each thread; rendering is not const.
  thread_local kainjow::mustache::mustache sheet{std::string(embedded::message_layout())};
  return sheet.render(values_of(layout));
}

std::string render_text(const Layout& layout) {
  const auto& words = *layout.words;
  const auto& parcels = Words::get(Family::Parcels, words.language());
  std::string out;
  paragraph(out, layout.language_notice);
  paragraph(out, layout.headline);
  paragraph(out, layout.key_date);
  if (!layout.steps.empty()) paragraph(out, layout.progress);
  paragraph(out, layout.greeting);
  if (layout.intro.text.empty()) {
    for (const auto& text : layout.paragraphs) paragraph(out, text);
  } else {
    paragraph(out, layout.intro.text);
  }
  if (!layout.button_link.empty()) paragraph(out, layout.button + ":\n" + layout.button_link);
  paragraph(out, layout.code);
  for (const auto& fact : layout.facts)
    out += parcels.say("fact.line", {{"label", fact.label}, {"value", fact.value}}) + "\n";
  if (!layout.facts.empty()) out += "\n";
  for (const auto& parcel : layout.parcels) {
    out += parcel.headline + "\n" + parcel.line + "\n";
    if (!parcel.about.empty()) out += parcel.about + "\n";
    if (!parcel.link.empty()) out += parcel.link + "\n";
    out += "\n";
  }
  for (const auto& text : layout.after) paragraph(out, text);
  paragraph(out, layout.extra.text);
  // Not "-- ": clients fold a signature away, and what the law wants said stands here.
  out += "----\n";
  if (!layout.footer.text.empty()) {
    out += layout.footer.text + "\n";
  } else {
    if (!layout.notice.empty()) paragraph(out, layout.notice_title + "\n" + layout.notice);
    paragraph(out, layout.why);
    for (const auto& line : controller_lines(layout.sender)) out += words.isolated(line) + "\n";
    add_lines(out, layout.links);
  }
  add_lines(out, layout.foot);
  return out;
}

}  // namespace messages
