#include "inbound/mouth.h"

#include <algorithm>

#include "base/json_writer.h"
#include "inbound/numbers.h"
#include "inbound/years.h"

namespace inbound {
namespace {

using shipments::Ingested;

// Enough to find the mistake; a document of a thousand bad scans need not answer with all.
constexpr std::size_t kMostComplaints = 20;
constexpr std::size_t kMostQuoted = 120;

void complain(Taken& taken, std::string_view code, std::string_view what, std::string_view where) {
  if (taken.complaints.size() < kMostComplaints) {
    taken.complaints.push_back(
        {std::string(code), std::string(what), std::string(where.substr(0, kMostQuoted))});
  }
}

bool says_something(const journey::Report& report) {
  return !report.scans.empty() || !report.status_code.empty() || !report.status_words.empty() ||
         !report.estimate.empty();
}

// An error about the whole document, not about one number of many.
bool is_fatal(const carriers::CarrierError& error) { return error.tracking_number.empty(); }

Taken rejected(const Reading& reading) {
  Taken taken;
  taken.remarks = reading.remarks;
  taken.acknowledgement = reading.acknowledgement;
  for (const auto& error : reading.understood.errors) {
    if (is_fatal(error))
      complain(taken, error.code.empty() ? carriers::name(error.error_class) : error.code,
               error.message.empty() ? "the document is not understood" : error.message, "");
  }
  return taken;
}

// What of a readable document cannot be used: reports without a number, scans that did not parse.
void tell_what_is_left_out(const Reading& reading, Taken& taken) {
  for (const auto& report : reading.understood.reports) {
    if (report.tracking_number.empty())
      complain(taken, "no_number", "a shipment is given without its number", "");
    for (const auto& bad : report.quarantined) complain(taken, "bad_event", bad.why, bad.raw);
  }
}

bool is_courier_of(const Reading& reading, std::string_view courier) {
  return std::ranges::find(reading.courier_codes, courier) != reading.courier_codes.end();
}

}  // namespace

// Which of an account's shipments a report is about.
struct Mouth::Found {
  std::vector<shipments::Repository::Named> named;
};

base::Task<Taken> Mouth::take(Document document) {
  const auto now = parts_.clock.now();
  const auto digest = parts_.seen.digest(document.account_id, document.connector, document.bytes);
  const auto account_id = document.account_id;
  const auto connector = document.connector;
  Taken taken;
  const bool is_known = co_await parts_.seen.knows(account_id, connector, digest);
  if (is_known) {
    taken.outcome = Taken::Outcome::Replayed;
  } else {
    taken = co_await take_new(std::move(document), now);
    // Numbers nobody knows yet may be known when the carrier repeats itself.
    if (taken.outcome == Taken::Outcome::Accepted && taken.unknown_numbers == 0)
      co_await parts_.seen.remember(account_id, connector, digest, now);
  }
  count(connector, taken);
  co_return taken;
}

base::Task<Taken> Mouth::take_new(Document document, base::Instant now) {
  auto reading = parts_.read(document.connector, document.bytes);
  if (!reading) {
    Taken taken;
    complain(taken, "no_connector", "there is no such connector", document.connector);
    co_return taken;
  }
  const auto& understood = reading->understood;
  auto taken = rejected(*reading);
  if (!taken.complaints.empty()) co_return taken;
  if (std::ranges::none_of(understood.reports, says_something)) {
    complain(taken, "nothing_said", "the document says nothing about any shipment", "");
    co_return taken;
  }
  tell_what_is_left_out(*reading, taken);
  if (std::ranges::all_of(understood.reports,
                          [](const auto& report) { return report.tracking_number.empty(); }))
    co_return taken;

  taken.outcome = Taken::Outcome::Accepted;
  taken.shipments = static_cast<int>(understood.reports.size());
  auto found = co_await match(document.account_id, *reading);
  co_await open_unknown(document, *reading, found, taken);
  std::vector<shipments::Update> updates;
  // A document about many is kept with none of them: it would hold the others' people too.
  const bool is_about_one = found.size() == 1 && found.front().named.size() == 1;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto& one : found[i].named) {
      auto report = understood.reports[i];
      settle_years(report, now);
      // A standard is nobody's courier: what it says is said of the shipment's own.
      if (reading->is_of_any_courier) report.courier_code = one.courier_code;
      updates.push_back({.account_id = document.account_id,
                         .id = one.id,
                         .report = std::move(report),
                         .mouth = document.through,
                         .source = document.connector,
                         .heard_at = now,
                         .raw = is_about_one ? document.bytes : std::string()});
    }
  }
  if (updates.empty()) co_return taken;
  for (const auto& one : co_await parts_.ingest(std::move(updates))) {
    taken.changed += one.outcome == Ingested::Outcome::Changed ? 1 : 0;
    taken.new_events += one.new_events;
  }
  co_return taken;
}

