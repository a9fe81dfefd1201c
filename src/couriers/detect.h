// Whose number is this? Ranked candidates with evidence, and a confidence that means something.
//
// Pure: no clock, no database, no network, no locale; thread-safe; built once at start from the
// data compiled into the program. Tracking numbers are personal data: nothing here logs them.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "couriers/catalogue.h"

namespace couriers {

// How much the answer may be relied on.
enum class Verdict {
  Certain,    // one courier, decided by a check digit or a structure that no other courier uses
  Likely,     // one courier clearly ahead; automatic use is fine, a correction is possible
  Ambiguous,  // several couriers share this shape: ask, or let the carriers' answers decide
  Mistyped,   // looks like a known format whose check digit disagrees
  Unknown,    // no format fits
};
std::string_view name(Verdict verdict);  // "certain", "likely", "ambiguous", "mistyped", "unknown"

enum class EvidenceKind : std::uint8_t {
  Shape,       // length and character classes of a format
  Prefix,      // characters that name the courier
  CheckDigit,  // a check digit that agrees
  BadCheckDigit,
  Country,  // an embedded country or issuing post
  Service,  // an embedded service
  Airline,  // an air waybill prefix
  Owner,    // a container's owner code
  Link,     // the number stood in a link of this courier
  Context,  // the courier's name stood beside the number in the text
  Hint,     // the caller's hints re-ranked it
  Shared,   // the shape is used by others too
};

struct Evidence {
  EvidenceKind kind;
  // What was seen, for a person: "check digit 7 agrees (UPS, mod 10)", "issued by the post of
  // Latvia".
  std::string says;
};

struct Candidate {
  const Courier* courier;  // never null; lives as long as the catalogue
  float confidence;        // 0..1: the estimated chance that this courier answers for this number
  bool check_digit_holds;  // a check digit of this format was computed and agrees
  std::uint16_t format;    // row of the format table, for explain(); kNoFormat: the link alone
  std::uint16_t seen = 0;  // bits 1 << EvidenceKind of what detection saw: Link, Context, Hint
};
inline constexpr std::uint16_t kNoFormat = 0xFFFF;

// What the caller knows beside the number. Everything optional.
struct Hints {
  std::string_view shop_country;         // ISO 3166-1 alpha-2
  std::string_view destination_country;  // the same
  std::span<const std::string>
      couriers;  // this account's courier list, or its recent ones, likeliest first
};

struct Detection {
  Verdict verdict = Verdict::Unknown;
  std::string number;                 // normalised: capitals, letters and digits only
  std::vector<Candidate> candidates;  // best first, at most 10
};

// A number found inside a text or a link.
struct Found {
  std::size_t begin = 0;  // bytes of the text
  std::size_t end = 0;
  Detection detection;
};

class Detector {
 public:
  // Reads the formats compiled into the program. Throws std::runtime_error when they are broken (a
  // test keeps them whole).
  explicit Detector(const Catalogue& catalogue);
  ~Detector();

  // One number as typed or pasted: spaces, dashes, dots and small letters are forgiven; a link of a
  // courier's page and a number wrapped in a sentence are understood.
  Detection detect(std::string_view typed, const Hints& hints = {}) const;

  // Detection into a result that is reused: no allocation once its buffers have grown.
  void detect_into(std::string_view typed, const Hints& hints, Detection& out) const;

  // All likely numbers in a longer text (a mail, a chat message), in order.
  std::vector<Found> scan(std::string_view text, const Hints& hints = {}) const;

  // Why this candidate: evidence, strongest first. Apart from detect() because sentences cost time.
  std::vector<Evidence> explain(const Detection& detection, const Candidate& candidate) const;

  // The parts of the number under this candidate's format: {"JD", "prefix"}, {"GB", "issued by the
  // post of Great Britain"}.
  struct Part {
    std::string text;
    std::string meaning;
  };
  std::vector<Part> parts(const Detection& detection, const Candidate& candidate) const;

  std::size_t format_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace couriers
