// How well events are understood, on the labelled events of the evidence folder (MILEPOST_SHARED):
//
//   with tables    each carrier's own codes and sentences, then the standards, then the language
//   by wording     the language alone, the model trained anew for each carrier without it: no row
//                  of its tables, and no sentence that any of its rows has, wherever it is from
//   own sentences  the language alone, trained on none of the carriers in the events at all
//
// and how many verdicts a second one core gives. `bench_wording --wrong` also lists what is wrong,
// `--carriers` prints the
// tables by carrier, `--own` leaves the long part (by wording) out, `--lines` asks about the
// project's own sentences instead.
#include "journey/wording.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/csv.h"
#include "figure.h"
#include "journey/fold.h"
#include "journey/understanding.h"
#include "journey/wording_model.h"
#include "journey/wording_training.h"

namespace {

namespace fs = std::filesystem;
using journey::Sentence, journey::Verdict;

struct Event {
  std::string carrier, code, text, language, status, substatus;
};

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::vector<Event> events() {
  const char* shared = std::getenv("MILEPOST_SHARED");
  const fs::path folder =
      shared != nullptr ? fs::path(shared) : fs::path(MILEPOST_SOURCE_DIR) / "../shared";
  const std::string csv = read(folder / "data/events-dev.csv");
  base::CsvReader reader(csv);
  std::vector<Event> all;
  std::vector<std::string> cells;
  reader.next(cells);
  while (reader.next(cells)) {
    if (cells.size() >= 6)
      all.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]});
  }
  return all;
}

// Under which name a carrier of the events has its facts here.
std::string table_of(const std::string& carrier) {
  static const std::map<std::string, std::string> kElsewhere = {
      {"colissimo", "la-poste"},           {"edi-x12-214", "x12-1650"},
      {"edifact-iftsta", "edifact-rec24"}, {"gs1-epcis", "gs1-cbv"},
      {"iata-cargo-imp-fsu", "iata-fsu"},  {"iata-one-record", "iata-fsu"}};
  const auto at = kElsewhere.find(carrier);
  return at == kElsewhere.end() ? carrier : at->second;
}

struct Facts {
  std::map<std::string, journey::CodeTable> tables;
  std::vector<Sentence> sentences;
  std::vector<journey::ConceptWord> words;
};

void add_table(Facts& facts, const fs::path& path, const std::string& name) {
  const std::string tsv = read(path);
  auto table = journey::CodeTable::parse(tsv);
  if (!table) {
    std::fprintf(stderr, "%s:%d: %s\n", path.c_str(), table.error().line,
                 table.error().says.c_str());
    std::exit(1);
  }
  facts.tables.emplace(name, std::move(table).value());
  const auto rows = journey::read_table_sentences(tsv, name);
  facts.sentences.insert(facts.sentences.end(), rows.value().begin(), rows.value().end());
}

Facts facts() {
  Facts out;
  const fs::path data = fs::path(MILEPOST_SOURCE_DIR) / "data";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(data)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& path : files) {
    const std::string folder = path.parent_path().filename().string();
    if (path.filename() == "codes.tsv") {
      add_table(out, path, folder);
    } else if (path.extension() == ".tsv" && (folder == "standards" || folder == "carriers")) {
      add_table(out, path, path.stem().string());
    } else if (path.filename() == "concepts.txt") {
      out.words = journey::read_concepts(read(path)).value();
    } else if (path.extension() == ".txt" && folder == "wordings") {
      const auto rows =
          journey::read_wordings(read(path), static_cast<std::uint32_t>(out.sentences.size() + 1));
      if (!rows) {
        std::fprintf(stderr, "%s:%d: %s\n", path.c_str(), rows.error().line,
                     rows.error().says.c_str());
        std::exit(1);
      }
      out.sentences.insert(out.sentences.end(), rows.value().begin(), rows.value().end());
    }
  }
  return out;
}

// delivered, undelivered and exception are what must not be taken for each other.
bool is_grave(std::string_view a, std::string_view b) {
  const auto grave = [](std::string_view s) {
    return s == "delivered" || s == "undelivered" || s == "exception";
  };
  return a != b && grave(a) && grave(b);
}