// The number in each of its forms; of several shipments of one number those of the document's
// courier, else all of them when the document is a standard's, else the only one there is (its
// courier was guessed wrong, or has handed over).
base::Task<std::vector<Mouth::Found>> Mouth::match(std::int64_t account_id,
                                                   const Reading& reading) {
  auto look = [&](store::Tx& tx) {
    std::vector<Found> all;
    for (const auto& report : reading.understood.reports) {
      auto& found = all.emplace_back();
      for (const auto& form : number_forms(report.tracking_number)) {
        const auto named = parts_.repository.find_named(tx, account_id, form);
        for (const auto& one : named)
          if (is_courier_of(reading, one.courier_code)) found.named.push_back(one);
        if (found.named.empty() && (reading.is_of_any_courier || named.size() == 1))
          found.named = named;
        if (!found.named.empty()) break;
      }
    }
    return all;
  };
  co_return co_await parts_.database.read(look);
}

base::Task<> Mouth::open_unknown(const Document& document, const Reading& reading,
                                 std::vector<Found>& found, Taken& taken) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& number = reading.understood.reports[i].tracking_number;
    if (!found[i].named.empty()) {
      ++taken.matched;
      continue;
    }
    const auto forms = number_forms(number);
    if (document.unknown == Unknown::Create && parts_.open && !forms.empty()) {
      const auto courier =
          reading.courier_codes.empty() ? std::string() : reading.courier_codes.front();
      const auto opened = co_await parts_.open(document.account_id, forms.front(), courier);
      if (opened) {
        found[i].named.push_back(*opened);
        ++taken.created;
        continue;
      }
    }
    ++taken.unknown_numbers;
  }
}

void Mouth::count(std::string_view connector, const Taken& taken) {
  if (parts_.metrics == nullptr) return;
  const char* outcome = taken.outcome == Taken::Outcome::Accepted   ? "accepted"
                        : taken.outcome == Taken::Outcome::Replayed ? "replayed"
                                                                    : "rejected";
  parts_.metrics
      ->counter("milepost_inbound_documents_total", "Documents that carriers pushed",
                {{"connector", std::string(connector)}, {"outcome", outcome}})
      .add();
}

std::string to_json(const Taken& taken) {
  base::JsonWriter json(512);
  const bool is_rejected = taken.outcome == Taken::Outcome::Rejected;
  json.begin_object().key("accepted").value(!is_rejected);
  json.key("replayed").value(taken.outcome == Taken::Outcome::Replayed);
  if (taken.outcome == Taken::Outcome::Accepted) {
    json.key("shipments").value(taken.shipments).key("matched").value(taken.matched);
    json.key("created").value(taken.created).key("unknown_numbers").value(taken.unknown_numbers);
    json.key("changed").value(taken.changed).key("new_events").value(taken.new_events);
  }
  json.key(is_rejected ? "errors" : "left_out").begin_array();
  for (const auto& one : taken.complaints) {
    json.begin_object().key("code").value(one.code).key("what").value(one.what);
    json.key("where").value_or_null(one.where).end_object();
  }
  json.end_array().key("remarks").begin_array();
  for (const auto& remark : taken.remarks) json.value(remark);
  json.end_array();
  if (!taken.acknowledgement.empty()) json.key("acknowledgement").value(taken.acknowledgement);
  json.end_object();
  return std::move(json).text();
}

}  // namespace inbound
