// bench_fill --data DIR | --config FILE   --account ID --count N [--events 8]
//
// Fills an account with shipments that look like life: numbers of several couriers, a consignee
// each, a journey of some events. Deterministic: number i is always "9400" + i, so that a load
// generator can ask for them.
#include <CLI/CLI.hpp>

#include "app/instance.h"
#include "app/terminal.h"
#include "journey/journey.h"

namespace {

constexpr int kBatch = 1000;

journey::Journey travel(int i, int events) {
  constexpr std::string_view kPlaces[] = {"Laurel,MD,US", "Louisville,KY,US", "Leipzig,DE",
                                          "Eindhoven,NL", "Shenzhen,CN",      "Birmingham,GB"};
  constexpr std::string_view kTexts[] = {
      "Arrived at the sorting centre",   "Departed from the facility",
      "The shipment has been processed", "Handed over to the delivery courier",
      "Customs clearance finished",      "Out for delivery"};
  journey::Journey j;
  j.origin.courier_code = "usps";
  for (int e = 0; e < events; ++e) {
    const auto pick = static_cast<std::size_t>(i + e);
    journey::Checkpoint c;
    c.date = fmt::format("2026-11-{:02}T{:02}:15:00", 20 - e, (i + e) % 24);
    c.status = e == events - 1 ? journey::Status::InfoReceived : journey::Status::Transit;
    c.substatus = 1 + (i + e) % 6;
    c.text = kTexts[pick % std::size(kTexts)];
    c.location = kPlaces[pick % std::size(kPlaces)];
    c.country = "US";
    c.raw_status = "A1";
    j.origin.checkpoints.push_back(std::move(c));
  }
  if (events > 0) {
    j.latest_event = j.origin.checkpoints.front().text;
    j.latest_checkpoint_time = j.origin.checkpoints.front().date;
    j.transit_time = events;
  }
  return j;
}

shipments::Shipment shipment(int i, int events, std::int64_t account, base::Instant now) {
  const personal::Label shop(personal::Source::Shop);
  shipments::Shipment s;
  s.head.account_id = account;
  s.head.id = base::Id::make(now);
  s.head.tracking_number = fmt::format("9400{:018}", i);
  s.head.courier_code = "usps";
  s.head.status = events > 0 ? journey::Status::Transit : journey::Status::Pending;
  s.head.substatus = 1;
  s.head.created_at = s.head.updated_at = now;
  s.head.order_number = fmt::format("ORDER-{}", 1'000'000 + i);
  s.body.customer_name = {fmt::format("Customer Number{}", i), shop};
  s.body.customer_email = {fmt::format("customer{}@example.com", i), shop};
  s.body.customer_sms = {fmt::format("+1555{:07}", i), shop};
  s.body.recipient_postcode = {fmt::format("{:05}", i % 100'000), shop};
  s.body.title = {"Blue running shoes, size 42", shop};
  s.body.journey = {journey::encode(travel(i, events)), personal::Label(personal::Source::Carrier)};
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App parser("Fills a store with shipments.", "bench_fill");
  std::string config_file, data;
  std::int64_t account = 0;
  int count = 0, events = 8;
  parser.add_option("--config", config_file);
  parser.add_option("--data", data);
  parser.add_option("--account", account)->required();
  parser.add_option("--count", count)->required();
  parser.add_option("--events", events);
  CLI11_PARSE(parser, argc, argv);

  app::Instance instance(app::load_config(config_file, data, app::process_environment()).config);
  instance.vault->prepare(account);
  app::Progress progress("filled", static_cast<std::uint64_t>(count));
  auto now = instance.clock().now();
  for (int begin = 0; begin < count; begin += kBatch) {
    std::vector<shipments::Shipment> batch;
    std::vector<std::string> sealed;
    for (int i = begin; i < std::min(count, begin + kBatch); ++i) {
      now += std::chrono::microseconds(10);
      batch.push_back(shipment(i, events, account, now));
      batch.back().head.subject = instance.vault->new_subject_now(account);
      sealed.push_back(instance.shipments->seal(batch.back()));
    }
    instance.database->write_now([&](store::Tx& tx) {
      for (std::size_t i = 0; i < batch.size(); ++i)
        instance.shipments->insert(tx, batch[i].head, sealed[i], now);
    });
    progress.show(static_cast<std::uint64_t>(begin));
  }
  instance.database->checkpoint();
  instance.keys->checkpoint();
  return 0;
}