struct Count {
  int rows = 0, right = 0, wrong = 0, unknown = 0, grave = 0, exact = 0;
  void add(const Event& event, const Verdict& verdict) {
    ++rows;
    if (verdict.kind != Verdict::Kind::Known) return void(++unknown);
    const auto status = journey::name(verdict.status);
    status == event.status ? ++right : ++wrong;
    grave += is_grave(status, event.status);
    exact += journey::substatus_name(verdict.status, verdict.substatus) == event.substatus;
  }
  double part(int n) const { return rows == 0 ? 0 : 100.0 * n / rows; }
};

struct Tally {
  Count all;
  std::map<std::string, Count> carriers, languages;
  void add(const Event& event, const Verdict& verdict) {
    all.add(event, verdict);
    carriers[event.carrier].add(event, verdict);
    languages[event.language].add(event, verdict);
  }
  double macro(int Count::*what) const {
    double sum = 0;
    for (const auto& [name, count] : carriers) sum += count.part(count.*what);
    return sum / static_cast<double>(carriers.size());
  }
  void print_lines(const std::map<std::string, Count>& lines) const {
    for (const auto& [name, c] : lines)
      std::fprintf(stderr,
                   "  %-20s %4d rows  right %5.1f  wrong %5.1f  unknown %5.1f  substatus %5.1f\n",
                   name.c_str(), c.rows, c.part(c.right), c.part(c.wrong), c.part(c.unknown),
                   c.part(c.exact));
  }
  void print(const std::string& what, bool has_bars) const {
    using bench::Bar;
    const auto bar = [has_bars](double value) {
      return has_bars ? std::optional<double>(value) : std::nullopt;
    };
    bench::print(what + ".right", all.part(all.right), "%", bar(90));
    bench::print(what + ".wrong", all.part(all.wrong), "%", bar(4), Bar::AtMost);
    bench::print(what + ".unknown", all.part(all.unknown), "%");
    bench::print(what + ".grave", all.part(all.grave), "%", bar(0.5), Bar::AtMost);
    bench::print(what + ".substatus_right", all.part(all.exact), "%");
    bench::print(what + ".right_by_carrier", macro(&Count::right), "%", bar(90));
    bench::print(what + ".wrong_by_carrier", macro(&Count::wrong), "%", bar(4), Bar::AtMost);
    bench::print(what + ".substatus_right_by_carrier", macro(&Count::exact), "%");
  }
};

bool g_wrong = false, g_carriers = false, g_own = false, g_lines = false;

constexpr const char* kTestFiles[] = {"phrases.tsv", "hard.tsv", "fresh.tsv", "blind1.tsv"};

// What is wrong in these is told to nobody, or the next one to widen data/wordings would work on
// it.
bool is_blind(std::string_view name) { return name.starts_with("blind"); }

// A file of tests/wordings, which no training reads; "carrier" is the language there.
std::vector<Event> phrases(const char* name) {
  std::ifstream file(fs::path(MILEPOST_SOURCE_DIR) / "tests/wordings" / name);
  std::vector<Event> all;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    if (line.starts_with('#') || line.starts_with("language\t") || second == line.npos) continue;
    Event event{line.substr(0, first), "", line.substr(second + 1),
                line.substr(0, first), "", line.substr(first + 1, second - first - 1)};
    event.status = event.substatus;
    while (!event.status.empty() && event.status.back() >= '0' && event.status.back() <= '9')
      event.status.pop_back();
    all.push_back(std::move(event));
  }
  return all;
}

void tell_wrong(const char* how, const Event& event, const Verdict& verdict) {
  if (!g_wrong || is_blind(how)) return;
  const bool is_known = verdict.kind == Verdict::Kind::Known;
  const auto said =
      is_known ? journey::substatus_name(verdict.status, verdict.substatus) : "unknown";
  if (is_known && journey::name(verdict.status) == event.status) return;
  std::fprintf(stderr, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", how, event.carrier.c_str(),
               event.code.c_str(), event.text.c_str(), event.substatus.c_str(), said.c_str(),
               verdict.confidence);
}

