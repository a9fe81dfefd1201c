// milepost privacy hold ..., milepost privacy legal ...: what is held for claims, and who asked for
// data by law.
#include "app/registers.h"

#include <iostream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "rights/registers/words.h"

namespace app {
namespace {

constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

struct Asked {
  std::int64_t account = 0;
  std::string shipment, address, fields, ground = "claim", country, owner, reason, until;
  std::string id, recipient = "authority", requester, instrument, as, notice = "told", delayed_to;
  int year = 0;
  bool all = false, is_account = false, with_names = false;
};

std::optional<base::Instant> day(const std::string& text) {
  return base::parse_iso(text + (text.size() == 10 ? "T00:00:00Z" : ""));
}

std::vector<std::string> fields_of(std::string text) {
  std::ranges::replace(text, ',', ' ');
  return rights::split_words(text);
}

std::string short_day(base::Instant at) { return base::to_iso_offset(at).substr(0, 10); }

int refuse(std::string_view why) {
  complain(why);
  return kFailed;
}

// Whole, or the part of it that the lists show.
std::optional<base::Id> id_of(const Asked& asked) {
  auto id = base::Id::parse(asked.id);
  if (!id) complain("an id has 32 hexadecimal digits; the lists show them");
  return id;
}

// ---- Holds

int add_hold(const CommandLine& line, const Asked& asked) {
  rights::HoldRequest request;
  request.account_id = asked.account;
  request.about = asked.is_account         ? rights::HoldAbout::Account
                  : !asked.address.empty() ? rights::HoldAbout::Person
                                           : rights::HoldAbout::Shipment;
  if (request.about == rights::HoldAbout::Shipment) {
    const auto id = base::Id::parse(asked.shipment);
    if (!id) {
      complain("say what to hold: --shipment ID, --address A, or --whole-account");
      return kUsage;
    }
    request.shipment = *id;
  }
  request.address = asked.address;
  request.fields = fields_of(asked.fields);
  request.ground = rights::parse_hold_ground(asked.ground).value_or(rights::HoldGround::Claim);
  request.jurisdiction = asked.country;
  request.owner = asked.owner;
  request.reason = asked.reason;
  request.ends_at = day(asked.until).value_or(base::Instant{});
  Instance instance(line.config());
  Registers registers(instance);
  const auto placed = instance.database->write_now(
      [&](store::Tx& tx) { return registers.holds.place(tx, request, kOperator); });
  if (!placed) return refuse(describe(placed.error()));
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("hold").value(placed->id.hex()).key("rows").value(placed->rows);
    json.key("until").value(base::to_iso_offset(placed->ends_at)).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("Held: {} of {} rows until {}. Everything else goes on its own day.",
                           rights::join_words(placed->fields), placed->rows,
                           short_day(placed->ends_at)));
    print_line(placed->id.hex());
  }
  return kOk;
}

void print_hold(const rights::Hold& hold, rights::ClaimsAccess& access) {
  base::JsonWriter json;
  json.begin_object().key("hold").value(hold.id.hex()).key("account").value(hold.account_id);
  json.key("about").value(name(hold.about)).key("ground").value(name(hold.ground));
  json.key("jurisdiction").value(hold.jurisdiction).key("fields").begin_array();
  for (const auto& field : hold.fields) json.value(field);
  json.end_array().key("rows").value(hold.rows);
  json.key("from").value(base::to_iso_offset(hold.created_at));
  json.key("until").value(base::to_iso_offset(hold.ends_at));
  if (hold.ended_at) json.key("ended_at").value(base::to_iso_offset(*hold.ended_at));
  access.about(hold.subject);
  json.key("owner").value_or_null(open(hold.owner, access));
  json.key("reason").value_or_null(open(hold.reason, access)).end_object();
  print_line(json.text());
}

int list_holds(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  Registers registers(instance);
  const auto holds = instance.database->read_now([&](store::Tx& tx) {
    return registers.holds.list(tx,
                                asked.all ? rights::Holds::Which::All : rights::Holds::Which::Live);
  });
  rights::ClaimsAccess access(*instance.ledger, kOperator, 0, "hold.list");
  std::vector<std::vector<std::string>> rows{
      {"HOLD", "ACCOUNT", "GROUND", "LAW OF", "UNTIL", "FIELDS", "ANSWERS FOR IT"}};
  for (const auto& hold : holds) {
    if (line.json) {
      print_hold(hold, access);
      continue;
    }
    access.about(hold.subject);
    rows.push_back({hold.id.hex(), std::to_string(hold.account_id), std::string(name(hold.ground)),
                    hold.jurisdiction,
                    hold.is_live() ? short_day(hold.ends_at) : "ended " + short_day(*hold.ended_at),
                    rights::join_words(hold.fields), open(hold.owner, access)});
  }
  if (line.json) return kOk;
  if (holds.empty()) {
    print_line("Nothing is held.");
  } else {
    print_table(rows);
  }
  return kOk;
}

