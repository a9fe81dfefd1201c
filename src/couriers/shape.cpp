#include "couriers/shape.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string>

namespace couriers {
namespace {

[[noreturn]] void broken(std::string_view shape, std::string_view why) {
  throw std::runtime_error("shape '" + std::string(shape) + "': " + std::string(why));
}

constexpr CharSet only(char c) { return CharSet{1} << symbol(c); }
constexpr bool is_symbol(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

// One of several words, each a row of character sets.
using Words = std::vector<std::vector<CharSet>>;
struct Atom {
  Words words;
  unsigned least = 1, most = 1;
};

// Words that differ in their last character only become one: (70|71|73) is 7[013]. Keeps the
// number of variants, and with it the matcher, small.
Words merged(const Words& words) {
  std::map<std::vector<CharSet>, CharSet> by_stem;
  for (const auto& word : words) by_stem[{word.begin(), word.end() - 1}] |= word.back();
  Words result;
  for (const auto& [stem, last] : by_stem) {
    result.push_back(stem);
    result.back().push_back(last);
  }
  return result;
}

class Reader {
 public:
  explicit Reader(std::string_view shape) : shape_(shape), rest_(shape) {}

  std::vector<Variant> read() {
    variants_.resize(1);
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find(' '), rest_.size());
      token(rest_.substr(0, end));
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    for (const Variant& variant : variants_)
      if (variant.positions.empty() || variant.positions.size() > kLongestNumber)
        broken(shape_, "no length, or too long");
    return std::move(variants_);
  }

 private:
  void token(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view meaning =
        equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
    std::string_view atoms = text.substr(0, equals);
    if (atoms.empty()) broken(shape_, "an empty token");
    for (Variant& variant : variants_) {
      const auto at = static_cast<std::uint8_t>(variant.positions.size());
      variant.parts.push_back({at, at, meaning});
    }
    while (!atoms.empty()) append(atom(atoms));
    for (Variant& variant : variants_) {
      variant.parts.back().end = static_cast<std::uint8_t>(variant.positions.size());
      if (variant.parts.back().begin == variant.parts.back().end) variant.parts.pop_back();
    }
  }

  // Every variant so far, continued by every reading of the atom.
  void append(const Atom& atom) {
    std::vector<Variant> longer;
    for (const Variant& variant : variants_) {
      for (unsigned times = atom.least; times <= atom.most; ++times) {
        for (const auto& word : atom.words) {
          Variant next = variant;
          for (unsigned i = 0; i < times; ++i)
            next.positions.insert(next.positions.end(), word.begin(), word.end());
          longer.push_back(std::move(next));
          if (times == 0) break;
        }
      }
    }
    if (longer.size() > 4000) broken(shape_, "too many variants");
    variants_ = std::move(longer);
  }

  Atom atom(std::string_view& text) const {
    Atom result;
    const char c = take(text);
    if (c == '\\') {
      result.words = {{escape(take(text))}};
    } else if (c == '[') {
      result.words = {{set(until(text, ']'))}};
    } else if (c == '(') {
      result.words = alternatives(until(text, ')'));
    } else if (is_symbol(c)) {
      result.words = {{only(c)}};
    } else {
      broken(shape_, "an unknown character");
    }
    if (text.starts_with('?')) {
      text.remove_prefix(1);
      result.least = 0;
    } else if (text.starts_with('{')) {
      text.remove_prefix(1);
      range(until(text, '}'), result);
    }
    return result;
  }

  char take(std::string_view& text) const {
    if (text.empty()) broken(shape_, "ends too early");
    const char c = text.front();
    text.remove_prefix(1);
    return c;
  }

  std::string_view until(std::string_view& text, char close) const {
    const std::size_t end = text.find(close);
    if (end == std::string_view::npos) broken(shape_, "a bracket stays open");
    const std::string_view inside = text.substr(0, end);
    text.remove_prefix(end + 1);
    return inside;
  }

  CharSet escape(char c) const {
    if (c == 'd') return kDigits;
    if (c == 'l') return kLetters;
    if (c == 'w') return kAll;
    broken(shape_, "an unknown escape");
  }

  CharSet set(std::string_view inside) const {
    CharSet chars = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (!is_symbol(inside[i])) broken(shape_, "an unknown character in a set");
      chars |= only(inside[i]);
      if (i + 2 >= inside.size() || inside[i + 1] != '-') continue;
      for (unsigned s = symbol(inside[i]); s <= symbol(inside[i + 2]); ++s)
        chars |= CharSet{1} << s;
      i += 2;
    }
    return chars;
  }

  Words alternatives(std::string_view inside) const {
    Words words(1);
    for (char c : inside) {
      if (c == '|') {
        words.emplace_back();
      } else if (is_symbol(c)) {
        words.back().push_back(only(c));
      } else {
        broken(shape_, "an alternative is made of capitals and digits");
      }
    }
    if (std::ranges::any_of(words, [](const auto& word) { return word.empty(); }))
      broken(shape_, "an empty alternative");
    return merged(words);
  }

  void range(std::string_view inside, Atom& atom) const {
    const char* const end = inside.data() + inside.size();
    auto [at, error] = std::from_chars(inside.data(), end, atom.least);
    if (error != std::errc{}) broken(shape_, "a count is not a number");
    atom.most = atom.least;
    if (at != end) {
      const auto most = std::from_chars(at + 1, end, atom.most);
      if (*at != ',' || most.ec != std::errc{} || most.ptr != end || atom.most < atom.least)
        broken(shape_, "a count is not a range");
    }
    if (atom.most > kLongestNumber) broken(shape_, "a count is too large");
  }

  std::string_view shape_, rest_;
  std::vector<Variant> variants_;
};

}  // namespace

std::size_t Variant::fixed_prefix() const {
  const auto open = std::ranges::find_if(positions, [](CharSet set) { return (set & (set - 1)); });
  return static_cast<std::size_t>(open - positions.begin());
}

std::vector<Variant> expand(std::string_view shape) { return Reader(shape).read(); }

}  // namespace couriers
