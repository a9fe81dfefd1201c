// From a message in a linked mailbox to the few facts that the owner agreed to: tracking number,
// courier, order number, day, and the domain of whoever sent it. Nothing else comes out of here: no
// name, no address, no subject, no sentence.
//
// Two steps, so that most messages stay closed. The first sees the head alone (sender, subject,
// day, what the provider said of the sender's authenticity) and decides whether the message is
// opened at all; the second reads the message.
//
// A number counts with evidence only: it stands in the message's markup for programs (schema.org
// ParcelDelivery), in a link to a courier's page, or in the text with a word beside it that
// announces it. No link is followed, nothing is loaded. What a stranger wrote is never repeated:
// values that come out are of the shape that the field has.
//
// Pure: no clock, no network, no disk. Safe from any thread. What was readable meanwhile is wiped.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "couriers/detect.h"

namespace mailbox {

// A message's head, decoded. The connector fetches these and no more (RFC 9051's BODY.PEEK[HEADER
// .FIELDS ..], the Gmail API's format=metadata).
struct Head {
  std::string from;      // as it stands there: "Example <parcels@shop.example>"
  std::string subject;   // encoded words decoded
  std::string date;      // RFC 5322
  std::string verified;  // the top-most Authentication-Results (RFC 8601); empty: none
  std::size_t bytes = 0;
};
// Wipes what it holds.
void wipe(Head& head);

// What is taken. The number is normalised; courier_code is in the catalogue.
struct Sighting {
  std::string tracking_number, courier_code;
  std::string order_number;   // empty: none, or several
  std::string sent_on;        // "2026-03-20", as the message says; empty: it does not
  std::string sender_domain;  // "shop.example"
};
inline constexpr std::size_t kMostSightings = 20;   // a list of returns has more; a person has not
inline constexpr std::size_t kMostBytes = 4 << 20;  // larger messages stay closed

// "shop.example" of a From header, in small letters; empty when there is none.
std::string domain_of(std::string_view from);
// "2026-03-20" of an RFC 5322 date; empty when it is none.
std::string day_of(std::string_view date);
// The head at the front of a message, or a block of header lines.
Head read_head(std::string_view bytes);

class Extractor {
 public:
  // Both must outlive it.
  Extractor(const couriers::Catalogue& catalogue, const couriers::Detector& detector);

  // Does it look like a message of a shop or a carrier about a parcel? No for what the provider
  // itself found forged (dmarc=fail).
  bool is_worth_opening(const Head& head) const;
  // `bytes`: the message as it came (RFC 5322, MIME). In the order in which the numbers stand.
  std::vector<Sighting> read(std::string_view bytes) const;

 private:
  using Site = std::pair<std::string, std::string_view>;  // domain, courier code
  std::vector<std::string_view> carriers_at(std::string_view domain) const;

  const couriers::Detector& detector_;
  std::vector<std::string_view> words_;  // of parcels, small letters
  std::vector<Site> carrier_sites_;      // sorted
};

}  // namespace mailbox
