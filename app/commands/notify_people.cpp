// milepost notify matrix, recipients, words, spent: who is told what, by which way, in whose words.
#include <fstream>
#include <sstream>

#include "api/own/message_json.h"
#include "app/commands/commands.h"
#include "app/commands/notify.h"
#include "app/terminal.h"
#include "base/time.h"

namespace app {
namespace {

using consent::Cell, consent::Matrix, consent::Pace;
using notify::people::Desk, notify::people::DeskError, notify::people::Wording;

struct Asked {
  std::int64_t account_id = 0;
  std::string shipment, channel, triggers = "all", cell, quiet, pace;
  int recipient = -1;
  std::string role, name, email, phone, language, zone;
  std::string trigger, file;
};

constexpr personal::Actor kActor{personal::ActorKind::CommandLine, 0};

int refuse(std::string_view why) {
  complain(why);
  return kFailed;
}

int misused(std::string_view why) {
  complain(why);
  return kUsage;
}

template <class F>
auto read(NotifyDesk& desk, F work) {
  return desk.instance.database->read_now(work);
}
template <class F>
auto write(NotifyDesk& desk, F work) {
  return desk.instance.database->write_now(work);
}

int done(const CommandLine& line, std::string_view says) {
  print_line(line.json ? R"({"done":true})" : says);
  return kOk;
}

// ---- Matrices

std::string colored(Cell cell) {
  const std::string word(consent::name(cell));
  if (cell == Cell::On) return green(word);
  if (cell == Cell::Offered) return yellow(word);
  return cell == Cell::Off ? dim(word) : dim("-");
}

void print_matrix(const Matrix& matrix) {
  std::vector<std::vector<std::string>> rows{{"TRIGGER"}};
  for (const auto name : channels::kChannelNames) rows[0].emplace_back(name);
  for (std::size_t t = 0; t < journey::kTriggerNames.size(); ++t) {
    auto& row = rows.emplace_back();
    row.emplace_back(journey::kTriggerNames[t]);
    for (std::size_t c = 0; c < channels::kChannelNames.size(); ++c) {
      row.push_back(
          colored(matrix.at(static_cast<journey::Trigger>(t), static_cast<channels::Channel>(c))));
    }
  }
  print_table(rows);
}

std::optional<base::Id> shipment_of(const Asked& asked) {
  if (asked.shipment.empty()) return base::Id();
  return base::Id::parse(asked.shipment);
}

int show_matrix(const CommandLine& line, const Asked& asked) {
  const auto shipment = shipment_of(asked);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  NotifyDesk desk(line);
  const auto matrix = read(desk, [&](store::Tx& tx) {
    auto counts = consent::shop_matrix(tx, asked.account_id, *shipment);
    if (asked.recipient >= 0) {
      counts.overlay(consent::recipient_matrix(tx, asked.account_id, *shipment, asked.recipient));
    }
    return counts;
  });
  if (line.json) {
    base::JsonWriter json;
    api::own::write_matrix(json, matrix);
    print_line(json.text());
  } else {
    print_matrix(matrix);
  }
  return kOk;
}

// The cells that are meant, put into the matrix; a sentence when something is wrong.
std::string put_cells(const Asked& asked, Matrix& matrix) {
  const auto channel = channels::find_channel(asked.channel);
  if (!channel) return "there is no such channel; milepost channels list names them";
  const auto cell = asked.cell == "on"        ? Cell::On
                    : asked.cell == "offered" ? Cell::Offered
                    : asked.cell == "off"     ? Cell::Off
                                              : Cell::Unsaid;
  std::istringstream words(asked.triggers);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "all") {
      matrix.set_channel(*channel, cell);
      continue;
    }
    const auto trigger = journey::find_trigger(word);
    if (!trigger) return "there is no trigger " + word + "; milepost notify matrix show names them";
    matrix.set(*trigger, *channel, cell);
  }
  return {};
}

