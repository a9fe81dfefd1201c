#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "couriers/catalogue.h"

namespace app {
namespace {

using couriers::Courier;

std::string as_json(const Courier& c) {
  base::JsonWriter json;
  const auto list = [&](const char* key, const std::vector<std::string_view>& values) {
    json.key(key).begin_array();
    for (const auto value : values) json.value(value);
    json.end_array();
  };
  json.begin_object();
  json.key("code").value(c.code);
  json.key("name").value(c.name);
  json.key("name_alt").value_or_null(c.name_alt);
  json.key("kind").value(couriers::name(c.kind));
  json.key("country").value_or_null(c.country);
  json.key("website").value_or_null(c.website);
  json.key("phone").value_or_null(c.phone);
  json.key("tracking_url").value_or_null(c.tracking_url);
  list("required_fields", c.required_fields);
  list("optional_fields", c.optional_fields);
  json.key("code_aftership").value_or_null(c.code_aftership);
  json.key("code_17track").value_or_null(c.code_17track);
  json.key("scac").value_or_null(c.scac);
  json.key("awb_prefix").value_or_null(c.awb_prefix);
  json.key("code_source").value_or_null(c.code_source);
  json.end_object();
  return std::move(json).text();
}

struct Asked {
  std::vector<std::string> words;
  std::string country;
  std::size_t most = 50;
  std::string code;
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

int list(const Asked& asked, bool json) {
  const couriers::Catalogue catalogue;
  std::vector<const Courier*> found;
  const auto words = joined(asked.words);
  if (words.empty()) {
    for (const auto& courier : catalogue.all()) found.push_back(&courier);
  } else {
    found = catalogue.search(words, catalogue.all().size());
  }
  if (!asked.country.empty()) {
    std::erase_if(found, [&](const Courier* c) {
      return !base::equals_ignoring_case(c->country, asked.country);
    });
  }
  const auto all = found.size();
  if (!json && found.size() > asked.most) found.resize(asked.most);
  if (json) {
    for (const auto* courier : found) print_line(as_json(*courier));
    return kOk;
  }
  if (found.empty()) {
    complain("no courier matches; `milepost couriers` lists all of them");
    return kFailed;
  }
  std::vector<std::vector<std::string>> rows{{"CODE", "NAME", "COUNTRY", "KIND", "WEBSITE"}};
  for (const auto* c : found) {
    rows.push_back({std::string(c->code), std::string(c->name), std::string(c->country),
                    std::string(couriers::name(c->kind)), std::string(c->website)});
  }
  print_table(rows);
  if (all > found.size())
    print_line(dim(fmt::format("{} of {} couriers; --most N shows more", found.size(), all)));
  return kOk;
}

int show(const Asked& asked, bool json) {
  const couriers::Catalogue catalogue;
  const auto* c = catalogue.find(asked.code);
  if (c == nullptr) {
    complain(fmt::format("there is no courier with the code {}; try: milepost couriers list {}",
                         asked.code, asked.code));
    return kFailed;
  }
  if (json) {
    print_line(as_json(*c));
    return kOk;
  }
  print_line(bold(c->name) + (c->name_alt.empty() ? "" : "  " + std::string(c->name_alt)));
  const auto row = [](std::string_view what, std::string_view value) {
    if (!value.empty()) print_line(fmt::format("  {:<16} {}", what, value));
  };
  row("code", c->code);
  row("kind", couriers::name(c->kind));
  row("country", c->country);
  row("website", c->website);
  row("phone", c->phone);
  row("tracking page", c->tracking_url);
  row("needs also", fmt::format("{}", fmt::join(c->required_fields, ", ")));
  row("may want", fmt::format("{}", fmt::join(c->optional_fields, ", ")));
  row("AfterShip code", c->code_aftership);
  row("17TRACK code", c->code_17track);
  row("SCAC", c->scac);
  row("AWB prefix", c->awb_prefix);
  row("code comes from", c->code_source);
  return kOk;
}

}  // namespace

void add_couriers(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("couriers", "The couriers Milepost knows by name");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(0, 1);
  command->add_option("WORDS", asked->words,
                      "Part of a name or code, as in: milepost couriers dhl");
  auto* listing = command->add_subcommand("list", "List them, or those that match");
  listing->add_option("WORDS", asked->words, "Part of a name or code");
  listing->add_option("--country", asked->country, "Only those of a country")->type_name("CC");
  listing->add_option("--most", asked->most, "Rows to show (default 50)")->type_name("N");
  listing->callback(
      [&line, asked] { line.run = [&line, asked] { return list(*asked, line.json); }; });
  auto* showing = command->add_subcommand("show", "Everything known of one");
  showing->add_option("CODE", asked->code, "Its code, such as usps")->required();
  showing->callback(
      [&line, asked] { line.run = [&line, asked] { return show(*asked, line.json); }; });
  command->footer(
      "A courier known by name is not yet a carrier that can be asked: connectors come with the "
      "carriers.\n\n"
      "  milepost couriers list post --country NL\n"
      "  milepost couriers show usps --json");
  command->callback([&line, command, asked] {
    if (command->get_subcommands().empty())
      line.run = [&line, asked] { return list(*asked, line.json); };
  });
}

}  // namespace app
