#include "carriers/formats/fsu.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "carriers/formats/segments.h"

namespace carriers::formats {
namespace {

using Refusal = base::Failure<ParseError>;

constexpr std::string_view kStatuses[] = {"BKD", "FOH", "DPU", "FIW", "RCS", "RCT", "PRE",
                                          "MAN", "DEP", "ARR", "AWR", "RCF", "FOW", "TRM",
                                          "TFD", "NFD", "AWD", "CRC", "CCD", "TGC", "DLV",
                                          "DDL", "DIS", "OTH", "CSN", "TRA", "MVT"};

constexpr std::string_view kFlightStatuses[] = {"BKD", "PRE", "MAN", "DEP",
                                                "ARR", "AWR", "RCF", "DIS"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}
bool all(std::string_view text, bool (*is)(char)) {
  return !text.empty() && std::ranges::all_of(text, is);
}
bool is_capital_or_digit(char c) { return base::is_upper(c) || base::is_digit(c); }

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t n = 0;
  while (from + n < text.size() && base::is_digit(text[from + n])) ++n;
  return n;
}

// "T3K120.5", "P1K40.2T3", "T10", with volume and density behind ("MC0.8", "DG5").
struct Quantity {
  std::string_view share, pieces, weight_unit, weight, total_pieces;
};

std::size_t decimal_at(std::string_view text, std::size_t from) {
  std::size_t n = digits_at(text, from);
  if (n > 0 && from + n < text.size() && text[from + n] == '.')
    n += 1 + digits_at(text, from + n + 1);
  return n;
}

std::optional<Quantity> quantity_of(std::string_view text) {
  constexpr std::string_view kShares = "TPSMD";
  if (text.size() < 2 || kShares.find(text[0]) == std::string_view::npos) return std::nullopt;
  Quantity q;
  q.share = text.substr(0, 1);
  q.pieces = text.substr(1, digits_at(text, 1));
  if (q.pieces.empty() || q.pieces.size() > 4) return std::nullopt;
  std::size_t at = 1 + q.pieces.size();
  while (at < text.size()) {
    const char c = text[at];
    if ((c == 'K' || c == 'L') && q.weight.empty() && digits_at(text, at + 1) > 0) {
      q.weight_unit = text.substr(at, 1);
      q.weight = text.substr(at + 1, decimal_at(text, at + 1));
      at += 1 + q.weight.size();
    } else if (c == 'T' && q.total_pieces.empty() && digits_at(text, at + 1) > 0) {
      q.total_pieces = text.substr(at + 1, digits_at(text, at + 1));
      at += 1 + q.total_pieces.size();
    } else if (at + 2 < text.size() && base::is_upper(c) && base::is_upper(text[at + 1]) &&
               decimal_at(text, at + 2) > 0) {
      at += 2 + decimal_at(text, at + 2);  // volume (MC, CI, CF ..) or density group (DG)
    } else {
      return std::nullopt;
    }
  }
  return q;
}

// One or two letters or digits and a carrier's three to four digits: EK0184, LH8160A, 5X123.
bool is_flight(std::string_view text) {
  return text.size() >= 5 && text.size() <= 8 && all(text, is_capital_or_digit) &&
         digits_at(text, 2) >= 3 && !all(text, base::is_digit);
}

// S scheduled, E estimated, A actual, then hhmm and perhaps a day-change mark.
bool is_clock(std::string_view text) {
  return (text.size() == 5 || text.size() == 6 || text.size() == 7) &&
         std::string_view("SEA").find(text[0]) != std::string_view::npos &&
         digits_at(text, 1) == 4 && fsu_time("01JAN", text.substr(1)).has_value();
}

struct Line {
  std::string_view code, carrier, flight, date, from, to, discrepancy, name;
  std::vector<std::string_view> clocks, other;
  std::optional<Quantity> quantity;
};

// The parts come in one order whatever the status, and differ in shape, so each is known by both.
void take(Line& line, std::string_view part) {
  if (part.empty()) return;
  // First of all in lines about a flight: "S7123" has also the shape of seven thousand pieces.
  const bool is_first = line.flight.empty() && line.carrier.empty() && line.date.empty();
  if (is_first && is_one_of(line.code, kFlightStatuses) && is_flight(part)) {
    line.flight = part;
  } else if (line.quantity) {
    if (is_clock(part)) {
      line.clocks.push_back(part);
    } else if (line.name.empty() && !quantity_of(part)) {
      line.name = part;
    } else {
      line.other.push_back(part);
    }
  } else if (const auto q = quantity_of(part)) {
    line.quantity = q;
  } else if (line.date.empty() && fsu_time(part)) {
    line.date = part;
  } else if (line.from.empty() && line.carrier.empty() && part.size() == 2 &&
             all(part, is_capital_or_digit)) {
    line.carrier = part;
  } else if (line.date.empty() && line.from.empty() && line.flight.empty() && is_flight(part)) {
    line.flight = part;
  } else if (line.from.empty() && part.size() == 3 && all(part, base::is_upper)) {
    line.from = part;
  } else if (line.from.empty() && part.size() == 6 && all(part, base::is_upper)) {
    line.from = part.substr(0, 3);
    line.to = part.substr(3);
  } else if (line.code == "DIS" && line.discrepancy.empty() && part.size() == 4 &&
             all(part, base::is_upper)) {
    line.discrepancy = part;
  } else if (is_clock(part)) {
    line.clocks.push_back(part);
  } else {
    line.other.push_back(part);
  }
}

// Where it happened: the airport of departure for what leaves, the only one for the rest.
std::string_view place_of(const Line& line) {
  const bool arrives = line.code == "ARR" || line.code == "RCF" || line.code == "AWR";
  return arrives && !line.to.empty() ? line.to : line.from;
}

// When it happened: the hour in the date; else the actual time behind the quantity, of two
// (departure and arrival) the one that the status is about. A scheduled or estimated one is not
// when it happened: then there is only the date.
std::optional<std::string> time_of(const Line& line) {
  if (line.date.empty()) return std::nullopt;
  if (line.date.size() > 5 || line.clocks.empty()) return fsu_time(line.date);
  const bool arrives = line.code == "ARR" || line.code == "RCF" || line.code == "AWR";
  const auto clock = arrives ? line.clocks.back() : line.clocks.front();
  return clock[0] == 'A' ? fsu_time(line.date.substr(0, 5), clock.substr(1))
                         : fsu_time(line.date.substr(0, 5));
}

class Reader {
 public:
  Reader(std::string_view text, Document& into) : text_(text), into_(into) {}

