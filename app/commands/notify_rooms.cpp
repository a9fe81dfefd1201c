// milepost notify rooms, voice: where an account itself is told, and how it speaks.
#include <fstream>
#include <iostream>

#include "api/own/rooms.h"
#include "app/commands/commands.h"
#include "app/commands/notify.h"
#include "app/egress.h"
#include "app/messengers.h"
#include "app/terminal.h"
#include "base/text.h"
#include "base/time.h"

namespace app {
namespace {

using notify::people::Room, notify::people::RoomError, notify::people::Rooms, notify::people::Voice;

struct Asked {
  std::int64_t account_id = 0, number = 0;
  std::string channel;
  std::optional<std::string> address_file, description, language;
  std::optional<std::string> name, postal_address, contact, colour, logo_file;
  std::optional<int> still_days;
  bool is_house = false;
};

constexpr personal::Actor kActor{personal::ActorKind::CommandLine, 0};

int refuse(std::string_view why) {
  complain(why);
  return kFailed;
}

http::Client::Options client_options(const Config& config, const http::EgressGate& gate) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.own = own_addresses(config);
  options.gate = &gate;
  return options;
}

// What a command about rooms stands on: the store, and the ways out.
struct RoomDesk : NotifyDesk {
  explicit RoomDesk(const CommandLine& line)
      : NotifyDesk(line),
        processors(processors_of(config, mistakes)),
        client(client_options(config, processors)),
        messengers(messenger_config(config, mistakes).settings, client, real),
        rooms(parts.recipients, *instance.ledger, messengers, instance.clock()) {
    for (const auto& mistake : mistakes) complain(describe(mistake));
  }
  template <class F>
  auto read(F work) {
    return instance.database->read_now(work);
  }
  template <class F>
  auto write(F work) {
    return instance.database->write_now(work);
  }

