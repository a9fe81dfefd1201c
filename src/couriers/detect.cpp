#include "couriers/detect.h"

#include <algorithm>

#include "base/text.h"
#include "couriers/detector_state.h"

namespace couriers {
namespace {

// A link names its courier far more surely than any shape does.
constexpr double kLinkFactor = 1e6;
constexpr float kLinkAlone = 0.85f;

// Words of a link that the page's courier understands come first, then whatever is best known.
float usefulness(const Detection& detection, const Link& link, std::size_t place) {
  float value = 0.5f / static_cast<float>(place + 1);
  if (detection.candidates.empty()) return value;
  value += detection.candidates.front().confidence;
  if (saw(detection.candidates.front(), EvidenceKind::Link)) value += 1;
  if (detection.candidates.front().check_digit_holds) value += 0.5f;
  if (detection.verdict == Verdict::Mistyped) value -= 0.5f;
  return link.couriers.empty() ? value - 0.25f : value;
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Certain:
      return "certain";
    case Verdict::Likely:
      return "likely";
    case Verdict::Ambiguous:
      return "ambiguous";
    case Verdict::Mistyped:
      return "mistyped";
    case Verdict::Unknown:
      return "unknown";
  }
  return "unknown";
}

Detector::Detector(const Catalogue& catalogue) : state_(std::make_unique<State>(catalogue)) {}
Detector::~Detector() = default;

Detection Detector::detect(std::string_view typed, const Hints& hints) const {
  Detection result;
  detect_into(typed, hints, result);
  return result;
}

void Detector::detect_into(std::string_view typed, const Hints& hints, Detection& out) const {
  typed = base::trim(typed);
  const Typed what = Engine::normalise(typed, out.number);
  if (what.is_link && typed.find_first_of(" \t\n") == std::string_view::npos &&
      state_->detect_link(typed, hints, out))
    return;
  if (what.has_words || what.is_link || out.number.size() > kLongestNumber) {
    // A sentence: the surest number in it.
    std::vector<Found> found = scan(typed, hints);
    const auto best = std::ranges::max_element(found, {}, [](const Found& one) {
      return std::pair(
          -static_cast<int>(one.detection.verdict),
          one.detection.candidates.empty() ? 0.0f : one.detection.candidates.front().confidence);
    });
    if (best != found.end()) {
      out = std::move(best->detection);
      return;
    }
  }
  state_->engine.rank(what.groups, hints, {}, out);
}

void Detector::State::detect_number(std::string_view typed, const Hints& hints,
                                    const Surroundings& around, Detection& out) const {
  const Typed what = Engine::normalise(typed, out.number);
  engine.rank(what.groups, hints, around, out);
}

bool Detector::State::detect_link(std::string_view text, const Hints& hints, Detection& out) const {
  const Link link = engine.links.read(text);
  const Surroundings around{link.couriers, kLinkFactor, EvidenceKind::Link};
  Detection best, next;
  float best_value = -1;
  for (std::size_t i = 0; i < link.words.size(); ++i) {
    detect_number(link.words[i], hints, around, next);
    if (next.number.size() > kLongestNumber) continue;
    const float value = usefulness(next, link, i);
    if (value <= best_value) continue;
    best_value = value;
    std::swap(best, next);
  }
  if (best_value < 0) return false;
  const auto from_link = [](const Candidate& c) { return saw(c, EvidenceKind::Link); };
  if (!link.couriers.empty() && best.verdict != Verdict::Mistyped &&
      std::ranges::none_of(best.candidates, from_link)) {
    // The page's courier uses a form we have no row for: the link is the evidence.
    for (Candidate& candidate : best.candidates) candidate.confidence *= 1 - kLinkAlone;
    const float each = kLinkAlone / static_cast<float>(link.couriers.size());
    for (std::size_t i = 0; i < link.couriers.size(); ++i)
      best.candidates.insert(best.candidates.begin() + static_cast<std::ptrdiff_t>(i),
                             {&engine.catalogue.all()[link.couriers[i]], each, false, kNoFormat,
                              1u << static_cast<unsigned>(EvidenceKind::Link)});
    if (best.candidates.size() > 10) best.candidates.resize(10);
    best.verdict = link.couriers.size() == 1 ? Verdict::Likely : Verdict::Ambiguous;
  }
  out = std::move(best);
  return true;
}

std::size_t Detector::format_count() const { return state_->engine.formats.formats.size(); }

}  // namespace couriers
