#include "api/v4/older_json.h"

#include "base/time.h"
#include "journey/journey.h"

namespace api::v4 {
namespace {

using base::JsonWriter;
using journey::JourneyView;
using CheckpointView = journey::BasicCheckpoint<std::string_view>;
using LegView = journey::BasicLeg<std::string_view>;
using journey::LegDate, journey::Milestone;

void text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key).value_or_null(value);
}

// "2023-09-15T15:00:00+08:00" as "2023-09-15 15:00": the older versions know no seconds and no
// offset.
std::string older_time(std::string_view iso) {
  std::string out(iso.substr(0, 16));
  if (out.size() > 10) out[10] = ' ';
  return out;
}

bool is_known(const CheckpointView& c) { return c.known == journey::Verdict::Kind::Known; }

std::string substatus_of(const CheckpointView& c) {
  return is_known(c) && c.substatus > 0 ? journey::substatus_name(c.status, c.substatus)
                                        : std::string();
}

std::string_view at(const LegView& leg, LegDate date) {
  return leg.dates[static_cast<std::size_t>(date)];
}

std::string_view milestone(const LegView& leg, Milestone which) {
  return leg.milestones[static_cast<std::size_t>(which)];
}

JourneyView view_of(const shipments::Shipment& s, ControllerAccess& access) {
  JourneyView view;
  if (s.head.subject != 0) access.about(s.head.subject);
  if (!journey::decode_view(open(s.body.journey, access), view)) view = {};
  return view;
}

std::string substatus_of(const shipments::Head& h) {
  return h.substatus > 0 ? journey::substatus_name(h.status, h.substatus) : std::string();
}

void write_leg_v3(JsonWriter& json, const LegView& leg, std::string_view courier) {
  json.begin_object();
  text(json, "courier_code", leg.courier_code.empty() ? courier : leg.courier_code);
  text(json, "courier_phone", leg.courier_phone);
  text(json, "weblink", leg.weblink);
  text(json, "reference_number", leg.reference_number);
  text(json, "received_date", older_time(milestone(leg, Milestone::InfoReceived)));
  text(json, "dispatched_date", older_time(at(leg, LegDate::Pickup)));
  text(json, "departed_airport_date", older_time(at(leg, LegDate::DepartedAirport)));
  text(json, "arrived_abroad_date", older_time(at(leg, LegDate::ArrivedAbroad)));
  text(json, "customs_received_date", older_time(at(leg, LegDate::CustomsReceived)));
  text(json, "arrived_destination_date", older_time(at(leg, LegDate::ArrivedDestination)));
  json.key("trackinfo").begin_array();
  for (const auto& c : leg.checkpoints) {
    json.begin_object();
    json.key("checkpoint_date").value(older_time(c.date));
    json.key("tracking_detail").value(c.text);
    text(json, "location", c.location);
    text(json, "checkpoint_delivery_status", is_known(c) ? journey::name(c.status) : "");
    text(json, "checkpoint_delivery_substatus", substatus_of(c));
    json.end_object();
  }
  json.end_array().end_object();
}

