#include <thread>

#include "app/asking.h"
#include "app/commands/commands.h"
#include "app/terminal.h"
#include "app/timeline.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "carriers/definition.h"
#include "couriers/detect.h"
#include "journey/merge.h"
#include "shipments/tracking_number.h"

namespace app {
namespace {

using carriers::Connector;

// A person waits: longer than a create does, shorter than patience.
constexpr std::chrono::seconds kDeadline{15};
constexpr std::size_t kMostAsked = 3;
constexpr std::chrono::seconds kWatchEvery{5};

struct TrackOptions {
  std::string number, carrier;
  bool watch = false;
};

// What is known of the number, and where from.
struct Known {
  std::string courier, from;  // "store", "carrier"
  journey::Journey journey;
  journey::Standing standing;
};

// Everything a look needs, made once.
struct Desk {
  couriers::Catalogue catalogue;
  couriers::Detector detector{catalogue};
  Asking asking;
  std::vector<std::string> notes;  // why nobody could be asked

  explicit Desk(const Config& config) : asking(config) {}
};

std::vector<std::string> courier_codes(const Desk& desk, const TrackOptions& options) {
  if (!options.carrier.empty()) return {base::lower(options.carrier)};
  std::vector<std::string> codes;
  for (const auto& candidate : desk.detector.detect(options.number).candidates)
    codes.emplace_back(candidate.courier->code);
  return codes;
}

// What the instance on this machine knows, whichever account entered it.
std::optional<Known> stored(Instance& instance, const TrackOptions& options) {
  shipments::Filter filter;
  filter.tracking_numbers.push_back(options.number);
  if (!options.carrier.empty()) filter.courier_codes.push_back(base::lower(options.carrier));
  for (const auto& account : instance.accounts->list()) {
    auto found = instance.database->read_now([&](store::Tx& tx) {
      return instance.shipments->list(tx, account.account_id, filter, {1, 1});
    });
    if (found.empty()) continue;
    personal::Access<personal::Purpose::ServeController> access(
        *instance.ledger, {personal::ActorKind::CommandLine, 0}, account.account_id, "cli.track");
    const auto& shipment = found.front();
    if (shipment.head.subject != 0) access.about(shipment.head.subject);
    Known known{shipment.head.courier_code, "store", {}, {}};
    journey::decode(open(shipment.body.journey, access), known.journey);
    known.standing.status = shipment.head.status;
    known.standing.substatus = shipment.head.substatus;
    return known;
  }
  return std::nullopt;
}

// The connectors that may be asked about these couriers, likeliest first.
std::vector<const Connector*> askable(Desk& desk, const carriers::Connectors& connectors,
                                      const std::vector<std::string>& couriers) {
  std::vector<const Connector*> found;
  const auto add = [&](const Connector* connector) {
    const auto& definition = connector->definition();
    if (definition.request.path.empty() && definition.request.body.empty()) return;
    if (!desk.asking.asker.is_ready(*connector)) {
      desk.notes.push_back(fmt::format("{} wants access: milepost carriers show {}",
                                       definition.name, definition.id));
    } else if (found.size() < kMostAsked) {
      found.push_back(connector);
    }
  };
  for (const auto& courier : couriers) {
    for (const auto* connector : connectors.serving(courier)) add(connector);
  }
  for (const auto* connector : connectors.upstreams()) {
    if (desk.asking.asker.is_ready(*connector)) add(connector);
  }
  return found;
}

void say_asking(std::string_view name) {
  if (is_terminal_out()) std::fprintf(stderr, "\r\033[K  asking %s ...", std::string(name).c_str());
}
void say_nothing() {
  if (is_terminal_out()) std::fprintf(stderr, "\r\033[K");
}

std::optional<Known> asked(Desk& desk, const TrackOptions& options) {
  const auto connectors = desk.asking.shelf.current();
  const auto couriers = courier_codes(desk, options);
  if (couriers.empty()) desk.notes.emplace_back("no courier's format fits this number");
  carriers::Question question;
  question.number = options.number;
  for (const auto* connector : askable(desk, *connectors, couriers)) {
    say_asking(connector->definition().name);
    const auto answer =
        base::sync_wait(desk.asking.asker.ask(*connector, std::span(&question, 1), kDeadline));
    say_nothing();
    if (answer.readings.empty()) continue;
    const auto& reading = answer.readings.front();
    if (reading.error) {
      desk.notes.push_back(fmt::format(
          "{}: {}{}{}", connector->definition().name, carriers::name(reading.error->error_class),
          reading.error->message.empty() ? "" : ", ", reading.error->message));
    }
    if (reading.reports.empty()) continue;
    Known known{std::string(connector->courier_code()), "carrier", {}, {}};
    const journey::Context context{known.courier, question.number, {}, {}};
    for (const auto& report : reading.reports)
      journey::merge(known.journey, context, report, desk.asking.clock.now());
    known.standing = journey::standing(known.journey);
    return known;
  }
  return std::nullopt;
}

void write_event(base::JsonWriter& json, const journey::Checkpoint& c) {
  json.begin_object();
  json.key("time").value_or_null(c.date);
  json.key("location").value_or_null(c.location);
  json.key("description").value(c.text);
  json.key("raw_code").value_or_null(c.raw_status);
  const bool is_known = c.status != journey::Status::Pending;
  json.key("status").value_or_null(is_known ? journey::name(c.status) : std::string_view());
  json.key("substatus")
      .value_or_null(is_known && c.substatus > 0 ? journey::substatus_name(c.status, c.substatus)
                                                 : std::string());
  json.end_object();
}

std::string as_json(const std::string& number, const Known& known) {
  const auto& j = known.journey;
  base::JsonWriter json(2048);
  json.begin_object();
  json.key("tracking_number").value(number);
  json.key("courier_code").value(known.courier);
  json.key("from").value(known.from);
  json.key("status").value(journey::name(known.standing.status));
  json.key("substatus")
      .value_or_null(known.standing.substatus > 0
                         ? journey::substatus_name(known.standing.status, known.standing.substatus)
                         : std::string());
  json.key("estimate").value_or_null(j.scheduled_delivery_date);
  json.key("weight_kg").value_or_null(j.weight_kg);
  json.key("events").begin_array();
  for (const auto* leg : {&j.destination, &j.origin}) {
    for (const auto& checkpoint : leg->checkpoints) write_event(json, checkpoint);
  }
  json.end_array().end_object();
  return std::move(json).text();
}

std::string as_text(Desk& desk, const std::string& number, const Known& known) {
  const auto* courier = desk.catalogue.find(known.courier);
  const TimelineOf parcel{courier != nullptr ? courier->name : std::string_view(known.courier),
                          number, known.standing.status, known.standing.substatus};
  return timeline(parcel, known.journey);
}

int track(TrackOptions options, const Config& config, bool as_json_text) {
  const auto normalised = shipments::normalise_number(options.number);
  if (!normalised) {
    complain("that is no tracking number");
    return kUsage;
  }
  options.number = *normalised;
  Desk desk(config);
  std::unique_ptr<Instance> instance;
  // Without a store there is only the carrier to ask, and none is made for asking.
  if (is_store_there(config)) instance = std::make_unique<Instance>(config);
  const auto& number = options.number;
  std::string shown;
  while (true) {
    auto known = instance ? stored(*instance, options) : std::nullopt;
    if (!known) known = asked(desk, options);
    if (!known) {
      complain(fmt::format("nobody could say where {} is", number));
      for (const auto& note : desk.notes) complain("  " + note);
      if (!options.watch) return kFailed;
    } else if (auto text =
                   as_json_text ? as_json(number, *known) + "\n" : as_text(desk, number, *known);
               text != shown) {
      if (options.watch && is_terminal_out() && !as_json_text) print("\033[2J\033[H");
      print(text);
      std::fflush(stdout);
      shown = std::move(text);
    }
    if (!options.watch) return kOk;
    desk.notes.clear();
    std::this_thread::sleep_for(kWatchEvery);
  }
}

}  // namespace

void add_track(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("track", "Where is this parcel? A timeline in the terminal");
  auto options = std::make_shared<TrackOptions>();
  command->add_option("number", options->number, "Tracking number")
      ->required()
      ->type_name("NUMBER");
  command->add_option("--carrier", options->carrier, "Courier code, when the number does not say")
      ->type_name("CODE");
  command->add_flag("--watch", options->watch, "Go on, and show what changes");
  command->footer(
      "  milepost track 1Z12345E1512345676\n"
      "  milepost track 3SDEVC1234567 --carrier postnl --watch\n\n"
      "What this instance follows is shown as it is known here; anything else is asked for now, "
      "where "
      "the carrier\nneeds no access or the configuration gives it.");
  command->callback([&line, options] {
    line.run = [&line, options] { return track(*options, line.config(), line.json); };
  });
}

}  // namespace app
