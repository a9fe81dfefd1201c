// milepost security check: what guards the data, checked.
#include "app/security.h"

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "pages/words.h"

namespace app {
namespace {

using pages::Safeguard;
using State = Safeguard::State;

std::string coloured(State state, std::string_view word) {
  const auto padded = fmt::format("{:12}", word);
  return state == State::Holds ? green(padded) : state == State::Fails ? red(padded) : dim(padded);
}

void print_json(const pages::SafeguardReport& report) {
  base::JsonWriter json;
  json.begin_object().key("checked_at").value(base::to_iso_offset(report.at));
  json.key("checks").begin_array();
  for (const auto& check : report.checks) {
    json.begin_object().key("check").value(check.key).key("state").value(name(check.state));
    json.key("figure").value(check.figure).end_object();
  }
  json.end_array().end_object();
  print_line(json.text());
}

int check(const CommandLine& line) {
  const auto config = line.config();
  if (!is_store_there(config)) {
    complain("there is no store yet: nothing to check");
    return kFailed;
  }
  Instance instance(config);
  instance.audit->integrate();
  const auto report = check_security(instance, config);
  const bool fails =
      std::ranges::any_of(report.checks, [](const auto& c) { return c.state == State::Fails; });
  if (line.json) {
    print_json(report);
    return fails ? kFailed : kOk;
  }
  const auto& words = *pages::Words::find("en");
  const auto say = [&](const std::string& key, const Safeguard& one) {
    return words.get("security." + key, {{"n", std::to_string(one.figure)}});
  };
  for (const auto& one : report.checks) {
    const std::string key(one.key), state(name(one.state));
    print_line(fmt::format("{}  {}", coloured(one.state, say(state, one)), bold(say(key, one))));
    print_line(fmt::format("              {}", say(key + "." + state, one)));
  }
  return fails ? kFailed : kOk;
}

}  // namespace

void add_security(CLI::App& app, CommandLine& line) {
  auto* security = app.add_subcommand("security", "What guards the data, checked");
  security->require_subcommand(1);
  auto* checking = security->add_subcommand(
      "check", "TLS, headers, keys, sealing, backups, updates, retention and the log");
  checking->callback([&line] { line.run = [&line] { return check(line); }; });
  checking->footer(
      "  milepost security check                      exit code 1 when something fails\n"
      "The same is at /privacy/security, for everybody, and in the figures: "
      "milepost_security_fails.");
  security->footer("  milepost security check");
}

}  // namespace app
