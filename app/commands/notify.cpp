// milepost notify preview: what the messages say and look like, before anybody gets one.
#include "app/commands/notify.h"

#include <filesystem>
#include <fstream>

#include "app/terminal.h"
#include "base/json_writer.h"
#include "messages/letter.h"
#include "messages/message.h"
#include "messages/template.h"

namespace app {
namespace {

struct Asked {
  std::string trigger, letter;
  std::string language = "en", channel = "email", out;
  bool all = false;
  bool first = false;
  std::int64_t account_id = 0;
  std::string shipment, words;
};

std::string triggers() {
  std::string out;
  for (const auto name : journey::kTriggerNames)
    out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

std::string letters() {
  std::string out;
  for (const auto& kind : messages::letter_kinds())
    out += (out.empty() ? "" : ", ") + std::string(kind.name);
  return out;
}

// One previewed message and the name its files get.
struct Shown {
  std::string name;
  messages::Message message;
};

Shown parcel(journey::Trigger trigger, const std::string& language, bool is_first) {
  auto facts = messages::sample_facts(trigger, language);
  if (is_first) facts.first = messages::FirstMessage{facts.sender.name};
  auto message = messages::write(trigger, facts, language);
  return {std::string(journey::name(trigger)) + "." + message.language, std::move(message)};
}

Shown letter(const messages::LetterKind& kind, const std::string& language) {
  const auto facts = messages::sample_facts(journey::Trigger::Delivered, language);
  auto links = facts.links;
  links.preferences.clear();
  links.unsubscribe.clear();
  const auto message = messages::write_letter(kind.name, messages::sample_values(kind), language,
                                              facts.sender, links);
  return {std::string(kind.name) + "." + message.value().language, message.value()};
}

std::string text_of(const messages::Message& message, const std::string& channel) {
  if (channel == "sms") return message.sms + "\n";
  if (channel == "push") return bold(message.push_title) + "\n" + message.push_body + "\n";
  if (channel == "chat") return message.chat + "\n";
  return bold(message.subject) + "\n" + dim(message.preheader) + "\n\n" + message.text;
}

void print_json(const Shown& shown) {
  const auto& message = shown.message;
  base::JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] :
       {std::pair{"name", &shown.name}, std::pair{"language", &message.language},
        std::pair{"subject", &message.subject}, std::pair{"preheader", &message.preheader},
        std::pair{"text", &message.text}, std::pair{"sms", &message.sms},
        std::pair{"push_title", &message.push_title}, std::pair{"push_body", &message.push_body},
        std::pair{"chat", &message.chat}}) {
    json.key(key).value(*value);
  }
  json.end_object();
  print_line(json.text());
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) complain("cannot write " + path.string());
  return !file.fail();
}

bool write_files(const Shown& shown, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto path = std::filesystem::path(folder) / shown.name;
  return write_file(path.string() + ".html", shown.message.html) &&
         write_file(path.string() + ".txt", shown.message.subject + "\n\n" + shown.message.text);
}

// What was asked for, or nothing after a word that is none.
std::optional<std::vector<Shown>> chosen(const Asked& asked) {
  std::vector<Shown> out;
  const auto all_languages = messages::languages();
  std::vector<std::string> languages{asked.language};
  if (asked.language == "all") languages.assign(all_languages.begin(), all_languages.end());
  for (const auto& language : languages) {
    if (!asked.letter.empty() || asked.all) {
      for (const auto& kind : messages::letter_kinds()) {
        if (asked.all || kind.name == asked.letter) out.push_back(letter(kind, language));
      }
    }
    for (const auto name : journey::kTriggerNames) {
      if (asked.all || name == asked.trigger)
        out.push_back(parcel(*journey::find_trigger(name), language, asked.first));
    }
  }
  if (!out.empty()) return out;
  if (!asked.trigger.empty())
    complain("there is no trigger " + asked.trigger + "; there are: " + triggers());
  else
    complain("there is no letter " + asked.letter + "; there are: " + letters());
  return std::nullopt;
}

int preview(const Asked& asked, bool as_json) {
  const auto shown = chosen(asked);
  if (!shown) return kUsage;
  for (const auto& one : *shown) {
    if (!asked.out.empty() && !write_files(one, asked.out)) return kFailed;
    if (as_json) {
      print_json(one);
    } else if (asked.all) {
      print_line(one.name + "\t" + one.message.subject);
    } else {
      print(text_of(one.message, asked.channel));
    }
  }
  if (!asked.out.empty() && !as_json) {
    print_line(dim(std::to_string(shown->size()) + (shown->size() == 1 ? " message" : " messages") +
                   " as .html and .txt in " + asked.out));
  }
  return kOk;
}

