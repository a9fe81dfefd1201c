#include "carriers/simulator/answer_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "carriers/definition.h"
#include "carriers/simulator/specimen.h"
#include "carriers/simulator/written_time.h"

namespace carriers::simulator {
namespace {

using journey::Status;
using journey::Verdict;

struct Country {
  std::string_view two, three, name;
};
constexpr std::array<Country, 24> kCountries{{
    {"DE", "DEU", "Germany"},       {"NL", "NLD", "Netherlands"},    {"BE", "BEL", "Belgium"},
    {"FR", "FRA", "France"},        {"GB", "GBR", "United Kingdom"}, {"ES", "ESP", "Spain"},
    {"IT", "ITA", "Italy"},         {"SE", "SWE", "Sweden"},         {"NO", "NOR", "Norway"},
    {"DK", "DNK", "Denmark"},       {"FI", "FIN", "Finland"},        {"PL", "POL", "Poland"},
    {"AT", "AUT", "Austria"},       {"CH", "CHE", "Switzerland"},    {"CZ", "CZE", "Czechia"},
    {"US", "USA", "United States"}, {"CA", "CAN", "Canada"},         {"BR", "BRA", "Brazil"},
    {"AU", "AUS", "Australia"},     {"CN", "CHN", "China"},          {"JP", "JPN", "Japan"},
    {"IN", "IND", "India"},         {"UA", "UKR", "Ukraine"},        {"RU", "RUS", "Russia"},
}};

// In the form the fixture has: two letters, three, or the name.
std::string_view country_like(std::string_view like, std::string_view two) {
  const auto found = std::ranges::find(kCountries, two, &Country::two);
  if (found == kCountries.end() || like.size() == 2) return two;
  return like.size() == 3 ? found->three : found->name;
}

struct TableRow {
  std::string code, text;
  Status status{};
  int substatus = 0;
};

}  // namespace

// How an event of one meaning is said: which event of the fixture is its model, and what is written
// over its code and words (empty: the model's own).
struct Saying {
  Status status{};
  int substatus = 0;
  NodeId model = kNoNode;
  std::string code, text;
};

struct AnswerWriter::State {
  const Connector* connector = nullptr;
  const Answer* answer = nullptr;
  std::string fixture;
  std::string number;
  std::vector<Saying> sayings;

  const Saying* say(Status status, int substatus) const {
    const Saying* nearly = nullptr;
    for (const auto& saying : sayings) {
      if (saying.status != status) continue;
      if (saying.substatus == substatus) return &saying;
      if (nearly == nullptr) nearly = &saying;
    }
    return nearly;
  }
};

namespace {

// ---- Writing through the mapping

// Writes so that `value` reads `text`; false when that cannot be done.
bool assign(Specimen& specimen, const Value& value, NodeId at, std::string_view text);

bool assign_path(Specimen& specimen, const Value& value, NodeId at, std::string_view text) {
  const auto node = value.path.first_text(specimen.tree(), at);
  if (node == kNoNode) return false;
  for (const auto& [from, to] : value.map) {
    if (to == text) {
      specimen.set(node, from);
      return true;
    }
  }
  specimen.set(node, text);
  return true;
}

bool assign_join(Specimen& specimen, const Value& value, NodeId at, std::string_view text) {
  std::vector<const Value*> parts;
  for (const auto& part : value.parts) {
    if (!value.skip_empty || !part.get(specimen.tree(), at).empty()) parts.push_back(&part);
  }
  bool is_written = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    const auto end = is_last ? text.size() : text.find(value.text);
    if (end == std::string_view::npos || (value.text.empty() && !is_last)) return false;
    const auto piece = text.substr(0, end);
    is_written = assign(specimen, *parts[i], at, piece) || piece.empty() ? is_written : false;
    if (!is_last) text.remove_prefix(end + value.text.size());
  }
  return is_written;
}

bool assign(Specimen& specimen, const Value& value, NodeId at, std::string_view text) {
  switch (value.kind) {
    case Value::Kind::Path:
    case Value::Kind::All:
      return assign_path(specimen, value, at, text);
    case Value::Kind::First:
      for (const auto& part : value.parts) {
        if (!part.get(specimen.tree(), at).empty()) return assign(specimen, part, at, text);
      }
      return false;
    case Value::Kind::Join:
      return assign_join(specimen, value, at, text);
    case Value::Kind::Text:
      return value.text == text;
    default:
      return false;
  }
}

void assign_time(Specimen& specimen, const TimeMapping& mapping, NodeId at, base::Instant when,
                 std::string_view zone) {
  const auto like = mapping.value.get(specimen.tree(), at);
  if (like.empty()) return;
  const auto offset_like = mapping.offset.get(specimen.tree(), at);
  const auto time = local_time(when, mapping.rules.zone.empty() ? zone : mapping.rules.zone);
  if (mapping.rules.formats.empty()) {
    assign(specimen, mapping.value, at, write_time("iso", like, time));
  }
  for (const auto& format : mapping.rules.formats) {
    auto rules = mapping.rules;
    rules.formats = {format};
    if (read_time(like, rules, offset_like, "2026-01-01").empty()) continue;
    assign(specimen, mapping.value, at, write_time(format.source(), like, time));
    break;
  }
  if (!offset_like.empty())
    assign(specimen, mapping.offset, at, write_offset(time.offset_minutes, offset_like));
}

void assign_place(Specimen& specimen, const PlaceMapping& mapping, NodeId at, const Town* town) {
  if (town == nullptr) return;
  const auto& tree = specimen.tree();
  assign(specimen, mapping.city, at, town->city);
  assign(specimen, mapping.state, at, town->state);
  assign(specimen, mapping.zip, at, town->zip);
  const auto country = mapping.country.get(tree, at);
  assign(specimen, mapping.country, at, country_like(country, town->country));
  if (!mapping.city) assign(specimen, mapping.text, at, town->city);
}

// ---- What the carrier can say

std::vector<TableRow> rows_of(std::string_view tsv) {
  std::vector<TableRow> rows;
  while (!tsv.empty()) {
    const auto end = std::min(tsv.find('\n'), tsv.size());
    const auto line = tsv.substr(0, end);
    tsv.remove_prefix(std::min(end + 1, tsv.size()));
    std::array<std::string_view, 3> cells;
    auto rest = line;
    for (auto& cell : cells) {
      const auto tab = std::min(rest.find('\t'), rest.size());
      cell = rest.substr(0, tab);
      rest.remove_prefix(std::min(tab + 1, rest.size()));
    }
    const auto meaning = journey::parse_substatus(cells[2]);
    const bool has_star = line.find('*') != std::string_view::npos;
    if (line.starts_with('#') || !meaning || has_star || cells[1].empty()) continue;
    rows.push_back(
        {std::string(cells[0]), std::string(cells[1]), meaning->status, meaning->number});
  }
  return rows;
}

bool is_below(const Document& tree, NodeId node, NodeId above) {
  if (node == above) return false;
  while (node != kNoNode && node != above) node = tree[node].parent;
  return node == above;
}

Verdict judge_event(const Connector& connector, const EventMapping& event, const Document& tree,
                    NodeId node) {
  const auto& definition = connector.definition();
  const auto code = event.code.get(tree, node);
  auto words = event.verdict_text.get(tree, node);
  if (words.empty()) words = event.description.get(tree, node);
  return journey::Understanding::builtin().judge(&connector.codes(), definition.standard, code,
                                                 words, definition.language);
}

}  // namespace