int set_matrix(const CommandLine& line, const Asked& asked) {
  const auto shipment = shipment_of(asked);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  if (asked.recipient >= 0 && shipment->is_none())
    return misused("--recipient needs the --shipment it belongs to");
  Matrix tried;
  if (const auto wrong = put_cells(asked, tried); !wrong.empty()) return misused(wrong);
  NotifyDesk desk(line);
  const Desk people(desk.parts.tools);
  const auto wrong = write(desk, [&](store::Tx& tx) -> std::optional<DeskError> {
    if (shipment->is_none()) {
      auto says = Desk::settings(tx, asked.account_id);
      put_cells(asked, says.matrix);
      people.set_settings(tx, asked.account_id, says);
      return std::nullopt;
    }
    if (asked.recipient >= 0) {
      notify::people::RecipientDraft draft;
      draft.matrix = consent::recipient_matrix(tx, asked.account_id, *shipment, asked.recipient);
      put_cells(asked, *draft.matrix);
      const auto changed =
          people.change(tx, asked.account_id, *shipment, asked.recipient, draft, kActor);
      return changed ? std::nullopt : std::optional(changed.error());
    }
    auto matrix = consent::shipment_matrix(tx, asked.account_id, *shipment);
    put_cells(asked, matrix);
    return people.set_of_shipment(tx, asked.account_id, *shipment, matrix)
               ? std::nullopt
               : std::optional(DeskError::UnknownShipment);
  });
  if (wrong) return refuse(describe(*wrong));
  return done(line, "Kept. It counts from the next message on.");
}

// ---- Quiet hours and pace

// What was said about them, over what stood there; nothing when something is wrong.
std::optional<consent::Manners> manners_of(const Asked& asked, consent::Manners manners) {
  if (asked.quiet == "unsaid") {
    manners.quiet.reset();
  } else if (!asked.quiet.empty()) {
    manners.quiet = api::own::parse_quiet(asked.quiet);
    if (!manners.quiet) return std::nullopt;
  }
  if (asked.pace == "daily") manners.pace = Pace::Daily;
  if (asked.pace == "at_once") manners.pace = Pace::AtOnce;
  if (asked.pace == "unsaid") manners.pace = Pace::Unsaid;
  return manners;
}

constexpr std::string_view kQuietForm = "--quiet takes 22:00-07:00, none or unsaid";

int settings(const CommandLine& line, const Asked& asked) {
  if (!manners_of(asked, {})) return misused(kQuietForm);
  NotifyDesk desk(line);
  const Desk people(desk.parts.tools);
  const bool is_change = !asked.quiet.empty() || !asked.pace.empty();
  auto work = [&](store::Tx& tx) {
    auto says = Desk::settings(tx, asked.account_id);
    if (is_change) {
      says.manners = manners_of(asked, says.manners).value();
      people.set_settings(tx, asked.account_id, says);
    }
    return says;
  };
  const auto says = is_change ? write(desk, work) : read(desk, work);
  base::JsonWriter json;
  json.begin_object();
  api::own::write_says(json, says);
  json.end_object();
  if (line.json) {
    print_line(json.text());
    return kOk;
  }
  const auto& quiet = says.manners.quiet;
  print_line(
      "Quiet hours: " +
      (!quiet ? dim("not said")
       : quiet->from == quiet->until
           ? std::string("none")
           : fmt::format("{:02}:{:02} to {:02}:{:02} of the recipient's clock", quiet->from / 60,
                         quiet->from % 60, quiet->until / 60, quiet->until % 60)));
  print_line("Pace:        " + (says.manners.pace == Pace::Daily    ? std::string("one mail a day")
                                : says.manners.pace == Pace::AtOnce ? std::string("at once")
                                                                    : dim("not said (at once)")));
  return kOk;
}

// ---- Recipients

int list_recipients(const CommandLine& line, const Asked& asked) {
  const auto shipment = base::Id::parse(asked.shipment);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  NotifyDesk desk(line);
  const auto all = read(desk, [&](store::Tx& tx) {
    return Desk(desk.parts.tools).recipients(tx, asked.account_id, *shipment, kActor);
  });
  if (!all) return refuse(describe(all.error()));
  std::vector<std::vector<std::string>> rows{
      {"NUMBER", "ROLE", "NAME", "E-MAIL", "PHONE", "PUSH", "LANGUAGE", "ZONE"}};
  for (const auto& one : *all) {
    if (line.json) {
      base::JsonWriter json;
      api::own::write_recipient(json, one);
      print_line(json.text());
      continue;
    }
    rows.push_back({std::to_string(one.number), one.role, one.name, one.email, one.phone,
                    one.has_push ? "yes" : "", one.language, one.zone});
  }
  if (!line.json) print_table(rows);
  return kOk;
}

