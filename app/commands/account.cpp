#include "accounts/processing_terms.h"
#include "accounts/quota.h"
#include "app/commands/commands.h"
#include "app/policy.h"
#include "app/registers.h"
#include "app/rights.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "policy/versions.h"
#include "rights/closing.h"

namespace app {
namespace {

struct Asked {
  std::string email, ground, reason, as;
  std::string plan = std::string(accounts::kDefaultPlan);
  std::int64_t account_id = 0;
  std::string basis;
  std::vector<std::string> categories;
  bool is_for_another = false;
  bool is_sure = false;
};

int refuse(accounts::AccountError error) {
  complain(accounts::describe(error));
  return kFailed;
}

int create(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto id = instance.accounts->create(asked.email, asked.plan);
  if (!id) return refuse(id.error());
  if (asked.is_for_another)
    instance.database->write_now([&](store::Tx& tx) {
      accounts::await_agreement(tx, *id, instance.clock().now());
      return true;
    });
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("account_id").value(*id).key("plan").value(asked.plan).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("Account {} made, plan {}.", bold(std::to_string(*id)), asked.plan));
    print_line(dim(fmt::format("Next: milepost key create --account {} --name shop", *id)));
  }
  return kOk;
}

int list(const CommandLine& line) {
  Instance instance(line.config());
  const personal::Actor operator_here{personal::ActorKind::CommandLine, 0};
  personal::Access<personal::Purpose::KeepAccount> access(*instance.ledger, operator_here, 0,
                                                          "account.list");
  std::vector<std::vector<std::string>> rows{{"ACCOUNT", "E-MAIL", "PLAN", "USED", "CREATED", ""}};
  for (const auto& account : instance.accounts->list()) {
    const auto used = instance.database->read_now([&](store::Tx& tx) {
      return accounts::used_quota(tx, account.account_id, instance.clock().now());
    });
    const auto created = base::to_iso_offset(account.created_at);
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("account_id").value(account.account_id);
      json.key("email").value_or_null(open(account.email, access));
      json.key("plan").value(account.plan).key("used_this_month").value(used);
      json.key("created_at")
          .value(created)
          .key("suspended")
          .value(account.is_suspended)
          .end_object();
      print_line(json.text());
    } else {
      rows.push_back({std::to_string(account.account_id), open(account.email, access), account.plan,
                      std::to_string(used), created.substr(0, 10),
                      account.is_suspended ? red("suspended") : ""});
    }
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line("No accounts yet. Make one: milepost account create --email you@example.com");
  } else {
    print_table(rows);
  }
  return kOk;
}

int list_plans(const CommandLine& line) {
  const auto amount = [](double n) {
    return n == 0 ? std::string("no limit") : fmt::format("{:g}", n);
  };
  std::vector<std::vector<std::string>> rows{
      {"PLAN", "SHIPMENTS A MONTH", "CREATES A SECOND", "OTHER CALLS A SECOND"}};
  for (const auto& plan : accounts::plans()) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object()
          .key("plan")
          .value(plan.name)
          .key("monthly_quota")
          .value(plan.monthly_quota);
      json.key("creates_per_second").value(plan.creates_per_second);
      json.key("others_per_second").value(plan.others_per_second).end_object();
      print_line(json.text());
    } else {
      rows.push_back({std::string(plan.name), amount(static_cast<double>(plan.monthly_quota)),
                      amount(plan.creates_per_second), amount(plan.others_per_second)});
    }
  }
  if (!line.json) {
    print_table(rows);
    print_line(dim("0 in JSON means: no limit."));
  }
  return kOk;
}

// The operator enters what the shop signed; the version is the one in force.
int agree(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  Instance instance(config);
  const auto now = instance.clock().now();
  // Before the first start nothing is published; then the words are named by their own hash, which
  // every version of them keeps beside it (policy_versions.essence).
  const auto words =
      policy::render("terms", "en", policy::facts_of(operator_of(config)), std::nullopt);
  const auto outcome = instance.database->write_now([&](store::Tx& tx) {
    const auto terms = policy::in_force(tx, "terms", "en", now);
    return accounts::agree(tx, asked.account_id,
                           {terms ? terms->hash : base::to_hex(crypto::sha256(words)), asked.basis,
                            asked.categories, now, 0});
  });
  if (!outcome) {
    complain(accounts::describe(outcome.error()));
    return kFailed;
  }
  print_line(line.json ? R"({"done":true})" : "Noted, with the version of the terms in force.");
  return kOk;
}

int change(const CommandLine& line, const base::Outcome<accounts::AccountError>& outcome,
           std::string_view done) {
  if (!outcome) return refuse(outcome.error());
  print_line(line.json ? R"({"done":true})" : done);
  return kOk;
}

// Somebody signs in to it: whoever suspends it decides about a person.
bool has_members(Instance& instance, std::int64_t account_id) {
  return instance.database->read_now([&](store::Tx& tx) {
    return tx.query("SELECT 1 FROM members WHERE account_id = $1 LIMIT 1", account_id).next();
  });
}