AnswerWriter::AnswerWriter() : state_(std::make_unique<State>()) {}
AnswerWriter::AnswerWriter(AnswerWriter&&) noexcept = default;
AnswerWriter& AnswerWriter::operator=(AnswerWriter&&) noexcept = default;
AnswerWriter::~AnswerWriter() = default;

base::Result<AnswerWriter, std::string> AnswerWriter::make(const Connector& connector,
                                                           std::string_view fixture) {
  AnswerWriter writer;
  auto& state = *writer.state_;
  state.connector = &connector;
  state.fixture = fixture;
  std::unique_ptr<Specimen> specimen;
  for (const auto& answer : connector.definition().answers) {
    specimen = Specimen::read(answer.format, fixture);
    if (specimen && all_hold(answer.when, specimen->tree(), kRoot)) {
      state.answer = &answer;
      break;
    }
  }
  if (state.answer == nullptr) return base::Failure{std::string("no answer mapping fits it")};
  const auto& tree = specimen->tree();
  const auto shipments = state.answer->shipments.all(tree, kRoot);
  if (shipments.empty() || !state.answer->events)
    return base::Failure{std::string("it has no shipment with events")};
  state.number = state.answer->shipment.number.get(tree, shipments.front());
  const auto nodes = state.answer->events->all(tree, shipments.front());
  if (!std::ranges::all_of(nodes,
                           [&](NodeId node) { return is_below(tree, node, shipments.front()); }))
    return base::Failure{std::string("its events do not stand inside a shipment")};
  for (const auto node : nodes) {
    const auto& event = state.answer->event;
    if (any_holds(event.skip, tree, node) || any_holds(event.note, tree, node) ||
        any_holds(event.expected, tree, node))
      continue;
    const auto verdict = judge_event(connector, event, tree, node);
    if (verdict.kind != Verdict::Kind::Known) continue;
    state.sayings.push_back({verdict.status, verdict.substatus, node, {}, {}});
  }
  if (state.sayings.empty()) return base::Failure{std::string("none of its events is understood")};
  const auto model = state.sayings.front().model;
  for (auto& row : rows_of(connector.codes_text())) {
    if (const auto* said = state.say(row.status, row.substatus);
        said != nullptr && said->substatus == row.substatus)
      continue;
    state.sayings.push_back({row.status, row.substatus, model, row.code, row.text});
  }
  writer.keep_what_reads_back();
  if (state.sayings.empty())
    return base::Failure{std::string("nothing written reads back as meant")};
  return writer;
}

