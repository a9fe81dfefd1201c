// Bytes to reports: error rules, answers, quarantine, drift, verdicts.
#include "base/text.h"
#include "base/time.h"
#include "carriers/country.h"
#include "carriers/definition.h"

namespace carriers {
namespace {

using journey::Place, journey::Report, journey::Scan, journey::Understanding, journey::Verdict;

constexpr Verdict kNote{Verdict::Kind::Note, journey::Status::Pending, 0, journey::By::Connector,
                        1000};

// What a node said, for people: "date=20240320 time=1908 status.type=X", at most a screen of it.
void append_raw(const Document& document, NodeId at, const std::string& name, std::string& out) {
  constexpr std::size_t kMost = 1000;
  if (out.size() >= kMost) return;
  if (!document.text(at).empty())
    out += (out.empty() ? "" : " ") + (name.empty() ? "" : name + "=") +
           std::string(document.text(at).substr(0, kMost));
  for (auto id = document[at].first_child; id != kNoNode; id = document[id].next) {
    const auto prefix = name.empty() ? std::string() : name + ".";
    append_raw(document, id, prefix + std::string(document[id].name), out);
  }
}

std::string raw_text(const Document& document, NodeId at) {
  std::string out;
  append_raw(document, at, "", out);
  return out;
}

// One message may speak of many things, but not without end: each costs a copy of what it shares.
constexpr std::size_t kMostGroups = 1000;

// Dates that stand for "none".
bool is_no_time(std::string_view text) {
  return text.starts_with("0001-01-01") || text.starts_with("0000") ||
         text.starts_with("1/1/0001") || text.starts_with("01/01/0001");
}

bool is_zero(std::string_view number) {
  return !number.empty() && number.find_first_not_of("0.,") == std::string_view::npos;
}

// One answer in one document.
class AnswerReader {
 public:
  AnswerReader(const Definition& definition, const Answer& answer, const Document& document)
      : definition_(definition), answer_(answer), document_(document) {
    message_date_ = answer.message_date.get(document, kRoot);
  }

  void read(Understood& into) {
    answer_.shipments.each(document_, kRoot, [&](NodeId id) {
      auto report = shipment(id);
      if (answer_.group_by.empty()) {
        if (answer_.events) all_events(id, report);
        give(std::move(report), into);
      } else {
        grouped(id, report, into);
      }
      return false;
    });
  }

 private:
  std::string_view get(const Value& value, NodeId at) { return value.get(document_, at, scratch_); }

  // False when there is a text that is no time.
  bool time(const TimeMapping& mapping, NodeId at, std::string_view what, Report& report,
            std::string& out) {
    const auto text = get(mapping.value, at);
    if (text.empty() || is_no_time(text)) return true;
    out = read_time(text, mapping.rules, mapping.offset.get(document_, at, offset_scratch_),
                    message_date_);
    if (!out.empty()) return true;
    report.quarantined.push_back(
        {raw_text(document_, at), fmt::format("{}: '{}' is no time", what, text)});
    return false;
  }

  Place place(const PlaceMapping& mapping, NodeId at) {
    Place place;
    place.city = get(mapping.city, at);
    place.state = get(mapping.state, at);
    place.zip = get(mapping.zip, at);
    const std::string country(get(mapping.country, at));
    place.text = get(mapping.text, at);
    if (place.text.empty()) {
      for (const std::string_view part :
           {std::string_view(place.city), std::string_view(place.state),
            std::string_view(place.zip), std::string_view(country)}) {
        if (part.empty()) continue;
        if (!place.text.empty()) place.text += ", ";
        place.text += part;
      }
    }
    place.country = country_code(country);
    return place;
  }

  Verdict judge(std::string_view code, std::string_view words, std::string_view language) {
    return Understanding::builtin().judge(&definition_.codes, definition_.standard, code, words,
                                          language);
  }

  Verdict verdict_of(const Scan& scan, NodeId at, std::string_view language) {
    const auto& event = answer_.event;
    if (scan.kind == Scan::Kind::Note) return kNote;
    const auto code = event.verdict_code.get(document_, at);
    const auto words = event.verdict_text.get(document_, at);
    return judge(code.empty() ? scan.raw_code : code, words.empty() ? scan.description : words,
                 language);
  }