// A human decides, by showing that they are one; the holder gets the reason in a letter. An account
// that only programs use is the operator's own to switch off.
int suspend(const CommandLine& line, const Asked& asked, bool is_suspended) {
  Instance instance(line.config());
  if (!has_members(instance, asked.account_id))
    return change(line, instance.accounts->set_suspended(asked.account_id, is_suspended), "Done.");
  if (asked.reason.empty() || asked.as.empty()) {
    complain("people sign in to this account: it takes --reason, which they are told, and --as");
    return kUsage;
  }
  RightsDesk desk(instance, line.config());
  const auto ground = rights::parse_suspension_ground(asked.ground);
  if (is_suspended && !ground) {
    complain("--ground takes counting, scraping, key-sharing, interception or terms");
    return kUsage;
  }
  const auto who = ask_human(instance, asked.as);
  if (!who) return kFailed;
  const auto done = instance.database->write_now([&](store::Tx& tx) {
    return is_suspended
               ? desk.suspensions().suspend(tx, asked.account_id, *ground, asked.reason, *who)
               : desk.suspensions().lift(tx, asked.account_id, asked.reason, *who);
  });
  if (!done) {
    complain(rights::describe(done.error()));
    return kFailed;
  }
  print_line(line.json ? R"({"done":true})" : "Done. The letter that says why is on its way.");
  return kOk;
}

int close(const CommandLine& line, const Asked& asked) {
  if (!asked.is_sure) {
    complain(
        "this erases everything the account keeps, but for invoices and what a legal hold names; "
        "say --yes to do it");
    return kUsage;
  }
  Instance instance(line.config());
  if (!instance.desks->people.close_account(asked.account_id,
                                            {personal::ActorKind::CommandLine, 0})) {
    complain(fmt::format("there is no open account {}", asked.account_id));
    return kFailed;
  }
  const auto cleared = rights::clear_account(*instance.database, *instance.vault, asked.account_id);
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("account_id").value(asked.account_id);
    json.key("shipments").value(cleared.shipments).key("rows").value(cleared.rows);
    json.key("keys").value(cleared.keys).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format(
        "Closed. Shipments forgotten: {}; other rows destroyed: {}, and their keys: {}.",
        cleared.shipments, cleared.rows, cleared.keys));
  }
  return kOk;
}

void add_suspending(CLI::App* command, CommandLine& line, const std::shared_ptr<Asked>& asked) {
  for (const bool is_suspended : {true, false}) {
    auto* one = command->add_subcommand(
        is_suspended ? "suspend" : "resume",
        is_suspended ? "Refuse its keys with 403; its holder is told why and may appeal"
                     : "Accept its keys again; its holder is told");
    one->add_option("--account", asked->account_id, "Its id")->required()->type_name("ID");
    one->add_option("--reason", asked->reason, "In words, for whoever holds it")
        ->type_name("WORDS");
    one->add_option("--as", asked->as, "Who decides: their address; the password is asked for")
        ->type_name("E");
    if (is_suspended)
      one->add_option("--ground", asked->ground,
                      "counting, scraping, key-sharing, interception or terms")
          ->type_name("GROUND");
    one->footer(
        "Where people sign in to the account, all of these are wanted; they are told by letter.");
    one->callback([&line, asked, is_suspended] {
      line.run = [&line, asked, is_suspended] { return suspend(line, *asked, is_suspended); };
    });
  }
}

}  // namespace

void add_account(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("account", "Make and look after accounts");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);

  auto* creating = command->add_subcommand("create", "Make an account");
  creating->add_option("--email", asked->email, "Whose it is; sealed at once")
      ->required()
      ->type_name("E");
  creating->add_option("--plan", asked->plan, "What it may do (see: milepost account plans)")
      ->type_name("NAME");
  creating->add_flag("--for-another", asked->is_for_another,
                     "Another shop's: nothing is imported until it agreed (see: account agree)");
  creating->callback(
      [&line, asked] { line.run = [&line, asked] { return create(line, *asked); }; });

  command->add_subcommand("list", "List accounts")->callback([&line] {
    line.run = [&line] { return list(line); };
  });
  command->add_subcommand("plans", "What the plans allow")->callback([&line] {
    line.run = [&line] { return list_plans(line); };
  });

  auto* planning = command->add_subcommand("plan", "Put an account on another plan");
  planning->add_option("--account", asked->account_id, "Its id")->required()->type_name("ID");
  planning->add_option("--plan", asked->plan, "The plan")->required()->type_name("NAME");
  planning->callback([&line, asked] {
    line.run = [&line, asked] {
      Instance instance(line.config());
      return change(line, instance.accounts->set_plan(asked->account_id, asked->plan), "Done.");
    };
  });
  auto* agreeing = command->add_subcommand(
      "agree", "Note that the shop agreed to the terms of processing, and what it may bring in");
  agreeing->add_option("--account", asked->account_id, "Its id")->required()->type_name("ID");
  agreeing->add_option("--basis", asked->basis, "Why it may pass the data on")
      ->required()
      ->check(CLI::IsMember({"order", "contract", "consent"}))
      ->type_name("WHY");
  agreeing
      ->add_option("--categories", asked->categories,
                   "What it may bring in: name, e-mail, phone, postcode, order, free-text")
      ->required()
      ->delimiter(',')
      ->type_name("LIST");
  agreeing->callback([&line, asked] { line.run = [&line, asked] { return agree(line, *asked); }; });

  add_suspending(command, line, asked);

  auto* closing = command->add_subcommand(
      "close", "End it: keys, people in it, shipments and everything else it keeps go at once");
  closing->add_option("--account", asked->account_id, "Its id")->required()->type_name("ID");
  closing->add_flag("--yes", asked->is_sure, "Really");
  closing->footer(
      "Invoices stay as long as tax law asks, and named values as long as a legal hold says.\n"
      "Who was in it keeps their sign-in: milepost person remove erases a person.");
  closing->callback([&line, asked] { line.run = [&line, asked] { return close(line, *asked); }; });
}

}  // namespace app
