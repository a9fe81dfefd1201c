// What the operator and the machines that watch the program ask: is it alive, is it ready, how is
// it doing?
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "http/router.h"
#include "store/database.h"

namespace api::own {

// What is not as it should be, though the program runs: "kept too long: shipment-180d".
using Complaints = std::function<std::vector<std::string>(store::Tx&)>;

// GET /healthz (the process answers), /readyz (the store answers), /healthz/promises (503 while
// there is a complaint: for an alarm, and not for a load balancer, because a program that is late
// with a promise must not be taken out of service for it), /metrics (Prometheus), and the error
// page of everything that no other prefix claims.
void add_routes(http::Router& router, store::Database& database, const base::Metrics& metrics,
                Complaints complaints = {});

}  // namespace api::own
