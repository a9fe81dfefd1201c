#include <filesystem>
#include <fstream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "carriers/coverage.h"
#include "carriers/definition.h"
#include "carriers/expectation.h"
#include "carriers/health.h"
#include "carriers/starter.h"

namespace app {
namespace {

using carriers::Connector, carriers::Connectors, carriers::Definition;

struct Asked {
  std::string folder;  // the operator's own connectors
  std::string id;
  std::string check_folder;
  bool markdown = false;
};

std::shared_ptr<const Connectors> load(const std::string& folder) {
  auto loaded = Connectors::load(folder);
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  return loaded.connectors;
}

std::vector<std::string> courier_codes(const Definition& definition) {
  std::vector<std::string> codes = {definition.courier};
  codes.insert(codes.end(), definition.also.begin(), definition.also.end());
  return codes;
}

using AllHealth = std::map<std::string, carriers::HealthCounts>;

// How each connector did in the last 30 days, when there is a store that knows. Without one, with
// an older one or one that cannot be reached the list is whole all the same.
std::optional<AllHealth> kept_health(const CommandLine& line) {
  constexpr std::string_view kSqlite = "sqlite:";
  constexpr std::chrono::days kMonth{30};
  const auto loaded = load_config(line.config_file, line.data, process_environment());
  const auto& url = loaded.config.store_url;
  if (!loaded.mistakes.empty()) return std::nullopt;
  // Opening would make the file.
  if (url.starts_with(kSqlite) && !std::filesystem::exists(url.substr(kSqlite.size())))
    return std::nullopt;
  try {
    store::Options options;
    options.url = url;
    options.readers = options.writers = 1;
    const auto database = store::Database::open(options);
    const auto since = base::SystemClock().now() - kMonth;
    return database->read_now([&](store::Tx& tx) { return carriers::Health::read(tx, since); });
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

template <class Say>
void each_failure(const carriers::HealthCounts& counts, const Say& say) {
  for (std::size_t i = 0; i < carriers::kHeard; ++i) {
    const auto what = static_cast<carriers::Heard>(i);
    if (carriers::is_failure(what) && counts.of(what) > 0)
      say(carriers::name(what), counts.of(what));
  }
}

// "2026-11-22 17:48", "3: 2 auth, 1 unreached", "95 min".
std::vector<std::string> health_cells(const carriers::HealthCounts& counts) {
  std::string failures;
  each_failure(counts, [&](std::string_view cause, std::int64_t number) {
    failures += fmt::format("{}{} {}", failures.empty() ? "" : ", ", number, cause);
  });
  const auto median = counts.median_delay();
  return {counts.last_success
              ? base::to_iso_offset(*counts.last_success).substr(0, 16).replace(10, 1, " ")
              : "",
          failures, median ? fmt::format("{} min", median->count()) : ""};
}

void put_health(base::JsonWriter& json, const carriers::HealthCounts& counts) {
  const auto instant = [](const std::optional<base::Instant>& at) {
    return at ? base::to_iso_offset(*at) : std::string();
  };
  json.begin_object();
  json.key("asked").value(counts.asked());
  json.key("last_success").value_or_null(instant(counts.last_success));
  json.key("last_failure").value_or_null(instant(counts.last_failure));
  json.key("failures").begin_object();
  each_failure(counts,
               [&](std::string_view cause, std::int64_t number) { json.key(cause).value(number); });
  json.end_object();
  const auto median = counts.median_delay();
  json.key("median_delay_minutes");
  median ? json.value(median->count()) : json.null();
  json.key("events").value(counts.events);
  json.key("events_not_understood").value(counts.unknown_events);
  json.end_object();
}

// `health`: of the last 30 days; nothing when nobody knows.
std::string as_json(const Connector& connector, const std::optional<AllHealth>& health) {
  const auto& d = connector.definition();
  base::JsonWriter json;
  json.begin_object();
  json.key("id").value(d.id).key("name").value(d.name);
  json.key("couriers").begin_array();
  for (const auto& code : courier_codes(d)) json.value(code);
  json.end_array();
  json.key("kind").value(d.is_upstream ? "upstream" : "carrier");
  json.key("access").value(carriers::name(d.access.kind));
  json.key("secrets").begin_array();
  for (const auto& secret : d.access.secrets) json.value(secret);
  json.end_array();
  json.key("needs").begin_array();
  for (const auto need : d.request.needs) json.value(carriers::name(need));
  json.end_array();
  json.key("official").value(d.is_official).key("evidence").value(d.evidence);
  json.key("documentation").value_or_null(d.documentation);
  json.key("standard").value_or_null(d.standard);
  json.key("batch").value(d.request.batch);
  json.key("per_second").value(d.limits.per_second).key("per_day").value(d.limits.per_day);
  json.key("codes").value(d.codes.size()).key("fixtures").value(connector.fixtures().size());
  json.key("folder").value_or_null(connector.folder());
  json.key("health");
  if (health && health->contains(d.id)) {
    put_health(json, health->at(d.id));
  } else {
    json.null();
  }
  json.end_object();
  return std::move(json).text();
}

int list(const Asked& asked, const CommandLine& line) {
  const auto connectors = load(asked.folder);
  const auto health = kept_health(line);
  if (line.json) {
    for (const auto& connector : connectors->all()) print_line(as_json(*connector, health));
    return kOk;
  }
  std::vector<std::vector<std::string>> rows = {
      {"ID", "NAME", "COURIERS", "KIND", "ACCESS", "OFFICIAL", "EVIDENCE", "CODES", "FIXTURES"}};
  if (health) rows[0].insert(rows[0].end(), {"LAST SUCCESS", "FAILURES", "MEDIAN DELAY"});
  for (const auto& connector : connectors->all()) {
    const auto& d = connector->definition();
    rows.push_back({d.id, d.name, fmt::format("{}", fmt::join(courier_codes(d), " ")),
                    d.is_upstream ? "upstream" : "carrier",
                    std::string(carriers::name(d.access.kind)), d.is_official ? "yes" : "no",
                    d.evidence, std::to_string(d.codes.size()),
                    std::to_string(connector->fixtures().size())});
    if (!health) continue;
    const auto known = health->find(d.id);
    for (auto& cell :
         health_cells(known == health->end() ? carriers::HealthCounts() : known->second))
      rows.back().push_back(std::move(cell));
  }
  print_table(rows);
  return kOk;
}

int no_such(const std::string& id) {
  complain("there is no connector " + id + "; see: milepost carriers list");
  return kFailed;
}

int show(const Asked& asked, const CommandLine& line) {
  const auto connectors = load(asked.folder);
  const auto* connector = connectors->find(asked.id);
  if (connector == nullptr) return no_such(asked.id);
  if (line.json) {
    print_line(as_json(*connector, kept_health(line)));
    return kOk;
  }
  const auto& d = connector->definition();
  std::vector<std::string> needs;
  for (const auto need : d.request.needs) needs.emplace_back(carriers::name(need));
  print_line(bold(d.name) + "  " + dim(d.id));
  print_table({
      {"", ""},
      {"couriers", fmt::format("{}", fmt::join(courier_codes(d), " "))},
      {"kind",
       d.is_upstream ? "upstream: answers for (nearly) every courier" : "the carrier itself"},
      {"interface", fmt::format("{}, {}", d.is_official ? "official" : "not official",
                                d.documentation.empty() ? "no documentation" : d.documentation)},
      {"tested on", d.evidence},
      {"asks", fmt::format("{} {}{}", d.request.method, d.access.base, d.request.path.source)},
      {"access",
       fmt::format("{} ({})", carriers::name(d.access.kind), fmt::join(d.access.secrets, ", "))},
      {"numbers in a call", std::to_string(d.request.batch)},
      {"needs besides", needs.empty() ? "nothing" : fmt::format("{}", fmt::join(needs, ", "))},
      {"limits", fmt::format("{} a second, {} a day, {} at once", d.limits.per_second,
                             d.limits.per_day == 0 ? "any" : std::to_string(d.limits.per_day),
                             d.limits.concurrency)},
      {"codes", std::to_string(d.codes.size())},
      {"fixtures", std::to_string(connector->fixtures().size())},
      {"from", connector->folder().empty() ? "built in" : connector->folder()},
  });
  return kOk;
}

std::string as_json(const carriers::CourierCoverage& cover) {
  base::JsonWriter json;
  json.begin_object();
  json.key("courier").value(cover.courier->code).key("name").value(cover.courier->name);
  json.key("country").value_or_null(cover.courier->country);
  json.key("connectors").begin_array();
  for (const auto* connector : cover.connectors) json.value(connector->id());
  json.end_array();
  json.key("evidence").value_or_null(cover.evidence);
  json.end_object();
  return std::move(json).text();
}

// The document, or of each courier whether it has a connector.
int cover(const Asked& asked, bool json) {
  const auto connectors = load(asked.folder);
  const couriers::Catalogue catalogue;
  if (asked.markdown) {
    print(carriers::coverage_markdown(*connectors, catalogue));
    return kOk;
  }
  std::vector<std::vector<std::string>> rows = {
      {"COURIER", "NAME", "COUNTRY", "CONNECTORS", "EVIDENCE"}};
  for (const auto& c : carriers::coverage_by_courier(*connectors, catalogue)) {
    if (json) {
      print_line(as_json(c));
      continue;
    }
    std::vector<std::string_view> ids;
    for (const auto* connector : c.connectors) ids.push_back(connector->id());
    rows.push_back({std::string(c.courier->code), std::string(c.courier->name),
                    std::string(c.courier->country),
                    ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, " ")),
                    std::string(c.evidence)});
  }
  if (!json) print_table(rows);
  return kOk;
}

// Understands each fixture and names what differs from its expected file. Gives how many are wrong.
int check_fixtures(const Connector& connector) {
  int wrong = 0;
  for (const auto& fixture : connector.fixtures()) {
    const auto place = fmt::format("{}/fixtures/{}", connector.id(), fixture.name);
    if (fixture.expected.empty()) {
      complain(place + ": there is no expected file beside it");
      ++wrong;
      continue;
    }
    const auto got = carriers::expectation_json(
        connector.id(), connector.understand(fixture.body, fixture.http_status));
    const auto differences = carriers::compare_expectation(fixture.expected, got);
    for (const auto& d : differences)
      complain(fmt::format("{}: {}: expected {}, got {}", place, d.field, d.expected, d.got));
    wrong += differences.empty() ? 0 : 1;
  }
  return wrong;
}

int check(const Asked& asked) {
  namespace fs = std::filesystem;
  const bool is_one = fs::exists(fs::path(asked.check_folder) / "connector.toml");
  auto loaded = asked.check_folder.empty() ? Connectors::load(asked.folder)
                : is_one                   ? Connectors::load_one(asked.check_folder)
                                           : Connectors::load(asked.check_folder);
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  int wrong = 0;
  std::size_t fixtures = 0, checked = 0;
  for (const auto& connector : loaded.connectors->all()) {
    // A folder was asked for: what is built in is not its business.
    if (!asked.check_folder.empty() && connector->folder().empty()) continue;
    wrong += check_fixtures(*connector);
    fixtures += connector->fixtures().size();
    ++checked;
  }
  print_line(fmt::format("{} connectors, {} fixtures: {}", checked, fixtures,
                         loaded.mistakes.empty() && wrong == 0
                             ? green("all as expected")
                             : red(fmt::format("{} mistakes in definitions, {} fixtures differ",
                                               loaded.mistakes.size(), wrong))));
  return loaded.mistakes.empty() && wrong == 0 ? kOk : kFailed;
}

int create(const Asked& asked) {
  namespace fs = std::filesystem;
  const auto folder = fs::path(asked.id);
  if (fs::exists(folder)) {
    complain(asked.id + " is there already");
    return kFailed;
  }
  for (const auto& file : carriers::starter_folder(folder.filename().string())) {
    const auto path = folder / file.path;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << file.bytes;
    print_line(path.string());
  }
  print_line(fmt::format("\nEdit {}/connector.toml, then: milepost carriers check {}", asked.id,
                         asked.id));
  return kOk;
}

}  // namespace

void add_carriers(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("carriers", "The connectors: who can be asked, and how");
  auto asked = std::make_shared<Asked>();
  command
      ->add_option("--folder", asked->folder,
                   "Connectors of your own; they come before those built in")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command->require_subcommand(1);

  auto* listing = command->add_subcommand(
      "list", "All connectors, and how they did in the last 30 days when there is a store");
  listing->callback([&line, asked] { line.run = [&line, asked] { return list(*asked, line); }; });

  auto* showing = command->add_subcommand("show", "Everything known of one");
  showing->add_option("CARRIER", asked->id, "Its name, such as ups")->required();
  showing->callback([&line, asked] { line.run = [&line, asked] { return show(*asked, line); }; });

  auto* covering = command->add_subcommand(
      "coverage", "Of each courier: is there a connector, and on what evidence was it tested");
  covering->add_flag("--markdown", asked->markdown, "The whole table, as docs/carriers.md");
  covering->callback(
      [&line, asked] { line.run = [&line, asked] { return cover(*asked, line.json); }; });

  auto* checking = command->add_subcommand(
      "check", "Checks definitions and their fixtures: one folder, a folder of folders, or all");
  checking->add_option("FOLDER", asked->check_folder, "A connector's folder, or one of several")
      ->check(CLI::ExistingDirectory);
  checking->callback([&line, asked] { line.run = [asked] { return check(*asked); }; });

  auto* making = command->add_subcommand("new", "Writes a folder to start from");
  making->add_option("CARRIER", asked->id, "Its name, small letters and dashes")->required();
  making->callback([&line, asked] { line.run = [asked] { return create(*asked); }; });

  add_carriers_try(*command, line, asked->folder);
}

}  // namespace app