  base::Outcome<ParseError> read() {
    std::size_t from = 0;
    while (from < text_.size()) {
      auto end = text_.find_first_of("\r\n", from);
      if (end == std::string_view::npos) end = text_.size();
      const auto line = base::trim(text_.substr(from, end - from));
      const auto at = from;
      from = end + 1;
      if (line.empty()) continue;
      if (const char* wrong = take_line(line)) return Refusal{{wrong, at}};
      if (into_.size() >= DocumentLimits::kNodes) return Refusal{{"too many lines", at}};
    }
    if (message_ == kNoNode) return Refusal{{"no line begins with FSU/ or FSA/", 0}};
    if (const char* wrong = end_of_consignment()) return Refusal{{wrong, text_.size()}};
    return consignments_ > 0 ? base::Outcome<ParseError>(base::kDone)
                             : Refusal{{"the message has no air waybill", text_.size()}};
  }

 private:
  const char* take_line(std::string_view line) {
    if (line.starts_with("FSU/") || line.starts_with("FSA/")) {
      const char* wrong = message_ == kNoNode ? nullptr : end_of_consignment();
      message_ = into_.add(kRoot, "FSU");
      add(message_, "version", line.substr(4));
      add(message_, "kind", line.substr(0, 3));
      consignment_ = kNoNode;
      return wrong;
    }
    if (message_ == kNoNode) return nullptr;  // the envelope: priority, addresses, origin
    if (is_waybill(line)) {
      const char* wrong = end_of_consignment();
      open_consignment(line);
      return wrong;
    }
    if (consignment_ == kNoNode) return "the line after FSU is no air waybill";
    const auto code = line.substr(0, line.find('/'));
    if (line[0] == '/') {
      go_on(line.substr(1));
    } else if (is_one_of(code, kStatuses)) {
      add_status(line);
    } else if (code.size() == 3 && all(code, base::is_upper)) {
      last_ = add(consignment_, code, line.substr(std::min(line.size(), code.size() + 1)));
      is_status_last_ = false;
      constexpr std::string_view kKnown[] = {"OSI", "ULD", "OCI", "SSR", "RTS", "SII"};
      if (!is_one_of(code, kKnown)) remark(line);
    } else {
      remark(line);
    }
    return nullptr;
  }

