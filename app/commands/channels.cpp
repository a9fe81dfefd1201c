#include "app/commands/commands.h"
#include "app/egress.h"
#include "app/messengers.h"
#include "app/terminal.h"
#include "base/id.h"
#include "base/json_writer.h"

namespace app {
namespace {

using channels::Channel;

struct Asked {
  std::string channel, address;
  std::string text = "This is Milepost's test message. Nothing needs doing.";
  std::string file;
};

// The settings, or nothing when their mistakes were told.
std::optional<MessengerConfig> settings_or_complaints(const Config& config) {
  std::vector<Mistake> mistakes;
  auto settings = messenger_config(config, mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  if (!mistakes.empty()) return std::nullopt;
  return settings;
}

http::Client::Options client_options(const Config& config, const http::EgressGate& gate) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.gate = &gate;
  return options;
}

bool is_messenger(Channel channel) {
  return channel != Channel::Email && channel != Channel::Webhook;
}

int list(const CommandLine& line) {
  const auto config = line.config();
  auto settings = settings_or_complaints(config);
  if (!settings) return kUsage;
  std::vector<Mistake> mistakes;
  const auto processors = processors_of(config, mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  http::Client client(client_options(config, processors));
  const base::SystemClock clock;
  const auto callback = settings->settings.sms.callback_url;
  const channels::Messengers messengers(std::move(settings->settings), client, clock);
  std::vector<std::vector<std::string>> rows{{"CHANNEL", "IS", "AN ADDRESS IS"}};
  for (const auto word : channels::kChannelNames) {
    const auto channel = *channels::find_channel(word);
    if (!is_messenger(channel)) continue;
    const bool is_on = messengers.is_set_up(channel);
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("channel").value(word).key("is_set_up").value(is_on);
      json.key("address").value(channels::describe_address(channel)).end_object();
      print_line(json.text());
    } else {
      rows.push_back({std::string(word), is_on ? green("on") : dim("not set up"),
                      std::string(channels::describe_address(channel))});
    }
  }
  if (line.json) return kOk;
  print_table(rows);
  if (!messengers.push_key().empty())
    print_line("\nBrowsers subscribe with   " + messengers.push_key());
  if (messengers.is_set_up(channels::Channel::Sms) && !callback.empty())
    print_line("\nAnswers to SMS go to      " + callback);
  return kOk;
}

std::string words_for(channels::Outcome::Kind kind) {
  using Kind = channels::Outcome::Kind;
  switch (kind) {
    case Kind::Accepted:
      return green("The other side took it.");
    case Kind::Later:
      return yellow("Not now: a real message would be tried again.");
    case Kind::Refused:
      return red("Refused: a real message would not be tried again.");
    case Kind::Gone:
      return red("There is nobody at this address.");
    case Kind::NotSetUp:
      return red("This channel is not set up, or what it was set up with is wrong.");
  }
  return {};
}

int test(const CommandLine& line, const Asked& asked) {
  const auto channel = channels::find_channel(asked.channel);
  if (!channel || !is_messenger(*channel)) {
    complain("there is no such channel; milepost channels list names them");
    return kUsage;
  }
  const auto address = channels::canonical_address(*channel, asked.address);
  if (!address) {
    complain(fmt::format("the address must be {}", channels::describe_address(*channel)));
    return kUsage;
  }
  const auto config = line.config();
  auto settings = settings_or_complaints(config);
  if (!settings) return kUsage;
  settings->settings.sms.callback_url.clear();  // nobody waits for what becomes of a test
  const base::SystemClock clock;
  std::vector<Mistake> mistakes;
  const auto processors = processors_of(config, mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  http::Client client(client_options(config, processors));
  channels::Messengers messengers(std::move(settings->settings), client, clock);
  channels::Notice notice;
  notice.title = "Milepost";
  notice.text = asked.text;
  notice.topic = "test";
  notice.state = "transit";
  notice.key = base::Id::make(clock.now()).hex();
  const auto outcome = base::sync_wait(messengers.send(*channel, *address, notice));
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("outcome").value(channels::name(outcome.kind));
    json.key("code").value(outcome.code);
    json.key("reference").value_or_null(outcome.reference).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("{} ({})", words_for(outcome.kind), outcome.code));
  }
  return outcome.kind == channels::Outcome::Kind::Accepted ? kOk : kFailed;
}

int push_key(const CommandLine& line, const Asked& asked) {
  const auto open = make_push_key(asked.file);
  if (!open) {
    complain(open.error());
    return kFailed;
  }
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("public_key").value(*open).end_object();
    print_line(json.text());
  } else {
    print_line(
        fmt::format("Made {}. In milepost.toml:\n\n  [push]\n  key = \"file:{}\"\n  contact = "
                    "\"you@example.com\"\n\nBrowsers subscribe with   {}",
                    asked.file, asked.file, *open));
  }
  return kOk;
}

}  // namespace

void add_channels(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("channels", "Try SMS, push, chats and Home Assistant");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  command->add_subcommand("list", "Which are set up, and what their addresses look like")
      ->callback([&line] { line.run = [&line] { return list(line); }; });

  auto* testing = command->add_subcommand("test", "Send one message and say what came of it");
  testing->add_option("CHANNEL", asked->channel, "sms, push, slack ...")->required();
  testing->add_option("ADDRESS", asked->address, "Where to: milepost channels list")->required();
  testing->add_option("--text", asked->text, "Other words")->type_name("TEXT");
  testing->callback([&line, asked] { line.run = [&line, asked] { return test(line, *asked); }; });
  testing->footer(
      "Needs the channel's section in the configuration, or nothing for slack, discord and ntfy:\n"
      "  CHANNEL ADDRESS is, for one:  ntfy https://ntfy.sh/a-word-nobody-guesses");

  auto* key = command->add_subcommand("push-key", "Make the key that web push is signed with");
  key->add_option("FILE", asked->file, "A new file; readable by its owner only")->required();
  key->callback([&line, asked] { line.run = [&line, asked] { return push_key(line, *asked); }; });
}

}  // namespace app
