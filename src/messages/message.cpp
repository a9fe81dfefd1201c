#include "messages/message.h"

#include <algorithm>

#include "base/text.h"
#include "journey/status.h"
#include "messages/layout.h"
#include "messages/shop_blocks.h"
#include "messages/template.h"
#include "messages/words.h"

namespace messages {
namespace {

using journey::Trigger;
using Length = Words::Length;

// A day was promised, and the carrier did not say which: the sentence without a day is said.
Trigger sayable(Trigger trigger, const Facts& facts) {
  if (!facts.estimate.from.empty()) return trigger;
  if (trigger == Trigger::EstimateSet) return Trigger::InTransit;
  if (trigger == Trigger::EstimateChanged) return Trigger::Delayed;
  return trigger;
}

Tone tone_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Delivered:
    case Trigger::ReadyForPickup:
      return Tone::Good;
    case Trigger::InTransit:
    case Trigger::OutForDelivery:
    case Trigger::EstimateSet:
      return Tone::Move;
    case Trigger::FailedAttempt:
    case Trigger::Returned:
    case Trigger::EstimateChanged:
    case Trigger::Delayed:
    case Trigger::NoMovement:
      return Tone::Warn;
    case Trigger::Exception:
      return Tone::Bad;
    case Trigger::InfoReceived:
    case Trigger::Expired:
    case Trigger::NotFound:
      break;
  }
  return Tone::Calm;
}

// How far it has come, as far as the facts say; 0 where a bar would be a guess or a mockery.
int step_of(Trigger trigger, const Facts& facts) {
  switch (trigger) {
    case Trigger::InfoReceived:
      return 1;
    case Trigger::InTransit:
      return 2;
    case Trigger::OutForDelivery:
    case Trigger::ReadyForPickup:
    case Trigger::FailedAttempt:
      return 3;
    case Trigger::Delivered:
      return 4;
    case Trigger::EstimateSet:
    case Trigger::EstimateChanged:
    case Trigger::Delayed:
      break;
    default:
      return 0;
  }
  const auto sub = journey::parse_substatus(facts.substatus);
  if (!sub) return 0;
  return sub->status == journey::Status::InfoReceived ? 1
         : sub->status == journey::Status::Transit    ? 2
         : sub->status == journey::Status::Pickup     ? 3
                                                      : 0;
}

std::string status_of(const Words& words, const Facts& facts) {
  return words.has(facts.substatus) ? words.say(facts.substatus) : std::string();
}

Arguments arguments_of(const Words& words, const Facts& facts, Length length) {
  return {{"shop", facts.sender.name},
          {"carrier", facts.carrier},
          {"status", status_of(words, facts)},
          {"estimate", words.span(facts.estimate, length)},
          {"before", words.span(facts.estimate_before, length)},
          {"until", words.moment(facts.pickup_until, length)},
          {"point", facts.pickup_point},
          {"days", static_cast<std::int64_t>(facts.days_without_news)}};
}

std::string body_key(Trigger trigger, const Facts& facts) {
  if (trigger == Trigger::Exception && facts.substatus == "exception006")
    return "exception.customs";
  if (trigger == Trigger::Exception && facts.substatus == "exception007") return "exception.lost";
  return std::string(journey::name(trigger)) + ".body";
}

void add_steps(Layout& layout, Trigger trigger, const Facts& facts) {
  const auto& words = *layout.words;
  layout.step = step_of(trigger, facts);
  if (layout.step == 0) return;
  const bool waits = trigger == Trigger::ReadyForPickup || facts.substatus == "pickup002";
  layout.steps = {words.say("step.announced"), words.say("step.moving"),
                  words.say(waits ? "step.ready" : "step.out"), words.say("step.delivered")};
  const auto now = static_cast<std::size_t>(layout.step - 1);
  layout.progress = words.say("progress.label", {{"step", std::int64_t{layout.step}},
                                                 {"steps", std::int64_t{4}},
                                                 {"name", layout.steps[now]}});
}

