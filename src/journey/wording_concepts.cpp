#include "journey/wording_concepts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/text.h"
#include "journey/fold.h"
#include "journey/wording_hash.h"

namespace journey {
namespace {

constexpr unsigned kSlotBits = 14;
constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
constexpr std::size_t kSlotBytes = (kSlots + 1) * sizeof(std::uint16_t);
constexpr std::size_t kMostRest = 8;  // bytes behind the stem that are compared

std::size_t slot_of(std::uint64_t hash) { return hash >> (64 - kSlotBits); }

// How many bytes the first letters of a text are.
std::size_t letters_end(std::string_view text, std::size_t letters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (starts_letter(text[at]) && letters-- == 0) break;
  }
  return at;
}

std::size_t count_letters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_letter));
}

}  // namespace

struct ConceptTable::Entry {
  std::uint32_t check;  // the hash's lower half
  std::uint8_t rest_size, is_prefix;
  Concepts concepts;
  std::uint64_t rest;
};

std::optional<ConceptTable> ConceptTable::read(std::string_view bytes) {
  if (bytes.empty()) return ConceptTable{};
  if (bytes.size() < kSlotBytes) return std::nullopt;
  std::uint16_t entries = 0;
  std::memcpy(&entries, bytes.data() + kSlots * sizeof(entries), sizeof(entries));
  if (bytes.size() != kSlotBytes + entries * sizeof(Entry)) return std::nullopt;
  ConceptTable table;
  table.slots_ = bytes.data();
  table.entries_ = bytes.data() + kSlotBytes;
  return table;
}

std::string ConceptTable::write(std::span<const ConceptWord> words) {
  std::vector<std::pair<std::size_t, Entry>> entries;
  for (const ConceptWord& word : words) {
    const bool is_run = is_ideographic(word.text[0]);
    const auto stem = is_run ? word.text.size() : letters_end(word.text, kStemLetters);
    const auto rest = std::string_view(word.text).substr(stem, kMostRest);
    const auto hash = hash_of(std::string_view(word.text).substr(0, stem));
    Entry entry{};
    entry.check = static_cast<std::uint32_t>(hash);
    entry.rest_size = static_cast<std::uint8_t>(rest.size());
    entry.is_prefix = word.is_prefix;
    entry.concepts = word.concepts;
    entry.rest = piece_bytes(rest, rest.data() + rest.size());
    entries.emplace_back(slot_of(hash), entry);
  }
  // The longest first, and of these what has no other ending.
  std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second.rest_size != b.second.rest_size) return a.second.rest_size > b.second.rest_size;
    return a.second.is_prefix < b.second.is_prefix;
  });
  std::string out;
  std::size_t at = 0;
  for (std::size_t slot = 0; slot <= kSlots; ++slot) {
    while (at < entries.size() && entries[at].first < slot) ++at;
    const auto first = static_cast<std::uint16_t>(at);
    out.append(reinterpret_cast<const char*>(&first), sizeof(first));
  }
  for (const auto& [slot, entry] : entries)
    out.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
  return out;
}

template <class Fits>
Concepts ConceptTable::find(std::uint64_t hash, Fits&& fits) const {
  if (slots_ == nullptr) return {};
  std::array<std::uint16_t, 2> range;
  std::memcpy(range.data(), slots_ + slot_of(hash) * sizeof(std::uint16_t), sizeof(range));
  for (std::size_t i = range[0]; i < range[1]; ++i) {
    Entry entry;
    std::memcpy(&entry, entries_ + i * sizeof(entry), sizeof(entry));
    if (entry.check == static_cast<std::uint32_t>(hash) && fits(entry)) return entry.concepts;
  }
  return {};
}

Concepts ConceptTable::of_word(std::uint64_t stem, std::string_view rest, const char* end) const {
  return find(stem, [&](const Entry& entry) {
    if (entry.rest_size > rest.size()) return false;
    // A prefix that is as long as an entry can be stands for all that begin like it.
    if (!entry.is_prefix && entry.rest_size < rest.size() && entry.rest_size < kMostRest)
      return false;
    return piece_bytes(rest.substr(0, entry.rest_size), end) == entry.rest;
  });
}

Concepts ConceptTable::of_run(std::uint64_t hash) const {
  return find(hash, [](const Entry& entry) { return entry.rest_size == 0; });
}

base::Result<std::vector<ConceptWord>, TableMistake> read_concepts(std::string_view text) {
  std::vector<ConceptWord> words;
  std::map<std::pair<std::string, bool>, std::size_t> places;
  std::set<std::string, std::less<>> names;
  const auto mistake = [](int line, std::string says) {
    return base::Failure{TableMistake{line, std::move(says)}};
  };
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    auto row = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.starts_with('#')) continue;
    if (row.starts_with('[') && row.ends_with(']')) {
      if (!names.emplace(row.substr(1, row.size() - 2)).second || names.size() > 255)
        return mistake(line, fmt::format("{} stands here twice, or is one too many", row));
      continue;
    }
    while (!row.empty()) {
      const auto space = std::min(row.find(' '), row.size());
      auto word = row.substr(0, space);
      row = base::trim(row.substr(space));
      const bool is_prefix = word.ends_with('*');
      if (is_prefix) word.remove_suffix(1);
      auto folded = fold(word);
      if (names.empty()) return mistake(line, "a word before the first [concept]");
      if (folded.empty() || folded.find(' ') != folded.npos ||
          (is_ideographic(folded[0]) && count_letters(folded) > kRunLetters))
        return mistake(line, fmt::format("\"{}\" is no single word", word));
      const auto [place, is_new] = places.try_emplace({folded, is_prefix}, words.size());
      if (is_new) words.push_back({std::move(folded), is_prefix, {}});
      auto& concepts = words[place->second].concepts;
      const auto index = static_cast<std::uint8_t>(names.size());
      if (concepts[0] == 0) {
        concepts[0] = index;
      } else if (concepts[0] != index && (concepts[1] == 0 || concepts[1] == index)) {
        concepts[1] = index;
      } else if (concepts[0] != index) {
        return mistake(line, fmt::format("\"{}\" has two concepts already", word));
      }
    }
  }
  return words;
}

}  // namespace journey
