#include "messages/template.h"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "base/text.h"
#include "messages/markup.h"
#include "messages/shop_blocks.h"

namespace messages {
namespace {

using kainjow::mustache::data;

constexpr Variable kVariables[] = {
    {"shop", "The shop's name"},
    {"recipient_name", "The recipient's name as it stands in a greeting; empty when not known"},
    {"parcel_title", "What is in the parcel, as the shop named it"},
    {"order_number", "The shop's own number"},
    {"tracking_number", "The carrier's number"},
    {"carrier", "The carrier's name"},
    {"status", "What happened, in the reader's language, when it is one of the particular cases"},
    {"carrier_says", "The carrier's own words"},
    {"place", "Where it happened"},
    {"happened_at", "When it happened, in the reader's language, local time of that place"},
    {"estimate", "When delivery is expected now"},
    {"estimate_before", "When it was expected before"},
    {"pickup_point", "Where the parcel waits"},
    {"pickup_until", "The last day to collect it"},
    {"days", "Days without news"},
    {"tracking_link", "The address of the parcel's page"},
    {"preferences_link", "The address of the page where the reader chooses what to be told"},
    {"unsubscribe_link", "The address that stops the messages; a footer must hold it"},
    {"privacy_link", "The address of the privacy notice"},
    {"controller", "Who writes: name, address, contact; a footer must hold it", true},
    {"notice",
     "In the first message to somebody who never dealt with the shop: who gave the address, why, "
     "and how to object (GDPR Art. 14); else empty; a footer must hold it",
     true},
};

enum class Form { Html, Text };

std::string escaped(const std::string& text) { return kainjow::mustache::html_escape(text); }

std::string controller_of(const Layout& layout, Form form) {
  std::string out;
  for (const auto& line : controller_lines(layout.sender)) {
    if (!out.empty()) out += form == Form::Html ? "<br>" : "\n";
    out += form == Form::Html ? "<bdi>" + escaped(line) + "</bdi>" : line;
  }
  return out;
}

std::string notice_of(const Layout& layout, Form form) {
  if (layout.notice.empty()) return {};
  return form == Form::Html
             ? "<strong>" + escaped(layout.notice_title) + "</strong><br>" + escaped(layout.notice)
             : layout.notice_title + "\n" + layout.notice;
}

data values_of(const Facts& facts, const Layout& layout, Form form, Words::Length length) {
  const auto& words = *layout.words;
  data out;
  const auto set = [&out](const char* name, const std::string& value) {
    out.set(name, value.empty() ? data(false) : data(value));
  };
  set("shop", words.isolated(facts.sender.name));
  set("recipient_name", words.isolated(facts.recipient_name));
  set("parcel_title", words.isolated(facts.parcel_title));
  set("order_number", words.isolated(facts.order_number));
  set("tracking_number", words.isolated(facts.tracking_number));
  set("carrier", words.isolated(facts.carrier));
  set("status", words.has(facts.substatus) ? words.say(facts.substatus) : "");
  set("carrier_says", words.isolated(facts.carrier_says));
  set("place", words.isolated(facts.place));
  set("happened_at", words.moment(facts.happened_at, length));
  set("estimate", words.span(facts.estimate, length));
  set("estimate_before", words.span(facts.estimate_before, length));
  set("pickup_point", words.isolated(facts.pickup_point));
  set("pickup_until", words.moment(facts.pickup_until, length));
  set("days", facts.days_without_news > 0 ? std::to_string(facts.days_without_news) : "");
  set("tracking_link", facts.links.tracking_page);
  set("preferences_link", facts.links.preferences);
  set("unsubscribe_link", facts.links.unsubscribe);
  set("privacy_link", facts.links.privacy);
  set("controller", controller_of(layout, form));
  set("notice", notice_of(layout, form));
  return out;
}

// What the house has made is HTML already: {{notice}} becomes {{{notice}}}.
std::string with_raw_variables(std::string block) {
  for (const auto& variable : kVariables) {
    if (!variable.is_html) continue;
    for (std::size_t at = 0; (at = block.find("{{", at)) != std::string::npos;) {
      const auto end = block.find("}}", at);
      if (end == std::string::npos) break;
      const auto name = base::trim(std::string_view(block).substr(at + 2, end - at - 2));
      if (name == variable.name) {
        const auto raw = "{{{" + std::string(name) + "}}}";
        block.replace(at, end + 2 - at, raw);
        at += raw.size();
      } else {
        at = end + 2;
      }
    }
  }
  return block;
}

std::string fill(const std::string& block, const data& values, Form form) {
  kainjow::mustache::mustache parsed(form == Form::Html ? with_raw_variables(block) : block);
  if (form == Form::Text) parsed.set_custom_escape([](const std::string& text) { return text; });
  return parsed.render(values);
}

std::string trimmed(std::string text) { return std::string(base::trim(text)); }

Block block_of(const std::string& source, const Facts& facts, const Layout& layout) {
  if (base::trim(source).empty()) return {};
  const auto link = brand_of(layout.sender.colour, {}).link;
  return {
      .html = fill(with_looks(source, link),
                   values_of(facts, layout, Form::Html, Words::Length::Long), Form::Html),
      .text = trimmed(fill(as_plain(source),
                           values_of(facts, layout, Form::Text, Words::Length::Long), Form::Text))};
}

}  // namespace

const std::vector<Variable>& variables() {
  static const std::vector<Variable> kAll(std::begin(kVariables), std::end(kVariables));
  return kAll;
}

void put_in(const Template& edited, const Facts& facts, Layout& layout) {
  const auto& blocks = edited.blocks();
  const auto short_values = [&] {
    return values_of(facts, layout, Form::Text, Words::Length::Short);
  };
  if (!blocks.subject.empty())
    layout.subject = trimmed(fill(blocks.subject, short_values(), Form::Text));
  layout.intro = block_of(blocks.intro, facts, layout);
  layout.extra = block_of(blocks.extra, facts, layout);
  layout.footer = block_of(blocks.footer, facts, layout);
}

std::string short_text(const Template& edited, const Facts& facts, const Layout& layout) {
  if (edited.blocks().sms.empty()) return {};
  return trimmed(fill(edited.blocks().sms,
                      values_of(facts, layout, Form::Text, Words::Length::Short), Form::Text));
}

base::Result<Template, std::vector<Finding>> Template::create(Blocks blocks,
                                                              journey::Trigger trigger,
                                                              std::string_view language,
                                                              std::int64_t version) {
  auto findings = lint(blocks, trigger, language);
  if (std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.severity == Finding::Severity::Error;
      }))
    return base::Failure{std::move(findings)};
  Template out(std::move(blocks), trigger, std::string(language), version);
  out.warnings_ = std::move(findings);
  return out;
}

Template Template::unchecked(Blocks blocks, journey::Trigger trigger, std::string_view language) {
  return Template(std::move(blocks), trigger, std::string(language), 0);
}

}  // namespace messages