int lift_hold(const CommandLine& line, const Asked& asked) {
  const auto id = id_of(asked);
  if (!id) return kUsage;
  Instance instance(line.config());
  if (!Registers(instance).holds.lift(*id, kOperator)) return refuse("there is no such live hold");
  print_line(line.json ? R"({"lifted":true})"
                       : "Lifted: its key is destroyed, and what it held with it.");
  return kOk;
}

int list_fields(const CommandLine& line, const Asked&) {
  for (const auto& field : rights::holdable_fields())
    print_line(line.json ? '"' + field + '"' : field);
  return kOk;
}

// ---- Requests

int open_request(const CommandLine& line, const Asked& asked) {
  rights::LegalIntake intake;
  intake.account_id = asked.account;
  intake.address = asked.address;
  intake.ground = rights::parse_legal_ground(asked.ground).value_or(rights::LegalGround::Law);
  intake.recipient =
      rights::parse_legal_recipient(asked.recipient).value_or(rights::LegalRecipient::Authority);
  intake.jurisdiction = asked.country;
  intake.requester = asked.requester;
  intake.instrument = asked.instrument;
  intake.fields = fields_of(asked.fields);
  intake.reason = asked.reason;
  intake.due_at = day(asked.until).value_or(base::Instant{});
  Instance instance(line.config());
  Registers registers(instance);
  const auto opened = instance.database->write_now(
      [&](store::Tx& tx) { return registers.requests.open(tx, intake, kOperator); });
  if (!opened) return refuse(describe(opened.error()));
  if (line.json) {
    print_line(to_json(*opened));
  } else {
    print_line(fmt::format("{} is in the register; preserved until {}: {}", opened->number(),
                           short_day(opened->due_at), rights::join_words(opened->asked)));
    print_line(opened->id.hex());
  }
  return kOk;
}

int list_requests(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  Registers registers(instance);
  const auto all =
      instance.database->read_now([&](store::Tx& tx) { return registers.requests.list(tx); });
  rights::ClaimsAccess access(*instance.ledger, kOperator, 0, "legal.list");
  std::vector<std::vector<std::string>> rows{
      {"REQUEST", "ID", "GROUND", "LAW OF", "STATE", "CAME", "GRANTED", "TOLD"}};
  for (const auto& one : all) {
    if (line.json) {
      print_line(to_json(one, asked.with_names ? &access : nullptr));
      continue;
    }
    rows.push_back({one.number(), one.id.hex(), std::string(name(one.ground)), one.jurisdiction,
                    one.incident_at ? red("no second review") : std::string(name(one.state)),
                    short_day(one.received_at), rights::join_words(one.granted),
                    one.noticed_at      ? short_day(*one.noticed_at)
                    : one.notice_due_at ? "on " + short_day(*one.notice_due_at)
                    : one.notice        ? std::string(name(*one.notice))
                                        : "-"});
  }
  if (line.json) return kOk;
  if (all.empty()) {
    print_line("Nobody has asked.");
  } else {
    print_table(rows);
  }
  return kOk;
}

std::optional<rights::Human> human(Instance& instance, const Asked& asked) {
  return ask_human(instance, asked.as);
}

int confirm_request(const CommandLine& line, const Asked& asked) {
  const auto id = id_of(asked);
  if (!id) return kUsage;
  Instance instance(line.config());
  Registers registers(instance);
  const auto who = human(instance, asked);
  if (!who) return kFailed;
  const auto done = instance.database->write_now(
      [&](store::Tx& tx) { return registers.requests.confirm_genuine(tx, *id, *who); });
  if (!done) return refuse(describe(done.error()));
  print_line(line.json ? R"({"genuine":true})" : "Noted: it is genuine.");
  return kOk;
}

rights::NoticeDecision notice_of(const Asked& asked) {
  rights::NoticeDecision notice;
  notice.reason = asked.reason;
  if (asked.notice == "forbidden") notice.notice = rights::Notice::Forbidden;
  if (asked.notice == "delayed") {
    notice.notice = rights::Notice::Delayed;
    notice.until = day(asked.delayed_to).value_or(base::Instant{});
  }
  return notice;
}