void write_leg_v2(JsonWriter& json, const LegView& leg, std::string_view courier) {
  json.begin_object();
  text(json, "weblink", leg.weblink);
  text(json, "phone", leg.courier_phone);
  text(json, "carrier_code", leg.courier_code.empty() ? courier : leg.courier_code);
  text(json, "ReferenceNumber", leg.reference_number);
  text(json, "ItemReceived", older_time(milestone(leg, Milestone::InfoReceived)));
  text(json, "ItemDispatched", older_time(at(leg, LegDate::Pickup)));
  text(json, "DepartfromAirport", older_time(at(leg, LegDate::DepartedAirport)));
  text(json, "ArrivalfromAbroad", older_time(at(leg, LegDate::ArrivedAbroad)));
  text(json, "CustomsClearance", older_time(at(leg, LegDate::CustomsReceived)));
  text(json, "DestinationArrived", older_time(at(leg, LegDate::ArrivedDestination)));
  json.key("trackinfo").begin_array();
  for (const auto& c : leg.checkpoints) {
    json.begin_object();
    json.key("Date").value(older_time(c.date));
    json.key("StatusDescription").value(c.text);
    json.key("Details").value(c.location);
    text(json, "checkpoint_status", is_known(c) ? journey::name(c.status) : "");
    text(json, "substatus", substatus_of(c));
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_tracking_v3(JsonWriter& json, const shipments::Shipment& s, ControllerAccess& access) {
  const auto& h = s.head;
  const auto j = view_of(s, access);
  json.begin_object();
  json.key("id").value(h.id.hex());
  json.key("tracking_number").value(h.tracking_number);
  json.key("courier_code").value(h.courier_code);
  text(json, "order_number", h.order_number);
  text(json, "order_date", h.order_date);
  json.key("created_at").value(base::to_iso_offset(h.created_at));
  json.key("update_date").value(base::to_iso_offset(h.updated_at));
  json.key("delivery_status").value(journey::name(h.status));
  json.key("archived").value(h.is_archived);
  json.key("updating").value(h.status == journey::Status::Pending && !h.is_archived);
  text(json, "destination", h.destination_country);
  text(json, "original", h.origin_country);
  text(json, "weight", j.weight);
  text(json, "substatus", substatus_of(h));
  text(json, "status_info", j.status_info);
  text(json, "previously", j.previously);
  text(json, "destination_track_number", j.destination_track_number);
  text(json, "exchangeNumber", j.exchange_number);
  text(json, "consignee", open(s.body.customer_name, access));
  text(json, "customer_email", open(s.body.customer_email, access));
  text(json, "customer_phone", open(s.body.customer_sms, access));
  text(json, "title", open(s.body.title, access));
  text(json, "note", open(s.body.note, access));
  text(json, "logistics_channel", h.logistics_channel);
  text(json, "service_code", j.service_code);
  text(json, "shipping_date", h.tracking_ship_date);
  text(json, "scheduled_delivery_date", j.scheduled_delivery_date);
  text(json, "Scheduled_Address", j.scheduled_address);
  text(json, "latest_event", j.latest_event);
  text(json, "lastest_checkpoint_time", older_time(j.latest_checkpoint_time));  // their spelling
  json.key("transit_time").value(j.transit_time);
  json.key("stay_time").value(0);
  json.key("origin_info");
  write_leg_v3(json, j.origin, h.courier_code);
  json.key("destination_info");
  write_leg_v3(json, j.destination, "");
  json.end_object();
}

void write_tracking_v2(JsonWriter& json, const shipments::Shipment& s, ControllerAccess& access) {
  const auto& h = s.head;
  const auto j = view_of(s, access);
  json.begin_object();
  json.key("id").value(h.id.hex());
  json.key("tracking_number").value(h.tracking_number);
  json.key("carrier_code").value(h.courier_code);
  json.key("status").value(journey::name(h.status));
  json.key("created_at").value(base::to_iso_offset(h.created_at));
  json.key("updated_at").value(base::to_iso_offset(h.updated_at));
  text(json, "order_id", h.order_number);
  text(json, "order_create_time", h.order_date);
  text(json, "title", open(s.body.title, access));
  text(json, "customer_name", open(s.body.customer_name, access));
  text(json, "customer_email", open(s.body.customer_email, access));
  text(json, "customer_phone", open(s.body.customer_sms, access));
  text(json, "comment", open(s.body.note, access));
  text(json, "original_country", h.origin_country);
  text(json, "destination_country", h.destination_country);
  json.key("itemTimeLength").value(j.transit_time);
  text(json, "weight", j.weight);
  text(json, "substatus", substatus_of(h));
  text(json, "status_info", j.status_info);
  text(json, "lastEvent", j.latest_event);
  text(json, "lastUpdateTime", older_time(j.latest_checkpoint_time));
  json.key("origin_info");
  write_leg_v2(json, j.origin, h.courier_code);
  json.key("destination_info");
  write_leg_v2(json, j.destination, "");
  json.end_object();
}

}  // namespace api::v4
