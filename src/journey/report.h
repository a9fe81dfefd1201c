// What one answer, push, message or line of a file says about one shipment: the carrier's words,
// parsed, with nothing lost and nothing judged beyond them. The form in which every mouth hands
// over to ingest.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "journey/verdict.h"

namespace journey {

// Where, as far as it was said. `text` is the whole as a person reads it: the carrier's own line,
// or the given parts joined with ", " in the order city, state, zip, country.
struct Place {
  std::string text;
  std::string city, state, zip;
  std::string country;  // ISO 3166-1 alpha-2 where the carrier gave one, else its own word
  friend bool operator==(const Place&, const Place&) = default;
};

struct Scan {
  enum class Kind : std::uint8_t {
    Happened,
    Expected,  // a step that lies ahead (DPD's future steps, DCSA's EST and PLN): never history
    Note,      // signature image, internal mark: kept, changes nothing
  };
  // "2024-03-20T19:08:38+08:00", "2016-03-18T10:02:00" (no zone was given), "2016-03-18" (no hour),
  // or empty. An offset stands here only when the carrier's answer itself gives it.
  std::string time;
  Kind kind = Kind::Happened;
  std::string description;  // white space collapsed, entities and tags resolved
  std::string detail;       // a second line, where the carrier has one
  std::string raw_code;
  Place place;
  std::string piece;    // which parcel of a shipment of several
  std::string id;       // the carrier's own id of this event: the same id is the same event
  std::string cancels;  // the id of an event that the carrier takes back
  Verdict verdict;      // set by the understanding; Unknown until then
  friend bool operator==(const Scan&, const Scan&) = default;
};

// Something that did not parse, kept with its raw text: one bad scan never spoils an answer.
struct Quarantined {
  std::string raw;
  std::string why;  // "time: '31.02.2024' is no date"
  friend bool operator==(const Quarantined&, const Quarantined&) = default;
};

struct Report {
  std::string courier_code;  // who says this
  // An upstream says it, which repeats what carriers told it: the carrier's own word wins. Its
  // courier_code is the upstream's own ("17track"), so that each keeps its voice.
  bool is_repeating = false;
  std::string tracking_number;  // empty when the answer does not repeat it
  // The carrier's own mark that tells two shipments of one number apart; their events never mix.
  std::string shipment_id;
  std::vector<Scan> scans;  // in the order given; merge decides the order that counts
  // How the carrier lists events of the same time. Unsaid: told from the times, where they differ.
  enum class Order : std::uint8_t { Unsaid, NewestFirst, OldestFirst };
  Order order = Order::Unsaid;
  // The answer lists all that the carrier has: what it listed before and lists no more, between
  // what it does list, it took back. A push, which tells of one event, does not.
  bool is_whole = false;
  // What the carrier says of the whole shipment, where it says it apart from the scans.
  std::string status_code, status_words;
  // Known only when this counts: the carrier says more here than in the scans, or has none.
  Verdict verdict;
  std::string estimate, estimate_until;  // ISO date or time; a window when both are given
  std::string signed_by;
  std::string weight, weight_unit;  // "17.0", "KGS": as written; placeholders (0.0) are absent
  std::string dimension;            // "30*20*10 CM"
  std::string pieces;               // "3"
  std::string service_code, service;
  Place origin, destination;
  std::string ship_date;                  // ISO
  std::string next_courier, next_number;  // the partner that took over, and its number
  std::string pickup_point;               // where it can be collected, in one line
  std::string proof_of_delivery;          // a reference or address of the document, never the image
  std::string next_action;                // what the carrier asks of the receiver
  std::string phone, weblink;             // the carrier's, for this shipment
  std::string language;                   // of the words, ISO 639-1; empty: unknown
  std::vector<Quarantined> quarantined;
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace journey
