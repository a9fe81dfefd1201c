#include "journey/wording_training.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "journey/wording_composition.h"
#include "journey/wording_model.h"
#include "journey/wording_random.h"

namespace journey {
namespace {

struct Example {
  std::vector<std::uint32_t> buckets;
  std::size_t meaning;
  float weight;
};

constexpr int kEpochs = 12;
constexpr float kFirstStep = 1.0F;
constexpr unsigned kForgotten = 25;  // per cent of a sentence's features, anew each time it is seen
constexpr float kComposedWeight = 0.35F;
// So often a text of words that nobody has read, which must say nothing.
constexpr std::size_t kGibberishEvery = 20;
constexpr float kGibberishWeight = 0.5F;
constexpr float kSmoothing = 0.02F;  // of the truth, spread over all meanings

// A word nobody has read: a place, a name, a language that is not here.
void add_word_of_chance(Random& random, std::string& text) {
  if (!text.empty()) text += ' ';
  const auto script = random.below(8);
  for (auto letters = 3 + random.below(8); letters > 0; --letters) {
    if (script == 0) {  // Cyrillic
      text += {'\xD0', static_cast<char>(0xB0 + random.below(16))};
    } else if (script == 1) {  // Chinese characters
      text +=
          {static_cast<char>(0xE5 + random.below(4)), static_cast<char>(0x80 + random.below(64)),
           static_cast<char>(0x80 + random.below(64))};
    } else {
      text += static_cast<char>('a' + random.below(26));
    }
  }
}

class Training {
 public:
  Training(const std::vector<Sentence>& sentences, const ConceptTable& concepts,
           const std::vector<bool>& left_out)
      : sentences_(sentences),
        concepts_(concepts),
        composer_(sentences),
        weights_((kBuckets + 1) * kClasses),
        seen_(weights_.size()) {
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      const Sentence& sentence = sentences[i];
      if (i < left_out.size() && left_out[i]) continue;
      if (sentence.is_spelling || sentence.meaning > kNothing) continue;
      examples_.push_back({buckets_of(sentence.text), sentence.meaning, sentence.weight});
    }
  }

  std::vector<float> run() {
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      composed_.clear();
      composer_.compose(random_, composed_);
      // Single sentences, then composed ones.
      std::vector<std::uint32_t> order(examples_.size() + composed_.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
      for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random_.below(i)]);
      for (std::size_t i = 0; i < order.size(); ++i) {
        const float done = static_cast<float>(i) / static_cast<float>(order.size());
        const float left = 1.0F - (static_cast<float>(epoch) + done) / static_cast<float>(kEpochs);
        learn_one(order[i], kFirstStep * left);
      }
    }
    return std::move(weights_);
  }

 private:
  std::vector<std::uint32_t> buckets_of(std::string_view folded) const {
    const Features features(folded, concepts_);
    std::vector<std::uint32_t> out;
    for (const Feature& feature : features.all()) out.push_back(feature.bucket);
    return out;
  }

  void learn_one(std::size_t i, float rate) {
    if (random_.below(kGibberishEvery) == 0) {
      text_.clear();
      for (auto words = 1 + random_.below(4); words > 0; --words)
        add_word_of_chance(random_, text_);
      learn({buckets_of(text_), kNothing, kGibberishWeight}, rate);
    }
    if (i < examples_.size()) return learn(examples_[i], rate);
    const Composed& both = composed_[i - examples_.size()];
    text_ = sentences_[both.first].text;
    text_ += ' ';
    if (both.join) text_ += sentences_[*both.join].text + ' ';
    text_ += sentences_[both.second].text;
    learn({buckets_of(text_), both.meaning, kComposedWeight}, rate);
  }

  // One step of stochastic gradient descent on the logistic loss, some features forgotten.
  void learn(const Example& example, float rate) {
    kept_.clear();
    for (const auto bucket : example.buckets) {
      if (random_.below(100) < kForgotten) continue;
      kept_.push_back(bucket);
      __builtin_prefetch(&weights_[std::size_t{bucket} * kClasses]);
      __builtin_prefetch(&weights_[std::size_t{bucket} * kClasses + kClasses / 2]);
    }
    const float value = feature_value(kept_.size());
    std::array<float, kClasses> sums{};
    for (const auto bucket : kept_) {
      const float* row = &weights_[std::size_t{bucket} * kClasses];
      __builtin_prefetch(&seen_[std::size_t{bucket} * kClasses]);
      __builtin_prefetch(&seen_[std::size_t{bucket} * kClasses + kClasses / 2]);
      for (std::size_t k = 0; k < kClasses; ++k) sums[k] += row[k];
    }
    std::array<float, kClasses> step{};
    gradient(example, value, sums, step);
    for (std::size_t k = 0; k < kClasses; ++k) step[k] *= example.weight;
    for (const auto bucket : kept_) move(bucket, value, step, rate);
    move(kBuckets, 0.05F, step, rate);
  }

  // Rare features move far, frequent ones less each time (AdaGrad).
  void move(std::size_t bucket, float value, const std::array<float, kClasses>& step, float rate) {
    float* row = &weights_[bucket * kClasses];
    float* seen = &seen_[bucket * kClasses];
    for (std::size_t k = 0; k < kClasses; ++k) {
      const float by = value * step[k];
      seen[k] += by * by;
      row[k] += rate * by / std::sqrt(seen[k] + 1e-6F);
    }
  }

  void gradient(const Example& example, float value, const std::array<float, kClasses>& sums,
                std::array<float, kClasses>& step) const {
    const float* bias = &weights_[kBuckets * kClasses];
    float most = -1e9F, total = 0;
    for (std::size_t k = 0; k <= kNothing; ++k) {
      step[k] = value * sums[k] + bias[k];
      most = std::max(most, step[k]);
    }
    for (std::size_t k = 0; k <= kNothing; ++k) total += step[k] = std::exp(step[k] - most);
    for (std::size_t k = 0; k <= kNothing; ++k) {
      const float truth = (k == example.meaning ? 1.0F - kSmoothing : 0.0F) +
                          kSmoothing / static_cast<float>(kNothing + 1);
      step[k] = truth - step[k] / total;
    }
  }

  const std::vector<Sentence>& sentences_;
  const ConceptTable& concepts_;
  Composer composer_;
  std::vector<Example> examples_;
  std::vector<Composed> composed_;  // of this epoch
  std::string text_;
  std::vector<float> weights_, seen_;
  std::vector<std::uint32_t> kept_;
  Random random_{20};
};

}  // namespace

std::string train_wording(const std::vector<Sentence>& sentences,
                          const std::vector<ConceptWord>& words,
                          const std::vector<bool>& left_out) {
  const std::string concepts = ConceptTable::write(words);
  std::vector<WordingModel::Known> known;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (i < left_out.size() && left_out[i]) continue;
    if (sentences[i].meaning <= kNothing)
      known.push_back({sentences[i].text, sentences[i].meaning});
  }
  return WordingModel::write(Training(sentences, *ConceptTable::read(concepts), left_out).run(),
                             known, concepts);
}

}  // namespace journey
