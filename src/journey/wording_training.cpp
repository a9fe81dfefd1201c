#include "journey/wording_training.h"

#include <algorithm>
#include <cmath>

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
constexpr float kFirstStep = 0.5F;
constexpr unsigned kForgotten = 25;  // per cent of a sentence's features, anew each time it is seen
constexpr float kSmoothing = 0.04F;  // of the truth, spread over all meanings

class Training {
 public:
  explicit Training(std::vector<Example> examples)
      : examples_(std::move(examples)),
        weights_((kBuckets + 1) * kClasses),
        seen_(weights_.size()) {}

  std::vector<float> run() {
    const std::size_t steps = examples_.size() * kEpochs;
    std::size_t step = 0;
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      for (std::size_t i = examples_.size(); i > 1; --i)
        std::swap(examples_[i - 1], examples_[random_.below(i)]);
      for (const Example& example : examples_) {
        const float left = 1.0F - static_cast<float>(step++) / static_cast<float>(steps);
        learn(example, kFirstStep * left);
      }
    }
    return std::move(weights_);
  }

 private:
  // One step of stochastic gradient descent on the logistic loss, some features forgotten.
  void learn(const Example& example, float rate) {
    kept_.clear();
    for (const auto bucket : example.buckets) {
      if (random_.below(100) >= kForgotten) kept_.push_back(bucket);
    }
    const float value = feature_value(kept_.size());
    std::array<float, kClasses> sums{};
    for (const auto bucket : kept_) {
      const float* row = &weights_[std::size_t{bucket} * kClasses];
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

  std::vector<Example> examples_;
  std::vector<float> weights_, seen_;
  std::vector<std::uint32_t> kept_;
  Random random_{20};
};

}  // namespace

std::string train_wording(const std::vector<Sentence>& sentences,
                          const std::vector<bool>& left_out) {
  std::vector<Example> examples;
  std::vector<WordingModel::Known> known;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (i < left_out.size() && left_out[i]) continue;
    if (!sentences[i].is_composed) known.push_back({sentences[i].text, sentences[i].meaning});
    if (sentences[i].is_spelling) continue;
    Example example{{}, sentences[i].meaning, sentences[i].weight};
    const Features features(sentences[i].text);
    for (const Feature& feature : features.all()) example.buckets.push_back(feature.bucket);
    examples.push_back(std::move(example));
  }
  return WordingModel::write(Training(std::move(examples)).run(), known);
}

}  // namespace journey
