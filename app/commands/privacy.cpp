#include "app/commands/commands.h"
#include "app/policy.h"
#include "app/terminal.h"
#include "app/work.h"
#include "base/time.h"
#include "policy/document.h"
#include "policy/record.h"

namespace app {
namespace {

struct Asked {
  std::string format = "markdown";
  std::string document = "policy";
  std::string language = "en";
};

policy::Facts facts(const CommandLine& line) {
  const auto config = line.config();
  auto loaded = carriers::Connectors::load(config.carriers_folder);
  const auto settings = settings_or_complaints(config, *loaded.connectors);
  const couriers::Catalogue catalogue;
  return policy_facts(config, *loaded.connectors, settings, catalogue);
}

std::string today() { return base::to_iso_offset(base::SystemClock().now()).substr(0, 10); }

int record(const CommandLine& line, const Asked& asked) {
  const bool is_json = line.json || asked.format == "json";
  const auto made = facts(line);
  print_line(is_json ? policy::record_json(made, today()) : policy::record_markdown(made, today()));
  return kOk;
}

int text(const CommandLine& line, const Asked& asked) {
  print_line(policy::render(asked.document, policy::nearest_language(asked.language), facts(line),
                            std::nullopt));
  return kOk;
}

}  // namespace

void add_privacy(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("privacy", "What is kept about people, and what is said of it");
  command->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  auto* records = command->add_subcommand(
      "record", "The record of processing activities (GDPR Art. 30), made from the data files");
  records->add_option("--format", asked->format, "json or markdown (default)")
      ->check(CLI::IsMember({"json", "markdown"}));
  records->callback([&line, asked] { line.run = [&line, asked] { return record(line, *asked); }; });
  auto* assessment = command->add_subcommand(
      "assessment",
      "A draft of the impact assessment (GDPR Art. 35), with what people must answer");
  assessment->callback([&line] {
    line.run = [&line] {
      print_line(policy::assessment_markdown(facts(line), today()));
      return static_cast<int>(kOk);
    };
  });
  auto* texts = command->add_subcommand(
      "text", "A published document as it reads now: policy, terms, cookies or processors");
  texts->add_option("DOCUMENT", asked->document, "policy (default), terms, cookies, processors")
      ->check(CLI::IsMember(
          std::vector<std::string>(policy::kDocuments.begin(), policy::kDocuments.end())));
  texts->add_option("--language", asked->language, "Its language (default en)")->type_name("CODE");
  texts->callback([&line, asked] { line.run = [&line, asked] { return text(line, *asked); }; });
}

}  // namespace app
