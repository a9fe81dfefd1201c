#include "journey/wording_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <vector>

#include "journey/wording_hash.h"

namespace journey {
namespace {

enum Kind : std::uint64_t {
  kWord = 1,
  kStem,
  kPair,
  kSkip,
  kHead,
  kHeads,
  kGram,
  kRun,
  kConcept,
  kConcepts,
  kConceptSkip,
  kConceptHead
};

constexpr int kGramLetters = 5;

}  // namespace

std::optional<std::size_t> meaning_of(Status status, int substatus) {
  for (std::size_t i = 0; i < kMeanings.size(); ++i) {
    if (kMeanings[i].status == status && kMeanings[i].substatus == substatus) return i;
  }
  return std::nullopt;
}

void Features::put(std::uint32_t bucket, std::size_t begin, std::size_t end) {
  if (size_ == kMost) return;
  if (rows_ != nullptr) __builtin_prefetch(rows_ + std::size_t{bucket} * kClasses);
  features_[size_++] = {bucket, static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end)};
}

void Features::add(std::uint64_t hash, std::size_t begin, std::size_t end) {
  constexpr std::uint64_t kWordBuckets = kBuckets - kConceptBuckets;
  put(kConceptBuckets + static_cast<std::uint32_t>((hash >> 32) * kWordBuckets >> 32), begin, end);
}

void Features::add_concept(std::uint64_t hash, std::size_t begin, std::size_t end) {
  put(static_cast<std::uint32_t>((hash >> 32) * kConceptBuckets >> 32), begin, end);
}

void Features::alphabetic(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  std::size_t stem_end = 0;
  std::array<std::size_t, 64> letters;  // where each begins
  std::size_t count = 0;
  for (; at < text.size() && text[at] != ' ' && !is_ideographic(text[at]); ++at) {
    if (starts_letter(text[at])) {
      if (count == kStemLetters) stem_end = at;
      if (count < letters.size()) letters[count++] = at;
    }
  }
  if (at == begin) return void(++at);  // never the same place twice
  if (stem_end == 0) stem_end = at;
  const char* const text_end = text.data() + text.size();
  const std::uint64_t word = hash_of(text.substr(begin, at - begin), text_end);
  const std::uint64_t stem =
      stem_end == at ? word : hash_of(text.substr(begin, stem_end - begin), text_end);
  add(mixed_hash(word, kWord), begin, at);
  if (stem != word) add(mixed_hash(stem, kStem), begin, stem_end);
  // The insides of long words, for languages that join them.
  for (std::size_t i = 1; i + kGramLetters <= count; ++i) {
    const std::size_t end = i + kGramLetters < count ? letters[i + kGramLetters] : at;
    add(mixed_hash(hash_of(text.substr(letters[i], end - letters[i]), text_end), kGram), letters[i],
        end);
  }
  if (words_ == 0) add(mixed_hash(stem, kHead), begin, stem_end);
  if (words_ >= 1) add(mixed_hash(mixed_hash(last_, stem), kPair), last_begin_, at);
  before_last_ = last_;
  before_last_begin_ = last_begin_;
  last_ = stem;
  last_begin_ = begin;
  ++words_;
  add(concepts_->of_word(stem, text.substr(stem_end, at - stem_end), text_end), begin, at);
}

// What the words are about, one after the other: pairs, and pairs with one between them.
void Features::add(Concepts concepts, std::size_t begin, std::size_t end) {
  for (const std::uint64_t one : concepts) {
    if (one == 0) return;
    if (one == last_concept_) continue;
    add_concept(mixed_hash(one, kConcept), begin, end);
    if (last_concept_ == 0) {
      add_concept(mixed_hash(one, kConceptHead), begin, end);
    } else {
      add_concept(mixed_hash(last_concept_ << 8 | one, kConcepts), begin, end);
    }
    if (before_last_concept_ != 0)
      add_concept(mixed_hash(before_last_concept_ << 8 | one, kConceptSkip), begin, end);
    before_last_concept_ = last_concept_;
    last_concept_ = one;
  }
}

void Features::ideographic(std::string_view text, std::size_t& at) {
  std::array<std::size_t, kRunLetters> begins{};  // of this character and the three before
  std::size_t count = 0;
  while (at < text.size() && is_ideographic(text[at])) {
    std::size_t end = at + 1;
    while (end < text.size() && !starts_letter(text[end])) ++end;
    std::rotate(begins.begin(), begins.end() - 1, begins.end());
    begins[0] = at;
    ++count;
    Concepts longest{};
    std::size_t longest_begin = at;
    for (std::size_t n = 0; n < std::min(count, kRunLetters); ++n) {
      const auto hash = hash_of(text.substr(begins[n], end - begins[n]), text.data() + text.size());
      add(mixed_hash(hash, kRun), begins[n], end);
      const auto concepts = concepts_->of_run(hash);
      if (concepts[0] != 0) longest = concepts, longest_begin = begins[n];
    }
    add(longest, longest_begin, end);
    at = end;
  }
}

