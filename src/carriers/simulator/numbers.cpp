#include "carriers/simulator/numbers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace carriers::simulator {
namespace {

constexpr std::string_view kDigits = "0123456789";
// No vowels: no words by accident.
constexpr std::string_view kConsonants = "BCDFGHJKLMNPQRSTVWXZ";
// Shapes of carriers whose answers do not repeat the number.
constexpr std::array<std::string_view, 4> kShapes{"05000000000000", "Z1234567890",
                                                  "0050001234567890123456", "123456789012"};
// So many tries to find a number that its courier's format accepts; one in ten passes a check
// digit.
constexpr int kTries = 120;
constexpr std::size_t kFewSlots = 6;
constexpr std::uint64_t kMostRoom = 1'000'000'000;
// A prime: parcel numbers that follow each other do not look it.
constexpr std::uint64_t kStride = 2'654'435'761;

std::string in_capitals(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return base::to_upper(c); });
  return out;
}

}  // namespace

Numbers::Numbers(const couriers::Detector& detector, std::string_view courier,
                 std::string_view like)
    : detector_(detector), courier_(courier), pattern_(in_capitals(like)) {
  if (pattern_.empty()) {
    const auto known = std::ranges::find_if(
        kShapes, [this](std::string_view shape) { return is_taken_for(std::string(shape)); });
    pattern_ = known != kShapes.end() ? std::string(*known)
                                      : in_capitals(courier.substr(0, 2)) + "1234567890";
  }
  find_slots();
}

// The first characters stay, since they often say whose a number is. Letters stay too where there
// are digits enough.
void Numbers::find_slots() {
  const auto kept = std::min<std::size_t>(4, pattern_.size() / 3);
  for (std::size_t i = kept; i < pattern_.size(); ++i) {
    if (base::is_digit(pattern_[i])) slots_.push_back({i, kDigits});
  }
  if (slots_.size() < kFewSlots) {
    slots_.clear();
    for (std::size_t i = std::min<std::size_t>(2, kept); i < pattern_.size(); ++i) {
      if (base::is_digit(pattern_[i])) slots_.push_back({i, kDigits});
      if (base::is_letter(pattern_[i])) slots_.push_back({i, kConsonants});
    }
  }
  // The last ones are left for the check digit.
  const std::size_t free = slots_.size() > kFewSlots + 1 ? 2 : slots_.size() >= kFewSlots ? 1 : 0;
  while (telling_ + free < slots_.size() && room_ * slots_[telling_].alphabet.size() <= kMostRoom) {
    room_ *= slots_[telling_++].alphabet.size();
  }
}

bool Numbers::is_taken_for(const std::string& number) const {
  couriers::Detection detection;
  detector_.detect_into(number, {}, detection);
  return detection.verdict != couriers::Verdict::Mistyped &&
         std::ranges::any_of(detection.candidates, [this](const auto& candidate) {
           return candidate.courier->code == courier_;
         });
}

std::string Numbers::number(std::int64_t index, Dice& dice) const {
  auto number = pattern_;
  // Of a negative index too: what counts is that different ones stay different.
  const auto room = static_cast<std::int64_t>(room_);
  auto told = static_cast<std::uint64_t>((index % room + room) % room) * kStride % room_;
  for (std::size_t i = 0; i < telling_; ++i) {
    const auto alphabet = slots_[i].alphabet;
    number[slots_[i].at] = alphabet[told % alphabet.size()];
    told /= alphabet.size();
  }
  for (int tries = 0; tries < kTries; ++tries) {
    for (std::size_t i = telling_; i < slots_.size(); ++i)
      number[slots_[i].at] = slots_[i].alphabet[dice.below(slots_[i].alphabet.size())];
    if (is_taken_for(number)) break;
  }
  return number;
}

}  // namespace carriers::simulator