  // Nothing when it is none, or when it was set aside in the report.
  std::optional<Scan> event(NodeId at, Report& report) {
    const auto& mapping = answer_.event;
    if (any_holds(mapping.skip, document_, at)) return std::nullopt;
    Scan scan;
    if (!time(mapping.time, at, "time", report, scan.time)) return std::nullopt;
    scan.description = get(mapping.description, at);
    scan.detail = get(mapping.detail, at);
    scan.raw_code = get(mapping.code, at);
    if (scan.description.empty() && scan.raw_code.empty() && scan.detail.empty()) {
      report.quarantined.push_back({raw_text(document_, at), "neither words nor a code"});
      return std::nullopt;
    }
    scan.place = place(mapping.place, at);
    scan.piece = get(mapping.piece, at);
    scan.id = get(mapping.id, at);
    scan.cancels = get(mapping.cancels, at);
    if (any_holds(mapping.note, document_, at)) scan.kind = Scan::Kind::Note;
    if (any_holds(mapping.expected, document_, at)) scan.kind = Scan::Kind::Expected;
    scan.verdict = verdict_of(scan, at, report.language);
    if (scan.kind == Scan::Kind::Happened && scan.verdict.kind == Verdict::Kind::Note)
      scan.kind = Scan::Kind::Note;
    return scan;
  }

  void all_events(NodeId at, Report& report) {
    answer_.events->each(document_, at, [&](NodeId id) {
      if (auto scan = event(id, report)) report.scans.push_back(std::move(*scan));
      return false;
    });
  }

  std::vector<std::string> numbers_of(NodeId at) {
    std::vector<std::string> numbers;
    for (const auto& path : answer_.group_by) {
      path.each(document_, at, [&](NodeId id) {
        const auto number = collapsed(document_.text(id), scratch_);
        if (!is_absent(number) &&
            std::find(numbers.begin(), numbers.end(), number) == numbers.end())
          numbers.emplace_back(number);
        return false;
      });
    }
    return numbers;
  }

  // A list of events that speak of several shipments, to one report for each.
  void grouped(NodeId at, Report& base, Understood& into) {
    std::vector<std::pair<Scan, std::vector<std::string>>> events;
    std::vector<std::string> numbers;  // in the order in which they are met
    answer_.events->each(document_, at, [&](NodeId id) {
      auto scan = event(id, base);
      if (!scan) return false;
      auto own = numbers_of(id);
      for (const auto& number : own) {
        if (std::find(numbers.begin(), numbers.end(), number) == numbers.end() &&
            numbers.size() < kMostGroups)
          numbers.push_back(number);
      }
      events.emplace_back(std::move(*scan), std::move(own));
      return false;
    });
    if (numbers.empty()) numbers.push_back(base.tracking_number);
    std::vector<Report> reports;
    for (const auto& number : numbers) {
      Report report = base;
      report.tracking_number = number;
      for (const auto& [scan, own] : events) {
        if (own.empty() || std::find(own.begin(), own.end(), number) != own.end())
          report.scans.push_back(scan);
      }
      reports.push_back(std::move(report));
    }
    // What the message is about most recently comes first.
    std::stable_sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) {
      return newest_time(a) > newest_time(b);
    });
    for (auto& report : reports) give(std::move(report), into);
  }

  static base::Instant newest_time(const Report& report) {
    auto newest = base::Instant::min();
    for (const auto& scan : report.scans)
      newest = std::max(newest, base::parse_iso(scan.time).value_or(base::Instant::min()));
    return newest;
  }

  void give(Report report, Understood& into) {
    judge_shipment(report);
    if (says_nothing(report)) return;
    if (is_drifted(report))
      into.errors.push_back({ErrorClass::Drift, "",
                             "no event could be read: " + report.quarantined.front().why,
                             report.tracking_number});
    into.reports.push_back(std::move(report));
  }

