// The tracking object in the words of the API's versions 3 and 2, for webhooks whose receivers were
// written for them. Nothing is asked in these forms, only told.
#pragma once
#include "api/v4/tracking_json.h"

namespace api::v4 {

void write_tracking_v3(base::JsonWriter& json, const shipments::Shipment& shipment,
                       ControllerAccess& access);
void write_tracking_v2(base::JsonWriter& json, const shipments::Shipment& shipment,
                       ControllerAccess& access);

}  // namespace api::v4
