#include "carriers/mapping.h"

namespace carriers {
namespace {

// "T00:00:00": a date alone is meant by it.
void read_time_keys(Section& section, TimeMapping& into) {
  into.offset = section.value("offset");
  for (const auto& text : section.texts("formats")) {
    auto format = TimeFormat::parse(text);
    if (format)
      into.rules.formats.push_back(std::move(format).value());
    else
      section.wrong("formats", format.error());
  }
  into.rules.zone = section.text("zone", into.rules.zone);
  if (!into.rules.zone.empty() && !is_zone(into.rules.zone))
    section.wrong("zone", "'" + into.rules.zone + "' is no zone that this system knows");
  into.rules.local = section.truth("local");
  into.rules.date_only_if = section.text("date_only_if");
  into.rules.year_of_message = section.has("year");
  if (section.text("year", "message") != "message")
    section.wrong("year", "can only be \"message\"");
}

TimeMapping read_time_mapping(Section& section, std::string_view key, const std::string& zone) {
  TimeMapping time;
  time.rules.zone = zone;
  const auto* node = section.take(key);
  if (node == nullptr) return time;
  const auto* table = node->as_table();
  if (table == nullptr) {
    time.value = read_value(*node, section.path_of(key), section.mistakes());
    return time;
  }
  Section inner(*table, section.path_of(key), section.mistakes());
  time.value = inner.has("value") ? inner.value("value") : read_value_keys(inner);
  read_time_keys(inner, time);
  inner.finish();
  return time;
}

PlaceMapping read_place(Section& section, std::string_view key) {
  PlaceMapping place;
  const auto* node = section.take(key);
  if (node == nullptr) return place;
  if (!node->is_table()) {
    place.text = read_value(*node, section.path_of(key), section.mistakes());
    return place;
  }
  Section inner(*node->as_table(), section.path_of(key), section.mistakes());
  place.text = inner.value("text");
  place.city = inner.value("city");
  place.state = inner.value("state");
  place.zip = inner.value("zip");
  place.country = inner.value("country");
  inner.finish();
  return place;
}

void read_shipment(Section section, ShipmentMapping& into, const std::string& zone) {
  const std::pair<const char*, Value ShipmentMapping::*> values[] = {
      {"number", &ShipmentMapping::number},
      {"status_code", &ShipmentMapping::status_code},
      {"status_words", &ShipmentMapping::status_words},
      {"signed_by", &ShipmentMapping::signed_by},
      {"weight", &ShipmentMapping::weight},
      {"weight_unit", &ShipmentMapping::weight_unit},
      {"dimension", &ShipmentMapping::dimension},
      {"pieces", &ShipmentMapping::pieces},
      {"service_code", &ShipmentMapping::service_code},
      {"service", &ShipmentMapping::service},
      {"next_courier", &ShipmentMapping::next_courier},
      {"next_number", &ShipmentMapping::next_number},
      {"pickup_point", &ShipmentMapping::pickup_point},
      {"proof_of_delivery", &ShipmentMapping::proof_of_delivery},
      {"next_action", &ShipmentMapping::next_action},
      {"phone", &ShipmentMapping::phone},
      {"weblink", &ShipmentMapping::weblink},
      {"language", &ShipmentMapping::language},
      {"id", &ShipmentMapping::id},
  };
  for (const auto& [key, member] : values) into.*member = section.value(key);
  into.estimate = read_time_mapping(section, "estimate", zone);
  into.estimate_until = read_time_mapping(section, "estimate_until", zone);
  into.ship_date = read_time_mapping(section, "ship_date", zone);
  into.origin = read_place(section, "origin");
  into.destination = read_place(section, "destination");
  into.verdict_from_status = section.word("verdict_from", {"events", "status"}) == "status";
  section.finish();
}

// A list is read together here: the classifier wants all the words there are.
Value read_words(Section& section, std::string_view key) {
  auto value = section.value(key);
  if (value.kind != Value::Kind::First) return value;
  value.kind = Value::Kind::Join;
  value.text.assign(1, ' ');
  value.skip_empty = true;
  return value;
}

void read_event(Section section, EventMapping& into, const std::string& zone) {
  into.description = section.value("description");
  into.detail = section.value("detail");
  // Carriers put tags and entities into sentences, and no reader wants them.
  into.description.strip_tags = into.detail.strip_tags = true;
  into.code = section.value("code");
  into.piece = section.value("piece");
  into.id = section.value("id");
  into.cancels = section.value("cancels");
  into.verdict_code = section.value("verdict_code");
  into.verdict_text = read_words(section, "verdict_text");
  into.time = read_time_mapping(section, "time", zone);
  into.place = read_place(section, "place");
  into.note = section.conditions("note");
  into.expected = section.conditions("expected");
  into.skip = section.conditions("skip");
  if (!into.description && !into.code)
    section.wrong("description", "an event needs a description or a code");
  section.finish();
}

journey::Report::Order parse_order(const std::string& word) {
  using Order = journey::Report::Order;
  return word == "oldest_first" ? Order::OldestFirst
         : word == "none"       ? Order::Unsaid
                                : Order::NewestFirst;
}

Answer read_answer(Section section, const std::string& zone) {
  Answer answer;
  if (!parse_format(section.word("format", {"json", "xml", "x12", "edifact", "fsu", "csv"}),
                    answer.format))
    section.wrong("format", "is not known");
  answer.when = section.conditions("when");
  if (auto shipments = section.path("shipments")) answer.shipments = std::move(*shipments);
  answer.events = section.path("events");
  answer.group_by = section.paths("group_by");
  answer.order = parse_order(section.word("order", {"newest_first", "oldest_first", "none"}));
  answer.message_date = section.value("message_date");
  if (auto shipment = section.section("shipment"))
    read_shipment(std::move(*shipment), answer.shipment, zone);
  if (auto event = section.section("event")) {
    read_event(std::move(*event), answer.event, zone);
    if (!answer.events) section.wrong("events", "which nodes are the events? events = \"...\"");
  } else if (answer.events || !answer.group_by.empty()) {
    section.wrong("event", "the section [answer.event] is missing");
  }
  section.finish();
  return answer;
}

constexpr std::string_view kErrorClasses[] = {"notfound",     "invalid_number", "auth",
                                              "rate_limited", "server",         "bad_request"};

ErrorRule read_error(Section section) {
  ErrorRule rule;
  rule.http = section.wholes("http");
  rule.when = section.conditions("when");
  rule.for_each = section.path("for_each");
  if (section.has("format")) {
    Format format{};
    if (parse_format(section.word("format", {"json", "xml", "x12", "edifact", "fsu", "csv"}),
                     format))
      rule.format = format;
  }
  if (!section.has("class")) section.wrong("class", "which class of error is it?");
  const auto word = section.word(
      "class", {"notfound", "invalid_number", "auth", "rate_limited", "server", "bad_request"});
  rule.error_class =
      static_cast<ErrorClass>(std::find(std::begin(kErrorClasses), std::end(kErrorClasses), word) -
                              std::begin(kErrorClasses));
  rule.code = section.value("code");
  rule.message = section.value("message");
  rule.message.strip_tags = true;
  rule.number = section.value("number");
  rule.is_unregistered = section.truth("unregistered");
  if (rule.http.empty() && rule.when.empty() && !rule.for_each)
    section.wrong("when", "an error is known by http, when or for_each");
  section.finish();
  return rule;
}

// Calls read(Section) for each table of [[key]].
template <class Read>
void each_table(Section& root, std::string_view key, Read read) {
  const auto* node = root.take(key);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr) {
    root.wrong(key, fmt::format("is written [[{}]], because there may be several", key));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* table = list->get_as<toml::table>(i);
    const auto path = list->size() == 1 ? std::string(key) : fmt::format("{}[{}]", key, i + 1);
    if (table == nullptr)
      root.wrong(key, "should be sections");
    else
      read(Section(*table, path, root.mistakes()));
  }
}

}  // namespace

void read_answers(Section& root, Definition& into) {
  each_table(root, "answer", [&](Section section) {
    into.answers.push_back(read_answer(std::move(section), into.zone));
  });
}

void read_errors(Section& root, Definition& into) {
  each_table(root, "error",
             [&](Section section) { into.errors.push_back(read_error(std::move(section))); });
}

}  // namespace carriers
