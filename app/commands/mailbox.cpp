#include <fstream>
#include <iostream>

#include "app/commands/commands.h"
#include "app/egress.h"
#include "app/mailboxes.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace app {
namespace {

using mailbox::Fault, mailbox::Link;

// What whoever links by hand agrees to for the mailbox's owner, who is to be the one who types it.
constexpr std::string_view kNotice =
    "The heads of messages in this mailbox are looked at, and those that look like a shop's or a "
    "carrier's are opened, as far back as 180 days. Taken are tracking number, carrier, order "
    "number, day and the sender's domain; nothing else is stored, and nothing in the mailbox is "
    "changed. Unlinking it gives permissions back and deletes what only it brought.";

struct Asked {
  std::int64_t account_id = 0, person_id = 0;
  std::string id, address, server, user, password_file;
  bool is_agreed = false;
};

struct Desk {
  explicit Desk(const CommandLine& line)
      : config(line.config()),
        instance(config),
        egress(processors_of(config, mistakes), nullptr, {}),
        detector(catalogue) {
    instance.egress = &egress;
    mailboxes.emplace(instance, config, catalogue, detector);
  }
  mailbox::Desk& desk() { return mailboxes->desk(); }
  std::optional<Link> find(const Asked& asked) {
    const auto id = base::Id::parse(asked.id);
    auto link = id ? desk().links().find(asked.account_id, *id) : std::nullopt;
    if (!link) complain("this account has no such mailbox (milepost mailbox list)");
    return link;
  }

  const Config config;
  std::vector<Mistake> mistakes;
  Instance instance;
  const Egress egress;
  const couriers::Catalogue catalogue;
  const couriers::Detector detector;
  std::optional<Mailboxes> mailboxes;
};

std::string_view says(Fault fault) {
  switch (fault) {
    case Fault::Address:
      return "the address or the server is not right";
    case Fault::Known:
      return "this mailbox is linked already";
    case Fault::Denied:
      return "the mailbox does not open with this";
    case Fault::Tls:
      return "the server's encryption proves nothing, so nothing was sent to it";
    case Fault::Refused:
      return "the server lies in a private network; mailbox.may_be_private = true allows that";
    case Fault::Broken:
      return "the server answered what makes no sense";
    default:
      return "the server did not answer";
  }
}

// The first line of a file, or of what is typed.
std::string secret_from(const std::string& file) {
  std::string line;
  if (file == "-") {
    std::getline(std::cin, line);
  } else {
    std::ifstream in(file);
    std::getline(in, line);
  }
  return std::string(base::trim(line));
}

int link(const CommandLine& line, const Asked& asked) {
  if (!asked.is_agreed) {
    complain(std::string(kNotice) + "\nWhoever owns the mailbox agrees to that: add --agree");
    return kUsage;
  }
  mailbox::NewLink fresh;
  fresh.account_id = asked.account_id;
  fresh.person_id = asked.person_id;
  fresh.kind = "imap-password";
  fresh.keys.address = asked.address;
  fresh.keys.server = asked.server;
  fresh.keys.user = asked.user;
  fresh.keys.secret = secret_from(asked.password_file);
  fresh.notice = {std::string(kNotice), "en", "mailbox-1"};
  if (fresh.keys.secret.empty()) {
    complain("the password's file has no first line that can be read");
    return kUsage;
  }
  Desk desk(line);
  const auto made = desk.desk().link(std::move(fresh));
  if (!made) {
    complain(says(made.error()));
    return kFailed;
  }
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("mailbox").value(made->hex()).end_object();
    print_line(json.text());
  } else {
    print_line("Linked: " + made->hex());
    complain("the server reads it from now on; milepost mailbox list shows what it found");
  }
  return kOk;
}

// Never the address: who looks here is not the mailbox's owner.
int list(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  std::vector<std::vector<std::string>> rows{
      {"MAILBOX", "PERSON", "KIND", "STATE", "LAST READ", "HEADS", "OPENED", "PARCELS"}};
  for (const auto& one : desk.desk().links().list(asked.account_id)) {
    const auto last = one.last_used_at ? base::to_iso_offset(*one.last_used_at) : std::string();
    const std::string trouble(mailbox::word(one.trouble));
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("mailbox").value(one.id.hex()).key("person").value(one.person_id);
      json.key("kind").value(one.kind).key("state").value(mailbox::word(one.state));
      json.key("trouble").value(trouble).key("last_read").value(last);
      json.key("heads").value(one.heads).key("opened").value(one.opened);
      json.key("parcels").value(one.parcels).end_object();
      print_line(json.text());
      continue;
    }
    const auto state = std::string(mailbox::word(one.state));
    rows.push_back({one.id.hex(), std::to_string(one.person_id), one.kind,
                    trouble.empty() ? green(state) : yellow(state + ": " + trouble),
                    last.substr(0, 16), std::to_string(one.heads), std::to_string(one.opened),
                    std::to_string(one.parcels)});
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line("No mailbox is linked. People link theirs at /account/mailboxes.");
  } else {
    print_table(rows);
  }
  return kOk;
}

int sync(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  const auto found = desk.find(asked);
  if (!found) return kFailed;
  if (!desk.desk().links().hurry(*found)) {
    complain("it is not read any more: its access has ended, or it is being unlinked");
    return kFailed;
  }
  print_line("Due now: the running server reads it within seconds.");
  return kOk;
}

int unlink(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  const auto found = desk.find(asked);
  if (!found) return kFailed;
  const auto fault = desk.desk().unlink(found->account_id, found->id);
  if (!fault || *fault == Fault::None) {
    print_line("Unlinked. Nothing of it is left.");
    return kOk;
  }
  complain(
      "unlinked; the provider did not answer when the permission was to be given back, and the "
      "running server asks it again every hour");
  return kFailed;
}

}  // namespace

void add_mailbox(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("mailbox", "Linked mailboxes in which parcels are found");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_word = [&](const char* name, const char* text,
                            int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, text);
    one->add_option("--account", asked->account_id, "The account's id")
        ->required()
        ->type_name("ID");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  auto* linking = add_word("link", "Link one by IMAP with a password", link);
  linking->add_option("--address", asked->address, "The mailbox")->required()->type_name("ADDRESS");
  linking->add_option("--server", asked->server, "HOST or HOST:PORT; 993 when left out")
      ->required()
      ->type_name("HOST");
  linking->add_option("--user", asked->user, "To sign in by, where it is not the address")
      ->type_name("NAME");
  linking->add_option("--password-file", asked->password_file, "Its first line; -: typed")
      ->required()
      ->type_name("FILE");
  linking->add_option("--person", asked->person_id, "Whose it is: sees it at /account/mailboxes")
      ->type_name("ID");
  linking->add_flag("--agree", asked->is_agreed, "Its owner agrees to what is said without this");
  add_word("list", "What is linked, and how it is doing", list);
  for (auto* one : {add_word("sync", "Read it now", sync),
                    add_word("unlink", "End it for good, with what only it brought", unlink)})
    one->add_option("--mailbox", asked->id, "The mailbox's id")->required()->type_name("ID");
}

}  // namespace app
