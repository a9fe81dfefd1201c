#include "api/v4/body.h"
#include "api/v4/calls.h"
#include "api/v4/tracking_json.h"

namespace api::v4 {
namespace {

// A megabyte that never changes while the program runs.
const std::string& all_couriers_json(const couriers::Catalogue& catalogue) {
  static const std::string json = [&] {
    base::JsonWriter writer(1 << 20);
    writer.begin_array();
    for (const auto& courier : catalogue.all()) write_courier(writer, courier);
    writer.end_array();
    return std::move(writer).text();
  }();
  return json;
}

constexpr std::size_t kLongestDetectText = 2000;

}  // namespace

Answer all_couriers(Context& context, accounts::Caller, http::Request) {
  co_return success(all_couriers_json(context.catalogue));
}

Answer detect_courier(Context& context, accounts::Caller, http::Request request) {
  const auto fields = parse_object(request.body());
  if (!fields) co_return failure(fields.error());
  const auto& typed = (*fields)[Field::TrackingNumber];
  if (typed.empty()) co_return failure({Error::NumberRequired});
  if (typed.size() > kLongestDetectText) co_return failure({Error::NumberInvalid});
  const auto detection = context.detector.detect(typed);
  if (detection.candidates.empty()) co_return failure({Error::CourierUndetected});
  base::JsonWriter json;
  json.begin_array();
  for (const auto& candidate : detection.candidates) write_courier(json, *candidate.courier);
  json.end_array();
  co_return success(json.text());
}

}  // namespace api::v4
