// The calls themselves, one function each; guard.h has let the caller through.
#pragma once
#include "api/v4/endpoints.h"

namespace api::v4 {

using Answer = base::Task<http::Response>;

// couriers.cpp
Answer all_couriers(Context& context, accounts::Caller caller, http::Request request);
Answer detect_courier(Context& context, accounts::Caller caller, http::Request request);
// create.cpp
Answer create_tracking(Context& context, accounts::Caller caller, http::Request request);
Answer create_batch(Context& context, accounts::Caller caller, http::Request request);
// trackings.cpp
Answer list_trackings(Context& context, accounts::Caller caller, http::Request request);
Answer update_tracking(Context& context, accounts::Caller caller, http::Request request);
Answer delete_tracking(Context& context, accounts::Caller caller, http::Request request);
Answer retrack(Context& context, accounts::Caller caller, http::Request request);
// awb.cpp
Answer create_air_waybill(Context& context, accounts::Caller caller, http::Request request);

}  // namespace api::v4