// The day that the reader wants to know stands below the headline, unless a sentence says it.
void add_key_date(Layout& layout, Trigger trigger, const Facts& facts) {
  const auto& words = *layout.words;
  const bool waits = trigger == Trigger::ReadyForPickup;
  if (!waits && trigger != Trigger::InfoReceived && trigger != Trigger::InTransit &&
      trigger != Trigger::OutForDelivery)
    return;
  auto date = waits ? words.moment(facts.pickup_until, Length::Long)
                    : words.span(facts.estimate, Length::Long);
  if (date.empty()) return;
  layout.key_date = words.say(
      "fact.line",
      {{"label", words.say(waits ? "fact.until" : "fact.estimate")}, {"value", std::move(date)}});
}

bool says_estimate(Trigger trigger) {
  return trigger == Trigger::EstimateSet || trigger == Trigger::EstimateChanged ||
         trigger == Trigger::Delayed;
}

void add_facts(Layout& layout, Trigger trigger, const Facts& facts) {
  const auto& words = *layout.words;
  const auto add = [&](const char* label, const std::string& value, bool is_number = false) {
    if (!value.empty()) layout.facts.push_back({words.say(label), value, is_number});
  };
  add("fact.status", status_of(words, facts));
  add("fact.when", words.moment(facts.happened_at, Length::Long));
  add("fact.where", facts.place);
  add("fact.pickup", facts.pickup_point);
  if (trigger != Trigger::ReadyForPickup)
    add("fact.until", words.moment(facts.pickup_until, Length::Long));
  const bool is_over = trigger == Trigger::Delivered || trigger == Trigger::Returned;
  if (!is_over && layout.key_date.empty() && !says_estimate(trigger))
    add("fact.estimate", words.span(facts.estimate, Length::Long));
  if (trigger == Trigger::EstimateChanged || trigger == Trigger::Delayed)
    add("fact.before", words.span(facts.estimate_before, Length::Long));
  add("fact.says", facts.carrier_says);
  add("fact.parcel", facts.parcel_title);
  add("fact.order", facts.order_number, true);
  add("fact.carrier", facts.carrier);
  add("fact.number", facts.tracking_number, true);
}

// What stands after the subject in a list of messages: what is particular about this one.
std::string preheader_of(const Words& words, const Facts& facts, const std::string& otherwise) {
  std::string out;
  for (const auto& part :
       {facts.parcel_title, words.moment(facts.happened_at, Length::Short), facts.place}) {
    if (part.empty()) continue;
    if (!out.empty()) out += " · ";
    out += words.isolated(part);
  }
  return out.empty() ? otherwise : out;
}

void add_footer(Layout& layout, const Facts& facts) {
  const auto& words = *layout.words;
  layout.why = words.say("footer.why", {{"shop", facts.sender.name}});
  if (facts.first) {
    layout.notice_title = words.say("first.title");
    layout.notice = words.say("first.body", {{"giver", facts.first->given_by}});
  }
  const auto add = [&](const char* key, const std::string& url) {
    if (!url.empty()) layout.links.push_back({words.say(key), url});
  };
  add("footer.preferences", facts.links.preferences);
  add("footer.unsubscribe", facts.links.unsubscribe);
  add_foot(layout, facts.links);
}

Layout layout_of(Trigger trigger, const Facts& facts, const Words& words) {
  const std::string name(journey::name(trigger));
  const auto long_ones = arguments_of(words, facts, Length::Long);
  const auto short_ones = arguments_of(words, facts, Length::Short);
  Layout out;
  out.words = &words;
  out.sender = facts.sender;
  out.tone = tone_of(trigger);
  out.subject = words.say(name + ".subject", short_ones);
  out.headline = words.say(name + ".headline", long_ones);
  out.greeting = facts.recipient_name.empty()
                     ? words.say("greeting.plain")
                     : words.say("greeting.named", {{"name", facts.recipient_name}});
  out.paragraphs = {words.say(body_key(trigger, facts), long_ones)};
  out.preheader = preheader_of(words, facts, out.paragraphs.front());
  out.button = words.say("button.track");
  out.button_link = facts.links.tracking_page;
  add_steps(out, trigger, facts);
  add_key_date(out, trigger, facts);
  add_facts(out, trigger, facts);
  add_footer(out, facts);
  return out;
}

