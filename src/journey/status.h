// The nine statuses of a shipment and their sub-statuses, in the words of the v4 API (its contract,
// section 6).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace journey {

// Stored as numbers: only append.
enum class Status : std::uint8_t {
  Pending = 0,       // added; the carrier has said nothing yet
  NotFound = 1,      // the carrier positively does not know the number
  InfoReceived = 2,  // the carrier has the data, not yet the parcel
  Transit = 3,
  Pickup = 4,       // out for delivery, or waiting to be collected
  Undelivered = 5,  // an attempt failed, another is expected
  Delivered = 6,
  Exception = 7,  // returned, refused, lost, damaged, held, cancelled
  Expired = 8,    // silence for 30 days, not delivered
};

// The API's word: "pending", "notfound", "inforeceived", "transit", "pickup", ...
std::string_view name(Status status);
// Any case; nothing for a word that is no status.
std::optional<Status> parse_status(std::string_view word);

// "transit001": a status and a number from 1 to 999. Number 0 stands for "no sub-status".
std::string substatus_name(Status status, int number);
struct Substatus {
  Status status;
  int number;
};
std::optional<Substatus> parse_substatus(std::string_view word);

}  // namespace journey
