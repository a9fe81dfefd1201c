#include "api/v4/exchange.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "api/v4/tracking_keys.h"
#include "base/card_number.h"
#include "base/text.h"
#include "base/time.h"
#include "journey/journey.h"
#include "shipments/tracking_number.h"

namespace api::v4 {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// An object and what of it is left out.
struct Given {
  object whole;
  const std::vector<std::string>& left_out;

  bool is_taken(std::string_view key) const {
    return std::ranges::find(left_out, key) == left_out.end();
  }
  auto at_key(std::string_view key) const { return whole.at_key(key); }
};

// Text, or a number's digits; empty for null, absent and every other kind.
std::string text(const object& from, std::string_view key) {
  const auto found = from.at_key(key);
  std::string_view view;
  if (found.get_string().get(view) == simdjson::SUCCESS) return std::string(view);
  std::int64_t n = 0;
  if (found.get_int64().get(n) == simdjson::SUCCESS) return std::to_string(n);
  return {};
}

std::string text(const Given& from, std::string_view key) {
  return from.is_taken(key) ? text(from.whole, key) : std::string();
}

journey::Checkpoint checkpoint(const object& from) {
  journey::Checkpoint c;
  c.date = text(from, "checkpoint_date");
  c.text = text(from, "tracking_detail");
  c.location = text(from, "location");
  c.country = text(from, "country_iso2");
  c.state = text(from, "state");
  c.city = text(from, "city");
  c.zip = text(from, "zip");
  c.raw_status = text(from, "raw_status");
  if (const auto status = journey::parse_status(text(from, "checkpoint_delivery_status")))
    c.status = *status;
  const auto sub = journey::parse_substatus(text(from, "checkpoint_delivery_substatus"));
  if (sub && sub->status == c.status) c.substatus = sub->number;
  return c;
}

journey::Leg leg(const object& shipment, std::string_view key) {
  journey::Leg out;
  object from;
  if (shipment.at_key(key).get_object().get(from) != simdjson::SUCCESS) return out;
  out.courier_code = text(from, "courier_code");
  out.courier_phone = text(from, "courier_phone");
  out.weblink = text(from, "weblink");
  out.reference_number = text(from, "reference_number");
  object milestones;
  if (from.at_key("milestone_date").get_object().get(milestones) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i < kMilestoneKeys.size(); ++i)
      out.milestones[i] = text(milestones, kMilestoneKeys[i]);
  }
  for (std::size_t i = 0; i < kLegDateKeys.size(); ++i) out.dates[i] = text(from, kLegDateKeys[i]);
  simdjson::dom::array scans;
  if (from.at_key("trackinfo").get_array().get(scans) == simdjson::SUCCESS) {
    for (const auto scan : scans) {
      object one;
      if (scan.get_object().get(one) == simdjson::SUCCESS)
        out.checkpoints.push_back(checkpoint(one));
    }
  }
  return out;
}

journey::Journey journey_of(const Given& from) {
  journey::Journey j;
  j.origin = leg(from.whole, "origin_info");
  j.destination = leg(from.whole, "destination_info");
  j.origin_state = text(from, "origin_state");
  j.origin_city = text(from, "origin_city");
  j.destination_state = text(from, "destination_state");
  j.destination_city = text(from, "destination_city");
  j.signed_by = text(from, "signed_by");
  j.service_code = text(from, "service_code");
  j.product_type = text(from, "product_type");
  j.weight = text(from, "weight");
  j.weight_kg = text(from, "weight_kg");
  j.dimension = text(from, "dimension");
  j.pieces = text(from, "pieces");
  j.previously = text(from, "previously");
  j.destination_track_number = text(from, "destination_track_number");
  j.exchange_number = text(from, "exchange_number");
  j.scheduled_delivery_date = text(from, "scheduled_delivery_date");
  j.scheduled_address = text(from, "scheduled_address");
  j.status_info = text(from, "status_info");
  j.latest_event = text(from, "latest_event");
  j.latest_checkpoint_time = text(from, "latest_checkpoint_time");
  std::int64_t days = 0;
  if (from.at_key("transit_time").get_int64().get(days) == simdjson::SUCCESS && days > 0 &&
      days < 10'000) {
    j.transit_time = static_cast<int>(days);
  }
  return j;
}