// As an account's next message would be: its name, its words, a parcel of its own.
int preview_of_account(const CommandLine& line, const Asked& asked) {
  const auto trigger = journey::find_trigger(asked.trigger);
  if (!trigger) {
    complain("--account needs a --trigger: " + triggers());
    return kUsage;
  }
  std::optional<base::Id> shipment;
  if (!asked.shipment.empty()) {
    shipment = base::Id::parse(asked.shipment);
    if (!shipment) {
      complain("--shipment takes the id of one: 32 hexadecimal digits");
      return kUsage;
    }
  }
  std::optional<messages::Blocks> blocks;
  if (!asked.words.empty()) {
    auto found = blocks_in(asked.words);
    if (!found) {
      complain(found.error());
      return kUsage;
    }
    blocks = *found;
  }
  NotifyDesk desk(line);
  const auto written = desk.instance.database->read_now([&](store::Tx& tx) {
    return notify::people::Desk(desk.parts.tools)
        .preview(tx, asked.account_id, *trigger, asked.language, shipment, blocks,
                 {personal::ActorKind::CommandLine, 0});
  });
  if (!written) {
    for (const auto& finding : written.error()) complain(messages::describe(finding));
    if (written.error().empty()) complain("there is no such shipment");
    return kFailed;
  }
  const Shown one{asked.trigger + "." + written->language, *written};
  if (!asked.out.empty() && !write_files(one, asked.out)) return kFailed;
  if (line.json) {
    print_json(one);
  } else {
    print(text_of(one.message, asked.channel));
  }
  return kOk;
}

void add_preview(CLI::App& notify, CommandLine& line) {
  auto* command = notify.add_subcommand(
      "preview", "What a message says and looks like, with invented facts; nothing is sent");
  auto asked = std::make_shared<Asked>();
  auto* what = command->add_option_group("what")->require_option(1);
  what->add_option("--trigger", asked->trigger, "Of a parcel's message: " + triggers());
  what->add_option("--letter", asked->letter, "Of the service's own letter: verify-email ...");
  what->add_flag("--all", asked->all, "All of them, one line each");
  command->add_option("--lang", asked->language, "Language: nl, pt-BR, zh-TW ...; or all")
      ->capture_default_str();
  command->add_option("--channel", asked->channel, "As it is told by")
      ->check(CLI::IsMember({"email", "sms", "push", "chat"}))
      ->capture_default_str();
  command->add_option("--out", asked->out, "Write .html and .txt here")->type_name("DIR");
  command->add_flag("--first", asked->first,
                    "As the first message to somebody who never dealt with the shop");
  auto* account = command->add_option("--account", asked->account_id,
                                      "As this account's: its name and its own words");
  account->type_name("ID");
  command->add_option("--shipment", asked->shipment, "About this parcel of the account's")
      ->needs(account)
      ->type_name("ID");
  command->add_option("--words", asked->words, "With these words, which are not saved (JSON)")
      ->needs(account)
      ->type_name("FILE");
  command->footer(
      "  milepost notify preview --trigger delivered --lang nl\n"
      "  milepost notify preview --trigger ready_for_pickup --lang ar --channel sms\n"
      "  milepost notify preview --letter verify-email --lang fr --out preview\n"
      "  milepost notify preview --all --lang ja --out preview\n"
      "  milepost notify preview --account 1001 --trigger delivered --lang nl --words words.json");
  command->callback([&line, asked] {
    line.run = [&line, asked] {
      return asked->account_id != 0 ? preview_of_account(line, *asked) : preview(*asked, line.json);
    };
  });
}

MailSettings mail_of(const Config& config) {
  std::vector<Mistake> mistakes;  // serve and `mail test` tell of them
  return mail_settings(config, mistakes);
}

}  // namespace

NotifyDesk::NotifyDesk(const CommandLine& line)
    : config(line.config()),
      instance(config),
      parts(instance, config, catalogue, mail_of(config), false) {}

void add_notify(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("notify", "What people are told about their parcels");
  command->require_subcommand(1);
  add_preview(*command, line);
  add_notify_people(*command, line);
  add_notify_rooms(*command, line);
}

}  // namespace app
