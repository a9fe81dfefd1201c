// What the operator and the machines that watch the program ask: is it alive, is it ready, how is
// it doing?
#pragma once
#include "base/metrics.h"
#include "http/router.h"
#include "store/database.h"

namespace api::own {

// GET /healthz (the process answers), /readyz (the store answers), /metrics (Prometheus), and the
// error page of everything that no other prefix claims.
void add_routes(http::Router& router, store::Database& database, const base::Metrics& metrics);

}  // namespace api::own