// A row's words in a model's place may mean something else to the connector (a code made of more
// than was written, a condition of its own): such sayings go.
void AnswerWriter::keep_what_reads_back() {
  const Town town{"Berlin", "", "10115", "DE", "Europe/Berlin"};
  const auto at = base::from_micros(1'767'225'600'000'000);
  std::erase_if(state_->sayings, [&](const Saying& saying) {
    const std::array<Step, 1> steps{Step{at, at, saying.status, saying.substatus, &town}};
    const Shown shown{state_->number, steps, &town, &town, at};
    const auto understood =
        state_->connector->understand(write_shipments({&shown, 1}, &saying), 200);
    if (understood.reports.size() != 1 || understood.reports.front().scans.size() != 1) return true;
    const auto& verdict = understood.reports.front().scans.front().verdict;
    return verdict.kind != Verdict::Kind::Known || verdict.status != saying.status ||
           verdict.substatus != saying.substatus;
  });
}

std::string_view AnswerWriter::fixture_number() const { return state_->number; }

Format AnswerWriter::format() const { return state_->answer->format; }

bool AnswerWriter::can_say(Status status, int substatus) const {
  const auto* saying = state_->say(status, substatus);
  return saying != nullptr && saying->substatus == substatus;
}

bool AnswerWriter::shows(Status status) const { return state_->say(status, 0) != nullptr; }

namespace {

struct Writing {
  const Connector& connector;
  const Answer& answer;
  Specimen& specimen;
};

// The fixture's event of the same meaning, with this step's time and place.
Specimen::Part write_event(const Writing& w, const Saying& saying, const Step& step) {
  const auto& event = w.answer.event;
  if (!saying.text.empty()) {
    assign(w.specimen, event.code, saying.model, saying.code);
    assign(w.specimen, event.description, saying.model, saying.text);
    assign(w.specimen, event.verdict_text, saying.model, saying.text);
  }
  assign_time(w.specimen, event.time, saying.model, step.happened, step.town->zone);
  assign_place(w.specimen, event.place, saying.model, step.town);
  return w.specimen.copy(saying.model);
}

void write_shipment_facts(const Writing& w, NodeId shipment, const Shown& parcel) {
  const auto& mapping = w.answer.shipment;
  const bool is_over = parcel.steps.back().status == Status::Delivered;
  assign_time(w.specimen, mapping.estimate, shipment, parcel.estimate, parcel.destination->zone);
  assign_time(w.specimen, mapping.estimate_until, shipment, parcel.estimate,
              parcel.destination->zone);
  assign_place(w.specimen, mapping.origin, shipment, parcel.origin);
  assign_place(w.specimen, mapping.destination, shipment, parcel.destination);
  if (!is_over) assign(w.specimen, mapping.signed_by, shipment, "");
}

}  // namespace

std::string AnswerWriter::write(std::span<const Shown> parcels) const {
  return write_shipments(parcels, nullptr);
}

std::string AnswerWriter::write_shipments(std::span<const Shown> parcels,
                                          const Saying* only) const {
  std::vector<Specimen::Part> shipments;
  std::unique_ptr<Specimen> specimen;
  std::vector<NodeId> places;
  for (const auto& parcel : parcels) {
    // A fresh one for each: what is written over a model must not show in the next parcel.
    specimen = Specimen::read(state_->answer->format, state_->fixture);
    const auto& tree = specimen->tree();
    places = state_->answer->shipments.all(tree, kRoot);
    const auto shipment = places.front();
    const Writing writing{*state_->connector, *state_->answer, *specimen};
    const auto nodes = state_->answer->events->all(tree, shipment);
    write_shipment_facts(writing, shipment, parcel);
    std::vector<Specimen::Part> events;
    std::string code, words;
    for (const auto& step : parcel.steps) {
      const auto* saying = only != nullptr ? only : state_->say(step.status, step.substatus);
      if (saying == nullptr) continue;
      // Its own specimen: a model written over once would keep the words.
      const auto page = Specimen::read(state_->answer->format, state_->fixture);
      events.push_back(write_event({*state_->connector, *state_->answer, *page}, *saying, step));
      const auto& event = state_->answer->event;
      code = saying->text.empty() ? event.code.get(tree, saying->model) : saying->code;
      words = saying->text.empty() ? event.description.get(tree, saying->model) : saying->text;
    }
    assign(*specimen, state_->answer->shipment.status_code, shipment, code);
    assign(*specimen, state_->answer->shipment.status_words, shipment, words);
    if (state_->answer->order != journey::Report::Order::OldestFirst) std::ranges::reverse(events);
    specimen->replace(nodes, std::move(events));
    const bool is_whole = state_->answer->shipments.is_self();
    if (is_whole) break;
    shipments.push_back(specimen->copy(shipment));
    shipments.back().replace_text(state_->number, parcel.number);
  }
  if (!specimen) return {};
  if (!shipments.empty()) specimen->replace(places, std::move(shipments));
  // What repeats the number outside the shipments' own nodes.
  std::string bytes = specimen->bytes();
  for (auto at = bytes.find(state_->number); !state_->number.empty() && at != std::string::npos;
       at = bytes.find(state_->number, at + parcels.front().number.size())) {
    bytes.replace(at, state_->number.size(), parcels.front().number);
  }
  return bytes;
}

}  // namespace carriers::simulator
