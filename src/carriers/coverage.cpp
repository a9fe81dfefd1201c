#include "carriers/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "carriers/definition.h"

namespace carriers {
namespace {

using journey::Report;

bool has_several_pieces(const Fixture& fixture, const Understood& understood) {
  // Some carriers count the pieces, some mark each scan, some list shipments; and a batch lists
  // shipments of one piece each, which only its name tells from several pieces.
  if (fixture.name.starts_with("multi_piece")) return true;
  return std::any_of(understood.reports.begin(), understood.reports.end(),
                     [](const Report& r) { return !r.pieces.empty() && r.pieces != "1"; });
}

int* counter_of(Coverage& cover, ErrorClass error) {
  switch (error) {
    case ErrorClass::NotFound:
      return &cover.unknown_numbers;
    case ErrorClass::InvalidNumber:
      return &cover.bad_numbers;
    case ErrorClass::Auth:
      return &cover.refusals;
    case ErrorClass::RateLimited:
      return &cover.limits;
    case ErrorClass::Server:
    case ErrorClass::BadRequest:
      return &cover.outages;
    case ErrorClass::Unreadable:
      return &cover.broken;
    case ErrorClass::Drift:
      return &cover.drifts;
  }
  return &cover.broken;
}

void count(Coverage& cover, const Connector& connector, const Fixture& fixture) {
  const auto understood = connector.understand(fixture.body, fixture.http_status);
  const auto any = [&](auto is) {
    return std::any_of(understood.reports.begin(), understood.reports.end(), is) ? 1 : 0;
  };
  cover.journeys += any([](const Report& r) { return !r.scans.empty(); });
  cover.hand_overs +=
      any([](const Report& r) { return !r.next_courier.empty() || !r.next_number.empty(); });
  cover.several_pieces += has_several_pieces(fixture, understood) ? 1 : 0;
  std::vector<ErrorClass> seen;
  for (const auto& error : understood.errors) {
    if (std::find(seen.begin(), seen.end(), error.error_class) != seen.end()) continue;
    seen.push_back(error.error_class);
    ++*counter_of(cover, error.error_class);
  }
}

std::vector<std::string_view> missing(const Coverage& cover) {
  const auto& d = cover.connector->definition();
  std::vector<std::string_view> missing;
  const auto say = [&](bool is_missing, std::string_view what) {
    if (is_missing) missing.push_back(what);
  };
  say(d.evidence == "documentation", "a recorded answer");
  say(cover.journeys == 0, "a journey");
  say(cover.several_pieces == 0, "several pieces");
  say(cover.hand_overs == 0, "a hand-over");
  // Documents are brought, not asked for: nobody can be refused or ask about a wrong number.
  if (cover.group != Group::Standard) {
    say(cover.unknown_numbers == 0, "an unknown number");
    say(cover.refusals == 0, "refused access");
  }
  say(cover.broken == 0, "a broken answer");
  say(d.codes.size() == 0 && d.standard.empty(), "a table of codes");
  say(d.documentation.empty(), "documentation");
  return missing;
}

int strength(std::string_view evidence) {
  return evidence == "live" ? 2 : evidence == "sample" ? 1 : 0;
}

// "live call 0, sample 20, documentation 41": of all connectors.
std::string evidence_of_all(const std::vector<Coverage>& all) {
  const auto count = [&](std::string_view evidence) {
    return std::count_if(all.begin(), all.end(), [&](const Coverage& c) {
      return c.connector->definition().evidence == evidence;
    });
  };
  return fmt::format("live call {}, recorded sample {}, documentation alone {}", count("live"),
                     count("sample"), count("documentation"));
}

// What stands in a cell cannot end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string number_or_dash(std::size_t number) {
  return number == 0 ? "–" : std::to_string(number);
}

std::string cases(const Coverage& c) {
  std::string out;
  const auto say = [&](int number, std::string_view what) {
    if (number == 0) return;
    fmt::format_to(std::back_inserter(out), "{}{} {}", out.empty() ? "" : ", ", what, number);
  };
  say(c.journeys, "journey");
  say(c.several_pieces, "several pieces");
  say(c.hand_overs, "hand-over");
  say(c.unknown_numbers, "unknown number");
  say(c.bad_numbers, "bad number");
  say(c.refusals, "refused");
  say(c.limits, "limited");
  say(c.outages, "outage");
  say(c.broken, "broken");
  say(c.drifts, "drift");
  return out;
}

void put_connectors(std::string& out, std::string_view title, std::string_view says, Group group,
                    const std::vector<Coverage>& all) {
  const auto rows =
      std::count_if(all.begin(), all.end(), [&](const Coverage& c) { return c.group == group; });
  out += fmt::format("\n## {} ({})\n\n{}\n\n", title, rows, says);
  out +=
      "| Connector | Serves | Official | Tested on | Access | Batch | Codes | Fixtures | Cases | "
      "Not covered |\n|---|---|---|---|---|--:|--:|--:|---|---|\n";
  for (const auto& c : all) {
    if (c.group != group) continue;
    const auto& d = c.connector->definition();
    const auto linked = d.documentation.starts_with("https://")
                            ? fmt::format("[{}]({})", cell(d.name), d.documentation)
                            : cell(d.name);
    const auto serves = group == Group::Carrier ? fmt::format("{}", fmt::join(c.couriers, ", "))
                                                : std::string("any");
    out += fmt::format("| {} `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", linked, d.id,
                       serves, d.is_official ? "yes" : "no", d.evidence, name(d.access.kind),
                       d.request.batch, number_or_dash(d.codes.size()),
                       c.connector->fixtures().size(), cases(c), fmt::join(c.missing, ", "));
  }
}

void put_couriers(std::string& out, const std::vector<CourierCoverage>& all) {
  std::map<std::string_view, std::pair<int, int>> by_kind;  // with, without
  for (const auto& c : all) {
    auto& [with, without] = by_kind[couriers::name(c.courier->kind)];
    ++(c.connectors.empty() ? without : with);
  }
  out +=
      "\n## Couriers\n\nOf the couriers of the catalogue, so many have a connector of their own. "
      "The others are answered only by an\nupstream, if the operator gives the key of one, or by "
      "what is pushed; otherwise their shipments stay `pending`.\n`milepost carriers coverage` "
      "tells it of each.\n\n| Kind | With | Without |\n|---|--:|--:|\n";
  for (const auto& [kind, counts] : by_kind)
    out += fmt::format("| {} | {} | {} |\n", kind, counts.first, counts.second);
  out +=
      "\n| Courier | Name | Country | Connectors, best first | Tested on "
      "|\n|---|---|---|---|---|\n";
  for (const auto& c : all) {
    if (c.connectors.empty()) continue;
    std::vector<std::string_view> ids;
    for (const auto* connector : c.connectors) ids.push_back(connector->id());
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", c.courier->code, cell(c.courier->name),
                       c.courier->country, fmt::join(ids, ", "), c.evidence);
  }
}

}  // namespace

