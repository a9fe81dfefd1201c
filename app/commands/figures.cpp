#include <fmt/chrono.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "consent/instance_key.h"
#include "insight/carrier_figures.h"
#include "insight/counters.h"
#include "insight/reports.h"

namespace app {
namespace {

struct Asked {
  std::string quarter, lane, file;
  bool by_lane = false;
  int days = 30;
};

std::string day_text(std::chrono::sys_days day) { return fmt::format("{:%Y-%m-%d}", day); }

// ---- Pages

std::string by_referrer(const insight::DayOfPage& day) {
  std::vector<std::pair<std::int64_t, std::string>> kinds;
  for (const auto& [kind, views] : day.by_referrer) kinds.emplace_back(-views, kind);
  std::sort(kinds.begin(), kinds.end());
  std::string text;
  for (const auto& [views, kind] : kinds)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, -views);
  return text;
}

void tell_pages_as_json(const std::vector<insight::DayOfPage>& days) {
  base::JsonWriter json;
  json.begin_array();
  for (const auto& day : days) {
    json.begin_object().key("day").value(day_text(day.day)).key("page").value(day.page);
    json.key("views").value(day.views).key("visitors").value(day.visitors);
    json.key("from").begin_object();
    for (const auto& [kind, views] : day.by_referrer) json.key(kind).value(views);
    json.end_object().end_object();
  }
  json.end_array();
  print_line(std::move(json).text());
}

int show_pages(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto since = instance.clock().now() - std::chrono::days(asked.days - 1);
  const auto days = instance.database->read_now(
      [&](store::Tx& tx) { return insight::Counters::days(tx, since); });
  if (line.json) {
    tell_pages_as_json(days);
    return kOk;
  }
  if (days.empty()) {
    print_line(fmt::format("no page was looked at in the last {} days", asked.days));
    return kOk;
  }
  std::vector<std::vector<std::string>> table{{"DAY", "PAGE", "VIEWS", "VISITORS", "FROM"}};
  for (const auto& day : days)
    table.push_back({day_text(day.day), day.page, std::to_string(day.views),
                     std::to_string(day.visitors), by_referrer(day)});
  print_table(table);
  print_line(
      dim("Visitors count once a day and page; who asks not to be counted is a view only. "
          "No two days can be joined."));
  return kOk;
}

// ---- Carriers

// The quarter that was asked for, else the newest that can be had.
std::optional<insight::Quarter> quarter_of(const Asked& asked, base::Instant now) {
  if (asked.quarter.empty()) {
    const auto ripe = insight::newest_ripe(now);
    if (!ripe)
      complain(
          "no quarter is old enough yet, or young enough still: name one that was "
          "asked before with --quarter");
    return ripe;
  }
  const auto quarter = insight::Quarter::parse(base::upper(asked.quarter));
  if (!quarter) complain("--quarter takes a year and a quarter: 2026-Q3");
  return quarter;
}

std::string days_text(const insight::Quantile& quantile) {
  const auto one = [](const std::optional<int>& days) {
    return days ? std::to_string(*days) : fmt::format(">{}", insight::kLongestDays);
  };
  const auto middle = one(quantile.days), from = one(quantile.from), to = one(quantile.to);
  return from == to ? middle : fmt::format("{} ({}-{})", middle, from, to);
}

std::vector<std::string> row_of(const insight::CarrierFigure& one, bool has_lanes) {
  std::vector<std::string> row{one.is_tied() ? fmt::format("{}-{}", one.rank_from, one.rank_to)
                                             : std::to_string(one.rank_from),
                               one.carrier};
  if (has_lanes) row.insert(row.begin(), one.lane);
  for (const auto* times : {&one.calendar, &one.working}) {
    row.push_back(fmt::format("{:.1f} +-{:.1f}", times->mean, times->mean_spread));
    row.push_back(days_text(times->median));
    row.push_back(days_text(times->p90));
  }
  row.push_back(fmt::format("{:.1f} %", one.calendar.never * 100));
  row.push_back(std::to_string(one.parcels));
  return row;
}

void tell(const insight::CarrierFigures& all, bool has_lanes) {
  if (all.figures.empty()) {
    print_line(fmt::format(
        "{}: no group of parcels is large enough to be shown (some {} people with an address, at "
        "least)",
        all.quarter.name(), all.release.threshold()));
    return;
  }
  std::vector<std::string> head{"RANK",    "CARRIER", "MEAN DAYS", "MEDIAN",    "P90",
                                "WORKING", "MEDIAN",  "P90",       "NOT THERE", "PARCELS"};
  if (has_lanes) head.insert(head.begin(), "LANE");
  std::vector<std::vector<std::string>> table{head};
  for (const auto& one : all.figures) table.push_back(row_of(one, has_lanes));
  print_table(table);
  for (const auto& sentence : insight::small_print(all)) print_line(dim(sentence));
}

int show_carriers(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto now = instance.clock().now();
  const auto quarter = quarter_of(asked, now);
  if (!quarter) return kUsage;
  const bool has_lanes = asked.by_lane || !asked.lane.empty();
  insight::Gate gate(*instance.database, instance.clock());
  auto figures = insight::ask_carrier_figures(
      gate, *quarter, has_lanes ? insight::Grouping::Lane : insight::Grouping::Carrier, now);
  if (!figures) {
    complain(std::string(insight::describe(figures.error())));
    return kFailed;
  }
  if (!asked.lane.empty())
    figures = insight::of_lane(std::move(figures).value(), base::upper(asked.lane));
  if (line.json) {
    print_line(insight::to_json(*figures));
  } else {
    tell(*figures, has_lanes);
  }
  return kOk;
}

// ---- Budgets and reports

int show_budgets(const CommandLine& line, const Asked&) {
  Instance instance(line.config());
  const auto all =
      instance.database->read_now([](store::Tx& tx) { return insight::Gate::budgets(tx); });
  const auto epsilon = [](insight::MicroEpsilon micro) {
    return static_cast<double>(micro) / insight::kOneEpsilon;
  };
  if (line.json) {
    base::JsonWriter json;
    json.begin_array();
    for (const auto& one : all) {
      json.begin_object().key("data_set").value(one.data_set);
      json.key("allowed").value(epsilon(one.allowed)).key("spent").value(epsilon(one.spent));
      json.end_object();
    }
    print_line(std::move(json.end_array()).text());
    return kOk;
  }
  if (all.empty()) {
    print_line("nothing has been asked yet");
    return kOk;
  }
  std::vector<std::vector<std::string>> table{{"DATA SET", "SPENT", "OF EPSILON"}};
  for (const auto& one : all)
    table.push_back({one.data_set, fmt::format("{:g}", epsilon(one.spent)),
                     fmt::format("{:g}", epsilon(one.allowed))});
  print_table(table);
  return kOk;
}

crypto::PrivateKey report_key(Instance& instance) {
  return consent::instance_key(*instance.database, *instance.vault, *instance.ledger,
                               instance.clock(), "reports");
}

// Of what was released by carrier and, where that was asked for, by lane.
int make_report(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  const auto now = instance.clock().now();
  const auto quarter = quarter_of(asked, now);
  if (!quarter) return kUsage;
  const auto key = report_key(instance);
  const insight::Gate gate(*instance.database, instance.clock());
  insight::ReportInput input{*quarter, {}};
  for (const auto grouping : {insight::Grouping::Carrier, insight::Grouping::Lane})
    if (auto counts = gate.kept(insight::transit_question(*quarter, grouping)))
      input.counts.push_back(std::move(*counts));
  if (input.counts.empty()) {
    complain(fmt::format("nothing of {} was released yet: milepost figures carriers --quarter {}",
                         quarter->name(), quarter->name()));
    return kFailed;
  }
  const auto report = instance.database->write_now(
      [&](store::Tx& tx) { return insight::make_report(tx, input, key, now); });
  if (!report) {
    complain(std::string(insight::describe(report.error())));
    return kFailed;
  }
  print_line(report->signed_text);
  return kOk;
}

// For whoever gets a report: any tool for JWS checks it with this (EdDSA).
int print_key(const CommandLine& line, const Asked&) {
  Instance instance(line.config());
  print(report_key(instance).public_key().pem());
  return kOk;
}

int verify_report(const CommandLine& line, const Asked& asked) {
  std::ifstream file(asked.file);
  if (!file) {
    complain(asked.file + " cannot be read");
    return kFailed;
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Instance instance(line.config());
  const auto said = insight::read_report(base::trim(text), report_key(instance).public_key());
  if (!said) {
    complain("not a report that this instance signed, or changed since");
    return kFailed;
  }
  print_line(*said);
  return kOk;
}

}  // namespace

void add_figures(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("figures", "What can be known of many, and nothing of one");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_one = [&](const char* name, const char* says,
                           int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  const auto add_quarter = [&](CLI::App* one) {
    one->add_option("--quarter", asked->quarter, "Parcels entered then (default: the newest ripe)")
        ->type_name("2026-Q3");
  };
  auto* pages = add_one("pages", "How often pages were looked at, by day", show_pages);
  pages->add_option("--days", asked->days, "Of how many days")
      ->check(CLI::Range(1, 3660))
      ->capture_default_str();
  pages->footer("  milepost figures pages --days 7 --json");
  auto* carriers = add_one("carriers", "How many days carriers take, with noise", show_carriers);
  add_quarter(carriers);
  carriers->add_flag("--lanes", asked->by_lane, "By carrier and lane (a question of its own)");
  carriers->add_option("--lane", asked->lane, "Only this one")->type_name("NL-DE");
  carriers->footer(
      "  milepost figures carriers --lane NL-DE       asked once it costs budget, again nothing");
  add_one("budgets", "What each data set may still give out", show_budgets)
      ->footer("  milepost figures budgets --json");
  auto* report = add_one("report", "Print the signed report of a quarter", make_report);
  add_quarter(report);
  report->footer("  milepost figures report --quarter 2026-Q3 >carriers-2026-Q3.jws");
  add_one("key", "Print the key that others verify reports with", print_key)
      ->footer("  milepost figures key >reports.pem");
  auto* verifying =
      add_one("verify", "Print what a report says, if this instance signed it", verify_report);
  verifying->add_option("FILE", asked->file, "The report")->required();
  verifying->footer("  milepost figures verify carriers-2026-Q3.jws");
  command->footer("  milepost figures carriers --lanes");
}

}  // namespace app