// The project's own test sentences in every language, read by a model.
Tally test_phrases(const journey::WordingModel& model, const char* file) {
  Tally tally;
  for (const Event& event : phrases(file)) {
    const auto verdict = journey::judge_wording(model, event.text);
    tell_wrong(file, event, verdict);
    tally.add(event, verdict);
  }
  return tally;
}

void with_tables(const std::vector<Event>& all, const Facts& facts) {
  const auto& understanding = journey::Understanding::builtin();
  Tally tally;
  for (const Event& event : all) {
    const auto name = table_of(event.carrier);
    const auto table = facts.tables.find(name);
    const auto verdict = understanding.judge(table == facts.tables.end() ? nullptr : &table->second,
                                             name, event.code, event.text, event.language);
    tell_wrong("tables", event, verdict);
    tally.add(event, verdict);
  }
  bench::print("wording.with_tables.right", tally.all.part(tally.all.right), "%", 99);
  bench::print("wording.with_tables.substatus_right", tally.all.part(tally.all.exact), "%");
}

double seconds_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The model alone: it has seen none of these sentences.
void speed_of_model(const journey::WordingModel& model, const std::vector<const Event*>& rows) {
  double best = 1e9;
  unsigned known = 0;
  for (int pass = 0; pass < 15; ++pass) {
    const double start = seconds_of_thread();
    for (const Event* event : rows)
      known += journey::judge_wording(model, event->text).by != journey::By::Nothing;
    best = std::min(best, seconds_of_thread() - start);
  }
  if (known == 0) std::fprintf(stderr, "nothing was understood\n");
  bench::print("wording.per_second.by_model", static_cast<double>(rows.size()) / best, "verdicts/s",
               1e6);
}

// The test sentences, read by a model that has none of them: half stand in data/wordings, too,
// because that is how carriers say it. And as the program reads them, which has them.
void test_untrained(const Facts& facts, const std::vector<bool>& out) {
  for (const char* file : kTestFiles) {
    std::set<std::string> texts;
    for (const Event& event : phrases(file)) texts.insert(journey::fold(event.text));
    auto without = out;
    for (std::size_t i = 0; i < without.size(); ++i)
      without[i] = without[i] || texts.contains(facts.sentences[i].text);
    const std::string bytes = journey::train_wording(facts.sentences, facts.words, without);
    const auto tested = test_phrases(*journey::WordingModel::read(bytes), file);
    const auto name = "wording." + std::string(file, std::string_view(file).find('.'));
    tested.print(name, false);
    if (g_carriers) tested.print_lines(tested.carriers);
    if (!is_blind(file)) continue;
    Tally as_built;
    const auto& understanding = journey::Understanding::builtin();
    for (const Event& event : phrases(file))
      as_built.add(event, understanding.by_wording(event.text, event.language));
    as_built.print(name + "_as_built", false);
  }
}

Tally left_out(const std::vector<Event>& all, const Facts& facts, bool every_carrier) {
  std::map<std::string, std::vector<const Event*>> by_carrier;
  for (const Event& event : all) {
    if (!journey::fold(event.text).empty())
      by_carrier[every_carrier ? "" : event.carrier].push_back(&event);
  }
  Tally tally;
  for (const auto& [carrier, rows] : by_carrier) {
    std::set<std::string> texts;
    for (const Event* event : rows) texts.insert(journey::fold(event->text));
    std::vector<bool> out(facts.sentences.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Sentence& sentence = facts.sentences[i];
      out[i] = texts.contains(sentence.text) ||
               (every_carrier ? !sentence.source.empty() : sentence.source == table_of(carrier));
    }
    const std::string bytes = journey::train_wording(facts.sentences, facts.words, out);
    const auto model = journey::WordingModel::read(bytes);
    if (every_carrier) {
      speed_of_model(*model, rows);
      test_untrained(facts, out);
    }
    for (const Event* event : rows) {
      const auto verdict = journey::judge_wording(*model, event->text);
      tell_wrong(every_carrier ? "own" : "left-out", *event, verdict);
      tally.add(*event, verdict);
    }
  }
  return tally;
}

