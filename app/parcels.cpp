#include "app/parcels.h"

#include "accounts/quota.h"
#include "api/v4/calls.h"
#include "base/json_writer.h"

namespace app {
namespace {

using pages::Added;

// The courier of a number that says whose it is; empty when it does not.
std::string courier_of(const couriers::Detector& detector, const pages::NewParcel& parcel) {
  if (!parcel.courier.empty()) return parcel.courier;
  const auto detection = detector.detect(parcel.number);
  if (detection.candidates.empty()) return {};
  const auto& best = detection.candidates.front();
  const bool is_alone = detection.candidates.size() == 1;
  return is_alone || best.confidence >= 0.5 ? std::string(best.courier->code) : std::string();
}

std::string body_of(const pages::NewParcel& parcel, const std::string& courier) {
  base::JsonWriter json;
  json.begin_object();
  json.key("tracking_number").value(parcel.number);
  json.key("courier_code").value(courier);
  const auto put = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) json.key(key).value(value);
  };
  put("title", parcel.title);
  put("customer_name", parcel.buyer);
  put("customer_email", parcel.buyer_email);
  json.end_object();
  return std::move(json).text();
}

// docs/api-v4.md has the numbers.
Added judge(const http::Response& response) {
  const auto has = [&](std::string_view code) {
    return response.body.find(code) != std::string::npos;
  };
  if (response.status == 200 && has("\"code\":200")) return Added::Yes;
  if (has("\"code\":4101")) return Added::Exists;
  if (has("\"code\":4110") || has("\"code\":4111")) return Added::BadNumber;
  if (has("\"code\":4120") || has("\"code\":4121")) return Added::UnknownCourier;
  if (has("\"code\":4190")) return Added::NoQuota;
  return Added::Failed;
}

}  // namespace

base::Task<Added> enter_parcel(api::v4::Context& context, accounts::Signed who,
                               pages::NewParcel parcel) {
  if (parcel.number.empty()) co_return Added::BadNumber;
  const auto courier = courier_of(context.detector, parcel);
  if (courier.empty()) co_return Added::UnknownCourier;
  const auto account = who.account_id;
  auto work = [account](store::Tx& tx) { return accounts::Accounts::plan_in(tx, account); };
  accounts::Caller caller;
  caller.account_id = account;
  caller.scopes = accounts::kAllScopes;
  caller.plan = co_await context.database.read(work);
  if (caller.plan == nullptr) co_return Added::Failed;
  auto request = http::make_request("POST", "/v4/trackings/create", body_of(parcel, courier),
                                    {{"Content-Type", "application/json"}});
  co_return judge(co_await api::v4::create_tracking(context, caller, std::move(request)));
}

}  // namespace app
