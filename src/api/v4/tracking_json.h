// JSON out: the v4 API's objects, each by its fixed schema (the strict clients accept no other
// types: texts are text or null, transit_time is a number and never null, updating is a truth
// value, both *_info are objects).
#pragma once
#include "base/json_writer.h"
#include "couriers/catalogue.h"
#include "personal/access.h"
#include "shipments/air_waybill.h"
#include "shipments/shipment.h"

namespace api::v4 {

using ControllerAccess = personal::Access<personal::Purpose::ServeController>;

// The tracking object of section 4.1. Opens the shipment's personal values for the shop that
// entrusted them.
void write_tracking(base::JsonWriter& json, const shipments::Shipment& shipment,
                    const couriers::Catalogue& catalogue, ControllerAccess& access);

// The update result of section 4.3: what is stored now, and the courier before and after.
void write_update_result(base::JsonWriter& json, const shipments::Shipment& shipment,
                         std::string_view courier_before, ControllerAccess& access);

// {id, tracking_number, courier_code}: batch successes, delete and retrack.
void write_reference(base::JsonWriter& json, const shipments::Head& head);

void write_courier(base::JsonWriter& json, const couriers::Courier& courier);

void write_air_waybill(base::JsonWriter& json, const shipments::AirWaybill& waybill,
                       const couriers::Catalogue::Airline* airline);

}  // namespace api::v4