// The project's own sentences, a fifth of their lines left out at a time: how well the language is
// known beside what is written down. For comparing ways of training; says nothing of carriers.
void left_out_lines(const Facts& facts) {
  constexpr std::uint32_t kParts = 5;
  constexpr unsigned kMostOfLine = 3;
  Tally tally;
  for (std::uint32_t part = 0; part < kParts; ++part) {
    const auto is_out = [&](const Sentence& s) {
      return s.source.empty() && (s.language * 40503U + s.group * 2654435761U) / 7 % kParts == part;
    };
    std::set<std::string> texts;
    for (const Sentence& sentence : facts.sentences) {
      if (is_out(sentence)) texts.insert(sentence.text);
    }
    std::vector<Sentence> rest;
    for (const Sentence& sentence : facts.sentences) {
      if (!is_out(sentence) && !texts.contains(sentence.text)) rest.push_back(sentence);
    }
    const std::string bytes = journey::train_wording(rest, facts.words);
    const auto model = journey::WordingModel::read(bytes);
    std::map<std::pair<std::uint32_t, std::uint32_t>, unsigned> of_line;
    for (const Sentence& s : facts.sentences) {
      if (!is_out(s) || s.is_spelling || s.meaning >= journey::kNothing) continue;
      if (++of_line[{s.language, s.group}] > kMostOfLine) continue;
      const auto& means = journey::kMeanings[s.meaning];
      const Event event{"lines",
                        "",
                        s.text,
                        "",
                        std::string(journey::name(means.status)),
                        std::string(journey::substatus_name(means.status, means.substatus))};
      const auto verdict = journey::judge_wording(*model, event.text);
      tell_wrong("lines", event, verdict);
      tally.add(event, verdict);
    }
  }
  tally.print("wording.lines", false);
}

void speed(const std::vector<Event>& all, const Facts& facts) {
  const auto& understanding = journey::Understanding::builtin();
  std::vector<const journey::CodeTable*> tables;
  for (const Event& event : all) {
    const auto at = facts.tables.find(table_of(event.carrier));
    tables.push_back(at == facts.tables.end() ? nullptr : &at->second);
  }
  double judged = 1e9, worded = 1e9;
  unsigned known = 0;
  for (int pass = 0; pass < 15; ++pass) {
    double start = seconds_of_thread();
    for (std::size_t i = 0; i < all.size(); ++i)
      known += understanding.judge(tables[i], "", all[i].code, all[i].text, all[i].language).by !=
               journey::By::Nothing;
    judged = std::min(judged, seconds_of_thread() - start);
    start = seconds_of_thread();
    for (const Event& event : all)
      known += understanding.by_wording(event.text, event.language).by != journey::By::Nothing;
    worded = std::min(worded, seconds_of_thread() - start);
  }
  if (known == 0) std::fprintf(stderr, "nothing was understood\n");
  const auto rows = static_cast<double>(all.size());
  bench::print("wording.per_second.with_tables", rows / judged, "verdicts/s", 1e6);
  bench::print("wording.per_second.by_wording", rows / worded, "verdicts/s", 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    g_wrong |= std::string_view(argv[i]) == "--wrong";
    g_carriers |= std::string_view(argv[i]) == "--carriers";
    g_own |= std::string_view(argv[i]) == "--own";
    g_lines |= std::string_view(argv[i]) == "--lines";
  }
  const auto all = events();
  if (all.empty()) {
    std::fprintf(stderr, "skipped: no labelled events (set MILEPOST_SHARED)\n");
    return 0;
  }
  const auto known = facts();
  bench::print("wording.sentences", static_cast<double>(known.sentences.size()), "sentences");
  if (g_lines) return left_out_lines(known), 0;
  with_tables(all, known);
  speed(all, known);
  const auto own = left_out(all, known, true);
  own.print("wording.own_sentences", false);
  if (g_carriers) own.print_lines(own.carriers);
  if (g_own) return 0;
  const auto each = left_out(all, known, false);
  each.print("wording.by_wording", true);
  if (g_carriers) {
    each.print_lines(each.carriers);
    each.print_lines(each.languages);
  }
}
