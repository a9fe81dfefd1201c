// The linear model over words, stems and runs of characters that reads what no table knows
// (docs/decisions/0010-wording.md). Features are hashed into rows of small weights; a text's score
// for a meaning is the sum of its features' weights for it.
//
// Pure; no allocation per text. The same feature code serves the training (wording_training.h).
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "journey/status.h"
#include "journey/wording_concepts.h"

namespace journey {

// What a sentence can mean: a sub-status, or nothing that moves a shipment. The order is the
// model's format.
struct Meaning {
  Status status;
  int substatus;
};
inline constexpr std::array<Meaning, 28> kMeanings = {{
    {Status::NotFound, 2},    {Status::InfoReceived, 1}, {Status::Transit, 1},
    {Status::Transit, 2},     {Status::Transit, 3},      {Status::Transit, 4},
    {Status::Transit, 5},     {Status::Transit, 6},      {Status::Transit, 7},
    {Status::Pickup, 1},      {Status::Pickup, 2},       {Status::Pickup, 3},
    {Status::Delivered, 1},   {Status::Delivered, 2},    {Status::Delivered, 3},
    {Status::Delivered, 4},   {Status::Undelivered, 1},  {Status::Undelivered, 2},
    {Status::Undelivered, 3}, {Status::Undelivered, 4},  {Status::Exception, 4},
    {Status::Exception, 5},   {Status::Exception, 6},    {Status::Exception, 7},
    {Status::Exception, 8},   {Status::Exception, 9},    {Status::Exception, 10},
    {Status::Exception, 11},
}};
// The class of sentences that say nothing about where a shipment stands; then padding.
inline constexpr std::size_t kNothing = kMeanings.size();
inline constexpr std::size_t kClasses = 32;
inline constexpr unsigned kFeatureBits = 17;
inline constexpr std::size_t kBuckets = std::size_t{1} << kFeatureBits;
// The first rows are for what words are about, the others for the words.
inline constexpr std::uint32_t kConceptBuckets = std::uint32_t{1} << 14;
inline constexpr unsigned kFilterBits = 21;
inline constexpr int kZero = 128;  // weights are kept as bytes without a sign

std::optional<std::size_t> meaning_of(Status status, int substatus);

// A piece of a folded text: where it stands (for people) and the row of weights it falls into.
struct Feature {
  std::uint32_t bucket;
  std::uint16_t begin, end;
};
class Features {
 public:
  static constexpr std::size_t kMost = 256;
  // `rows`: the model's weights, which are fetched while the text is still being read.
  Features(std::string_view folded, const ConceptTable& concepts,
           const std::uint8_t* rows = nullptr);
  std::span<const Feature> all() const { return {features_.data(), size_}; }
  std::size_t size() const { return size_; }

 private:
  struct Word;
  void put(std::uint32_t bucket, std::size_t begin, std::size_t end);
  void add(std::uint64_t hash, std::size_t begin, std::size_t end);
  void add_concept(std::uint64_t hash, std::size_t begin, std::size_t end);
  void add(Concepts concepts, std::size_t begin, std::size_t end);
  void alphabetic(std::string_view text, std::size_t& at);
  void ideographic(std::string_view text, std::size_t& at);

  std::array<Feature, kMost> features_;
  std::size_t size_ = 0;
  const std::uint8_t* rows_;
  const ConceptTable* concepts_;
  // The stems of the two words before.
  std::uint64_t last_ = 0, before_last_ = 0;
  std::size_t last_begin_ = 0, before_last_begin_ = 0;
  int words_ = 0;
  std::uint64_t last_concept_ = 0, before_last_concept_ = 0;
};

// Probabilities of the meanings; they sum to 1.
using Scores = std::array<float, kClasses>;

class WordingModel {
 public:
  // Looks into the bytes, which must outlive it. Nothing when they are no model of this version.
  static std::optional<WordingModel> read(std::string_view bytes);
  // How bytes are made of weights (kBuckets rows of kClasses, and one more: the bias) and of
  // sentences that are known as a whole.
  struct Known {
    std::string text;  // folded
    std::size_t meaning;
  };
  // `concepts`: the bytes of a ConceptTable.
  static std::string write(std::span<const float> weights, std::span<const Known> sentences,
                           std::string_view concepts);

  // What the very sentence means, when it is one of those the project wrote down.
  std::optional<std::size_t> known(std::string_view folded) const;

  Features features(std::string_view folded) const { return {folded, concepts_, weights_}; }
  void score(const Features& features, Scores& scores) const;
  // The pieces of the text that spoke most for a meaning, best first, in one line.
  std::string reasons(std::string_view folded, const Features& features, std::size_t meaning) const;

 private:
  WordingModel() = default;
  std::uint64_t hash_at(std::size_t i) const;

  const std::uint8_t* weights_ = nullptr;  // kZero is none, less speaks against
  float scale_ = 0;
  ConceptTable concepts_;
  const char* filter_ = nullptr;    // a bit for the first kFilterBits of each known hash
  const char* hashes_ = nullptr;    // of the known sentences, sorted, 8 bytes each
  const char* meanings_ = nullptr;  // theirs, a byte each
  std::size_t known_ = 0;
};

// A text's weight grows less than its length.
inline float feature_value(std::size_t features) {
  return features == 0 ? 0.0F : 1.0F / std::sqrt(static_cast<float>(features));
}

}  // namespace journey
