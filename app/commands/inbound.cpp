#include "app/inbound.h"

#include <fstream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "carriers/definition.h"
#include "inbound/reader.h"

namespace app {
namespace {

struct Asked {
  std::int64_t account_id = 0;
  std::int64_t door_id = 0;
  std::string connector;
  std::string name = "push";
  std::string verify;  // empty: as the connector's carrier does
  std::string unknown = "ignore";
  std::string file;
};

std::shared_ptr<const carriers::Connectors> connectors(const Config& config) {
  auto loaded = carriers::Connectors::load(config.carriers_folder);
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  return loaded.connectors;
}

// How the carrier is to send, in words for whoever fills in its form.
std::string how_to(inbound::Proof proof, const inbound::SignatureForm& form) {
  switch (proof) {
    case inbound::Proof::Header:
      return form.header.empty() ? "send the secret as: Authorization: Bearer SECRET"
                                 : "the secret goes into the header " + form.header;
    case inbound::Proof::Path:
      return "the secret is the end of the address: anyone who sees the address may push";
    case inbound::Proof::Signature:
      return "the body is signed with the secret, the signature in the header " + form.header;
  }
  return {};
}

int add(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  const auto known = connectors(config);
  if (known->find(asked.connector) == nullptr) {
    complain("there is no connector " + asked.connector + " (see: milepost carriers list)");
    return kFailed;
  }
  const auto proof = asked.verify.empty() ? inbound::proof_of(*known, asked.connector)
                                          : inbound::parse_proof(asked.verify);
  const auto unknown = inbound::parse_unknown(asked.unknown);
  if (!proof || !unknown) {
    complain(proof ? "--unknown takes ignore or create" : "--verify takes header, path or hmac");
    return kUsage;
  }
  const auto form = inbound::form_of(*known, asked.connector);
  if (*proof == inbound::Proof::Signature && form.header.empty()) {
    complain("nothing is known of how this carrier signs ([push] in its connector.toml)");
    return kFailed;
  }
  Instance instance(config);
  inbound::Doors doors(*instance.database, *instance.vault, instance.clock());
  const auto made = doors.make(asked.account_id, asked.connector, asked.name, *proof, *unknown);
  if (!made) {
    complain(accounts::describe(accounts::AccountError::UnknownAccount));
    return kFailed;
  }
  auto path = fmt::format("/inbound/{}/{}", asked.account_id, asked.connector);
  if (*proof == inbound::Proof::Path) path += "/" + made->secret;
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("door_id").value(made->door_id).key("path").value(path);
    json.key("secret").value(made->secret).key("verify").value(inbound::name(*proof)).end_object();
    print_line(json.text());
    return kOk;
  }
  print_line("Address: POST https://YOUR-HOST" + path);
  print_line("Secret:  " + made->secret);
  print_line(how_to(*proof, form));
  const auto& push = known->find(asked.connector)->definition().push;
  if (push && !push->setup.empty()) print_line(push->setup);
  complain("this is the only time the secret is shown; Milepost keeps its hash only");
  return kOk;
}

std::string shown(const std::optional<base::Instant>& at) {
  return at ? base::to_iso_offset(*at) : std::string();
}

int list(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  inbound::Doors doors(*instance.database, *instance.vault, instance.clock());
  std::vector<std::vector<std::string>> rows{
      {"DOOR", "CONNECTOR", "NAME", "VERIFY", "UNKNOWN", "STATE", "LAST USED"}};
  for (const auto& door : doors.list(asked.account_id)) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("door_id").value(door.door_id).key("connector").value(door.connector);
      json.key("name").value(door.name).key("verify").value(inbound::name(door.proof));
      json.key("unknown").value(inbound::name(door.unknown));
      json.key("created_at").value(base::to_iso_offset(door.created_at));
      json.key("removed_at").value_or_null(shown(door.removed_at));
      json.key("last_used_at").value_or_null(shown(door.last_used_at)).end_object();
      print_line(json.text());
      continue;
    }
    rows.push_back(
        {std::to_string(door.door_id), door.connector, door.name,
         std::string(inbound::name(door.proof)), std::string(inbound::name(door.unknown)),
         door.removed_at ? red("removed") : green("open"), shown(door.last_used_at).substr(0, 16)});
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line(fmt::format("No doors. Make one: milepost inbound add --account {} --connector ups",
                           asked.account_id));
  } else {
    print_table(rows);
  }
  return kOk;
}