shipments::Body body_of(const Given& from) {
  const personal::Label label(personal::Source::Shop);
  shipments::Body body;
  body.customer_name = {text(from, "customer_name"), label};
  body.customer_email = {text(from, "customer_email"), label};
  body.customer_sms = {text(from, "customer_sms"), label};
  body.recipient_postcode = {text(from, "recipient_postcode"), label};
  body.tracking_postal_code = {text(from, "tracking_postal_code"), label};
  body.tracking_key = {text(from, "tracking_key"), label};
  body.tracking_courier_account = {text(from, "tracking_courier_account"), label};
  body.title = {text(from, "title"), label};
  body.note = {text(from, "note"), label};
  body.journey = {journey::encode(journey_of(from)), personal::Label(personal::Source::Carrier)};
  return body;
}

// What another platform calls otherwise came by an import.
shipments::Source source_of(std::string_view word) {
  const auto found = std::ranges::find(kSourceNames, word);
  return found == kSourceNames.end() ? shipments::Source::Import
                                     : static_cast<shipments::Source>(found - kSourceNames.begin());
}

// The head's plain texts; status and times are judged by the caller.
void fill_head(const Given& from, shipments::Head& head) {
  head.courier_code = base::lower(base::trim(text(from, "courier_code")));
  head.source = source_of(text(from, "source"));
  head.is_archived = text(from, "archived") == "archived";
  head.order_number = text(from, "order_number");
  head.order_id = text(from, "order_id");
  head.order_date = text(from, "order_date");
  head.origin_country = text(from, "origin_country");
  head.destination_country = text(from, "destination_country");
  head.logistics_channel = text(from, "logistics_channel");
  head.label = text(from, "label");
  head.language = text(from, "language");
  head.tracking_ship_date = text(from, "tracking_ship_date");
  head.tracking_origin_country = text(from, "tracking_origin_country");
  head.tracking_destination_country = text(from, "tracking_destination_country");
}

// Which category of other people's data stands under a key.
constexpr std::pair<std::string_view, std::string_view> kCategoryOf[] = {
    {"customer_name", "name"},
    {"signed_by", "name"},
    {"customer_email", "e-mail"},
    {"customer_sms", "phone"},
    {"recipient_postcode", "postcode"},
    {"tracking_postal_code", "postcode"},
    {"order_number", "order"},
    {"order_id", "order"},
    {"order_date", "order"},
    {"title", "free-text"},
    {"note", "free-text"},
    {"label", "free-text"}};

// Further keys of a tracking object, of which none says who somebody is.
constexpr std::string_view kPlain[] = {"id",
                                       "tracking_number",
                                       "courier_code",
                                       "created_at",
                                       "update_at",
                                       "delivery_status",
                                       "substatus",
                                       "archived",
                                       "updating",
                                       "source",
                                       "language",
                                       "origin_country",
                                       "destination_country",
                                       "origin_state",
                                       "origin_city",
                                       "destination_state",
                                       "destination_city",
                                       "logistics_channel",
                                       "tracking_ship_date",
                                       "tracking_origin_country",
                                       "tracking_destination_country",
                                       "tracking_key",
                                       "tracking_courier_account",
                                       "service_code",
                                       "product_type",
                                       "weight",
                                       "weight_kg",
                                       "dimension",
                                       "pieces",
                                       "previously",
                                       "destination_track_number",
                                       "exchange_number",
                                       "scheduled_delivery_date",
                                       "scheduled_address",
                                       "status_info",
                                       "latest_event",
                                       "latest_checkpoint_time",
                                       "transit_time",
                                       "origin_info",
                                       "destination_info"};

std::vector<std::string> keys_left_out(const object& from,
                                       const std::function<bool(std::string_view)>& covers) {
  std::vector<std::string> left_out;
  for (const auto& [key, value] : from) {
    if (std::ranges::find(kPlain, key) != std::end(kPlain)) continue;
    const auto* found =
        std::ranges::find(kCategoryOf, key, [](const auto& one) { return one.first; });
    if (found == std::end(kCategoryOf) || !covers(found->second)) left_out.emplace_back(key);
  }
  return left_out;
}

base::Result<shipments::Shipment, std::string> parse(const Given& from, base::Instant now);

}  // namespace