std::string sms_of(const Words& words, const Facts& facts, const std::string& text) {
  auto out =
      words.say("sms.line",
                {{"shop", facts.sender.name}, {"text", text}, {"link", facts.links.tracking_page}});
  if (facts.first) {
    out += "\n" + words.say("first.sms",
                            {{"giver", facts.first->given_by}, {"link", facts.links.unsubscribe}});
  }
  return out;
}

std::string chat_of(const Layout& layout, const Facts& facts, const std::string& text) {
  const auto& words = *layout.words;
  std::string out = text;
  const auto line = [&](std::initializer_list<std::string> parts) {
    std::string joined;
    for (const auto& part : parts) {
      if (part.empty()) continue;
      if (!joined.empty()) joined += " · ";
      joined += words.isolated(part);
    }
    if (!joined.empty()) out += "\n" + joined;
  };
  line({facts.parcel_title, facts.carrier, facts.tracking_number});
  line({words.moment(facts.happened_at, Length::Short), facts.place});
  line({facts.pickup_point});
  if (!facts.links.tracking_page.empty()) out += "\n" + facts.links.tracking_page;
  return out;
}

// A line break in a subject would be a second header; elsewhere it would look broken.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

Message write(Trigger asked, const Facts& facts, std::string_view language,
              const Template* edited) {
  const auto trigger = sayable(asked, facts);
  const auto& words =
      Words::get(Family::Parcels, language == "en-XA" ? language : language_for(language));
  auto layout = layout_of(trigger, facts, words);
  if (edited != nullptr) put_in(*edited, facts, layout);
  layout.subject = one_line(layout.subject);
  auto text = edited != nullptr ? one_line(short_text(*edited, facts, layout)) : std::string();
  if (text.empty()) {
    text = words.say(std::string(journey::name(trigger)) + ".short",
                     arguments_of(words, facts, Length::Short));
  }
  Message out;
  out.language = words.language();
  out.subject = layout.subject;
  out.preheader = layout.preheader;
  out.text = render_text(layout);
  out.html = render_html(layout);
  out.sms = sms_of(words, facts, text);
  out.push_title = facts.sender.name.empty() ? layout.headline : facts.sender.name;
  out.push_body = text;
  if (!facts.parcel_title.empty()) out.push_body += "\n" + words.isolated(facts.parcel_title);
  out.chat = chat_of(layout, facts, text);
  return out;
}

Message write_digest(const std::vector<News>& news, const Facts& about, std::string_view language) {
  const auto& words = Words::get(Family::Parcels, language_for(language));
  Layout layout;
  layout.words = &words;
  layout.sender = about.sender;
  layout.tone = Tone::Move;
  layout.subject = one_line(words.say("digest.subject", {{"shop", about.sender.name}}));
  layout.headline = words.say("digest.headline");
  layout.greeting = about.recipient_name.empty()
                        ? words.say("greeting.plain")
                        : words.say("greeting.named", {{"name", about.recipient_name}});
  layout.paragraphs = {words.say("digest.body")};
  for (const auto& [asked, facts] : news) {
    const auto trigger = sayable(asked, facts);
    const std::string name(journey::name(trigger));
    const auto values = arguments_of(words, facts, Length::Short);
    Layout::Parcel parcel;
    parcel.headline = words.say(name + ".headline", values);
    parcel.line = words.say(name + ".short", values);
    for (const auto* part : {&facts.parcel_title, &facts.carrier, &facts.tracking_number}) {
      if (part->empty()) continue;
      parcel.about += (parcel.about.empty() ? "" : " · ") + words.isolated(*part);
    }
    parcel.words = words.say("button.track");
    parcel.link = facts.links.tracking_page;
    layout.preheader += (layout.preheader.empty() ? "" : " · ") + parcel.headline;
    layout.parcels.push_back(std::move(parcel));
  }
  add_footer(layout, about);
  Message out;
  out.language = words.language();
  out.subject = layout.subject;
  out.preheader = layout.preheader;
  out.text = render_text(layout);
  out.html = render_html(layout);
  return out;
}

}  // namespace messages