std::vector<Coverage> coverage(const Connectors& connectors, const couriers::Catalogue& catalogue) {
  std::vector<Coverage> all;
  for (const auto& connector : connectors.all()) {
    const auto& d = connector->definition();
    Coverage cover;
    cover.connector = connector.get();
    cover.couriers = {d.courier};
    cover.couriers.insert(cover.couriers.end(), d.also.begin(), d.also.end());
    const bool is_courier = std::any_of(cover.couriers.begin(), cover.couriers.end(),
                                        [&](const auto& code) { return catalogue.find(code); });
    cover.group = d.is_upstream ? Group::Upstream : is_courier ? Group::Carrier : Group::Standard;
    for (const auto& fixture : connector->fixtures()) count(cover, *connector, fixture);
    cover.missing = missing(cover);
    all.push_back(std::move(cover));
  }
  return all;
}

std::vector<CourierCoverage> coverage_by_courier(const Connectors& connectors,
                                                 const couriers::Catalogue& catalogue) {
  std::vector<CourierCoverage> all;
  for (const auto& courier : catalogue.all()) {
    CourierCoverage cover{&courier, connectors.serving(courier.code), {}};
    for (const auto* connector : cover.connectors) {
      const std::string_view evidence = connector->definition().evidence;
      if (cover.evidence.empty() || strength(evidence) > strength(cover.evidence))
        cover.evidence = evidence;
    }
    all.push_back(std::move(cover));
  }
  return all;
}

std::string coverage_markdown(const Connectors& connectors, const couriers::Catalogue& catalogue) {
  std::string out =
      "# Which carriers are covered, and how well\n\n"
      "Written by `milepost carriers coverage --markdown` from the connectors that are built in; a "
      "test fails when this file\nis not what it prints. How each carrier does today, with the "
      "operator's keys: `milepost carriers list`, `/carriers`.\n\n"
      "*Tested on* is the best evidence the reading of answers was tried on: the carrier's "
      "`documentation`, a recorded\n`sample` of its answers, or a `live` call. *Official*: the "
      "carrier publishes the interface for its customers. *Batch*:\nnumbers in one call. *Cases*: "
      "what the fixtures beside the definition show (written for the purpose in the carrier's\n"
      "form, never recorded from people). *Not covered*: what none of them shows; some carriers "
      "have no such thing.\n";
  const auto all = coverage(connectors, catalogue);
  out += fmt::format("\n{} connectors, tested on: {}.\n", all.size(), evidence_of_all(all));
  put_connectors(out, "Carriers", "Asked directly.", Group::Carrier, all);
  put_connectors(out, "Upstreams",
                 "Answer for (nearly) every courier. Off unless the operator gives a key; a "
                 "shipment shows who was told its number.",
                 Group::Upstream, all);
  put_connectors(out, "Standards",
                 "Documents of the trade, from any carrier that sends them (docs/inbound.md).",
                 Group::Standard, all);
  put_couriers(out, coverage_by_courier(connectors, catalogue));
  return out;
}

}  // namespace carriers