Features::Features(std::string_view folded, const ConceptTable& concepts, const std::uint8_t* rows)
    : rows_(rows), concepts_(&concepts) {
  for (std::size_t at = 0; at < folded.size();) {
    if (folded[at] == ' ') {
      ++at;
    } else if (is_ideographic(folded[at])) {
      ideographic(folded, at);
    } else {
      alphabetic(folded, at);
    }
  }
}

namespace {

struct Header {
  char magic[8];
  std::uint32_t buckets, classes;
  float scale;
  std::uint32_t known;     // sentences
  std::uint32_t concepts;  // bytes
};
constexpr char kMagic[8] = {'w', 'o', 'r', 'd', 'i', 'n', 'g', '3'};
constexpr std::size_t kWeights = (kBuckets + 1) * kClasses;
constexpr std::size_t kFilter = (std::size_t{1} << kFilterBits) / 8;

}  // namespace

std::optional<WordingModel> WordingModel::read(std::string_view bytes) {
  Header header{};
  if (bytes.size() < sizeof(Header) + kWeights + kFilter) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(Header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0 || header.buckets != kBuckets ||
      header.classes != kClasses ||
      bytes.size() !=
          sizeof(Header) + kWeights + kFilter + std::size_t{header.known} * 9 + header.concepts)
    return std::nullopt;
  const auto concepts = ConceptTable::read(bytes.substr(bytes.size() - header.concepts));
  if (!concepts) return std::nullopt;
  WordingModel model;
  model.weights_ = reinterpret_cast<const std::uint8_t*>(bytes.data() + sizeof(Header));
  model.scale_ = header.scale;
  model.concepts_ = *concepts;
  model.known_ = header.known;
  model.filter_ = bytes.data() + sizeof(Header) + kWeights;
  model.hashes_ = model.filter_ + kFilter;
  model.meanings_ = model.hashes_ + model.known_ * 8;
  return model;
}

std::string WordingModel::write(std::span<const float> weights, std::span<const Known> sentences,
                                std::string_view concepts) {
  // A sentence that is said to mean two things is known to mean neither.
  std::map<std::uint64_t, std::size_t> known;
  constexpr std::size_t kTwoThings = kClasses;
  for (const Known& sentence : sentences) {
    const auto [at, is_new] = known.try_emplace(hash_of(sentence.text), sentence.meaning);
    if (!is_new && at->second != sentence.meaning) at->second = kTwoThings;
  }
  std::erase_if(known, [](const auto& entry) { return entry.second == kTwoThings; });
  float most = 1e-6F;
  for (const float w : weights) most = std::max(most, std::abs(w));
  Header header{{},
                kBuckets,
                kClasses,
                most / 127.0F,
                static_cast<std::uint32_t>(known.size()),
                static_cast<std::uint32_t>(concepts.size())};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  std::string out(reinterpret_cast<const char*>(&header), sizeof(Header));
  for (const float w : weights) out += static_cast<char>(std::lround(w / header.scale) + kZero);
  std::string filter(kFilter, '\0');
  for (const auto& [hash, meaning] : known) {
    const auto bit = hash >> (64 - kFilterBits);
    filter[bit / 8] = static_cast<char>(filter[bit / 8] | (1 << bit % 8));
  }
  out += filter;
  for (const auto& [hash, meaning] : known)
    out.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
  for (const auto& [hash, meaning] : known) out += static_cast<char>(meaning);
  out += concepts;
  return out;
}

std::uint64_t WordingModel::hash_at(std::size_t i) const {
  std::uint64_t hash = 0;
  std::memcpy(&hash, hashes_ + i * 8, 8);
  return hash;
}

