#include "app/commands/reprocess.h"

#include "app/carrier_desk.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "carriers/connector.h"
#include "shipments/answers.h"
#include "shipments/ingest.h"

namespace app {
namespace {

constexpr std::size_t kBatch = 200;

struct Figures {
  std::int64_t answers = 0, changed = 0, no_connector = 0;
};

// What a connector makes of a kept answer today, as an update of its shipment.
std::vector<shipments::Update> updates_of(const carriers::Connector& connector,
                                          const shipments::Answer& answer,
                                          std::string_view courier) {
  std::vector<shipments::Update> updates;
  auto understood = connector.understand(answer.raw, 200);
  speak_for(connector, courier, understood.reports);
  for (auto& report : understood.reports) {
    shipments::Update update;
    update.account_id = answer.account_id;
    update.id = answer.shipment;
    update.report = std::move(report);
    update.mouth = shipments::Mouth::Reprocess;
    update.source = answer.source;
    // A second later than it was heard: what it means now outranks what it meant then, and nothing
    // that was heard since.
    update.heard_at = answer.heard_at + std::chrono::seconds(1);
    updates.push_back(std::move(update));
  }
  return updates;
}

std::string courier_of(Instance& instance, const shipments::Answer& answer) {
  const auto shipment = instance.database->read_now([&](store::Tx& tx) {
    return instance.shipments->find(tx, answer.account_id, answer.shipment);
  });
  return shipment ? shipment->head.courier_code : std::string();
}

}  // namespace

int reprocess(const Config& config, const std::string& carrier, bool as_json) {
  Instance instance(config);
  const carriers::ConnectorShelf shelf(config.carriers_folder);
  const auto connectors = shelf.current();
  shipments::Ingest ingest(*instance.database, *instance.shipments, *instance.ledger);
  Figures figures;
  std::vector<shipments::Update> waiting;
  Progress progress("understood again", 0);
  const auto take = [&] {
    for (const auto& result : base::sync_wait(ingest.take_all(std::move(waiting))))
      figures.changed += result.outcome == shipments::Ingested::Outcome::Changed ? 1 : 0;
    waiting.clear();
    progress.show(static_cast<std::uint64_t>(figures.answers));
  };
  shipments::each_answer(
      *instance.database, *instance.vault, *instance.ledger, carrier,
      [&](const shipments::Answer& answer) {
        ++figures.answers;
        const auto* connector = connectors->find(answer.source);
        if (connector == nullptr) {
          ++figures.no_connector;
          return;
        }
        for (auto& update : updates_of(*connector, answer, courier_of(instance, answer)))
          waiting.push_back(std::move(update));
        if (waiting.size() >= kBatch) take();
      });
  if (!waiting.empty()) take();
  if (as_json) {
    base::JsonWriter json;
    json.begin_object();
    json.key("answers").value(figures.answers);
    json.key("changed").value(figures.changed);
    json.key("without_connector").value(figures.no_connector);
    json.end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("{} kept answers understood again; {} shipments say something else now.",
                           figures.answers, figures.changed));
    if (figures.no_connector > 0)
      print_line(dim(
          fmt::format("{} are of connectors that are not there any more.", figures.no_connector)));
  }
  return 0;
}

}  // namespace app
