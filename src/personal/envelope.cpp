#include <algorithm>
#include <stdexcept>

#include "base/card_number.h"
#include "personal/fields.gen.h"
#include "personal/sealing.h"
#include "personal/secret.h"
#include "personal/vault.h"

namespace personal {
namespace {

// What one shipment's person fills, so that most envelopes are never moved in memory.
constexpr std::size_t kUsualBytes = 512;

void append_varint(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>((number & 0x7f) | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

// Below how many digits nothing in this field counts as a card's number; none where programs alone
// write, or where the bytes are no text: letters' and holds' values repeat what was masked before,
// beside tracking numbers, of which some look like a card's.
std::optional<std::size_t> least_card(std::uint16_t field) {
  static const auto made = [] {
    std::array<std::size_t, 256> least{};
    for (const auto& entry : kFields) {
      const bool is_made = entry.category == "credential" || entry.category == "device" ||
                           entry.category == "journey" || entry.name == "letter_values" ||
                           entry.name == "held_values";
      if (entry.id < least.size() && !is_made)
        least[entry.id] = entry.category == "phone" ? 16 : base::kShortestCard;
    }
    return least;
  }();
  if (field >= made.size() || made[field] == 0) return std::nullopt;
  return made[field];
}

}  // namespace

Envelope::Envelope(const Envelope& other) : bytes_(other.bytes_) {}

// Not moved as a string: a short one would leave its letters in the other.
Envelope::Envelope(Envelope&& other) noexcept { bytes_.swap(other.bytes_); }

Envelope& Envelope::operator=(Envelope other) noexcept {
  bytes_.swap(other.bytes_);
  return *this;
}

Envelope::~Envelope() { wipe(bytes_); }

void Envelope::put_bytes(std::uint16_t field, Label label, std::string_view value) {
  if (value.size() > 0xffffffff) throw std::length_error("a personal value of more than 4 GB");
  if (const auto least = least_card(field); least && base::holds_card_number(value, *least)) {
    put_bytes(field, label, base::without_card_numbers(value, *least));
    return;
  }
  remove(field);
  const auto needed = bytes_.size() + value.size() + 16;
  if (needed > bytes_.capacity()) {  // by hand, to wipe what is left behind
    std::string larger;
    larger.reserve(std::max({needed, 2 * bytes_.size(), kUsualBytes}));
    larger = bytes_;
    bytes_.swap(larger);
    wipe(larger);
  }
  append_varint(bytes_, field);
  bytes_ += static_cast<char>(label.source());
  append_varint(bytes_, value.size());
  bytes_ += value;
}

void Envelope::remove(std::uint16_t field) {
  EnvelopeReader reader(bytes_);
  const char* begin = bytes_.data();
  while (const auto entry = reader.next()) {
    const char* end = entry->value.data() + entry->value.size();
    if (entry->field != field) {
      begin = end;
      continue;
    }
    const auto at = static_cast<std::size_t>(begin - bytes_.data());
    const auto length = static_cast<std::size_t>(end - begin);
    const auto size = bytes_.size();
    bytes_.erase(at, length);
    // The tail moved down and left its last bytes where it stood.
    bytes_.append(length, '\0');
    bytes_.resize(size - length);
    return;
  }
}

std::string_view Envelope::find(std::uint16_t field, Label& label) const {
  EnvelopeReader reader(bytes_);
  while (const auto entry = reader.next()) {
    if (entry->field != field) continue;
    label = entry->label;
    return entry->value;
  }
  return {};
}

Envelope::Index::Index(const Envelope& envelope) : envelope_(envelope) {
  EnvelopeReader reader(envelope.bytes_);
  while (const auto entry = reader.next()) {
    is_whole_ = size_ < places_.size();
    if (!is_whole_) return;
    places_[size_++] = {entry->field, entry->label, entry->value};
  }
}

std::vector<Opened> Envelope::entries_for(Purpose purpose) const {
  std::vector<Opened> found;
  EnvelopeReader reader(bytes_);
  while (const auto entry = reader.next()) {
    const auto field = std::ranges::find(kFields, entry->field, &FieldEntry::id);
    if (field == kFields.end() || !field->purposes.contains(purpose)) continue;
    found.push_back({&*field, entry->label, std::string(entry->value)});
  }
  return found;
}

}  // namespace personal