  // "176-12345675", then perhaps origin and destination, then perhaps the quantity.
  static bool is_waybill(std::string_view line) {
    return line.size() >= 12 && digits_at(line, 0) == 3 && line[3] == '-' &&
           digits_at(line, 4) == 8;
  }

  void open_consignment(std::string_view line) {
    consignment_ = into_.add(message_, "consignment");
    ++consignments_;
    statuses_ = 0;
    add(consignment_, "awb", line.substr(0, 12));
    add(consignment_, "prefix", line.substr(0, 3));
    add(consignment_, "serial", line.substr(4, 8));
    auto rest = line.substr(12);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto route = rest.substr(0, slash);
    rest.remove_prefix(std::min(rest.size(), slash + 1));
    if (route.size() == 6 && all(route, base::is_upper)) {
      add(consignment_, "origin", route.substr(0, 3));
      add(consignment_, "destination", route.substr(3));
    } else if (!route.empty()) {
      remark(line);
    }
    if (const auto q = quantity_of(rest)) {
      add(consignment_, *q);
    } else if (!rest.empty()) {
      remark(line);
    }
  }

  const char* end_of_consignment() const {
    return consignment_ != kNoNode && statuses_ == 0 ? "an air waybill has no status line"
                                                     : nullptr;
  }

  void add_status(std::string_view text) {
    Line line;
    const auto parts = split(text, '/', 0);
    line.code = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) take(line, base::trim(parts[i]));
    const auto node = into_.add(consignment_, "status");
    if (node == kNoNode) return;
    last_ = node;
    is_status_last_ = true;
    ++statuses_;
    add(node, "code", line.code);
    add(node, "flight", line.flight);
    add(node, "carrier", line.carrier);
    add(node, "origin", line.from);
    add(node, "destination", line.to);
    add(node, "place", place_of(line));
    if (const auto iso = time_of(line)) {
      add(node, "iso", into_.keep(*iso));
    } else {
      remark(text);
    }
    for (const auto clock : line.clocks) add(node, "clock", clock);
    add(node, "discrepancy", line.discrepancy);
    add(node, "name", line.name);
    if (line.quantity) add(node, *line.quantity);
    for (const auto other : line.other) add(node, "told", other);
    if (!line.other.empty() && !line.quantity) remark(text);
  }

  // A line that begins with a slash continues the one before.
  void go_on(std::string_view text) {
    if (last_ == kNoNode) return remark(text);
    if (!is_status_last_) {
      const auto so_far = into_.text(last_);
      into_.set_value(last_, into_.keep(fmt::format("{} {}", so_far, text)));
      return;
    }
    for (const auto part : split(text, '/', 0)) add(last_, "told", base::trim(part));
  }

  NodeId add(NodeId parent, std::string_view name, std::string_view value) {
    value = base::trim(value);
    if (value.empty()) return kNoNode;
    return into_.add(parent, name, value, Node::Kind::Text);
  }
  void add(NodeId parent, const Quantity& q) {
    add(parent, "share", q.share);
    add(parent, "pieces", q.pieces);
    add(parent, "weight_unit", q.weight_unit);
    add(parent, "weight", q.weight);
    add(parent, "total_pieces", q.total_pieces);
  }
  void remark(std::string_view line) {
    add_remark(into_, fmt::format("not understood in full: {}", line.substr(0, 80)));
  }

  std::string_view text_;
  Document& into_;
  NodeId message_ = kNoNode, consignment_ = kNoNode, last_ = kNoNode;
  bool is_status_last_ = false;
  int consignments_ = 0, statuses_ = 0;
};

}  // namespace

base::Outcome<ParseError> read_fsu(std::string_view bytes, Document& into) {
  // Teleprinters knew capitals only; some senders forget.
  const auto text = into.keep(base::upper(as_utf8(bytes)));
  return Reader(text, into).read();
}

}  // namespace carriers::formats
