// The reading of an answer turned round: what the world knows of parcels, written in a carrier's
// own format.
//
// A connector's success fixture is the specimen; the places to write to are found by the
// connector's own mapping, so that a carrier taught by data can be simulated without more. What is
// written is read back by the same connector as what was meant (a test holds this for every
// connector).
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "carriers/connector.h"
#include "carriers/document.h"
#include "carriers/simulator/world.h"

namespace carriers::simulator {

struct Saying;

// One parcel as it is to be shown: the steps are those that are visible now, in the order they
// happened.
struct Shown {
  std::string number;
  std::span<const Step> steps;
  const Town* origin = nullptr;
  const Town* destination = nullptr;
  base::Instant estimate{};
};

class AnswerWriter {
 public:
  // `fixture`: the bytes of a success answer with a whole journey. The error says why it cannot be
  // turned round.
  static base::Result<AnswerWriter, std::string> make(const Connector& connector,
                                                      std::string_view fixture);
  AnswerWriter(AnswerWriter&&) noexcept;
  AnswerWriter& operator=(AnswerWriter&&) noexcept;
  ~AnswerWriter();

  // The answer about these parcels; none of them without a visible step.
  std::string write(std::span<const Shown> parcels) const;
  // Can the carrier say this at all, with a code or sentence of its own?
  bool can_say(journey::Status status, int substatus) const;
  // Has it any word for the status at all? A step it has none for is one the carrier does not show.
  bool shows(journey::Status status) const;
  // The number the fixture is about: the shape of this carrier's numbers.
  std::string_view fixture_number() const;
  Format format() const;

 private:
  AnswerWriter();
  void keep_what_reads_back();
  // `only`: how every step is said; nullptr: as its meaning asks.
  std::string write_shipments(std::span<const Shown> parcels, const Saying* only) const;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace carriers::simulator