int remove(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  inbound::Doors doors(*instance.database, *instance.vault, instance.clock());
  if (!doors.remove(asked.account_id, asked.door_id)) {
    complain("there is no such door, or it is removed already");
    return kFailed;
  }
  print_line(line.json ? R"({"removed":true})" : "Removed. Nobody comes in through it any more.");
  return kOk;
}

void tell(const inbound::Taken& taken) {
  if (taken.outcome == inbound::Taken::Outcome::Rejected) {
    print_line(red("rejected"));
  } else if (taken.outcome == inbound::Taken::Outcome::Replayed) {
    print_line("taken before: nothing changed");
  } else {
    print_line(
        fmt::format("{}: {} shipments, {} known, {} opened, {} unknown; {} changed, {} new events",
                    green("taken"), taken.shipments, taken.matched, taken.created,
                    taken.unknown_numbers, taken.changed, taken.new_events));
  }
  for (const auto& one : taken.complaints)
    print_line(fmt::format("  {}{}{}", one.what, one.where.empty() ? "" : ": ", one.where));
  for (const auto& remark : taken.remarks) print_line("  " + remark);
}

int take(const CommandLine& line, const Asked& asked) {
  std::ifstream in(asked.file, std::ios::binary);
  if (!in) {
    complain(asked.file + " cannot be read");
    return kFailed;
  }
  const auto unknown = inbound::parse_unknown(asked.unknown);
  if (!unknown) {
    complain("--unknown takes ignore or create");
    return kUsage;
  }
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto config = line.config();
  Instance instance(config);
  const carriers::ConnectorShelf shelf(config.carriers_folder);
  shipments::Ingest ingest(*instance.database, *instance.shipments, *instance.ledger);
  const couriers::Catalogue catalogue;
  const couriers::Detector detector(catalogue);
  Inbound inbound({instance, shelf, ingest, catalogue, detector});
  const auto taken = base::sync_wait(inbound.mouth().take(
      {asked.account_id, asked.connector, std::move(bytes), shipments::Mouth::Manual, *unknown}));
  if (line.json) {
    print_line(inbound::to_json(taken));
  } else {
    tell(taken);
  }
  return taken.outcome == inbound::Taken::Outcome::Rejected ? kFailed : kOk;
}

}  // namespace

void add_inbound(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("inbound", "What carriers push: doors for them, and files");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_one = [&](const char* name, const char* says,
                           int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->add_option("--account", asked->account_id, "The account's id")
        ->required()
        ->type_name("ID");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  const auto add_connector = [&](CLI::App* one) {
    one->add_option("--connector", asked->connector, "Whose documents: see milepost carriers list")
        ->required()
        ->type_name("ID");
    one->add_option("--unknown", asked->unknown,
                    "Numbers the account does not know: ignore (default) or create");
  };
  auto* adding = add_one("add", "Let a carrier push; shows address and secret, once", add);
  add_connector(adding);
  adding->add_option("--name", asked->name, "To tell it from others")->type_name("N");
  adding->add_option("--verify", asked->verify, "header, path or hmac (default: as it does)");
  adding->footer("  milepost inbound add --account 1001 --connector ups");
  add_one("list", "List an account's doors", list);
  add_one("remove", "Close a door for good", remove)
      ->add_option("--door", asked->door_id, "The door's number")
      ->required()
      ->type_name("ID");
  auto* taking = add_one("take", "Take a document from a file", take);
  add_connector(taking);
  taking->add_option("FILE", asked->file, "The document")->required();
  taking->footer("  milepost inbound take status.edi --connector edi-x12-214 --account 1001");
}

}  // namespace app
