#include "api/v4/endpoints.h"

#include "api/v4/calls.h"
#include "api/v4/guard.h"

namespace api::v4 {

void add_routes(http::Router& router, Context& context) {
  using accounts::Scope;
  const auto add = [&](std::string_view method, std::string_view pattern, Endpoint endpoint,
                       Scope scope, Call call) {
    router.add(method, pattern, guarded(context, endpoint, scope, call));
  };
  add("GET", "/v4/couriers/all", Endpoint::Couriers, Scope::Read, all_couriers);
  add("POST", "/v4/couriers/detect", Endpoint::Detect, Scope::Read, detect_courier);
  add("POST", "/v4/trackings/create", Endpoint::Create, Scope::Write, create_tracking);
  add("POST", "/v4/trackings/batch", Endpoint::Batch, Scope::Write, create_batch);
  add("GET", "/v4/trackings/get", Endpoint::List, Scope::Read, list_trackings);
  add("PUT", "/v4/trackings/update/{id}", Endpoint::Update, Scope::Write, update_tracking);
  add("DELETE", "/v4/trackings/delete/{id}", Endpoint::Delete, Scope::Write, delete_tracking);
  add("POST", "/v4/trackings/retrack/{id}", Endpoint::Retrack, Scope::Write, retrack);
  add("POST", "/v4/awb", Endpoint::Awb, Scope::Write, create_air_waybill);
  router.errors_below("/v4", [](int status, const http::Request*) { return refusal(status); });
}

}  // namespace api::v4
