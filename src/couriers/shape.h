// The shape language of data/couriers/formats.tsv: which characters stand where.
//
//   1Z \w{6}=shipper \w{2}=service \w{7}=package \d=check_digit
//
// Tokens are separated by one space; `=meaning` names the part of the number a token covers ('_'
// reads as a space). Inside a token: capitals and digits for themselves, \d a digit, \l a letter,
// \w either, [ABX-Z] one of, (MY|THA) one of these words, and {n}, {n,m} or ? behind any of them.
//
// A shape is expanded into variants of fixed length, which is what the matcher can run on.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace couriers {

// A set of the 36 characters of a normalised number; bit = symbol().
using CharSet = std::uint64_t;
constexpr CharSet kDigits = (CharSet{1} << 10) - 1;
constexpr CharSet kAll = (CharSet{1} << 36) - 1;
constexpr CharSet kLetters = kAll & ~kDigits;

// 0-9 then A-Z; the character is a digit or a capital.
constexpr unsigned symbol(char c) {
  return static_cast<unsigned>(c >= 'A' ? c - 'A' + 10 : c - '0');
}

struct Part {
  std::uint8_t begin, end;   // characters of the number
  std::string_view meaning;  // as written in the file, empty when the token says nothing
};

struct Variant {
  std::vector<CharSet> positions;
  std::vector<Part> parts;
  // Leading characters that can only be one thing.
  std::size_t fixed_prefix() const;
};

constexpr std::size_t kLongestNumber = 48;

// Throws std::runtime_error with the shape in its message.
std::vector<Variant> expand(std::string_view shape);

}  // namespace couriers