  Report shipment(NodeId at) {
    const auto& mapping = answer_.shipment;
    Report report;
    report.courier_code = definition_.courier;
    report.is_repeating = definition_.is_upstream;
    report.order = answer_.order;
    const std::pair<std::string Report::*, const Value*> texts[] = {
        {&Report::tracking_number, &mapping.number},
        {&Report::shipment_id, &mapping.id},
        {&Report::status_code, &mapping.status_code},
        {&Report::status_words, &mapping.status_words},
        {&Report::signed_by, &mapping.signed_by},
        {&Report::weight, &mapping.weight},
        {&Report::weight_unit, &mapping.weight_unit},
        {&Report::dimension, &mapping.dimension},
        {&Report::pieces, &mapping.pieces},
        {&Report::service_code, &mapping.service_code},
        {&Report::service, &mapping.service},
        {&Report::next_courier, &mapping.next_courier},
        {&Report::next_number, &mapping.next_number},
        {&Report::pickup_point, &mapping.pickup_point},
        {&Report::proof_of_delivery, &mapping.proof_of_delivery},
        {&Report::next_action, &mapping.next_action},
        {&Report::phone, &mapping.phone},
        {&Report::weblink, &mapping.weblink},
        {&Report::language, &mapping.language},
    };
    for (const auto& [member, value] : texts) {
      if (*value) report.*member = get(*value, at);
    }
    if (is_zero(report.weight)) report.weight.clear();
    if (report.weight.empty()) report.weight_unit.clear();
    if (is_zero(report.pieces)) report.pieces.clear();
    if (report.language.empty()) report.language = definition_.language;
    time(mapping.estimate, at, "estimate", report, report.estimate);
    time(mapping.estimate_until, at, "estimate_until", report, report.estimate_until);
    time(mapping.ship_date, at, "ship_date", report, report.ship_date);
    report.origin = place(mapping.origin, at);
    report.destination = place(mapping.destination, at);
    return report;
  }

  void judge_shipment(Report& report) {
    if (report.status_code.empty() && report.status_words.empty()) return;
    const bool has_verdict =
        std::any_of(report.scans.begin(), report.scans.end(), [](const Scan& scan) {
          return scan.kind == Scan::Kind::Happened && scan.verdict.kind == Verdict::Kind::Known;
        });
    if (answer_.shipment.verdict_from_status || !has_verdict)
      report.verdict = judge(report.status_code, report.status_words, report.language);
  }

  static bool says_nothing(const Report& report) {
    return report.scans.empty() && report.quarantined.empty() && report.tracking_number.empty() &&
           report.status_code.empty() && report.status_words.empty() && report.estimate.empty();
  }

  // Events were there and not one was understood.
  static bool is_drifted(const Report& report) {
    return report.scans.empty() && !report.quarantined.empty() && report.status_code.empty() &&
           report.status_words.empty();
  }

  const Definition& definition_;
  const Answer& answer_;
  const Document& document_;
  std::string message_date_;
  std::string scratch_, offset_scratch_;
};

bool fits_http(const ErrorRule& rule, int status) {
  if (rule.http.empty()) return true;
  return std::any_of(rule.http.begin(), rule.http.end(), [&](int wanted) {
    return wanted == status || (wanted < 10 && wanted == status / 100);
  });
}

CarrierError error_at(const ErrorRule& rule, const Document& document, NodeId at) {
  return {rule.error_class, rule.code.get(document, at), rule.message.get(document, at),
          rule.number.get(document, at), rule.is_unregistered};
}

// More than the largest batch.
constexpr std::size_t kMostErrors = 1000;

// The answer's one error, or those of its parts.
enum class Found : std::uint8_t { Nothing, Parts, Whole };
Found find_errors(const Definition& definition, const Document& document,
                  std::optional<Format> format, int status, Understood& into) {
  std::vector<NodeId> told;  // of each part the first rule that fits counts
  for (const auto& rule : definition.errors) {
    if (!fits_http(rule, status)) continue;
    // Without a readable body there is nothing that a condition could be true of.
    if (!format && (!rule.when.empty() || rule.for_each)) continue;
    if (rule.format && rule.format != format) continue;
    if (rule.for_each) {
      rule.for_each->each(document, kRoot, [&](NodeId id) {
        if (std::find(told.begin(), told.end(), id) != told.end()) return false;
        if (!all_hold(rule.when, document, id)) return false;
        into.errors.push_back(error_at(rule, document, id));
        told.push_back(id);
        return told.size() >= kMostErrors;
      });
    } else if (all_hold(rule.when, document, kRoot)) {
      into.errors.push_back(error_at(rule, document, kRoot));
      return Found::Whole;
    }
  }
  return told.empty() ? Found::Nothing : Found::Parts;
}