base::Result<shipments::Shipment, std::string> parse_tracking(std::string_view json,
                                                              base::Instant now) {
  thread_local simdjson::dom::parser parser;
  object whole;
  if (parser.parse(json.data(), json.size()).get_object().get(whole) != simdjson::SUCCESS)
    return base::Failure{std::string("not a JSON object")};
  if (json.find("\\u0000") != std::string_view::npos)
    return base::Failure{std::string("a text holds a NUL character")};
  static const std::vector<std::string> kNothing;
  return parse({whole, kNothing}, now);
}

base::Result<Imported, std::string> import_tracking(
    std::string_view json, base::Instant now,
    const std::function<bool(std::string_view category)>& covers) {
  thread_local simdjson::dom::parser parser;
  object whole;
  if (parser.parse(json.data(), json.size()).get_object().get(whole) != simdjson::SUCCESS)
    return base::Failure{std::string("not a JSON object")};
  if (json.find("\\u0000") != std::string_view::npos)
    return base::Failure{std::string("a text holds a NUL character")};
  for (const auto& [key, category] : kCategoryOf) {
    if (base::holds_card_number(text(whole, key), category == "phone" ? 16 : base::kShortestCard))
      return base::Failure{std::string(key) + " holds the number of a payment card"};
  }
  const auto left_out = keys_left_out(whole, covers);
  auto shipment = parse({whole, left_out}, now);
  if (!shipment) return base::Failure{shipment.error()};
  return Imported{std::move(*shipment), left_out};
}

namespace {

base::Result<shipments::Shipment, std::string> parse(const Given& from, base::Instant now) {
  using base::Failure;
  shipments::Shipment shipment;
  auto& head = shipment.head;
  fill_head(from, head);
  const auto number = shipments::normalise_number(text(from, "tracking_number"));
  if (!number) return Failure{std::string("tracking_number is missing or cannot be one")};
  head.tracking_number = *number;
  if (head.courier_code.empty()) return Failure{std::string("courier_code is missing")};
  const auto status = journey::parse_status(text(from, "delivery_status"));
  if (!status) return Failure{std::string("delivery_status is none of the nine")};
  head.status = *status;
  const auto sub = journey::parse_substatus(text(from, "substatus"));
  if (sub && sub->status == head.status) head.substatus = sub->number;

  const auto created = base::parse_iso(text(from, "created_at"));
  if (!created) return Failure{std::string("created_at is missing or not a time")};
  head.created_at = std::min(*created, now);
  head.updated_at =
      std::min(base::parse_iso(text(from, "update_at")).value_or(head.created_at), now);
  head.id = base::Id::parse(text(from, "id")).value_or(base::Id());
  if (head.id.is_none()) head.id = base::Id::make(head.created_at);
  shipment.body = body_of(from);
  return shipment;
}

}  // namespace

std::string_view ArraySplitter::next() {
  if (state_ == State::Between && at_ > 0) {  // what was given out or skipped before is done with
    buffer_.erase(0, at_);
    at_ = 0;
  }
  for (; at_ < buffer_.size(); ++at_) {
    const char c = buffer_[at_];
    if (in_string_) {
      if (after_backslash_) {
        after_backslash_ = false;
      } else if (c == '\\') {
        after_backslash_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      continue;
    }
    if (c == '"') {
      in_string_ = true;
      if (state_ == State::Between) is_broken_ = true;
      continue;
    }
    switch (state_) {
      case State::Before:
        if (c == '[') state_ = State::Between;
        break;
      case State::Between:
        if (c == '{') {
          state_ = State::Inside;
          begin_ = at_;
          depth_ = 1;
        } else if (c == ']') {
          state_ = State::After;
        } else if (c != ',' && c != ' ' && c != '\n' && c != '\r' && c != '\t') {
          is_broken_ = true;
        }
        break;
      case State::Inside:
        if (c == '{' || c == '[') ++depth_;
        if ((c == '}' || c == ']') && --depth_ == 0) {
          state_ = State::Between;
          ++at_;
          return std::string_view(buffer_).substr(begin_, at_ - begin_);
        }
        break;
      case State::After:
        return {};
    }
    if (is_broken_) return {};
  }
  if (buffer_.size() > kLongestObject) is_broken_ = true;
  if (state_ != State::Inside) {
    buffer_.clear();
    at_ = 0;
  }
  return {};
}

}  // namespace api::v4
