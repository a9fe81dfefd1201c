#include "api/v4/tracking_json.h"

#include "api/v4/tracking_keys.h"
#include "base/time.h"
#include "journey/journey.h"

namespace api::v4 {
namespace {

using base::JsonWriter;
using journey::JourneyView;
using CheckpointView = journey::BasicCheckpoint<std::string_view>;
using LegView = journey::BasicLeg<std::string_view>;

void text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key).value_or_null(value);
}

void write_checkpoint(JsonWriter& json, const CheckpointView& c) {
  json.begin_object();
  json.key("checkpoint_date").value(c.date);
  // What nobody understands, or a note, has no status: it is not "in transit".
  const bool is_known = c.known == journey::Verdict::Kind::Known;
  text(json, "checkpoint_delivery_status", is_known ? journey::name(c.status) : "");
  text(
      json, "checkpoint_delivery_substatus",
      is_known && c.substatus > 0 ? journey::substatus_name(c.status, c.substatus) : std::string());
  json.key("tracking_detail").value(c.text);
  text(json, "location", c.location);
  text(json, "country_iso2", c.country);
  text(json, "state", c.state);
  text(json, "city", c.city);
  text(json, "zip", c.zip);
  text(json, "raw_status", c.raw_status);
  json.end_object();
}

// A leg without a carrier of its own has none of the catalogue's facts either.
void write_leg(JsonWriter& json, const LegView& leg, const couriers::Courier* courier) {
  const auto or_fact = [&](std::string_view known, std::string_view fact) {
    return known.empty() && courier != nullptr ? fact : known;
  };
  json.begin_object();
  text(json, "courier_code", or_fact(leg.courier_code, courier != nullptr ? courier->code : ""));
  text(json, "courier_phone", or_fact(leg.courier_phone, courier != nullptr ? courier->phone : ""));
  text(json, "weblink", or_fact(leg.weblink, courier != nullptr ? courier->website : ""));
  text(json, "reference_number", leg.reference_number);
  json.key("milestone_date").begin_object();
  for (std::size_t i = 0; i < kMilestoneKeys.size(); ++i)
    text(json, kMilestoneKeys[i], leg.milestones[i]);
  json.end_object();
  for (std::size_t i = 0; i < kLegDateKeys.size(); ++i) text(json, kLegDateKeys[i], leg.dates[i]);
  json.key("trackinfo").begin_array();
  for (const auto& checkpoint : leg.checkpoints) write_checkpoint(json, checkpoint);
  json.end_array().end_object();
}

std::string_view archived_name(bool is_archived) { return is_archived ? "archived" : "tracking"; }

// The texts that objects 4.1 and 4.3 share, in the order both have them.
void write_given_body(JsonWriter& json, const shipments::Body& body, ControllerAccess& access) {
  text(json, "customer_name", open(body.customer_name, access));
  text(json, "customer_email", open(body.customer_email, access));
  text(json, "customer_sms", open(body.customer_sms, access));
  text(json, "recipient_postcode", open(body.recipient_postcode, access));
}

void write_given_tracking_fields(JsonWriter& json, const shipments::Shipment& s,
                                 ControllerAccess& access) {
  text(json, "tracking_postal_code", open(s.body.tracking_postal_code, access));
  text(json, "tracking_ship_date", s.head.tracking_ship_date);
  text(json, "tracking_destination_country", s.head.tracking_destination_country);
  text(json, "tracking_origin_country", s.head.tracking_origin_country);
  text(json, "tracking_key", open(s.body.tracking_key, access));
  text(json, "tracking_courier_account", open(s.body.tracking_courier_account, access));
}

void write_words(JsonWriter& json, const shipments::Shipment& s, ControllerAccess& access) {
  text(json, "title", open(s.body.title, access));
  text(json, "logistics_channel", s.head.logistics_channel);
  text(json, "note", open(s.body.note, access));
  text(json, "label", s.head.label);
}

}  // namespace