notify::people::RecipientDraft draft_of(const Asked& asked) {
  notify::people::RecipientDraft draft;
  const auto put = [](const std::string& said, std::optional<std::string>& to) {
    if (!said.empty()) to = said;
  };
  put(asked.role, draft.role);
  put(asked.name, draft.name);
  put(asked.email, draft.email);
  put(asked.phone, draft.phone);
  put(asked.language, draft.language);
  put(asked.zone, draft.zone);
  return draft;
}

int add_recipient(const CommandLine& line, const Asked& asked) {
  const auto shipment = base::Id::parse(asked.shipment);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  auto draft = draft_of(asked);
  if (!asked.quiet.empty() || !asked.pace.empty()) draft.manners = manners_of(asked, {});
  if ((!asked.quiet.empty() || !asked.pace.empty()) && !draft.manners) return misused(kQuietForm);
  NotifyDesk desk(line);
  const auto number = write(desk, [&](store::Tx& tx) {
    return Desk(desk.parts.tools).add(tx, asked.account_id, *shipment, draft);
  });
  if (!number) return refuse(describe(number.error()));
  print_line(line.json ? fmt::format(R"({{"number":{}}})", *number)
                       : fmt::format("Recipient {} hears of this parcel, too.", *number));
  return kOk;
}

int change_recipient(const CommandLine& line, const Asked& asked) {
  const auto shipment = base::Id::parse(asked.shipment);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  if (!manners_of(asked, {})) return misused(kQuietForm);
  NotifyDesk desk(line);
  const auto changed = write(desk, [&](store::Tx& tx) {
    auto draft = draft_of(asked);
    if (!asked.quiet.empty() || !asked.pace.empty()) {
      draft.manners = manners_of(
          asked, consent::recipient_manners(tx, asked.account_id, *shipment, asked.recipient));
    }
    return Desk(desk.parts.tools)
        .change(tx, asked.account_id, *shipment, asked.recipient, draft, kActor);
  });
  if (!changed) return refuse(describe(changed.error()));
  return done(line, "Kept. It counts from the next message on.");
}

int remove_recipient(const CommandLine& line, const Asked& asked) {
  const auto shipment = base::Id::parse(asked.shipment);
  if (!shipment) return misused("--shipment takes the id of one: 32 hexadecimal digits");
  NotifyDesk desk(line);
  if (!desk.parts.recipients.remove(asked.account_id, *shipment, asked.recipient))
    return refuse(describe(DeskError::UnknownRecipient));
  return done(line, "Removed, with the key of their addresses.");
}

// ---- A shop's own words

int show_findings(const CommandLine& line, const std::vector<messages::Finding>& findings) {
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("findings");
    api::own::write_findings(json, findings);
    json.end_object();
    print_line(json.text());
  } else {
    for (const auto& finding : findings) complain(messages::describe(finding));
  }
  return kFailed;
}

int list_words(const CommandLine& line, const Asked& asked) {
  NotifyDesk desk(line);
  const auto trigger = journey::find_trigger(asked.trigger);
  if (!asked.trigger.empty() && !trigger)
    return misused("there is no such trigger; milepost notify matrix show names them");
  const auto all = read(desk, [&](store::Tx& tx) {
    return trigger ? Wording::editions(tx, asked.account_id, *trigger, asked.language)
                   : Wording::in_force(tx, asked.account_id);
  });
  std::vector<std::vector<std::string>> rows{
      {"TRIGGER", "LANGUAGE", "VERSION", "CHANGED", "BLOCKS"}};
  for (const auto& one : all) {
    if (line.json) {
      base::JsonWriter json;
      api::own::write_edition(json, one);
      print_line(json.text());
      continue;
    }
    std::string blocks;
    for (const auto& [name, text] :
         {std::pair{"subject", &one.blocks.subject}, std::pair{"intro", &one.blocks.intro},
          std::pair{"extra", &one.blocks.extra}, std::pair{"footer", &one.blocks.footer},
          std::pair{"sms", &one.blocks.sms}}) {
      if (!text->empty()) blocks += (blocks.empty() ? "" : ", ") + std::string(name);
    }
    rows.push_back({std::string(journey::name(one.trigger)), one.language,
                    std::to_string(one.version), base::to_iso_offset(one.changed_at).substr(0, 16),
                    one.is_withdrawn ? dim("the house's words") : blocks});
  }
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line("No words of its own: every message is in the house's.");
  } else {
    print_table(rows);
  }
  return kOk;
}

