// The labelled numbers of the evidence folder (MILEPOST_SHARED, or ../shared beside the sources).
#pragma once
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace bench {

struct LabelledNumber {
  std::string number, courier;
  bool valid = false;
  std::string source;
};

// Nothing when the evidence is not on this machine.
inline std::optional<std::vector<LabelledNumber>> labelled_numbers(const char* path = nullptr) {
  const char* shared = std::getenv("MILEPOST_SHARED");
  const std::string folder =
      shared != nullptr ? shared : std::string(MILEPOST_SOURCE_DIR) + "/../shared";
  std::ifstream file(path != nullptr ? path : folder + "/data/numbers-dev.csv");
  if (!file) return std::nullopt;
  std::vector<LabelledNumber> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const auto first = line.find(','), second = line.find(',', first + 1),
               third = line.find(',', second + 1);
    if (third == std::string::npos) continue;
    rows.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                    line.substr(second + 1, third - second - 1) == "1", line.substr(third + 1)});
  }
  return rows;
}

}  // namespace bench
