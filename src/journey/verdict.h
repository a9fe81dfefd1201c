// What an event means in the nine statuses, and by what it was decided.
#pragma once
#include <cstdint>
#include <string>

#include "journey/status.h"

namespace journey {

// How a verdict was reached, in the order of trust. Stored as numbers: only append.
enum class By : std::uint8_t {
  Nothing = 0,         // nobody could say: Unknown
  CarrierCode = 1,     // the carrier's own code, by its table
  StandardCode = 2,    // a code of UPU, X12, UN/ECE, GS1, DCSA, IATA
  CarrierWording = 3,  // the carrier's own sentence, by its table
  WordingRule = 4,     // a phrase of the language
  WordingModel = 5,    // the trained model
  Connector = 6,       // a rule of the connector's definition (a note, an expected step)
};
// "code", "standard", "carrier-wording", "wording-rule", "wording-model", "connector", "unknown".
std::string_view name(By by);

// Unknown stays unknown: it is counted, shown, and never counts as "in transit".
struct Verdict {
  enum class Kind : std::uint8_t {
    Unknown = 0,
    Known = 1,
    Note = 2,  // informational: has no status and must not change the state
  };
  Kind kind = Kind::Unknown;
  Status status = Status::Pending;  // meaningful when Known
  int substatus = 0;
  By by = By::Nothing;
  // Between 0 and 1000; 1000 for tables. Of a model: how sure, calibrated on what it had not seen.
  std::uint16_t confidence = 0;
  // How the sentence was decided, for people: the table's row or the words that weighed most. Empty
  // unless asked for (Understanding::explain), because building it costs more than the verdict.
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace journey
