#include "couriers/detect.h"

#include <iostream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace app {
namespace {

using couriers::Candidate, couriers::Detection, couriers::Detector, couriers::Verdict;

std::string as_json(const Detector& detector, std::string_view input, const Detection& detection) {
  base::JsonWriter json(512);
  json.begin_object();
  json.key("input").value(input);
  json.key("verdict").value(couriers::name(detection.verdict));
  json.key("candidates").begin_array();
  for (const auto& candidate : detection.candidates) {
    json.begin_object();
    json.key("courier_code").value(candidate.courier->code);
    json.key("confidence")
        .value(std::round(static_cast<double>(candidate.confidence) * 10'000) / 10'000);
    json.key("evidence").begin_array();
    for (const auto& evidence : detector.explain(detection, candidate)) json.value(evidence.says);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return std::move(json).text();
}

std::string coloured(Verdict verdict) {
  const auto word = couriers::name(verdict);
  switch (verdict) {
    case Verdict::Certain:
    case Verdict::Likely:
      return green(word);
    case Verdict::Ambiguous:
      return yellow(word);
    case Verdict::Mistyped:
    case Verdict::Unknown:
      return red(word);
  }
  return std::string(word);
}

std::string sentence(const Detection& d) {
  switch (d.verdict) {
    case Verdict::Certain:
      return "one courier, decided by the number itself";
    case Verdict::Likely:
      return "one courier is clearly ahead";
    case Verdict::Ambiguous:
      return "several couriers share this shape; the likeliest first";
    case Verdict::Mistyped:
      return "a check digit disagrees: look for a mistyped character";
    case Verdict::Unknown:
      return "no known format fits";
  }
  return {};
}

void explain_candidate(const Detector& detector, const Detection& detection,
                       const Candidate& candidate, std::string& told_before) {
  const auto& courier = *candidate.courier;
  print_line(fmt::format("\n  {}  {}{}  {}", bold(courier.code), courier.name,
                         courier.country.empty() ? "" : fmt::format(" ({})", courier.country),
                         dim(fmt::format("{:.0f} %", candidate.confidence * 100))));
  for (const auto& evidence : detector.explain(detection, candidate))
    print_line("    " + evidence.says);
  // Candidates of one form read the number alike: its parts are told once.
  std::string told;
  for (const auto& part : detector.parts(detection, candidate)) {
    told += fmt::format("    {:<12} {}\n", part.text, dim(part.meaning));
  }
  if (std::ranges::count(told, '\n') > 1 && told != told_before) print(told);
  told_before = told;
  const auto link = couriers::Catalogue::tracking_link(courier, detection.number);
  if (!link.empty()) print_line("    " + dim(link));
}

void explain(const Detector& detector, const Detection& detection) {
  print_line(fmt::format("{}  {}: {}", bold(detection.number), coloured(detection.verdict),
                         sentence(detection)));
  constexpr std::size_t kShown = 5;
  std::size_t shown = 0;
  std::string told_before;
  for (const auto& candidate : detection.candidates) {
    if (shown++ == kShown) {
      print_line(dim(
          fmt::format("\n  and {} more (--json shows all)", detection.candidates.size() - kShown)));
      break;
    }
    explain_candidate(detector, detection, candidate, told_before);
  }
  print_line("");
}

struct Asked {
  std::vector<std::string> numbers;
  std::string shop_country, destination_country;
  std::vector<std::string> couriers;
};

// Numbers from standard input, one a line, however many.
void detect_lines(const Detector& detector, const couriers::Hints& hints, bool json) {
  Progress progress("detected", 0);
  std::string text;
  std::uint64_t count = 0;
  Detection detection;
  std::ios::sync_with_stdio(false);
  while (std::getline(std::cin, text)) {
    const auto typed = base::trim(text);
    if (typed.empty()) continue;
    detector.detect_into(typed, hints, detection);
    if (json) {
      print_line(as_json(detector, typed, detection));
    } else {
      const auto* best = detection.candidates.empty() ? nullptr : &detection.candidates.front();
      print_line(fmt::format("{}\t{}\t{}\t{:.2f}", typed, couriers::name(detection.verdict),
                             best != nullptr ? best->courier->code : "-",
                             best != nullptr ? best->confidence : 0.0F));
    }
    if (++count % 1000 == 0) progress.show(count);
  }
}

int detect(const Asked& asked, bool json) {
  const couriers::Catalogue catalogue;
  const Detector detector(catalogue);
  const couriers::Hints hints{asked.shop_country, asked.destination_country, asked.couriers};
  if (asked.numbers.empty()) {
    if (is_terminal_in()) complain("reading numbers from the terminal, one a line; Ctrl-D ends");
    detect_lines(detector, hints, json);
    return kOk;
  }
  for (const auto& number : asked.numbers) {
    const auto detection = detector.detect(number, hints);
    if (json) {
      print_line(as_json(detector, number, detection));
    } else {
      explain(detector, detection);
    }
  }
  return kOk;
}

}  // namespace

void add_detect(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "detect", "Whose number is this? Candidates, evidence, and how sure it is");
  auto asked = std::make_shared<Asked>();
  command->add_option("NUMBER", asked->numbers,
                      "Numbers, links or sentences; none: one a line from standard input");
  command
      ->add_option("--from", asked->shop_country,
                   "Country the parcel was sent from, to weigh candidates by")
      ->type_name("CC");
  command->add_option("--to", asked->destination_country, "Country it goes to")->type_name("CC");
  command->add_option("--couriers", asked->couriers, "Couriers you use, likeliest first")
      ->delimiter(',')
      ->type_name("CODE,...");
  command->footer(
      "Verdicts: certain, likely, ambiguous (ask the carriers), mistyped (a check digit "
      "disagrees), unknown.\n\n"
      "  milepost detect 1Z5R89390357567127\n"
      "  milepost detect --json --from DE 00340434161094015902\n"
      "  milepost detect < numbers.txt            number, verdict, courier, confidence");
  command->callback(
      [&line, asked] { line.run = [&line, asked] { return detect(*asked, line.json); }; });
}

}  // namespace app
