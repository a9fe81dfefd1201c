#include <fstream>
#include <iostream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "carriers/definition.h"
#include "carriers/expectation.h"

namespace app {
namespace {

using carriers::Connector, journey::Report, journey::Scan, journey::Understanding, journey::Verdict;

struct Tried {
  std::string carrier, file;
  int http_status = 200;
};

std::optional<std::string> read_all(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string shown(const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::Known:
      return green(verdict.substatus > 0
                       ? journey::substatus_name(verdict.status, verdict.substatus)
                       : journey::name(verdict.status));
    case Verdict::Kind::Note:
      return dim("note");
    case Verdict::Kind::Unknown:
      return yellow("unknown");
  }
  return {};
}

void field(std::string_view name, const std::string& value) {
  if (!value.empty()) print_line(fmt::format("  {:<18} {}", name, value));
}

std::string whole(const journey::Place& place) {
  if (place.country.empty() || place.text.ends_with(place.country)) return place.text;
  return place.text + " [" + place.country + "]";
}

void print_fields(const Report& r) {
  print_line(bold(r.tracking_number.empty() ? "(no number in the answer)" : r.tracking_number));
  const auto standing = carriers::standing_of(r);
  field("status", !standing ? yellow("unknown")
                  : standing->substatus > 0
                      ? green(substatus_name(standing->status, standing->substatus))
                      : green(journey::name(standing->status)));
  field("shipment id", r.shipment_id);
  field("carrier's status", r.status_code + (r.status_words.empty() ? "" : "  " + r.status_words));
  field("estimate", r.estimate + (r.estimate_until.empty() ? "" : " to " + r.estimate_until));
  field("signed by", r.signed_by);
  field("weight", r.weight.empty() ? "" : r.weight + " " + r.weight_unit);
  field("dimension", r.dimension);
  field("pieces", r.pieces);
  field("service", r.service_code + (r.service.empty() ? "" : "  " + r.service));
  field("origin", whole(r.origin));
  field("destination", whole(r.destination));
  field("ship date", r.ship_date);
  field("handed over to", r.next_courier + (r.next_number.empty() ? "" : "  " + r.next_number));
  field("pickup point", r.pickup_point);
  field("proof of delivery", r.proof_of_delivery);
  field("next action", r.next_action);
  field("phone", r.phone);
  field("link", r.weblink);
  field("language", r.language);
}

std::string why(const Connector& connector, const Report& report, const Scan& scan) {
  if (scan.kind == Scan::Kind::Expected) return "lies ahead, by the definition";
  if (scan.verdict.by == journey::By::Connector) return "a note, by the definition";
  return Understanding::builtin().explain(&connector.codes(), connector.definition().standard,
                                          scan.raw_code, scan.description, report.language);
}

void print_report(const Connector& connector, const Report& report) {
  print_fields(report);
  for (const auto* scan : carriers::newest_first(report)) {
    print_line(
        fmt::format("\n  {:<26} {}  {}", scan->time.empty() ? "(no time)" : scan->time,
                    scan->kind == Scan::Kind::Expected ? dim("expected") : shown(scan->verdict),
                    bold(scan->description)));
    const auto line = [](std::string_view name, const std::string& value) {
      if (!value.empty()) print_line(fmt::format("    {:<10} {}", name, value));
    };
    line("detail", scan->detail);
    line("code", scan->raw_code);
    line("place", whole(scan->place));
    line("piece", scan->piece);
    line("id", scan->id);
    line("takes back", scan->cancels);
    line("because", dim(why(connector, report, *scan)));
  }
  for (const auto& bad : report.quarantined)
    print_line(fmt::format("\n  {} {}\n    {}", red("quarantined:"), bad.why, dim(bad.raw)));
}

int attempt(const Tried& tried, const std::string& folder, bool json) {
  const auto loaded = carriers::Connectors::load(folder);
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  const auto* connector = loaded.connectors->find(tried.carrier);
  if (connector == nullptr) {
    complain("there is no connector " + tried.carrier + "; see: milepost carriers list");
    return kFailed;
  }
  const auto body = read_all(tried.file);
  if (!body) {
    complain(tried.file + " cannot be read");
    return kFailed;
  }
  const auto understood = connector->understand(*body, tried.http_status);
  if (json) {
    print_line(carriers::expectation_json(tried.carrier, understood));
    return kOk;
  }
  for (const auto& report : understood.reports) {
    print_report(*connector, report);
    print_line("");
  }
  for (const auto& error : understood.errors)
    print_line(fmt::format("{} {} {} {}", red(carriers::name(error.error_class)), error.code,
                           error.message, error.tracking_number));
  return kOk;
}

}  // namespace

void add_carriers_try(CLI::App& carriers, CommandLine& line, const std::string& folder) {
  auto* command = carriers.add_subcommand(
      "try", "Understands a saved answer without network and shows each mapped field");
  auto tried = std::make_shared<Tried>();
  command->add_option("CARRIER", tried->carrier, "Its name, such as ups")->required();
  command->add_option("FILE", tried->file, "The answer's body; - for standard input")->required();
  command->add_option("--http-status", tried->http_status, "The HTTP status it came with")
      ->check(CLI::Range(100, 599))
      ->capture_default_str();
  command->callback([&line, &folder, tried] {
    line.run = [&line, &folder, tried] { return attempt(*tried, folder, line.json); };
  });
}

}  // namespace app