int save_words(const CommandLine& line, const Asked& asked) {
  const auto trigger = journey::find_trigger(asked.trigger);
  if (!trigger) return misused("there is no such trigger; milepost notify matrix show names them");
  const auto blocks = blocks_in(asked.file);
  if (!blocks) return misused(blocks.error());
  NotifyDesk desk(line);
  const auto now = desk.instance.clock().now();
  const auto saved = write(desk, [&](store::Tx& tx) {
    return desk.parts.wording.save(tx, asked.account_id, *trigger, asked.language, *blocks, now);
  });
  if (!saved) return show_findings(line, saved.error());
  if (line.json) {
    base::JsonWriter json;
    api::own::write_edition(json, *saved);
    print_line(json.text());
  } else {
    print_line(fmt::format("Edition {} is in force from the next message on.", saved->version));
  }
  return kOk;
}

int withdraw_words(const CommandLine& line, const Asked& asked) {
  const auto trigger = journey::find_trigger(asked.trigger);
  if (!trigger) return misused("there is no such trigger; milepost notify matrix show names them");
  NotifyDesk desk(line);
  const auto now = desk.instance.clock().now();
  const bool was_there = write(desk, [&](store::Tx& tx) {
    return Wording::withdraw(tx, asked.account_id, *trigger, asked.language, now);
  });
  if (!was_there) return refuse("the house's words stand there already");
  return done(line, "The house's words stand again.");
}

// ---- What SMS cost

