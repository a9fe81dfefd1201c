#include "accounts/quota.h"
#include "api/v4/body.h"
#include "api/v4/calls.h"
#include "api/v4/tracking_json.h"
#include "shipments/air_waybill.h"

namespace api::v4 {
namespace {

constexpr std::int64_t kQuotaOfAirWaybill = 50;

using Stored = base::Result<shipments::AirWaybill, Failing>;

Stored create_or_get(store::Tx& tx, Context& context, const accounts::Caller& caller,
                     const std::string& number) {
  if (auto known = shipments::find_air_waybill(tx, caller.account_id, number))
    return std::move(*known);
  const auto now = context.clock.now();
  if (!accounts::take_quota(tx, caller.account_id, *caller.plan, now, kQuotaOfAirWaybill)) {
    return base::Failure{Failing{Error::QuotaSpent}};
  }
  shipments::AirWaybill waybill{caller.account_id, number, now, now, {}};
  shipments::insert_air_waybill(tx, waybill);
  return waybill;
}

}  // namespace

Answer create_air_waybill(Context& context, accounts::Caller caller, http::Request request) {
  const auto fields = parse_object(request.body());
  if (!fields) co_return failure(fields.error());
  const auto number = shipments::parse_awb_number((*fields)[Field::AwbNumber]);
  if (!number) co_return failure({Error::AwbInvalid});
  const auto* airline = context.catalogue.airline(number->substr(0, 3));
  if (airline == nullptr) co_return failure({Error::AwbAirlineUnknown});
  auto work = [&](store::Tx& tx) { return create_or_get(tx, context, caller, *number); };
  const auto stored = co_await context.database.write(work);
  if (!stored) co_return failure(stored.error());
  base::JsonWriter json;
  write_air_waybill(json, *stored, airline);
  co_return success(json.text());
}

}  // namespace api::v4
