#include "carriers/expectation.h"

#include <simdjson.h>

#include <charconv>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace carriers {
namespace {

using journey::Report, journey::Scan, journey::Status, journey::Verdict;

// "2024-03-20T19:08:38+08:00": is there an offset behind the clock?
bool has_zone(std::string_view time) {
  return time.ends_with('Z') || (time.size() > 19 && time.find_first_of("+-", 19) != time.npos);
}

// A place on one line of time for sorting. Local times are taken as if they stood at the offset of
// their neighbours, which is the best there is; a day alone has no place of its own.
std::optional<base::Instant> instant_of(std::string_view time, std::string_view offset) {
  if (time.size() < 19) return std::nullopt;
  if (has_zone(time)) return base::parse_iso(time);
  return base::parse_iso(std::string(time) + std::string(offset));
}

std::string_view offset_of(std::string_view time) {
  if (!has_zone(time)) return {};
  return time.ends_with('Z') ? "Z" : time.substr(time.find_first_of("+-", 19));
}

}  // namespace

std::vector<const Scan*> newest_first(const Report& report) {
  struct Placed {
    const Scan* scan;
    std::optional<base::Instant> at;
    std::size_t listed = 0;  // in the answer
  };
  std::vector<Placed> placed;
  std::string_view offset = "Z";
  std::vector<const Scan*> listed;
  for (const auto& scan : report.scans) {
    // The same scan twice is one event.
    const bool is_new =
        std::none_of(listed.begin(), listed.end(), [&](const Scan* had) { return *had == scan; });
    if (is_new) listed.push_back(&scan);
  }
  if (report.order == Report::Order::OldestFirst) std::reverse(listed.begin(), listed.end());
  for (const auto* scan : listed) {
    if (has_zone(scan->time)) offset = offset_of(scan->time);
    placed.push_back({scan, instant_of(scan->time, offset),
                      static_cast<std::size_t>(scan - report.scans.data())});
  }
  // What has no hour stays behind its newer neighbour, in the carrier's order.
  std::optional<base::Instant> above;
  for (auto& one : placed) {
    const auto day = std::string_view(one.scan->time).substr(0, 10);
    const bool same_day = above && !day.empty() && base::to_iso_micros(*above).starts_with(day);
    if (!one.at && one.scan->time.size() == 10 && !same_day) one.at = base::parse_iso(day);
    if (!one.at) one.at = above;
    above = one.at;
  }
  // Equal times stay as the answer lists them, when all have a place of their own.
  const bool all_placed = std::all_of(report.scans.begin(), report.scans.end(),
                                      [](const Scan& scan) { return scan.time.size() >= 19; });
  std::stable_sort(placed.begin(), placed.end(), [&](const auto& a, const auto& b) {
    const auto x = a.at.value_or(base::Instant::max()), y = b.at.value_or(base::Instant::max());
    return x != y ? x > y : all_placed && a.listed < b.listed;
  });
  std::vector<const Scan*> out;
  for (const auto& one : placed) out.push_back(one.scan);
  return out;
}

std::optional<journey::Standing> standing_of(const Report& report) {
  journey::Journey journey;
  const journey::Context context{report.courier_code, report.tracking_number, {}, {}};
  journey::merge(journey, context, report, base::Instant{});
  const auto standing = journey::standing(journey);
  if (standing.status == Status::Pending) return std::nullopt;
  return standing;
}

namespace {

class Writer {
 public:
  std::string write(std::string_view carrier, const Understood& understood) {
    json_.begin_object().key("carrier").value(carrier).key("shipments").begin_array();
    for (const auto& report : understood.reports) shipment(report);
    json_.end_array().key("error");
    if (understood.errors.empty())
      json_.null();
    else
      error(told_error(understood.errors));
    json_.end_object();
    return std::move(json_).text();
  }

 private:
  void status(std::optional<Status> status, int substatus) {
    json_.key("status").value_or_null(status ? journey::name(*status) : "");
    json_.key("substatus")
        .value_or_null(status && substatus > 0 ? journey::substatus_name(*status, substatus) : "");
  }

  void shipment(const Report& report) {
    json_.begin_object();
    json_.key("tracking_number").value_or_null(report.tracking_number);
    if (const auto standing = standing_of(report))
      status(standing->status, standing->substatus);
    else
      status(std::nullopt, 0);
    json_.key("estimate").value_or_null(report.estimate);
    json_.key("signed_by").value_or_null(report.signed_by);
    json_.key("weight");
    weight(report);
    json_.key("events").begin_array();
    for (const auto* scan : newest_first(report)) event(*scan);
    json_.end_array().end_object();
  }

  void weight(const Report& report) {
    std::string number = report.weight;
    std::replace(number.begin(), number.end(), ',', '.');
    double value = 0;
    const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (number.empty() || failed != std::errc()) {
      json_.null();
      return;
    }
    // The unit stands apart, or behind the number: "0.7 kg".
    const auto rest = base::trim(std::string_view(end, number.data() + number.size()));
    json_.begin_object().key("value").value(value);
    json_.key("unit").value_or_null(
        report.weight_unit.empty() ? rest : std::string_view(report.weight_unit));
    json_.end_object();
  }

