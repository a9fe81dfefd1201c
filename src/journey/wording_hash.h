// Hashes of pieces of text, for the wording model: the same everywhere, because they are kept.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace journey {

inline std::uint64_t mixed_hash(std::uint64_t a, std::uint64_t b) {
  std::uint64_t hash = (a ^ (b + 0x9E3779B97F4A7C15 + (a << 6) + (a >> 2))) * 0xFF51AFD7ED558CCD;
  return hash ^ hash >> 32;
}

// A piece of at most eight bytes as one number. `end` is of the whole text: where eight bytes can
// be read at once they are, and those that are not the piece's fall away.
inline std::uint64_t piece_bytes(std::string_view piece, const char* end) {
  std::uint64_t bytes = 0;
  if (end - piece.data() >= 8) {
    std::memcpy(&bytes, piece.data(), 8);
    const auto unused = 8 * (8 - piece.size());
    return unused == 64 ? 0 : bytes << unused >> unused;
  }
  for (std::size_t i = 0; i < piece.size(); ++i)
    bytes |= std::uint64_t{static_cast<unsigned char>(piece[i])} << 8 * i;
  return bytes;
}

// Eight bytes a step: this is most of what a feature costs.
[[gnu::always_inline]] inline std::uint64_t hash_of(std::string_view text, const char* end) {
  constexpr std::uint64_t kSeed = 0xCBF29CE484222325;
  std::uint64_t hash = kSeed + text.size(), piece = 0;
  while (text.size() > sizeof(piece)) {
    std::memcpy(&piece, text.data(), sizeof(piece));
    hash = mixed_hash(hash, piece);
    text.remove_prefix(sizeof(piece));
  }
  return mixed_hash(hash, piece_bytes(text, end));
}
inline std::uint64_t hash_of(std::string_view text) {
  return hash_of(text, text.data() + text.size());
}

inline bool starts_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }
// Three bytes and more: kana, Chinese characters, Hangul; they are read by runs of characters.
inline bool is_ideographic(char c) { return static_cast<unsigned char>(c) >= 0xE0; }

constexpr int kStemLetters = 4;
constexpr std::size_t kRunLetters = 4;

}  // namespace journey