// What an HTTP status says by itself.
std::optional<ErrorClass> class_of(const Definition& definition, int status) {
  if (status == 401 || status == 403) return ErrorClass::Auth;
  if (status == 404 && definition.request.not_found_is_404) return ErrorClass::NotFound;
  if (status == 429) return ErrorClass::RateLimited;
  if (status >= 500) return ErrorClass::Server;
  if (status >= 400) return ErrorClass::BadRequest;
  return std::nullopt;
}

// The formats a definition speaks of, in its order.
std::vector<Format> formats_of(const Definition& definition) {
  std::vector<Format> formats;
  const auto add = [&](Format format) {
    if (std::find(formats.begin(), formats.end(), format) == formats.end())
      formats.push_back(format);
  };
  for (const auto& answer : definition.answers) add(answer.format);
  for (const auto& rule : definition.errors) {
    if (rule.format) add(*rule.format);
  }
  return formats;
}

// The first format in which the body can be read, into the document; else why the first one failed.
std::optional<Format> parse_body(const Definition& definition, std::string_view body,
                                 Document& document, std::string& why) {
  for (const auto format : formats_of(definition)) {
    const auto parsed = document.parse(format, body);
    if (parsed) return format;
    if (why.empty()) why = parsed.error().says;
  }
  return std::nullopt;
}

// What is not JSON after all stays text: the answer may be read without it.
void open_inner(const Definition& definition, Document& document) {
  for (const auto& path : definition.inner) {
    for (const auto id : path.all(document, kRoot)) {
      const auto text = document.text(id);
      if (text.starts_with('{') || text.starts_with('[')) (void)document.graft_json(id);
    }
  }
}

// A number without anything about it, where an error says why.
void drop_bare_reports(Understood& into) {
  std::erase_if(into.reports, [&](const Report& report) {
    if (!report.scans.empty() || !report.quarantined.empty() || !report.status_code.empty() ||
        !report.status_words.empty())
      return false;
    return std::any_of(into.errors.begin(), into.errors.end(), [&](const CarrierError& error) {
      return error.tracking_number.empty() || error.tracking_number == report.tracking_number;
    });
  });
}

void read_answers(const Definition& definition, const Document& document, Format format,
                  Understood& into) {
  for (const auto& answer : definition.answers) {
    if (answer.format != format || !all_hold(answer.when, document, kRoot)) continue;
    AnswerReader(definition, answer, document).read(into);
    break;
  }
  drop_bare_reports(into);
  if (document.is_spent())
    into.errors.push_back({ErrorClass::Unreadable, "", "the answer costs too much to read", ""});
}

}  // namespace

Connector::Connector() = default;
Connector::~Connector() = default;
std::string_view Connector::id() const { return definition_->id; }
std::string_view Connector::courier_code() const { return definition_->courier; }
const journey::CodeTable& Connector::codes() const { return definition_->codes; }

Understood Connector::understand(std::string_view body, int http_status) const {
  thread_local Document document;
  Understood understood;
  std::string why;
  const auto format = parse_body(*definition_, body, document, why);
  if (format == Format::Json) open_inner(*definition_, document);
  if (find_errors(*definition_, document, format, http_status, understood) == Found::Whole)
    return understood;
  if (const auto error = class_of(*definition_, http_status)) {
    if (understood.errors.empty())
      understood.errors.push_back({*error, std::to_string(http_status), "", ""});
    return understood;
  }
  if (!format) {
    understood.errors.push_back({ErrorClass::Unreadable, "", why, ""});
    return understood;
  }
  read_answers(*definition_, document, *format, understood);
  if (understood.reports.empty() && understood.errors.empty())
    understood.errors.push_back(
        {ErrorClass::Drift, "", "the answer can be parsed, but maps to nothing", ""});
  return understood;
}

}  // namespace carriers
