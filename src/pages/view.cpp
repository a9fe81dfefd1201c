#include "pages/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "pages/layout.h"
#include "pages/template.h"
#include "support/tickets.h"

namespace embedded {
std::string_view tracking_template();
std::string_view shop_template();
std::string_view parcels_template();
std::string_view passkey_script();
std::string_view push_script();
std::string_view keep_script();
std::string_view icon();
std::string_view icon_192();
std::string_view icon_512();
std::string_view message_template();
std::string_view style();
std::string_view live_script();
}  // namespace embedded

namespace pages {
namespace {

using CheckpointView = journey::BasicCheckpoint<std::string_view>;
using LegView = journey::BasicLeg<std::string_view>;
using journey::Status;

std::string text(std::string_view view) { return std::string(view); }

// Only what is there: the templates' sections take an empty text for something.
void put(Data& data, const char* key, std::string value) {
  if (!value.empty()) data.set(key, std::move(value));
}

// FNV-1a, to name a file after its content; not for security.
std::string content_name(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

// ---- The tracking page

// Trouble and arrival are told exactly ("Held by customs", "Left with a neighbour"): that is what
// somebody opened the page for. The rest by its status.
std::string headline(const shipments::Head& head, const Words& words) {
  const auto status = head.status;
  if (status == Status::Pickup && head.substatus == 2) return text(words.get("step.ready"));
  const auto key = journey::substatus_name(status, head.substatus);
  const bool is_exact =
      status == Status::Exception || status == Status::Undelivered || status == Status::Delivered;
  if (is_exact && head.substatus > 0 && words.has(key)) return text(words.get(key));
  return text(words.get(fmt::format("status.{}", journey::name(status))));
}

std::string explanation(const shipments::Head& head, const Words& words) {
  const auto key = journey::substatus_name(head.status, head.substatus);
  const bool is_on_its_way = head.status == Status::Transit || head.status == Status::Pickup;
  // The sub-status says it more exactly, where it does not merely repeat the headline.
  if (is_on_its_way && head.substatus > 0 && words.has(key) &&
      words.get(key) != headline(head, words)) {
    return fmt::format("{}.", words.get(key));
  }
  return text(words.get(fmt::format("explain.{}", journey::name(head.status))));
}

// Which of the four steps the parcel stands at; -1 before the first.
int step_of(Status status) {
  switch (status) {
    case Status::Pending:
    case Status::NotFound:
      return -1;
    case Status::InfoReceived:
      return 0;
    case Status::Transit:
    case Status::Exception:
    case Status::Expired:
      return 1;
    case Status::Pickup:
    case Status::Undelivered:
      return 2;
    case Status::Delivered:
      return 4;  // beyond the last: all four are done
  }
  return -1;
}

void put_steps(Data& page, const shipments::Head& head, const Words& words) {
  constexpr std::array<std::string_view, 4> kSteps{"step.received", "step.moving", "step.out",
                                                   "step.delivered"};
  const int at = step_of(head.status);
  Data list = Data::type::list;
  for (int i = 0; i < 4; ++i) {
    Data step;
    const auto state = i < at ? "done" : i == at ? "now" : "ahead";
    auto key = kSteps[static_cast<std::size_t>(i)];
    if (i == at && head.status == Status::Exception) key = "step.exception";
    if (i == at && head.status == Status::Pickup && head.substatus == 2) key = "step.ready";
    step.set("state", state);
    step.set("current", i == at);
    step.set("text", text(words.get(key)));
    step.set("said", text(words.get(i < at    ? "progress.done"
                                    : i == at ? "progress.current"
                                              : "progress.ahead")));
    list.push_back(step);
  }
  page.set("steps", list);
}

bool is_over(Status status) {
  return status == Status::Delivered || status == Status::Exception || status == Status::Expired;
}

void put_estimate(Data& page, const Parcel& parcel, const Words& words) {
  const auto date = parcel.journey.scheduled_delivery_date;
  const auto day = words.day(date);
  if (day.empty() || is_over(parcel.head.status)) return;
  Data estimate;
  estimate.set("label", text(words.get("estimate.label")));
  estimate.set("day", day);
  if (const auto hour = words.hour(date); !hour.empty() && hour != "00:00") {
    estimate.set("by", words.get("estimate.by", {{"hour", hour}}));
  }
  page.set("estimate", estimate);
}

// What an event means in the reader's language: the sub-status, else the status; a scan that was
// not understood says so.
std::string meaning(const CheckpointView& c, const Words& words) {
  return meaning_of(c.status, c.substatus, words);
}

Data event_data(const CheckpointView& c, bool is_newest, const Words& words) {
  Data event;
  event.set("hour", words.hour(c.date));
  event.set("means", meaning(c, words));
  put(event, "words", text(c.text));
  put(event, "place", text(c.location));
  event.set("tone", text(name(tone_of(c.status))));
  event.set("newest", is_newest);
  return event;
}

// A leg's events, newest first, gathered by day.
Data day_list(const LegView& leg, bool is_first_leg, const Words& words) {
  Data days = Data::type::list;
  std::string open_day;
  Data events = Data::type::list;
  const auto close = [&] {
    if (!events.is_list() || events.is_empty_list()) return;
    Data day;
    day.set("day", open_day);
    day.set("events", events);
    days.push_back(day);
    events = Data(Data::type::list);
  };
  for (std::size_t i = 0; i < leg.checkpoints.size(); ++i) {
    const auto& c = leg.checkpoints[i];
    auto day = words.day(c.date);
    if (day.empty()) day = text(words.get("timeline.undated"));
    if (day != open_day) close();
    open_day = day;
    events.push_back(event_data(c, is_first_leg && i == 0, words));
  }
  close();
  return days;
}

void put_travel(Data& page, const Parcel& parcel, const Words& words) {
  const auto& j = parcel.journey;
  Data legs = Data::type::list;
  const bool has_both = !j.origin.checkpoints.empty() && !j.destination.checkpoints.empty();
  const auto add = [&](const LegView& leg, const couriers::Courier* courier) {
    if (leg.checkpoints.empty()) return;
    Data data;
    if (has_both) {
      const auto who = courier != nullptr ? courier->name : leg.courier_code;
      data.set("with", words.get("leg.with", {{"carrier", who}}));
    }
    data.set("days", day_list(leg, legs.list_value().empty(), words));
    legs.push_back(data);
  };
  add(j.destination, parcel.partner);
  add(j.origin, parcel.courier);
  page.set("legs?", !legs.list_value().empty());
  if (!legs.list_value().empty()) page.set("legs", legs);
}

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
  std::string out;
  for (const auto part : {a, b, c}) {
    if (part.empty()) continue;
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

void put_facts(Data& page, const Parcel& parcel, const Words& words) {
  const auto& j = parcel.journey;
  Data facts = Data::type::list;
  const auto add = [&](std::string_view key, std::string_view value, bool is_mono = false) {
    if (value.empty()) return;
    Data fact;
    fact.set("name", text(words.get(key)));
    fact.set("value", text(value));
    fact.set("mono", is_mono);
    facts.push_back(fact);
  };
  add("facts.carrier", parcel.courier != nullptr ? parcel.courier->name : parcel.head.courier_code);
  add("facts.number", parcel.head.tracking_number, true);
  add("facts.order", parcel.head.order_number, true);
  add("facts.service", j.product_type);
  add("facts.weight", j.weight_kg.empty() ? text(j.weight) : fmt::format("{} kg", j.weight_kg));
  add("facts.pieces", j.pieces == "1" ? "" : j.pieces);
  add("facts.size", j.dimension);
  add("facts.origin", joined(j.origin_city, j.origin_state, parcel.head.origin_country));
  add("facts.destination",
      joined(j.destination_city, j.destination_state, parcel.head.destination_country));
  add("facts.partner_number", j.destination_track_number, true);
  page.set("facts", facts);
}

void put_carrier(Data& page, const Parcel& parcel, const Words& words) {
  if (parcel.courier == nullptr) return;
  const auto href =
      couriers::Catalogue::tracking_link(*parcel.courier, parcel.head.tracking_number);
  // Links of the catalogue are facts of ours; anything else than a web address is a mistake there.
  if (href.starts_with("https://") || href.starts_with("http://")) {
    Data link;
    link.set("href", href);
    link.set("text", words.get("carrier.link", {{"carrier", parcel.courier->name}}));
    page.set("carrier_link", link);
  }
  if (!parcel.courier->phone.empty()) {
    Data call;
    call.set("phone", text(parcel.courier->phone));
    call.set("text", words.get("carrier.call", {{"carrier", parcel.courier->name}}));
    page.set("carrier_call", call);
  }
}

void put_privacy(Data& page, const Parcel& parcel, const Words& words) {
  const auto who =
      parcel.courier != nullptr ? text(parcel.courier->name) : parcel.head.courier_code;
  if (parcel.asked.is_running) {
    page.set("checked", text(words.get("checked.updating")));
  } else if (parcel.asked.last) {
    const auto at = base::to_iso_offset(*parcel.asked.last);
    const auto time = fmt::format("{}, {} UTC", words.short_day(at), words.hour(at));
    page.set("checked", words.get("checked.at", {{"carrier", who}, {"time", time}}));
  } else {
    page.set("checked", text(words.get("checked.never")));
  }
  if (!parcel.asked.names.empty()) {
    const auto names = fmt::format("{}", fmt::join(parcel.asked.names, ", "));
    page.set("told", words.get("privacy.told", {{"names", names}}));
  }
  const auto until = base::to_iso_offset(parcel.head.expires_at);
  page.set("kept", words.get("privacy.until", {{"day", words.day(until)}}));
  const auto& [shop, contact, service] = parcel.responsible;
  const auto reach = contact.empty() ? std::string() : fmt::format(" ({})", contact);
  auto controller = shop.empty()
                        ? text(words.get("privacy.some_shop"))
                        : words.get("privacy.controller", {{"shop", shop}, {"contact", reach}});
  if (!service.empty()) controller += ' ' + words.get("privacy.service", {{"service", service}});
  page.set("controller", controller);
}

void put_words(Data& page, const Words& words,
               std::initializer_list<std::pair<const char*, std::string_view>> keys) {
  for (const auto& [name_in_page, key] : keys) page.set(name_in_page, text(words.get(key)));
}

}  // namespace

Tone tone_of(Status status) {
  switch (status) {
    case Status::Delivered:
      return Tone::Good;
    case Status::Transit:
    case Status::Pickup:
      return Tone::Move;
    case Status::Undelivered:
      return Tone::Warn;
    case Status::Exception:
      return Tone::Bad;
    default:
      return Tone::Calm;
  }
}

std::string_view name(Tone tone) {
  switch (tone) {
    case Tone::Good:
      return "good";
    case Tone::Move:
      return "move";
    case Tone::Warn:
      return "warn";
    case Tone::Bad:
      return "bad";
    case Tone::Calm:
      break;
  }
  return "calm";
}

void put_push(Data& page, std::string_view key, const Words& words) {
  put(page, "push_key", text(key));
  if (key.empty()) return;
  page.set("push_script", assets()[kPushScript].path);
  put_words(page, words,
            {{"w_push", "push.title"},
             {"w_push_on", "push.on"},
             {"w_push_off", "push.off"},
             {"w_push_note", "push.note"},
             {"w_push_done", "push.done"},
             {"w_push_ended", "push.ended"},
             {"w_push_denied", "push.denied"}});
}

// `asked`: what became of a question, from the address: "yes", "no", "many", "address", or nothing.
void put_ask(Data& page, const Frame& frame, std::string_view asked) {
  const auto& words = frame.words;
  put_words(page, words,
            {{"w_ask", "ask.title"},
             {"w_ask_about", "ask.topic"},
             {"w_ask_text", "ask.text"},
             {"w_ask_address", "ask.address"},
             {"w_ask_send", "ask.send"},
             {"w_ask_note", "ask.note"}});
  Data topics = Data::type::list;
  for (const auto about : support::kTopics) {
    Data topic;
    topic.set("value", text(about));
    topic.set("words", text(words.get(fmt::format("ask.about.{}", about))));
    topics.push_back(topic);
  }
  page.set("topics", topics);
  page.set("ask_action", fmt::format("{}/question{}", frame.path.substr(0, frame.path.find('?')),
                                     language_suffix(frame)));
  const auto said = fmt::format("ask.{}", asked);
  if (asked.empty() || !words.has(said)) return;
  page.set("asked", text(words.get(said)));
  page.set("asked_tone", asked == "yes" ? "good" : "warn");
  page.set("asked_again", asked != "yes");
}

// A delivered parcel's page offers its recipient a link to review the delivery. `rated`: what
// became of that: "sent", "bad" or nothing.
void put_rate(Data& page, const Frame& frame, journey::Status status, std::string_view rated) {
  const auto& words = frame.words;
  page.set("rate", status == journey::Status::Delivered);
  put_words(page, words,
            {{"w_rate", "rate.title"},
             {"w_rate_address", "rate.address"},
             {"w_rate_send", "rate.send"},
             {"w_rate_note", "rate.note"}});
  page.set("rate_action",
           fmt::format("{}/review-link{}", frame.path.substr(0, frame.path.find('?')),
                       language_suffix(frame)));
  if (rated != "sent" && rated != "bad") return;
  page.set("rated", text(words.get(fmt::format("rate.{}", rated))));
  page.set("rated_tone", rated == "sent" ? "good" : "warn");
  page.set("rated_again", rated == "bad");
}

void put_keep(Data& page, const Words& words) {
  page.set("keep_script", assets()[kKeepScript].path);
  page.set("touch_icon", assets()[kIcon192].path);
  put_words(page, words,
            {{"w_offline", "keep.offline"},
             {"w_keep_on", "keep.on"},
             {"w_keep_off", "keep.off"},
             {"w_keep_note", "keep.note"},
             {"w_keep_done", "keep.done"},
             {"w_keep_ended", "keep.ended"},
             {"w_push_failed", "push.failed"}});
}

std::string render_tracking(const Parcel& parcel, const Frame& frame, std::string_view push_key,
                            std::string_view asked, std::string_view rated) {
  const auto& words = frame.words;
  Data page;
  put_frame(page, frame);
  put_words(page, words,
            {{"w_title", "page.title"},
             {"w_skip", "page.skip"},
             {"w_progress", "progress.label"},
             {"w_timeline", "timeline.title"},
             {"w_empty", "timeline.empty"},
             {"w_local", "timeline.local"},
             {"w_facts", "facts.title"},
             {"w_privacy", "privacy.title"},
             {"w_own", "privacy.own"}});
  page.set("number", parcel.head.tracking_number);
  put(page, "title", text(parcel.title));
  page.set("headline", headline(parcel.head, words));
  // "We keep asking" is said only of a carrier that was asked.
  const bool is_silent = parcel.head.status == journey::Status::Pending && !parcel.asked.last &&
                         !parcel.asked.is_running;
  page.set("explain",
           is_silent ? text(words.get("checked.never")) : explanation(parcel.head, words));
  page.set("tone", text(name(tone_of(parcel.head.status))));
  put_steps(page, parcel.head, words);
  put_estimate(page, parcel, words);
  put_travel(page, parcel, words);
  put_facts(page, parcel, words);
  put_carrier(page, parcel, words);
  put_privacy(page, parcel, words);
  put_push(page, push_key, words);
  put_keep(page, words);
  put_ask(page, frame, asked);
  put_rate(page, frame, parcel.head.status, rated);
  page.set("manifest",
           fmt::format("{}/app.webmanifest{}", frame.path.substr(0, frame.path.find('?')),
                       language_suffix(frame)));
  return render(embedded::tracking_template(), page);
}

namespace {

Data shop_row(const ShopRow& row, const Words& words) {
  Data data;
  data.set("href", row.path);
  data.set("number", row.number);
  put(data, "title", row.title);
  data.set("carrier", row.carrier);
  shipments::Head head;
  head.status = row.status;
  head.substatus = row.substatus;
  data.set("status", headline(head, words));
  data.set("tone", text(name(tone_of(row.status))));
  put(data, "last", row.last);
  const auto hour = words.hour(row.at);
  data.set("when", words.short_day(row.at) + (hour.empty() ? "" : ", " + hour));
  put(data, "place", row.place);
  data.set("estimate", is_over(row.status) ? std::string() : words.short_day(row.estimate));
  return data;
}

Data shop_filters(const Shop& shop, const Words& words) {
  Data filters = Data::type::list;
  const auto add = [&](std::string href, std::string label, int count, Tone tone, bool is_chosen) {
    Data filter;
    filter.set("href", std::move(href));
    filter.set("name", std::move(label));
    filter.set("count", std::to_string(count));
    filter.set("tone", text(name(tone)));
    filter.set("chosen", is_chosen);
    filters.push_back(filter);
  };
  int all = 0;
  for (const auto& [status, count] : shop.counts) all += count;
  add(shop.path + "?", text(words.get("shop.filter_all")), all, Tone::Calm, !shop.only);
  for (const auto& [status, count] : shop.counts) {
    add(fmt::format("{}?status={}", shop.path, journey::name(status)),
        text(words.get(fmt::format("status.{}", journey::name(status)))), count, tone_of(status),
        shop.only == status);
  }
  return filters;
}

}  // namespace

namespace {

Data shop_data(const Shop& shop, const Frame& frame) {
  const auto& words = frame.words;
  Data page;
  put_frame(page, frame);
  put_words(page, words,
            {{"w_title", "shop.title"},
             {"w_lead", "shop.lead"},
             {"w_mail", "shop.mail"},
             {"w_number", "shop.number"},
             {"w_carrier", "shop.carrier"},
             {"w_status", "shop.status"},
             {"w_last", "shop.last"},
             {"w_estimate", "shop.estimate"},
             {"w_empty", "shop.empty"}});
  page.set("w_count", words.get("shop.count", {{"count", std::to_string(shop.rows.size())}}));
  page.set("filters", shop_filters(shop, words));
  Data rows = Data::type::list;
  for (const auto& row : shop.rows) rows.push_back(shop_row(row, words));
  page.set("rows?", !shop.rows.empty());
  page.set("rows", rows);
  page.set(
      "parcels",
      Data(kainjow::mustache::partial([] { return std::string(embedded::parcels_template()); })));
  return page;
}

}  // namespace

std::string meaning_of(Status status, int substatus, const Words& words) {
  if (status == Status::Pending) return text(words.get("event.unknown"));
  const auto key = journey::substatus_name(status, substatus);
  if (substatus > 0 && words.has(key)) return text(words.get(key));
  return text(words.get(fmt::format("status.{}", journey::name(status))));
}

std::string render_parcels(const Shop& shop, const Frame& frame) {
  return render(embedded::parcels_template(), shop_data(shop, frame));
}

std::string render_shop(const Shop& shop, const Frame& frame) {
  return render(embedded::shop_template(), shop_data(shop, frame));
}

std::string render_nothing(const Frame& frame) {
  const auto& words = frame.words;
  Data page;
  put_frame(page, frame);
  page.set("headline", text(words.get("error.title")));
  page.set("text", text(words.get("error.text")));
  return render(embedded::message_template(), page);
}

std::string render_turned_away(const Frame& frame, bool is_refused) {
  Data page;
  put_frame(page, frame);
  page.set("headline", text(frame.words.get("slow.title")));
  page.set("text", text(frame.words.get(is_refused ? "slow.refused" : "slow.wait")));
  return render(embedded::message_template(), page);
}

const std::vector<Asset>& assets() {
  static const std::vector<Asset> made{
      {fmt::format("/assets/style-{}.css", content_name(embedded::style())),
       "text/css; charset=utf-8", embedded::style()},
      {fmt::format("/assets/live-{}.js", content_name(embedded::live_script())),
       "text/javascript; charset=utf-8", embedded::live_script()},
      {fmt::format("/assets/passkey-{}.js", content_name(embedded::passkey_script())),
       "text/javascript; charset=utf-8", embedded::passkey_script()},
      {fmt::format("/assets/push-{}.js", content_name(embedded::push_script())),
       "text/javascript; charset=utf-8", embedded::push_script()},
      {fmt::format("/assets/keep-{}.js", content_name(embedded::keep_script())),
       "text/javascript; charset=utf-8", embedded::keep_script()},
      {fmt::format("/assets/icon-{}.svg", content_name(embedded::icon())), "image/svg+xml",
       embedded::icon()},
      {fmt::format("/assets/icon-192-{}.png", content_name(embedded::icon_192())), "image/png",
       embedded::icon_192()},
      {fmt::format("/assets/icon-512-{}.png", content_name(embedded::icon_512())), "image/png",
       embedded::icon_512()},
  };
  return made;
}

}  // namespace pages
