#include "notify/sample.h"

#include "base/time.h"
#include "journey/journey.h"

namespace notify {
namespace {

journey::Checkpoint checkpoint(base::Instant at, std::string_view substatus, std::string text,
                               std::string city, std::string country) {
  journey::Checkpoint c;
  c.date = base::to_iso_offset(at);
  const auto known = journey::parse_substatus(substatus);
  c.status = known->status;
  c.substatus = known->number;
  c.text = std::move(text);
  c.location = city + ", " + country;
  c.city = std::move(city);
  c.country = std::move(country);
  return c;
}

}  // namespace

shipments::Shipment sample_shipment(std::int64_t account_id, base::Instant now) {
  using namespace std::chrono_literals;
  shipments::Shipment s;
  auto& h = s.head;
  h.account_id = account_id;
  h.id = base::Id::make(now);
  h.tracking_number = "TEST0000000000";
  h.courier_code = "ups";
  h.status = journey::Status::Delivered;
  h.substatus = 1;
  h.order_number = "test";
  h.origin_country = "DE";
  h.destination_country = "NL";
  h.created_at = now - 72h;
  h.updated_at = now;
  journey::Journey j;
  j.status = h.status;
  j.substatus = h.substatus;
  j.transit_time = 2;
  auto& shown = j.origin.checkpoints;
  shown = {checkpoint(now - 1h, "delivered001", "Delivered", "Utrecht", "NL"),
           checkpoint(now - 6h, "pickup001", "Out for delivery", "Utrecht", "NL"),
           checkpoint(now - 48h, "transit001", "Departed from facility", "Cologne", "DE")};
  j.latest_event = shown.front().text + "," + shown.front().city + ",NL," + shown.front().date;
  j.latest_checkpoint_time = shown.front().date;
  s.body.journey =
      shipments::Sealed<personal::field::Journey>(journey::encode(j), personal::Label());
  return s;
}

}  // namespace notify
