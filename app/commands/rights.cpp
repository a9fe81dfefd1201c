// milepost privacy cases | access | erase | prove-erasure | retention: the operator's side of the
// rights desk.
#include "app/rights.h"

#include <fstream>
#include <iostream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "rights/access.h"
#include "rights/proof_database.h"
#include "rights/retention.h"

namespace app {
namespace {

struct Asked {
  std::string address;
  std::string form = "json";
  std::string values_file;
  bool all = false, yes = false;
};

constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

rights::Person find(Instance& instance, const std::string& address) {
  return instance.database->read_now(
      [&](store::Tx& tx) { return rights::find_person(tx, *instance.vault, address); });
}

rights::Report report(Instance& instance, const rights::Person& person) {
  return instance.database->read_now([&](store::Tx& tx) {
    return rights::report_on(tx, *instance.vault, *instance.ledger, person, kOperator,
                             instance.clock().now());
  });
}

int cases(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  Instance instance(config);
  RightsDesk desk(instance, config);
  rights::Desk::Filter filter;
  filter.only_open = !asked.all;
  const auto all =
      instance.database->read_now([&](store::Tx& tx) { return desk.desk().list(tx, filter); });
  const auto now = instance.clock().now();
  if (line.json) {
    for (const auto& one : all) {
      base::JsonWriter json;
      json.begin_object();
      json.key("case").value(one.number());
      json.key("id").value(one.id.hex());
      json.key("account").value(one.account_id);
      json.key("kind").value(rights::name(one.kind));
      json.key("state").value(rights::name(one.state));
      json.key("due").value(rights::to_text(one.due));
      json.key("days_left").value(one.days_left(now));
      json.end_object();
      print_line(json.text());
    }
    return kOk;
  }
  std::vector<std::vector<std::string>> rows{{"CASE", "ACCOUNT", "KIND", "STATE", "DUE", "DAYS"}};
  for (const auto& one : all) {
    rows.push_back({one.number(), std::to_string(one.account_id), std::string(name(one.kind)),
                    std::string(name(one.state)), rights::to_text(one.due),
                    one.is_open() ? std::to_string(one.days_left(now)) : "-"});
  }
  if (all.empty()) {
    print_line(asked.all ? "There are no requests." : "No request waits for an answer.");
  } else {
    print_table(rows);
  }
  return kOk;
}

int access(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto found = report(instance, find(instance, asked.address));
  print_line(asked.form == "csv" ? rights::to_csv(found) : rights::to_json(found));
  return kOk;
}

// Every byte this instance writes, in files and inside a PostgreSQL server.
std::vector<rights::Certificate::Surface> search_all(Instance& instance, const Config& config,
                                                     const std::vector<std::string>& values) {
  instance.database->checkpoint();
  instance.keys->checkpoint();
  auto searched = rights::search(surfaces_of(config), values);
  const auto ask = [&](store::Database& database, std::string_view url, std::string_view name) {
    if (!url.starts_with("postgres")) return;
    auto more = rights::search_postgres(database, name, values);
    searched.insert(searched.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  };
  ask(*instance.database, config.store_url, "database");
  ask(*instance.keys, config.keys_url, "key store");
  return searched;
}

void print_certificate(const CommandLine& line, const rights::Certificate& certificate) {
  print_line(line.json ? rights::to_json(certificate) : rights::to_text(certificate));
}

int erase(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  Instance instance(config);
  RightsDesk desk(instance, config);
  const auto person = find(instance, asked.address);
  if (person.held.empty()) {
    complain("nothing is kept under this address");
    return kFailed;
  }
  if (!asked.yes) {
    complain(fmt::format("{} shipments would be erased for good; say --yes to do it",
                         person.shipments()));
    return kUsage;
  }
  // Read before the act, in memory only: what the search afterwards must not find.
  auto values = rights::canaries_of(report(instance, person));
  auto certificate = desk.eraser().erase(person, rights::decide({}));
  certificate.surfaces = search_all(instance, config, values);
  print_certificate(line, certificate);
  return certificate.is_clean() ? kOk : kFailed;
}

// Names do not belong into a command line, where every process of the machine reads them.
std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  if (file.empty()) return lines;
  std::ifstream opened;
  if (file != "-") {
    opened.open(file);
    if (!opened) throw std::runtime_error(file + ": cannot be read");
  }
  std::istream& in = file == "-" ? std::cin : opened;
  for (std::string text; std::getline(in, text);) {
    if (!text.empty()) lines.push_back(text);
  }
  return lines;
}

int prove(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  Instance instance(config);
  const auto person = find(instance, asked.address);
  rights::Certificate certificate;
  certificate.id = base::Id::make(instance.clock().now());
  certificate.at = instance.clock().now();
  certificate.article = "Art. 17 GDPR, Art. 5(2) GDPR";
  for (const auto& held : person.held) {
    if (held.shipments.empty()) continue;
    certificate.tables.push_back({"shipments of account " + std::to_string(held.account_id),
                                  0,
                                  static_cast<std::int64_t>(held.shipments.size()),
                                  {}});
  }
  auto values = lines_of(asked.values_file);
  if (!asked.address.empty()) values.push_back(asked.address);
  certificate.surfaces = search_all(instance, config, values);
  print_certificate(line, certificate);
  return certificate.is_clean() ? kOk : kFailed;
}

int retention(const CommandLine& line) {
  Instance instance(line.config());
  const auto now = instance.clock().now();
  const auto broken = rights::keep_proof(*instance.database, now);
  std::vector<std::vector<std::string>> rows{{"CLASS", "AT MOST", "OLDEST ROW", "IN"}};
  for (const auto& proof : instance.database->read_now(rights::prove_retention)) {
    const auto age =
        proof.oldest_at ? std::chrono::floor<std::chrono::days>(now - *proof.oldest_at).count() : 0;
    if (line.json) {
      base::JsonWriter json;
      json.begin_object();
      json.key("retention").value(proof.retention);
      json.key("most_days").value(proof.most_days);
      if (proof.oldest_at) json.key("oldest_at").value(base::to_iso_micros(*proof.oldest_at));
      json.key("is_kept").value(proof.is_kept(now));
      json.end_object();
      print_line(json.text());
      continue;
    }
    rows.push_back({proof.retention, fmt::format("{} days", proof.most_days),
                    proof.oldest_at ? fmt::format("{} days", age) : "none",
                    proof.table.empty() ? "-" : proof.table});
  }
  if (!line.json) print_table(rows);
  return broken.empty() ? kOk : kFailed;
}

template <class Does>
void on(CLI::App* command, CommandLine& line, std::shared_ptr<Asked> asked, Does does) {
  command->callback(
      [&line, asked, does] { line.run = [&line, asked, does] { return does(line, *asked); }; });
}

}  // namespace

void add_rights(CLI::App& app, CommandLine& line) {
  auto* privacy = app.get_subcommand("privacy");  // made by add_privacy
  auto asked = std::make_shared<Asked>();

  auto* listing = privacy->add_subcommand("cases", "Requests about data, the most urgent first");
  listing->add_flag("--all", asked->all, "Those that were answered, too");
  on(listing, line, asked, cases);

  auto* seeing = privacy->add_subcommand("access", "All that is kept under an address (Art. 15)");
  seeing->add_option("--address", asked->address, "An e-mail address or a telephone number")
      ->required()
      ->type_name("A");
  seeing->add_option("--format", asked->form, "json (default) or csv")
      ->check(CLI::IsMember({"json", "csv"}));
  on(seeing, line, asked, access);

  auto* erasing = privacy->add_subcommand(
      "erase", "Erase all that is kept under an address (Art. 17), and prove it");
  erasing->add_option("--address", asked->address, "An e-mail address or a telephone number")
      ->required()
      ->type_name("A");
  erasing->add_flag("--yes", asked->yes, "Do it: it cannot be undone");
  on(erasing, line, asked, erase);

  auto* proving = privacy->add_subcommand(
      "prove-erasure", "Search every byte on disk for an address and other values");
  proving->add_option("--address", asked->address, "What was erased")->required()->type_name("A");
  proving
      ->add_option("--values", asked->values_file,
                   "A file with other values that must not be there, one a line; - for standard "
                   "input")
      ->type_name("FILE");
  on(proving, line, asked, prove);

  auto* keeping = privacy->add_subcommand("retention", "How old the oldest row of each class is");
  on(keeping, line, asked, [](const CommandLine& l, const Asked&) { return retention(l); });
}

}  // namespace app
