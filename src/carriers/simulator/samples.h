// Recorded answers that the simulator serves besides its own world: what a number says of a case is
// what the carrier really sent. Only for tests that have such recordings beside them.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/document.h"

namespace carriers::simulator {

struct Sample {
  std::string carrier, name, number;
  Format format = Format::Json;
  std::string body;
  int http_status = 200;
};

class Samples {
 public:
  // Reads <folder>/<carrier>/<case>.expected.json and the answers beside them. An empty folder
  // name: no samples.
  explicit Samples(const std::string& folder);
  const std::vector<Sample>& all() const { return samples_; }
  // The sample of this carrier whose number stands in the text.
  const Sample* find(std::string_view carrier, std::string_view text) const;

 private:
  std::vector<Sample> samples_;
};

}  // namespace carriers::simulator