void write_tracking(JsonWriter& json, const shipments::Shipment& s,
                    const couriers::Catalogue& catalogue, ControllerAccess& access) {
  const auto& h = s.head;
  if (h.subject != 0) access.about(h.subject);
  JourneyView j;
  if (!journey::decode_view(open(s.body.journey, access), j)) j = {};

  json.begin_object();
  json.key("id").value(h.id.hex());
  json.key("tracking_number").value(h.tracking_number);
  json.key("courier_code").value(h.courier_code);
  text(json, "order_number", h.order_number);
  text(json, "order_date", h.order_date);
  json.key("created_at").value(base::to_iso_offset(h.created_at));
  json.key("update_at").value(base::to_iso_offset(h.updated_at));
  json.key("delivery_status").value(journey::name(h.status));
  json.key("archived").value(archived_name(h.is_archived));
  json.key("updating").value(h.status == journey::Status::Pending && !h.is_archived);
  json.key("source").value(kSourceNames[static_cast<std::size_t>(h.source)]);
  text(json, "destination_country", h.destination_country);
  text(json, "destination_state", j.destination_state);
  text(json, "destination_city", j.destination_city);
  text(json, "origin_country", h.origin_country);
  text(json, "origin_state", j.origin_state);
  text(json, "origin_city", j.origin_city);
  write_given_tracking_fields(json, s, access);
  write_given_body(json, s.body, access);
  text(json, "order_id", h.order_id);
  write_words(json, s, access);
  text(json, "signed_by", j.signed_by);
  text(json, "service_code", j.service_code);
  text(json, "weight", j.weight);
  text(json, "weight_kg", j.weight_kg);
  text(json, "product_type", j.product_type);
  text(json, "pieces", j.pieces);
  text(json, "dimension", j.dimension);
  text(json, "previously", j.previously);
  text(json, "destination_track_number", j.destination_track_number);
  text(json, "exchange_number", j.exchange_number);
  text(json, "scheduled_delivery_date", j.scheduled_delivery_date);
  text(json, "scheduled_address", j.scheduled_address);
  text(json, "substatus",
       h.substatus > 0 ? journey::substatus_name(h.status, h.substatus) : std::string());
  text(json, "status_info", j.status_info);
  text(json, "latest_event", j.latest_event);
  text(json, "latest_checkpoint_time", j.latest_checkpoint_time);
  json.key("transit_time").value(j.transit_time);
  json.key("origin_info");
  write_leg(json, j.origin,
            j.origin.courier_code.empty() || j.origin.courier_code == h.courier_code
                ? catalogue.find(h.courier_code)
                : nullptr);
  json.key("destination_info");
  write_leg(json, j.destination, nullptr);
  json.end_object();
}

void write_update_result(JsonWriter& json, const shipments::Shipment& s,
                         std::string_view courier_before, ControllerAccess& access) {
  const auto& h = s.head;
  if (h.subject != 0) access.about(h.subject);
  json.begin_object();
  json.key("id").value(h.id.hex());
  json.key("tracking_number").value(h.tracking_number);
  json.key("courier_code").value(courier_before);
  text(json, "courier_code_new", h.courier_code == courier_before ? "" : h.courier_code);
  text(json, "order_number", h.order_number);
  text(json, "order_date", h.order_date);
  text(json, "order_id", h.order_id);
  text(json, "destination_country", h.destination_country);
  text(json, "origin_country", h.origin_country);
  write_given_tracking_fields(json, s, access);
  write_given_body(json, s.body, access);
  write_words(json, s, access);
  json.key("archived_status").value(archived_name(h.is_archived));
  json.end_object();
}

void write_reference(JsonWriter& json, const shipments::Head& head) {
  json.begin_object();
  json.key("id").value(head.id.hex());
  json.key("tracking_number").value(head.tracking_number);
  json.key("courier_code").value(head.courier_code);
  json.end_object();
}

void write_courier(JsonWriter& json, const couriers::Courier& c) {
  const auto names = [&](std::string_view key, const std::vector<std::string_view>& fields) {
    json.key(key);
    if (fields.empty()) {
      json.null();
      return;
    }
    json.begin_array();
    for (const auto field : fields) json.value(field);
    json.end_array();
  };
  json.begin_object();
  json.key("courier_name").value(c.name);
  json.key("courier_code").value(c.code);
  text(json, "courier_country_iso2", c.country);
  text(json, "courier_url", c.website);
  text(json, "courier_phone", c.phone);
  // The vendor knows two types only; posts are "globalpost".
  json.key("courier_type").value(c.kind == couriers::Kind::Post ? "globalpost" : "express");
  names("tracking_required_fields", c.required_fields);
  names("optional_fields", c.optional_fields);
  json.key("default_language").value("en");
  json.key("support_language").begin_array().value("en").end_array();
  json.key("courier_logo").null();
  json.end_object();
}

void write_air_waybill(JsonWriter& json, const shipments::AirWaybill& w,
                       const couriers::Catalogue::Airline* airline) {
  json.begin_object();
  json.key("awb_number").value(shipments::shown_awb_number(w.number));
  json.key("awb_status").value("pending");
  json.key("awb_substatus").value("pending001");
  json.key("status_number").value(0);
  json.key("weight").value("");
  json.key("piece").value("");
  json.key("origin").value("");
  json.key("destination").value("");
  json.key("flight_way_station").begin_array().end_array();
  json.key("last_event").value("");
  json.key("flight_info").begin_object().end_object();
  json.key("flight_info_new").begin_array().end_array();
  json.key("track_info").begin_array().end_array();
  json.key("airline_info").begin_object();
  const auto* courier = airline != nullptr ? airline->courier : nullptr;
  json.key("name").value(airline != nullptr ? airline->name : "");
  json.key("url").value(courier != nullptr ? courier->website : "");
  json.key("track_url").value(courier != nullptr ? courier->tracking_url : "");
  json.key("trackpage_url")
      .value(courier != nullptr ? couriers::Catalogue::tracking_link(
                                      *courier, shipments::shown_awb_number(w.number))
                                : std::string());
  json.end_object();
  json.end_object();
}

}  // namespace api::v4
