// Evidence and parts as sentences for a person. Apart from ranking, because sentences cost time.
#include <algorithm>

#include "base/text.h"
#include "couriers/detector_state.h"

namespace couriers {
namespace {

// The services of UPU S10 by first letter.
std::string_view service_of(std::string_view service) {
  switch (service[0]) {
    case 'A':
      return "domestic or bilateral";
    case 'C':
      return service == "CV" ? "insured parcel" : "parcel";
    case 'E':
      return "EMS express";
    case 'G':
      return "single-operator use";
    case 'H':
      return "e-commerce parcel";
    case 'L':
      return "tracked letter";
    case 'M':
      return "bag of printed matter";
    case 'Q':
      return "business reply";
    case 'R':
      return "registered letter";
    case 'U':
      return "letter post, mostly untracked";
    case 'V':
      return "insured letter";
    case 'B':
    case 'D':
    case 'N':
    case 'P':
    case 'Z':
      return "domestic or bilateral";
    default:
      return "reserved or single-operator service";
  }
}

std::string spaced(std::string_view meaning) {
  std::string text(meaning);
  std::ranges::replace(text, '_', ' ');
  return text;
}

bool fits(const Variant& variant, std::string_view number) {
  if (variant.positions.size() != number.size()) return false;
  for (std::size_t i = 0; i < number.size(); ++i)
    if (!(variant.positions[i] >> symbol(number[i]) & 1)) return false;
  return true;
}

bool is_plain(std::string_view number) {
  return std::ranges::all_of(number, [](char c) { return base::is_digit(c) || base::is_upper(c); });
}

class Story {
 public:
  Story(const Engine& engine, const Detection& detection, const Candidate& candidate)
      : engine_(engine), detection_(detection), candidate_(candidate), number_(detection.number) {}

  std::vector<Evidence> tell() {
    const std::string courier(candidate_.courier->name);
    if (saw(candidate_, EvidenceKind::Link))
      say(EvidenceKind::Link, "the number stood in a link of " + courier);
    if (saw(candidate_, EvidenceKind::Context))
      say(EvidenceKind::Context, courier + " is named beside the number");
    if (candidate_.format < engine_.formats.formats.size())
      tell_format(engine_.formats.formats[candidate_.format]);
    if (saw(candidate_, EvidenceKind::Hint))
      say(EvidenceKind::Hint, "the countries or couriers of this account make it likelier");
    if (detection_.verdict == Verdict::Ambiguous && detection_.candidates.size() > 1)
      say(EvidenceKind::Shared, std::to_string(detection_.candidates.size() - 1) +
                                    " other couriers use numbers of this form");
    return std::move(evidence_);
  }

 private:
  void say(EvidenceKind kind, std::string sentence) {
    evidence_.push_back({kind, std::move(sentence)});
  }

  void tell_format(const Format& format) {
    if (format.check) tell_check(*format.check);
    switch (format.owner) {
      case Owner::Post:
        say(EvidenceKind::Country, "issued by the post of " + std::string(number_.substr(11, 2)));
        say(EvidenceKind::Service, std::string(service_of(number_.substr(0, 2))) + " (" +
                                       std::string(number_.substr(0, 2)) + ")");
        break;
      case Owner::Airline:
        if (const auto* airline = engine_.catalogue.airline(number_.substr(0, 3)))
          say(EvidenceKind::Airline, std::string(airline->prefix) +
                                         " is the air waybill prefix of " +
                                         std::string(airline->name));
        break;
      case Owner::Container:
        say(EvidenceKind::Owner, std::string(number_.substr(0, 4)) + " is an owner code of " +
                                     std::string(candidate_.courier->name));
        break;
      case Owner::Scac:
        say(EvidenceKind::Owner, std::string(number_.substr(0, 4)) + " is the carrier code of " +
                                     std::string(candidate_.courier->name));
        break;
      case Owner::Listed:
        break;
    }
    if (const std::size_t fixed = fixed_prefix(format); fixed > 0)
      say(EvidenceKind::Prefix, "begins with " + std::string(number_.substr(0, fixed)));
    say(EvidenceKind::Shape, std::string(format.says) + ": " + std::to_string(number_.size()) +
                                 " characters of its form");
  }

  void tell_check(const Check& check) {
    const std::size_t at = check.position(number_.size());
    if (at >= number_.size()) return;
    const char expected = check.expected(number_);
    const std::string how = " (" + std::string(couriers::name(check.algorithm)) + ")";
    if (expected == number_[at]) {
      say(EvidenceKind::CheckDigit, "check digit " + std::string(1, expected) + " agrees" + how);
    } else {
      say(EvidenceKind::BadCheckDigit, "check digit is " + std::string(1, number_[at]) + ", " +
                                           std::string(1, expected) + " was expected" + how +
                                           ": look for a mistyped character");
    }
  }

  std::size_t fixed_prefix(const Format& format) const {
    for (const Variant& variant : expand(format.shape))
      if (fits(variant, number_)) return variant.fixed_prefix();
    return 0;
  }

  const Engine& engine_;
  const Detection& detection_;
  const Candidate& candidate_;
  const std::string_view number_;
  std::vector<Evidence> evidence_;
};

}  // namespace

std::vector<Evidence> Detector::explain(const Detection& detection,
                                        const Candidate& candidate) const {
  if (candidate.courier == nullptr || detection.number.size() > kLongestNumber ||
      !is_plain(detection.number))
    return {};
  // A format and a number that do not belong together get no story rather than a wrong one.
  const auto& formats = state_->engine.formats.formats;
  if (candidate.format < formats.size()) {
    const auto variants = expand(formats[candidate.format].shape);
    if (std::ranges::none_of(variants, [&](const auto& v) { return fits(v, detection.number); }))
      return {};
  }
  return Story(state_->engine, detection, candidate).tell();
}

std::vector<Detector::Part> Detector::parts(const Detection& detection,
                                            const Candidate& candidate) const {
  const Formats& formats = state_->engine.formats;
  std::vector<Detector::Part> parts;
  if (candidate.format >= formats.formats.size() || !is_plain(detection.number)) return parts;
  const Format& format = formats.formats[candidate.format];
  const std::string_view number = detection.number;
  for (const Variant& variant : expand(format.shape)) {
    if (!fits(variant, number)) continue;
    for (const couriers::Part& part : variant.parts) {
      const std::string_view text = number.substr(part.begin, part.end - part.begin);
      std::string meaning = spaced(part.meaning);
      if (meaning.empty()) {
        meaning = part.begin == 0 && part.end <= variant.fixed_prefix() ? "prefix" : "serial";
      } else if (format.owner == Owner::Post && part.begin == 0) {
        meaning = "service: " + std::string(service_of(text));
      } else if (format.owner == Owner::Post && part.begin == 11) {
        meaning = "issued by the post of this country";
      } else if (format.owner == Owner::Airline && part.begin == 0) {
        if (const auto* airline = state_->engine.catalogue.airline(text))
          meaning = "airline: " + std::string(airline->name);
      }
      parts.push_back({std::string(text), std::move(meaning)});
    }
    break;
  }
  return parts;
}

}  // namespace couriers
