// milepost person: who signs in, for operators. The first owner of an instance comes in this way,
// before it can send mail.
#include "accounts/desks.h"
#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "rights/closing.h"

namespace app {
namespace {

struct Asked {
  std::string email, name;
  std::int64_t account_id = 0;
  bool is_sure = false;
};

constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

int refuse(accounts::PersonError error) {
  complain(accounts::describe(error));
  return kFailed;
}

void show_link(const CommandLine& line, std::int64_t person_id, const std::string& link,
               std::string_view says) {
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("person_id").value(person_id).key("link").value(link).end_object();
    print_line(json.text());
  } else {
    print_line(says);
    print_line(link);
    complain("the link works once and for an hour: hand it to nobody else");
  }
}

int add(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  auto& desks = *instance.desks;
  const auto person_id = desks.people.add(asked.email, asked.name, asked.account_id);
  if (!person_id) return refuse(person_id.error());
  show_link(line, *person_id, desks.sign_in.reset_link_now(*person_id),
            "Added, as owner. Choose a password here:");
  return kOk;
}

int reset_password(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto person_id = instance.desks->people.find_by_email(asked.email);
  if (!person_id) return refuse(accounts::PersonError::UnknownPerson);
  show_link(line, *person_id, instance.desks->sign_in.reset_link_now(*person_id),
            "A new password can be chosen here; all sessions end then:");
  return kOk;
}

std::string roles_of(const std::vector<accounts::Membership>& memberships) {
  std::string text;
  for (const auto& one : memberships) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} of {}", accounts::word(one.role), one.account_id);
  }
  return text;
}

std::string state_of(const accounts::Person& person) {
  if (person.suspended_at) return red("suspended");
  if (person.delete_at)
    return yellow("erased on " + base::to_iso_offset(*person.delete_at).substr(0, 10));
  return "";
}

int list(const CommandLine& line) {
  Instance instance(line.config());
  personal::Access<personal::Purpose::KeepAccount> access(*instance.ledger, kOperator, 0,
                                                          "person.list");
  std::vector<std::vector<std::string>> rows{{"E-MAIL", "NAME", "ROLES", "LAST SEEN", ""}};
  for (const auto& person : instance.desks->people.list()) {
    access.about(person.subject);
    const auto& email = open(person.email, access);
    const auto& name = open(person.name, access);
    const auto memberships = base::sync_wait(instance.desks->teams.memberships(person.person_id));
    const auto seen = base::to_iso_offset(person.last_seen_at);
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("person_id").value(person.person_id).key("email").value(email);
      json.key("name").value_or_null(name).key("last_seen_at").value(seen);
      json.key("suspended").value(person.suspended_at.has_value()).key("roles").begin_array();
      for (const auto& one : memberships) {
        json.begin_object().key("account_id").value(one.account_id);
        json.key("role").value(accounts::word(one.role)).end_object();
      }
      json.end_array().end_object();
      print_line(json.text());
    } else {
      rows.push_back({email, name, roles_of(memberships), seen.substr(0, 10), state_of(person)});
    }
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line("Nobody yet. Add the first: milepost person add --email you@example.com");
  } else {
    print_table(rows);
  }
  return kOk;
}

int remove(const CommandLine& line, const Asked& asked) {
  if (!asked.is_sure) {
    complain(
        "this destroys the person's key and rows, and closes accounts they alone are in; "
        "say --yes to do it");
    return kUsage;
  }
  Instance instance(line.config());
  const auto person_id = instance.desks->people.find_by_email(asked.email);
  if (!person_id) return refuse(accounts::PersonError::UnknownPerson);
  const auto erased = base::sync_wait(instance.desks->people.erase(*person_id));
  if (!erased) return refuse(erased.error());
  std::int64_t shipments = 0;
  for (const auto account_id : erased->closed_accounts)
    shipments += rights::clear_account(*instance.database, *instance.vault, account_id).shipments;
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("rows").value(erased->rows).key("shipments").value(shipments);
    json.key("closed_accounts").begin_array();
    for (const auto account_id : erased->closed_accounts) json.value(account_id);
    json.end_array().end_object();
    print_line(json.text());
  } else {
    print_line(
        fmt::format("Erased: {} rows and the key; {} accounts closed, {} shipments forgotten.",
                    erased->rows, erased->closed_accounts.size(), shipments));
  }
  return kOk;
}

int suspend(const CommandLine& line, const Asked& asked, bool is_suspended) {
  Instance instance(line.config());
  const auto person_id = instance.desks->people.find_by_email(asked.email);
  if (!person_id) return refuse(accounts::PersonError::UnknownPerson);
  instance.desks->people.set_suspended(*person_id, is_suspended);
  print_line(line.json ? R"({"done":true})"
             : is_suspended
                 ? "Suspended: they can sign in to take their data and leave, and nothing else."
                 : "Welcome again.");
  return kOk;
}

}  // namespace

void add_person(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("person", "Look after the people who sign in");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto sub = [&](const char* name, const char* says, auto run) {
    auto* one = command->add_subcommand(name, says);
    one->add_option("--email", asked->email, "Their address; sealed at once")
        ->required()
        ->type_name("E");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  auto* adding =
      sub("add", "Add somebody, without mail, and show where they choose a password", add);
  adding->add_option("--name", asked->name, "How they are called")->type_name("N");
  adding
      ->add_option("--account", asked->account_id,
                   "Whose owner they become; else the account of this address, or a new one")
      ->type_name("ID");
  command->add_subcommand("list", "List them, with their roles")->callback([&line] {
    line.run = [&line] { return list(line); };
  });
  sub("reset-password", "Show a link to choose a new password", reset_password);
  sub("suspend", "Let them take their data and leave, and nothing else",
      [](const CommandLine& l, const Asked& a) { return suspend(l, a, true); });
  sub("resume", "Take that back",
      [](const CommandLine& l, const Asked& a) { return suspend(l, a, false); });
  sub("remove", "Erase them: key, rows, sessions", remove)
      ->add_flag("--yes", asked->is_sure, "Really");
}

}  // namespace app
