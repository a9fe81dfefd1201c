// milepost privacy case | lift | lawful | decisions | export | import | invite | transfer: working
// on requests, and data on its way to another service.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/commands/commands.h"
#include "app/registers.h"
#include "app/rights.h"
#include "app/terminal.h"
#include "base/time.h"
#include "consent/person.h"
#include "consent/records.h"
#include "rights/decisions.h"

namespace app {
namespace {

constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

struct Asked {
  std::int64_t account = 0;
  std::string address, id, as, file = "-", to;
  std::string complete, refuse, extend;
  std::string shipment, field, value;
  std::string purpose, at, known;
  bool perform = false, agree = false, disagree = false;
};

// What a command works with, opened once.
struct Open {
  explicit Open(const CommandLine& line)
      : config(line.config()), instance(config), desk(instance, config) {}
  Config config;
  Instance instance;
  RightsDesk desk;

  template <class F>
  auto read(F work) {
    return instance.database->read_now(work);
  }
  template <class F>
  auto write(F work) {
    return instance.database->write_now(work);
  }
};

int refused(std::string_view why) {
  complain(why);
  return kFailed;
}

// By its id, or by the number that stands in letters: R-0AB3-91XY-77F0.
std::optional<rights::Case> find_case(Open& open, const Asked& asked) {
  rights::Desk::Filter filter;
  filter.account_id = asked.account;
  filter.only_open = false;
  filter.with_unproven = true;
  filter.most = 10'000;
  const auto all = open.read([&](store::Tx& tx) { return open.desk.desk().list(tx, filter); });
  for (const auto& one : all) {
    if (one.id.hex() == asked.id || one.number() == asked.id) return one;
  }
  return std::nullopt;
}

int show(Open& open, const rights::Case& one) {
  personal::Access<personal::Purpose::Rights> access(*open.instance.ledger, kOperator,
                                                     one.account_id, "rights.case");
  access.about(one.subject);
  const auto now = open.instance.clock().now();
  std::vector<std::vector<std::string>> rows{
      {"CASE", one.number()},
      {"KIND", fmt::format("{}, {}", name(one.kind), article(one.kind))},
      {"STATE", fmt::format("{}{}", name(one.state),
                            one.is_proven ? "" : ", and nobody has proved the address yet")},
      {"CAME", fmt::format("{} by {}", base::to_iso_offset(one.received_at), name(one.door))},
      {"DUE", one.is_open()
                  ? fmt::format("{} ({} days)", rights::to_text(one.due), one.days_left(now))
                  : rights::to_text(one.due)},
      {"FROM", personal::open(one.address, access)},
      {"WORDS", personal::open(one.words, access)},
      {"ANSWER", personal::open(one.answer, access)}};
  const auto steps =
      open.read([&](store::Tx& tx) { return open.desk.desk().steps(tx, one.account_id, one.id); });
  for (const auto& step : steps)
    rows.push_back({"", fmt::format("{}  {}", base::to_iso_offset(step.at), name(step.what))});
  std::erase_if(rows, [](const auto& row) { return row[1].empty(); });
  print_table(rows);
  return kOk;
}

int work_on_case(const CommandLine& line, const Asked& asked) {
  Open open(line);
  auto one = find_case(open, asked);
  if (!one) return refused(rights::describe(rights::ActError::NoSuchCase));
  if (asked.perform) {
    const auto done =
        open.desk.acts().perform(one->account_id, one->id, kOperator,
                                 {base::Id::parse(asked.shipment), asked.field, asked.value});
    if (!done) return refused(rights::describe(done.error()));
  } else if (!asked.complete.empty() || !asked.refuse.empty() || !asked.extend.empty()) {
    auto& desk = open.desk.desk();
    const auto done = open.write([&](store::Tx& tx) {
      return !asked.complete.empty() ? desk.complete(tx, *one, asked.complete, kOperator)
             : !asked.refuse.empty() ? desk.refuse(tx, *one, asked.refuse, kOperator)
                                     : desk.extend(tx, *one, asked.extend, kOperator);
    });
    if (!done) return refused(rights::describe(done.error()));
  }
  one = find_case(open, asked);
  return one ? show(open, *one) : static_cast<int>(kOk);
}

int lift(const CommandLine& line, const Asked& asked) {
  Open open(line);
  rights::Asker asker;
  asker.address = asked.address;
  asker.by = kOperator;
  asker.door = rights::Door::CommandLine;
  if (asked.account != 0) asker.only = asked.account;
  const auto done = open.write([&](store::Tx& tx) { return open.desk.acts().lift(tx, asker); });
  if (!done) return refused(rights::describe(done.error()));
  print_line(fmt::format("The person is told; the restriction ends in {} days.",
                         rights::Acts::kNotice.count()));
  return kOk;
}

int lawful(const CommandLine& line, const Asked& asked) {
  Open open(line);
  const auto at = base::parse_iso(asked.at);
  const auto known = asked.known.empty() ? std::optional(open.instance.clock().now())
                                         : base::parse_iso(asked.known);
  const auto who = consent::People(*open.instance.vault).by_email(asked.account, asked.address);
  if (!at || !known || !who)
    return refused("--at and --known take a time (RFC 3339), --address an e-mail address");
  auto basis = consent::Basis::Consent;
  for (const auto one : personal::kPurposes) {
    if (personal::name(one) == asked.purpose && personal::basis(one) != "consent")
      basis = consent::Basis::Other;
  }
  const auto is_lawful = open.read([&](store::Tx& tx) {
    return consent::was_lawful_at(tx, asked.account, *who, asked.purpose, basis, *at, *known);
  });
  print_line(is_lawful ? "lawful" : "not lawful");
  return kOk;
}

int decisions(const CommandLine& line, const Asked& asked) {
  Open open(line);
  rights::Review review(*open.instance.vault, *open.instance.ledger, open.instance.clock());
  if (!asked.id.empty()) {
    const auto id = base::Id::parse(asked.id);
    if (!id || asked.agree == asked.disagree || asked.as.empty())
      return refused(
          "--id with --agree or --disagree, and --as: the address of the human who decides");
    const auto who = ask_human(open.instance, asked.as);
    if (!who) return kFailed;
    const auto is_done = open.write([&](store::Tx& tx) {
      return asked.agree ? review.approve(tx, asked.account, *id, *who).has_value()
                         : review.decline(tx, asked.account, *id, *who);
    });
    if (!is_done) return refused("there is no such decision, or it was taken already");
    print_line(asked.agree ? "Agreed." : "Declined.");
    return kOk;
  }
  const auto all = open.write([&](store::Tx& tx) { return review.waiting(tx, asked.account); });
  std::vector<std::vector<std::string>> rows{{"DECISION", "RULE", "SINCE", "WHY"}};
  for (const auto& one : all)
    rows.push_back({one.id.hex(), one.rule, base::to_iso_offset(one.made_at), one.explanation});
  if (all.empty()) {
    print_line("No decision waits for a human.");
  } else {
    print_table(rows);
  }
  return kOk;
}

rights::Portable portable_of(Open& open, const std::string& address) {
  return open.read([&](store::Tx& tx) {
    const auto person = rights::find_person(tx, *open.instance.vault, address);
    return rights::portable_of(tx, *open.instance.shipments, *open.instance.ledger, person,
                               kOperator);
  });
}

int export_person(const CommandLine& line, const Asked& asked) {
  Open open(line);
  const auto json = rights::to_json(portable_of(open, asked.address));
  if (asked.file == "-") {
    print_line(json);
    return kOk;
  }
  std::ofstream out(asked.file, std::ios::binary | std::ios::trunc);
  std::filesystem::permissions(
      asked.file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  out << json << '\n';
  return out.good() ? kOk : refused(asked.file + ": cannot be written");
}

int import_person(const CommandLine& line, const Asked& asked) {
  std::ifstream in(asked.file, std::ios::binary);
  if (asked.file != "-" && !in) return refused(asked.file + ": cannot be read");
  const std::string json{std::istreambuf_iterator<char>(asked.file == "-" ? std::cin : in), {}};
  Open open(line);
  if (!open.instance.accounts->exists(asked.account))
    return refused(accounts::describe(accounts::AccountError::UnknownAccount));
  const auto now = open.instance.clock().now();
  auto arrived = rights::read_portable(json, now);
  if (!arrived) return refused(arrived.error());
  const auto done = rights::import_portable(*open.instance.database, *open.instance.shipments,
                                            asked.account, std::move(*arrived), now);
  print_line(fmt::format("{} stored, {} already there.", done.stored, done.known));
  return kOk;
}

int invite(const CommandLine& line, const Asked& asked) {
  Open open(line);
  if (!open.instance.accounts->exists(asked.account))
    return refused(accounts::describe(accounts::AccountError::UnknownAccount));
  print_line(
      open.write([&](store::Tx& tx) { return open.desk.transfers().invite(tx, asked.account); }));
  complain("good for a day: whoever has it may send data into this account");
  return kOk;
}

int transfer(const CommandLine& line, const Asked& asked) {
  Open open(line);
  const auto to = rights::parse_invitation(asked.to);
  if (!to) return refused("--to takes an invitation: the whole address, with what follows the #");
  auto portable = portable_of(open, asked.address);
  if (portable.parcels.empty()) return refused("nothing is kept under this address");
  const auto receipt = base::sync_wait(open.desk.send(std::move(portable), *to));
  if (!receipt) return refused(receipt.error() + "; the same command goes on where it stopped");
  print_line(fmt::format("{} stored there, {} were there already. Receipt:\n{}", receipt->stored,
                         receipt->known, receipt->token));
  return kOk;
}

template <class Does>
void on(CLI::App* command, CommandLine& line, const std::shared_ptr<Asked>& asked, Does does) {
  command->callback(
      [&line, asked, does] { line.run = [&line, asked, does] { return does(line, *asked); }; });
}

void add_case(CLI::App* privacy, CommandLine& line, const std::shared_ptr<Asked>& asked) {
  auto* one = privacy->add_subcommand("case", "One request: see it, do it, answer it");
  one->add_option("CASE", asked->id, "Its number (R-....) or id")->required()->type_name("CASE");
  one->add_option("--account", asked->account, "Whose (0, default: the operator's)");
  one->add_flag("--perform", asked->perform, "Do what is asked for, and write the letter");
  one->add_option("--shipment", asked->shipment, "Of a correction: the parcel's id");
  one->add_option("--field", asked->field,
                  "Of a correction: customer_name, customer_sms, recipient_postcode");
  one->add_option("--value", asked->value, "Of a correction: the right value");
  one->add_option("--complete", asked->complete, "Answer it in these words")->type_name("WORDS");
  one->add_option("--refuse", asked->refuse, "Refuse it, for this reason")->type_name("WHY");
  one->add_option("--extend", asked->extend, "Take two more months, for this reason")
      ->type_name("WHY");
  on(one, line, asked, work_on_case);
}

void add_answers(CLI::App* privacy, CommandLine& line, const std::shared_ptr<Asked>& asked) {
  auto* lifting = privacy->add_subcommand(
      "lift", "End the restriction of an address, a week after the person was told (Art. 18(3))");
  lifting->add_option("--address", asked->address, "Whose")->required()->type_name("A");
  lifting->add_option("--account", asked->account, "Of this account only");
  on(lifting, line, asked, lift);

  auto* was = privacy->add_subcommand("lawful", "Was a purpose lawful for somebody at an instant?");
  was->add_option("--account", asked->account, "The controller")->required();
  was->add_option("--address", asked->address, "Whose data")->required()->type_name("A");
  was->add_option("--purpose", asked->purpose, "Its id")->required();
  was->add_option("--at", asked->at, "The instant")->required()->type_name("TIME");
  was->add_option("--known", asked->known, "As it was known then (default: now)")
      ->type_name("TIME");
  on(was, line, asked, lawful);

  auto* deciding = privacy->add_subcommand(
      "decisions", "What a program proposed and only a human may decide (Art. 22)");
  deciding->add_option("--account", asked->account, "About which account");
  deciding->add_option("--id", asked->id, "The decision to take");
  deciding->add_flag("--agree", asked->agree, "It is done");
  deciding->add_flag("--disagree", asked->disagree, "It is not done");
  deciding->add_option("--as", asked->as, "Who decides: their address; the password is asked for");
  on(deciding, line, asked, decisions);
}

void add_moves(CLI::App* privacy, CommandLine& line, const std::shared_ptr<Asked>& asked) {
  auto* out = privacy->add_subcommand(
      "export", "A person's data for another service (Art. 20), as JSON with a schema");
  out->add_option("--address", asked->address, "Whose")->required()->type_name("A");
  out->add_option("FILE", asked->file, "Where to (default: standard output)");
  on(out, line, asked, export_person);
  auto* in = privacy->add_subcommand("import", "What another Milepost exported");
  in->add_option("--account", asked->account, "Into which account")->required();
  in->add_option("FILE", asked->file, "From where (- for standard input)")->required();
  on(in, line, asked, import_person);
  auto* inviting = privacy->add_subcommand(
      "invite", "An address to which another Milepost may send data into an account, for a day");
  inviting->add_option("--account", asked->account, "Into which account")->required();
  on(inviting, line, asked, invite);
  auto* sending = privacy->add_subcommand(
      "transfer", "Send a person's data straight to another Milepost, signed (Art. 20(2))");
  sending->add_option("--address", asked->address, "Whose")->required()->type_name("A");
  sending->add_option("--to", asked->to, "The invitation from there")->required();
  on(sending, line, asked, transfer);
}

}  // namespace

void add_rights_cases(CLI::App& app, CommandLine& line) {
  auto* privacy = app.get_subcommand("privacy");  // made by add_privacy
  auto asked = std::make_shared<Asked>();
  add_case(privacy, line, asked);
  add_answers(privacy, line, asked);
  add_moves(privacy, line, asked);
}

}  // namespace app