  std::vector<Mistake> mistakes;
  policy::Processors processors;
  http::Client client;
  base::SystemClock real;
  channels::Messengers messengers;
  Rooms rooms;
};

int done(const CommandLine& line, std::string_view says) {
  print_line(line.json ? R"({"done":true})" : says);
  return kOk;
}

int list_rooms(const CommandLine& line, const Asked& asked) {
  RoomDesk desk(line);
  const auto all = desk.read([&](store::Tx& tx) { return desk.rooms.list(tx, asked.account_id); });
  std::vector<std::vector<std::string>> rows{
      {"ROOM", "CHANNEL", "DESCRIPTION", "LANGUAGE", "STATE", "WAITING", "LAST ANSWER"}};
  for (const auto& one : all) {
    if (line.json) {
      base::JsonWriter json;
      api::own::write_room(json, one);
      print_line(json.text());
      continue;
    }
    const bool is_failing = one.lane && one.lane->failures > 0;
    const auto& r = one.receiver;
    rows.push_back({std::to_string(r.number), std::string(channels::name(r.channel)), r.description,
                    r.language,
                    r.disabled_at ? yellow("off")
                    : is_failing  ? red("failing")
                                  : green("on"),
                    std::to_string(one.waiting), one.lane ? one.lane->code : ""});
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line(
        fmt::format("No rooms. Add one: milepost notify rooms add --account {} --channel slack "
                    "--address-file -",
                    asked.account_id));
  } else {
    print_table(rows);
  }
  return kOk;
}

// The first line of a file, or of what is typed: an address is a secret, and a command line is not.
std::optional<std::string> first_line(const std::string& path) {
  std::string line;
  std::ifstream file;
  if (path != "-") file.open(path);
  if (!std::getline(path == "-" ? std::cin : file, line)) return std::nullopt;
  return line;
}

base::Result<notify::people::RoomDraft, std::string> draft_of(const Asked& asked) {
  notify::people::RoomDraft draft{{}, asked.description, asked.language};
  if (asked.address_file) {
    draft.address = first_line(*asked.address_file);
    if (!draft.address) return base::Failure{*asked.address_file + " cannot be read"};
  }
  return draft;
}

int add_room(const CommandLine& line, const Asked& asked) {
  const auto draft = draft_of(asked);
  if (!draft) return refuse(draft.error());
  RoomDesk desk(line);
  const auto number = desk.write(
      [&](store::Tx& tx) { return desk.rooms.add(tx, asked.account_id, asked.channel, *draft); });
  if (!number && number.error() == RoomError::AddressInvalid)
    return refuse(fmt::format("the address must be {}",
                              channels::describe_address(*channels::find_channel(asked.channel))));
  if (!number) return refuse(describe(number.error()));
  if (line.json) {
    print_line(fmt::format(R"({{"number":{}}})", *number));
  } else {
    print_line(fmt::format(
        "Room {} is told of every parcel from now on. Try it: milepost notify rooms test "
        "--account {} --room {}",
        *number, asked.account_id, *number));
  }
  return kOk;
}

int change_room(const CommandLine& line, const Asked& asked) {
  const auto draft = draft_of(asked);
  if (!draft) return refuse(draft.error());
  RoomDesk desk(line);
  const auto changed = desk.write(
      [&](store::Tx& tx) { return desk.rooms.change(tx, asked.account_id, asked.number, *draft); });
  return changed ? done(line, "Kept.") : refuse(describe(changed.error()));
}

int test_room(const CommandLine& line, const Asked& asked) {
  RoomDesk desk(line);
  const auto room =
      desk.read([&](store::Tx& tx) { return desk.rooms.find(tx, asked.account_id, asked.number); });
  if (!room) return refuse(describe(RoomError::Unknown));
  const auto tested = base::sync_wait(
      desk.rooms.test(*room, asked.account_id, kActor, std::string(api::own::kTestText)));
  const bool is_taken = tested.outcome.kind == channels::Outcome::Kind::Accepted;
  if (line.json) {
    base::JsonWriter json;
    api::own::write_test(json, tested);
    print_line(json.text());
  } else {
    print_line(fmt::format(
        "{} ({}, {} ms)",
        is_taken ? green("The other side took it.") : red("The other side did not take it."),
        tested.outcome.code, tested.took.count()));
  }
  return is_taken ? kOk : kFailed;
}

int pause_room(const CommandLine& line, const Asked& asked) {
  RoomDesk desk(line);
  const auto outcome = desk.write(
      [&](store::Tx& tx) { return desk.rooms.disable(tx, asked.account_id, asked.number); });
  return outcome ? done(line, "Nothing goes there until it is resumed.")
                 : refuse(describe(outcome.error()));
}

int resume_room(const CommandLine& line, const Asked& asked) {
  RoomDesk desk(line);
  const auto outcome = desk.write(
      [&](store::Tx& tx) { return desk.rooms.enable(tx, asked.account_id, asked.number); });
  return outcome ? done(line, "It is told again.") : refuse(describe(outcome.error()));
}

int remove_room(const CommandLine& line, const Asked& asked) {
  RoomDesk desk(line);
  const auto subject = desk.write(
      [&](store::Tx& tx) { return desk.rooms.remove(tx, asked.account_id, asked.number); });
  if (!subject) return refuse(describe(subject.error()));
  desk.rooms.forget(asked.account_id, *subject);
  return done(line, "Removed, with the key of its address.");
}

// ---- The voice

// "data:image/png;base64,..." of a file; nothing when it cannot be read.
std::optional<std::string> data_url(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const std::string kind = bytes.starts_with("\x89PNG")    ? "png"
                           : bytes.starts_with("\xff\xd8") ? "jpeg"
                           : bytes.starts_with("GIF8")     ? "gif"
                                                           : "webp";
  return "data:image/" + kind + ";base64," + base::to_base64(bytes);
}

bool is_change(const Asked& a) {
  return a.name || a.postal_address || a.contact || a.colour || a.logo_file || a.language ||
         a.still_days;
}

Voice over(Voice voice, const Asked& asked, const std::string& logo) {
  auto& s = voice.sender;
  s.name = asked.name.value_or(s.name);
  s.postal_address = asked.postal_address.value_or(s.postal_address);
  s.contact = asked.contact.value_or(s.contact);
  s.colour = asked.colour.value_or(s.colour);
  if (asked.logo_file) s.logo = logo;
  voice.language = asked.language.value_or(voice.language);
  voice.still_days = asked.still_days.value_or(voice.still_days);
  return voice;
}

void print_voice(const CommandLine& line, const Voice& voice, bool is_own) {
  if (line.json) {
    base::JsonWriter json;
    api::own::write_voice(json, voice, is_own);
    print_line(json.text());
    return;
  }
  const auto& s = voice.sender;
  const auto or_none = [](const std::string& text) { return text.empty() ? dim("none") : text; };
  print_table(
      {{"Name", s.name + (is_own ? "" : dim("  (the operator's)"))},
       {"Address", or_none(s.postal_address)},
       {"Contact", or_none(s.contact)},
       {"Colour", or_none(s.colour)},
       {"Logo", s.logo.empty() ? dim("none") : fmt::format("{} bytes", s.logo.size())},
       {"Language", voice.language},
       {"Silence is news after",
        voice.still_days == 0 ? std::string("never") : fmt::format("{} days", voice.still_days)}});
}

int voice(const CommandLine& line, const Asked& asked) {
  std::string logo;
  if (asked.logo_file && !asked.logo_file->empty()) {
    auto found = data_url(*asked.logo_file);
    if (!found) return refuse(*asked.logo_file + " cannot be read");
    logo = std::move(*found);
  }
  NotifyDesk desk(line);
  auto& database = *desk.instance.database;
  const auto& house = desk.parts.tools.voice;
  if (asked.is_house) {
    const bool was_there = database.write_now(
        [&](store::Tx& tx) { return notify::people::forget_voice(tx, asked.account_id); });
    return was_there ? done(line, "The operator's voice speaks again.")
                     : refuse("the operator's voice speaks already");
  }
  Voice now;
  bool is_own = false;
  const auto look = [&](store::Tx& tx) {
    now = voice_of(tx, asked.account_id, house);
    is_own = notify::people::has_voice(tx, asked.account_id);
    return 0;
  };
  database.read_now(look);
  if (is_change(asked)) {
    now = over(now, asked, logo);
    if (const auto wrong = wrong_in(now)) return refuse(describe(*wrong));
    database.write_now(
        [&](store::Tx& tx) { set_voice(tx, asked.account_id, now, desk.instance.clock().now()); });
    is_own = true;
  }
  print_voice(line, now, is_own);
  return kOk;
}

using Run = int (*)(const CommandLine&, const Asked&);

CLI::App* add_word(CLI::App& to, CommandLine& line, const std::shared_ptr<Asked>& asked,
                   const char* name, const char* says, Run run) {
  auto* one = to.add_subcommand(name, says);
  one->add_option("--account", asked->account_id, "The account's id")->required()->type_name("ID");
  one->callback(
      [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
  return one;
}

void add_rooms(CLI::App& notify, CommandLine& line) {
  auto* command =
      notify.add_subcommand("rooms", "Where an account itself is told: its chats and homes");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  const auto numbered = [&](const char* name, const char* says, Run run) {
    auto* one = add_word(*command, line, asked, name, says, run);
    one->add_option("--room", asked->number, "Its number")->required()->type_name("N");
    one->footer(fmt::format("  milepost notify rooms {} --account 1001 --room 1{}", name,
                            std::string_view(name) == "change" ? " --description '#parcels'" : ""));
    return one;
  };
  add_word(*command, line, asked, "list", "How they are doing; never their addresses", list_rooms)
      ->footer("  milepost notify rooms list --account 1001");
  auto* adding = add_word(*command, line, asked, "add", "One more, at most twenty", add_room);
  adding->add_option("--channel", asked->channel, "slack, discord, telegram, ntfy, home_assistant")
      ->required();
  auto* changing = numbered("change", "What it is called, or another address", change_room);
  for (auto* one : {adding, changing}) {
    auto* file = one->add_option("--address-file", asked->address_file,
                                 "A file whose first line is the address; - for what is typed");
    file->type_name("FILE");
    if (one == adding) file->required();
    one->add_option("--description", asked->description, "For people: #parcels");
    one->add_option("--lang", asked->language, "In which language")->type_name("LANG");
  }
  adding->footer(
      "  echo https://ntfy.sh/a-word-nobody-guesses |\n"
      "    milepost notify rooms add --account 1001 --channel ntfy --address-file -");
  numbered("test", "Send one message and say what came of it", test_room);
  numbered("pause", "Nothing goes there; what comes waits", pause_room);
  numbered("resume", "Tell it again", resume_room);
  numbered("remove", "With what waits, and the key of its address", remove_room);
}

void add_voice(CLI::App& notify, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* one =
      add_word(notify, line, asked, "voice", "Who signs an account's messages, and how", voice);
  one->add_option("--name", asked->name, "Who signs: Atelier Blom");
  one->add_option("--postal-address", asked->postal_address, "In one line");
  one->add_option("--contact", asked->contact, "E-mail address (answers go there) or telephone");
  one->add_option("--colour", asked->colour, "Of the button: #0b6e4f");
  one->add_option("--logo", asked->logo_file, "A picture of up to 30 kB, sent with each mail")
      ->type_name("FILE");
  one->add_option("--lang", asked->language, "To whom nobody knows a language of");
  one->add_option("--still-days", asked->still_days, "Silence is news after so many; 0: never")
      ->type_name("DAYS");
  one->add_flag("--house", asked->is_house, "The operator's voice again");
  one->footer(
      "  milepost notify voice --account 1001 --name 'Atelier Blom' --contact hallo@blom.example");
}

}  // namespace

void add_notify_rooms(CLI::App& notify, CommandLine& line) {
  add_rooms(notify, line);
  add_voice(notify, line);
}

}  // namespace app
