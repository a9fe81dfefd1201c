#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/asking.h"
#include "app/commands/commands.h"
#include "app/terminal.h"
#include "carriers/definition.h"
#include "carriers/expectation.h"

namespace app {
namespace {

using carriers::Connector, journey::Report, journey::Scan, journey::Understanding, journey::Verdict;

// A person waits.
constexpr std::chrono::seconds kDeadline{15};

struct Tried {
  std::string carrier, file, save;
  int http_status = 200;
  carriers::Question question;
  bool is_live() const { return !question.number.empty(); }
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

void print_errors(const std::vector<carriers::CarrierError>& errors) {
  for (const auto& error : errors)
    print_line(fmt::format("{} {} {} {}", red(carriers::name(error.error_class)), error.code,
                           error.message, error.tracking_number));
}

void show(const Tried& tried, const Connector& connector, const std::string& body, int http_status,
          bool json) {
  const auto understood = connector.understand(body, http_status);
  if (json) return print_line(carriers::expectation_json(tried.carrier, understood));
  for (const auto& report : understood.reports) {
    print_report(connector, report);
    print_line("");
  }
  print_errors(understood.errors);
}

const Connector* known_connector(const carriers::Connectors& connectors, const std::string& id) {
  const auto* connector = connectors.find(id);
  if (connector == nullptr)
    complain("there is no connector " + id + "; see: milepost carriers list");
  return connector;
}

int try_file(const Tried& tried, const std::string& folder, bool json) {
  const auto loaded = carriers::Connectors::load(folder);
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  const auto* connector = known_connector(*loaded.connectors, tried.carrier);
  if (connector == nullptr) return kFailed;
  const auto body = read_all(tried.file);
  if (!body) {
    complain(tried.file + " cannot be read");
    return kFailed;
  }
  show(tried, *connector, *body, tried.http_status, json);
  return kOk;
}

// For its owner's eyes. From the second page on with a number: answer.json, answer-2.json.
bool save_page(const std::string& file, std::size_t page, const std::string& body) {
  std::filesystem::path path = file;
  if (page > 0)
    path.replace_filename(
        fmt::format("{}-{}{}", path.stem().string(), page + 1, path.extension().string()));
  const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool is_written =
      handle >= 0 && ::fchmod(handle, 0600) == 0 &&  // it may have been there before
      ::write(handle, body.data(), body.size()) == static_cast<ssize_t>(body.size());
  if (!is_written)
    complain(fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno)));
  if (handle >= 0) ::close(handle);
  return is_written;
}

int try_live(const Tried& tried, const std::string& folder, const Config& config, bool json) {
  Asking asking(config, folder);
  const auto connectors = asking.shelf.current();
  const auto* connector = known_connector(*connectors, tried.carrier);
  if (connector == nullptr) return kFailed;
  const auto answer =
      base::sync_wait(asking.asker.ask(*connector, std::span(&tried.question, 1), kDeadline));
  if (!json)
    print_line(
        dim(fmt::format("{}: {} call{}, {} ms", connector->definition().name, answer.calls,
                        answer.calls == 1 ? "" : "s",
                        std::chrono::round<std::chrono::milliseconds>(answer.took).count())));
  for (std::size_t i = 0; i < answer.pages.size(); ++i) {
    const auto& page = answer.pages[i];
    if (!json)
      print_line(dim(fmt::format("HTTP {}, {} bytes", page.http_status, page.body.size())));
    if (!tried.save.empty() && !save_page(tried.save, i, page.body)) return kFailed;
    show(tried, *connector, page.body, page.http_status, json);
  }
  if (!answer.pages.empty()) return kOk;
  const auto& reading = answer.readings.front();
  if (reading.error) print_errors({*reading.error});
  if (reading.wait) complain("the carrier's own limits say: not now");
  return kFailed;
}

}  // namespace

void add_carriers_try(CLI::App& carriers, CommandLine& line, const std::string& folder) {
  auto* command = carriers.add_subcommand(
      "try", "Understands a saved answer, or a live one, and shows each mapped field");
  auto tried = std::make_shared<Tried>();
  auto& question = tried->question;
  command->add_option("CARRIER", tried->carrier, "Its name, such as ups")->required();
  auto* file = command->add_option("FILE", tried->file, "The answer's body; - for standard input");
  command->add_option("--http-status", tried->http_status, "The HTTP status it came with")
      ->check(CLI::Range(100, 599))
      ->capture_default_str()
      ->needs(file);
  auto* number = command
                     ->add_option("--number", question.number,
                                  "Ask the carrier about this tracking number instead of reading a "
                                  "file")
                     ->excludes(file);
  const auto told = [&](const char* name, std::string& value, const char* what) {
    command->add_option(name, value, what)->needs(number);
  };
  told("--postcode", question.postcode, "What some carriers want to know beside it");
  told("--ship-date", question.ship_date, "YYYY-MM-DD");
  told("--country", question.destination_country, "Of the destination, two letters");
  told("--courier", question.courier, "Courier code, for services that ask on behalf of many");
  told("--language", question.language, "Two letters");
  told("--save", tried->save,
       "Keep the answer in this file, for a fixture: it holds personal data");
  command->callback([&line, &folder, tried] {
    if (tried->file.empty() && !tried->is_live())
      throw CLI::ValidationError("give a FILE with an answer, or --number to ask the carrier");
    line.run = [&line, &folder, tried] {
      return tried->is_live() ? try_live(*tried, folder, line.config(), line.json)
                              : try_file(*tried, folder, line.json);
    };
  });
}

}  // namespace app