// Review and answer are one command, because an approval is a value that is not stored: who gives
// the last word hands out the bundle, or nobody does.
int review_request(const CommandLine& line, const Asked& asked) {
  const auto id = id_of(asked);
  if (!id) return kUsage;
  Instance instance(line.config());
  Registers registers(instance);
  const auto who = human(instance, asked);
  if (!who) return kFailed;
  std::optional<rights::Bundle> bundle;
  const auto why = instance.database->write_now([&](store::Tx& tx) -> std::string_view {
    bundle.reset();
    const auto one = registers.requests.find(tx, *id);
    if (!one) return describe(rights::LegalError::NoSuchRequest);
    const auto granted = asked.fields.empty() ? one->granted : fields_of(asked.fields);
    const auto approved = registers.requests.review(tx, *id, *who, granted);
    if (!approved) return describe(approved.error());
    if (!*approved) return {};
    const auto answered = registers.requests.answer(tx, **approved, notice_of(asked));
    if (!answered) throw std::invalid_argument(std::string(describe(answered.error())));
    bundle = answered.value();
    return {};
  });
  if (!why.empty()) return refuse(why);
  if (bundle) {
    print_line(bundle->json);
  } else {
    print_line(line.json ? R"({"reviewed":true})"
                         : "Noted. It waits for a second human, or was answered already.");
  }
  return kOk;
}

int refuse_request(const CommandLine& line, const Asked& asked) {
  const auto id = id_of(asked);
  if (!id) return kUsage;
  Instance instance(line.config());
  Registers registers(instance);
  const auto who = human(instance, asked);
  if (!who) return kFailed;
  const auto done = instance.database->write_now(
      [&](store::Tx& tx) { return registers.requests.refuse(tx, *id, *who, asked.reason); });
  if (!done) return refuse(describe(done.error()));
  print_line(line.json ? R"({"refused":true})" : "Refused, and why is in the register.");
  return kOk;
}

int count_requests(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  Registers registers(instance);
  const auto now = short_day(instance.clock().now());
  const int year = asked.year > 0 ? asked.year : std::stoi(now.substr(0, 4));
  const auto counts = instance.database->read_now(
      [&](store::Tx& tx) { return registers.requests.counts(tx, year); });
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("year").value(year);
    for (const auto& [what, count] : counts) json.key(what).value(count);
    json.end_object();
    print_line(json.text());
    return kOk;
  }
  if (counts.empty()) print_line(fmt::format("Nobody asked in {}.", year));
  for (const auto& [what, count] : counts) print_line(fmt::format("{:>6}  {}", count, what));
  return kOk;
}

template <class Does>
void on(CLI::App* command, CommandLine& line, std::shared_ptr<Asked> asked, Does does) {
  command->callback([&line, asked, does] {
    line.run = [&line, asked, does] {
      try {
        return does(line, *asked);
      } catch (const std::invalid_argument& error) {
        complain(error.what());
        return static_cast<int>(kFailed);
      }
    };
  });
}

void common_options(CLI::App* command, const std::shared_ptr<Asked>& asked) {
  command->add_option("--account", asked->account, "Whose data it is about")->required();
  command->add_option("--fields", asked->fields, "Which fields, with commas")->required();
  command->add_option("--country", asked->country, "Whose law, two letters")->required();
  command->add_option("--reason", asked->reason, "Why, in a sentence")->required();
  command->add_option("--until", asked->until, "The day it ends")->required()->type_name("DATE");
}

void add_holds(CLI::App* privacy, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* holds = privacy->add_subcommand(
      "hold", "Legal holds: named values that outlive their time (Art. 17(3)), until a date");
  holds->require_subcommand(1);
  holds->footer("  milepost privacy hold list");
  auto* add = holds->add_subcommand("add", "Keep named fields for a claim, and nothing else");
  common_options(add, asked);
  add->add_option("--shipment", asked->shipment, "Of this shipment")->type_name("ID");
  add->add_option("--address", asked->address, "Of all shipments of this person")->type_name("A");
  add->add_flag("--whole-account", asked->is_account, "Of the account's own data");
  add->add_option("--ground", asked->ground, "claim (default), legal-duty, preservation")
      ->check(CLI::IsMember({"claim", "legal-duty", "preservation"}));
  add->add_option("--owner", asked->owner, "Who answers for it, by name")->required();
  add->footer(
      "  milepost privacy hold add --account 1001 --address ann@example.com --country DE --until "
      "2027-12-31\n      --fields shipments.customer_name,shipments.tracking_number --owner \"M. "
      "Jansen\" --reason \"Claim 2026/17\"");
  on(add, line, asked, add_hold);
  auto* list = holds->add_subcommand("list", "What is held, the first to end first");
  list->add_flag("--all", asked->all, "Those that ended, too");
  list->footer("  milepost privacy hold list --json");
  on(list, line, asked, list_holds);
  auto* lift = holds->add_subcommand("lift", "End a hold before its date: the values are erased");
  lift->add_option("HOLD", asked->id, "Its id")->required();
  lift->footer("  milepost privacy hold lift 019b76daa8008e8d3c41650a25cfeeb0");
  on(lift, line, asked, lift_hold);
  auto* fields = holds->add_subcommand("fields", "The fields that may be held at all");
  fields->footer("  milepost privacy hold fields");
  on(fields, line, asked, list_fields);
}

