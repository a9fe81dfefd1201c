// A made-up shipment, delivered today, for messages that only show whether they arrive.
#pragma once
#include "shipments/shipment.h"

namespace notify {

shipments::Shipment sample_shipment(std::int64_t account_id, base::Instant now);

}  // namespace notify