  void event(const Scan& scan) {
    json_.begin_object();
    json_.key("time").value_or_null(scan.time);
    json_.key("time_has_zone").value(has_zone(scan.time));
    json_.key("location").value_or_null(scan.place.text);
    json_.key("description").value_or_null(scan.description);
    json_.key("raw_code").value_or_null(scan.raw_code);
    if (scan.kind == Scan::Kind::Happened && scan.verdict.kind == Verdict::Kind::Known)
      status(scan.verdict.status, scan.verdict.substatus);
    else
      status(std::nullopt, 0);
    json_.key("by").value(scan.kind == Scan::Kind::Expected ? journey::name(journey::By::Connector)
                                                            : journey::name(scan.verdict.by));
    json_.end_object();
  }

  // The form has room for one: the class that was found first, in the last words of a batch.
  static const CarrierError& told_error(const std::vector<CarrierError>& errors) {
    const auto found = std::find_if(errors.rbegin(), errors.rend(), [&](const auto& error) {
      return error.error_class == errors.front().error_class;
    });
    return *found;
  }

  void error(const CarrierError& error) {
    json_.begin_object();
    json_.key("class").value(name(error.error_class));
    json_.key("code").value_or_null(error.code);
    json_.key("message").value_or_null(error.message);
    json_.end_object();
  }

  base::JsonWriter json_;
};

}  // namespace

std::string expectation_json(std::string_view carrier, const Understood& understood) {
  return Writer().write(carrier, understood);
}

namespace {

namespace dom = simdjson::dom;

std::string shown(const dom::element& element) {
  std::string text = simdjson::minify(element);
  return text;
}

// Numbers are equal when they are the same number, whatever they were written like.
bool same_value(const dom::element& a, const dom::element& b) {
  double x = 0, y = 0;
  if (!a.get(x) && !b.get(y)) return x == y;
  return shown(a) == shown(b);
}

class Comparison {
 public:
  std::vector<Difference> differences;

  void objects(const dom::element& expected, const dom::element& got, const std::string& at,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    for (const auto& [theirs, ours] : fields) {
      dom::element wanted, found;
      if (expected.at_key(theirs).get(wanted)) continue;
      const auto field = at.empty() ? std::string(ours) : at + "." + std::string(ours);
      if (got.at_key(ours).get(found))
        differences.push_back({field, shown(wanted), "(nothing)"});
      else if (!same_value(wanted, found))
        differences.push_back({field, shown(wanted), shown(found)});
    }
  }

  template <class Each>
  void lists(const dom::element& expected, const dom::element& got, std::string_view key,
             const std::string& at, Each each) {
    dom::array wanted, found;
    if (expected.at_key(key).get(wanted)) return;
    const auto field = at.empty() ? std::string(key) : at + "." + std::string(key);
    if (got.at_key(key).get(found) || wanted.size() != found.size())
      differences.push_back({field, fmt::format("{} of them", wanted.size()),
                             fmt::format("{} of them", found.size())});
    for (std::size_t i = 0; i < std::min(wanted.size(), found.size()); ++i)
      each(wanted.at(i).value(), found.at(i).value(), fmt::format("{}[{}]", field, i));
  }

  void all(const dom::element& expected, const dom::element& got) {
    lists(expected, got, "shipments", "",
          [this](const auto& wanted, const auto& found, const std::string& at) {
            objects(wanted, found, at,
                    {{"tracking_number", "tracking_number"},
                     {"status", "status"},
                     {"substatus", "substatus"},
                     {"substatus_hint", "substatus"},
                     {"estimate", "estimate"},
                     {"edd", "estimate"},
                     {"signed_by", "signed_by"}});
            one(wanted, found, "weight", at, {{"value", "value"}, {"unit", "unit"}});
            lists(wanted, found, "events", at,
                  [this](const auto& event, const auto& ours, const std::string& place) {
                    objects(event, ours, place,
                            {{"time", "time"},
                             {"time_has_zone", "time_has_zone"},
                             {"location", "location"},
                             {"description", "description"},
                             {"raw_code", "raw_code"},
                             {"status", "status"},
                             {"substatus", "substatus"},
                             {"substatus_hint", "substatus"},
                             {"by", "by"}});
                  });
          });
    one(expected, got, "error", "", {{"class", "class"}, {"code", "code"}, {"message", "message"}});
  }

 private:
  // An object or null.
  void one(const dom::element& expected, const dom::element& got, std::string_view key,
           const std::string& at,
           std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    dom::element wanted, found;
    if (expected.at_key(key).get(wanted) || got.at_key(key).get(found)) return;
    const auto field = at.empty() ? std::string(key) : at + "." + std::string(key);
    if (wanted.is_null() != found.is_null())
      differences.push_back({field, shown(wanted), shown(found)});
    else if (!wanted.is_null())
      objects(wanted, found, field, fields);
  }
};

}  // namespace

std::vector<Difference> compare_expectation(std::string_view expected, std::string_view got) {
  dom::parser expected_parser, got_parser;
  dom::element wanted, found;
  if (expected_parser.parse(simdjson::padded_string(expected)).get(wanted))
    return {{"", "(no JSON)", ""}};
  if (got_parser.parse(simdjson::padded_string(got)).get(found)) return {{"", "", "(no JSON)"}};
  Comparison comparison;
  comparison.all(wanted, found);
  return std::move(comparison.differences);
}

}  // namespace carriers