// The hashes are spread evenly, so that where one stands can be reckoned: four looks instead of
// seventeen.
std::optional<std::size_t> WordingModel::known(std::string_view folded) const {
  const std::uint64_t wanted = hash_of(folded);
  // Most of what was never seen ends here: one look into 256 kB instead of four into a megabyte.
  const auto bit = wanted >> (64 - kFilterBits);
  if ((filter_[bit / 8] >> bit % 8 & 1) == 0) return std::nullopt;
  std::size_t low = 0, high = known_;  // it is at low or behind, and before high
  std::uint64_t from = 0, to = ~std::uint64_t{0};
  while (low < high) {
    const double share = static_cast<double>(wanted - from) / (static_cast<double>(to - from) + 1);
    const auto guess = low + static_cast<std::size_t>(share * static_cast<double>(high - low));
    const std::size_t at = std::min(guess, high - 1);
    const std::uint64_t hash = hash_at(at);
    if (hash == wanted) return static_cast<unsigned char>(meanings_[at]);
    if (hash < wanted) {
      low = at + 1;
      from = hash;
    } else {
      high = at;
      to = hash;
    }
  }
  return std::nullopt;
}

namespace {

// Written with vectors because -O2 does not widen bytes by itself, and this loop is the verdict.
// Bytes without a sign widen in half the steps; what was added to each is taken off at the end.
using Words = std::uint16_t __attribute__((vector_size(16)));
using Eight = std::uint8_t __attribute__((vector_size(8)));

// e to the x for x up to 0, to four digits and without a branch, so that a compiler can do many at
// once: two to the whole part by the exponent's bits, to the rest by a polynomial.
inline float exponential(float x) {
  const float twos = std::max(x, -80.0F) * 1.44269504F;
  const auto whole = static_cast<std::int32_t>(twos) - 1;  // twos is at most 0
  const float rest = twos - static_cast<float>(whole);     // from 0 to 2
  const float part =
      1 + rest * (0.693147F +
                  rest * (0.240227F + rest * (0.055504F + rest * (0.009618F + rest * 0.001540F))));
  return part * std::bit_cast<float>((whole + 127) << 23);
}

std::array<std::uint16_t, kClasses> sum_rows(const std::uint8_t* weights,
                                             const Features& features) {
  static_assert(kClasses == 32 && Features::kMost * 255 < 65536);
  std::array<Words, 4> all{};
  for (const Feature& feature : features.all()) {
    const std::uint8_t* row = weights + std::size_t{feature.bucket} * kClasses;
    for (std::size_t i = 0; i < all.size(); ++i) {
      Eight part;
      std::memcpy(&part, row + i * sizeof(part), sizeof(part));
      all[i] += __builtin_convertvector(part, Words);
    }
  }
  std::array<std::uint16_t, kClasses> sums;
  std::memcpy(sums.data(), all.data(), sizeof(all));
  return sums;
}

}  // namespace

void WordingModel::score(const Features& features, Scores& scores) const {
  const auto sums = sum_rows(weights_, features);
  const std::uint8_t* bias = weights_ + kBuckets * kClasses;
  const int added = kZero * static_cast<int>(features.size());
  const float value = feature_value(features.size());
  float most = -1e9F;
  for (std::size_t k = 0; k < kClasses; ++k) {
    scores[k] = scale_ *
                (value * static_cast<float>(sums[k] - added) + static_cast<float>(bias[k] - kZero));
  }
  for (std::size_t k = 0; k <= kNothing; ++k) most = std::max(most, scores[k]);
  float total = 0;
  for (std::size_t k = 0; k < kClasses; ++k) scores[k] = exponential(scores[k] - most);
  for (std::size_t k = 0; k <= kNothing; ++k) total += scores[k];
  const float each = 1 / total;
  for (std::size_t k = 0; k <= kNothing; ++k) scores[k] *= each;
  for (std::size_t k = kNothing + 1; k < kClasses; ++k) scores[k] = 0;
}

std::string WordingModel::reasons(std::string_view folded, const Features& features,
                                  std::size_t meaning) const {
  std::vector<std::pair<int, std::string_view>> pieces;
  for (const Feature& feature : features.all()) {
    const int weight = weights_[std::size_t{feature.bucket} * kClasses + meaning] - kZero;
    if (weight <= 0) continue;
    const auto piece = folded.substr(feature.begin, feature.end - feature.begin);
    const auto known = std::ranges::find(pieces, piece, &decltype(pieces)::value_type::second);
    if (known == pieces.end()) {
      pieces.emplace_back(weight, piece);
    } else {
      known->first += weight;
    }
  }
  std::ranges::stable_sort(pieces, std::greater<>{}, &decltype(pieces)::value_type::first);
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(pieces.size(), 5); ++i)
    out += fmt::format("{}\"{}\" {:.1f}", i == 0 ? "" : ", ", pieces[i].second,
                       static_cast<double>(scale_) * pieces[i].first);
  return out;
}

}  // namespace journey