int spent(const CommandLine& line, const Asked& asked) {
  NotifyDesk desk(line);
  const auto now = desk.instance.clock().now();
  using namespace notify::people;
  SmsSpent today, month;
  read(desk, [&](store::Tx& tx) {
    const auto next = day_of(now) + 1;
    today = sms_spent(tx, asked.account_id, day_of(now), next);
    month = sms_spent(tx, asked.account_id, month_of(now), next);
    return 0;
  });
  if (line.json) {
    base::JsonWriter json;
    api::own::write_spent(json, month);
    print_line(json.text());
    return kOk;
  }
  const auto row = [](std::string_view when, const SmsSpent& s) {
    return std::vector<std::string>{
        std::string(when), std::to_string(s.messages), std::to_string(s.segments),
        fmt::format("{}.{:04}", s.money / 1'000'000, s.money % 1'000'000 / 100)};
  };
  print_table(
      {{"", "MESSAGES", "SEGMENTS", "COST"}, row("today", today), row("this month", month)});
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

void with_manners(CLI::App* one, const std::shared_ptr<Asked>& asked) {
  one->add_option("--quiet", asked->quiet, "Quiet hours: 22:00-07:00, none, or unsaid")
      ->type_name("FROM-UNTIL");
  one->add_option("--pace", asked->pace, "at_once, daily, or unsaid")
      ->check(CLI::IsMember({"at_once", "daily", "unsaid"}))
      ->type_name("PACE");
}

void with_person(CLI::App* one, const std::shared_ptr<Asked>& asked) {
  one->add_option("--role", asked->role, "receiver, neighbour ...: your own word");
  one->add_option("--name", asked->name, "To greet them");
  one->add_option("--email", asked->email, "Where they get e-mail")->type_name("ADDRESS");
  one->add_option("--phone", asked->phone, "Where they get SMS: +31612345678")->type_name("NUMBER");
  one->add_option("--lang", asked->language, "In which language")->type_name("LANG");
  one->add_option("--zone", asked->zone, "By which clock: Europe/Amsterdam")->type_name("ZONE");
  with_manners(one, asked);
}

void add_matrix(CLI::App& notify, CommandLine& line) {
  auto* command = notify.add_subcommand("matrix",
                                        "What is told by which way: of an account, a "
                                        "shipment, a recipient");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  auto* show = add_word(*command, line, asked, "show", "What counts", show_matrix);
  auto* set =
      add_word(*command, line, asked, "set", "Say it for some triggers of one channel", set_matrix);
  for (auto* one : {show, set}) {
    one->add_option("--shipment", asked->shipment, "Of this one alone")->type_name("ID");
    one->add_option("--recipient", asked->recipient, "Of its recipient N; 0 is the customer")
        ->type_name("N");
  }
  set->add_option("--channel", asked->channel, "email, sms, push, slack ...")->required();
  set->add_option("--triggers", asked->triggers, "delivered,exception ...; or all")
      ->capture_default_str();
  set->add_option("--cell", asked->cell, "on, offered (when its reader asks), off, unsaid")
      ->required()
      ->check(CLI::IsMember({"on", "offered", "off", "unsaid"}));
  show->footer("  milepost notify matrix show --account 1001");
  set->footer(
      "  milepost notify matrix set --account 1001 --channel sms --triggers delivered --cell "
      "on");
}

void add_recipients(CLI::App& notify, CommandLine& line) {
  auto* command =
      notify.add_subcommand("recipients", "Who hears of a shipment beside its customer");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  const auto word = [&](const char* name, const char* says, Run run) {
    auto* one = add_word(*command, line, asked, name, says, run);
    one->add_option("--shipment", asked->shipment, "The shipment's id")
        ->required()
        ->type_name("ID");
    return one;
  };
  const auto numbered = [&](CLI::App* one) {
    one->add_option("--recipient", asked->recipient, "Their number; 0 is the customer")
        ->required()
        ->type_name("N");
    return one;
  };
  word("list", "With their addresses", list_recipients)
      ->footer("  milepost notify recipients list --account 1001 --shipment ID --json");
  auto* adding = word("add", "One more, at most ten", add_recipient);
  with_person(adding, asked);
  adding->footer(
      "  milepost notify recipients add --account 1001 --shipment ID --email nora@example.com "
      "--lang "
      "de");
  auto* changing =
      numbered(word("change", "What is known of one, and when they are told", change_recipient));
  with_person(changing, asked);
  changing->footer(
      "  milepost notify recipients change --account 1001 --shipment ID --recipient 1 --pace "
      "daily");
  numbered(
      word("remove", "Nothing goes there any more, and the key is destroyed", remove_recipient))
      ->footer("  milepost notify recipients remove --account 1001 --shipment ID --recipient 1");
}

void add_words(CLI::App& notify, CommandLine& line) {
  auto* command = notify.add_subcommand("words", "A shop's own words, every edition of them");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  const auto of_one = [&](CLI::App* one, bool is_required) {
    auto* trigger = one->add_option("--trigger", asked->trigger, "delivered, exception ...");
    auto* language = one->add_option("--lang", asked->language, "Language: nl, pt-BR ...");
    if (!is_required) {
      trigger->needs(language);
      return one;
    }
    trigger->required();
    language->required();
    return one;
  };
  of_one(add_word(*command, line, asked, "list", "What is in force; or all editions of one",
                  list_words),
         false)
      ->footer("  milepost notify words list --account 1001");
  auto* save = of_one(
      add_word(*command, line, asked, "save", "A new edition, if the linter lets it", save_words),
      true);
  save->add_option("FILE", asked->file, R"(JSON: {"subject": "...", "intro": "..."})")
      ->required()
      ->type_name("FILE");
  save->footer(
      "  milepost notify words save --account 1001 --trigger delivered --lang nl words.json");
  of_one(add_word(*command, line, asked, "withdraw", "The house's words again", withdraw_words),
         true)
      ->footer("  milepost notify words withdraw --account 1001 --trigger delivered --lang nl");
}

}  // namespace

base::Result<messages::Blocks, std::string> blocks_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::Failure{path + " cannot be read"};
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return api::own::read_blocks(text);
}

void add_notify_people(CLI::App& notify, CommandLine& line) {
  add_matrix(notify, line);
  add_recipients(notify, line);
  add_words(notify, line);
  auto asked = std::make_shared<Asked>();
  auto* settling = add_word(notify, line, asked, "settings",
                            "Quiet hours and pace of an account's recipients", settings);
  with_manners(settling, asked);
  settling->footer("  milepost notify settings --account 1001 --quiet 22:00-07:00");
  add_word(notify, line, asked, "spent", "What SMS cost today and this month", spent)
      ->footer("  milepost notify spent --account 1001");
}

}  // namespace app