CLI::App* add_reviewed(CLI::App* legal, CommandLine& line, const std::shared_ptr<Asked>& asked,
                       const char* name, const char* says,
                       int (*does)(const CommandLine&, const Asked&)) {
  auto* command = legal->add_subcommand(name, says);
  command->add_option("REQUEST", asked->id, "Its id")->required();
  command->add_option("--as", asked->as, "Your address; your password comes by standard input")
      ->required()
      ->type_name("EMAIL");
  command->footer(fmt::format(
      "  milepost privacy legal {} 019b76daa8008e8d3c41650a25cfeeb0 --as you@example.com", name));
  on(command, line, asked, does);
  return command;
}

void add_requests(CLI::App* privacy, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* legal = privacy->add_subcommand(
      "legal", "Who asked by law to be given data: preserve, review by two humans, disclose");
  legal->require_subcommand(1);
  legal->footer("  milepost privacy legal list");
  auto* open = legal->add_subcommand("open", "Enter a request; what it asks for is preserved");
  common_options(open, asked);
  open->add_option("--address", asked->address, "Whose data")->required()->type_name("A");
  open->add_option("--ground", asked->ground, "law, safety, content-claim or terms")
      ->required()
      ->check(CLI::IsMember({"law", "safety", "content-claim", "terms"}));
  open->add_option("--for", asked->recipient, "authority (default), claimant or inside")
      ->check(CLI::IsMember({"authority", "claimant", "inside"}));
  open->add_option("--requester", asked->requester, "Who asks, by name")->required();
  open->add_option("--instrument", asked->instrument,
                   "The order's reference and law, or the clause of the terms and their version");
  open->footer(
      "  milepost privacy legal open --account 1001 --address ann@example.com --ground law "
      "--country NL\n      --requester Parket --instrument \"13/0456-26, art. 126nd Sv\" --fields "
      "shipments.customer_name\n      --reason \"Investigation\" --until 2027-03-31");
  on(open, line, asked, open_request);
  auto* list = legal->add_subcommand("list", "The register, the newest first");
  list->add_flag("--names", asked->with_names, "With --json: who asked and why, which is noted");
  list->footer("  milepost privacy legal list --json --names >register.jsonl");
  on(list, line, asked, list_requests);
  add_reviewed(legal, line, asked, "genuine", "You asked back elsewhere: the instrument is real",
               confirm_request);
  auto* review =
      add_reviewed(legal, line, asked, "review",
                   "Agree; the last one needed gets the bundle on standard output", review_request);
  review->add_option("--fields", asked->fields, "Only these of what was asked for");
  review->add_option("--notice", asked->notice, "Is the person told? told, delayed or forbidden")
      ->check(CLI::IsMember({"told", "delayed", "forbidden"}));
  review->add_option("--notice-on", asked->delayed_to, "When, if delayed")->type_name("DATE");
  review->add_option("--reason", asked->reason, "Why not now, or by which law not at all");
  auto* refusal =
      add_reviewed(legal, line, asked, "refuse", "Say no, with a reason", refuse_request);
  refusal->add_option("--reason", asked->reason, "Why, in a sentence")->required();
  auto* counts = legal->add_subcommand("counts", "How many of which ground in a year");
  counts->add_option("--year", asked->year, "Default: this one");
  counts->footer("  milepost privacy legal counts --year 2026 --json");
  on(counts, line, asked, count_requests);
}

}  // namespace

void add_registers(CLI::App& app, CommandLine& line) {
  auto* privacy = app.get_subcommand("privacy");  // made by add_privacy
  add_holds(privacy, line);
  add_requests(privacy, line);
}

}  // namespace app
