// One measured figure as one line of JSON, with the bar it has to hold.
#pragma once
#include <cmath>
#include <cstdio>
#include <optional>
#include <string_view>

namespace bench {

enum class Bar { AtLeast, AtMost };

inline void print(std::string_view figure, double value, std::string_view unit,
                  std::optional<double> bar = std::nullopt, Bar side = Bar::AtLeast) {
  std::printf("{\"figure\": \"%.*s\", \"value\": %.6g, \"unit\": \"%.*s\", \"bar\": ",
              static_cast<int>(figure.size()), figure.data(), value, static_cast<int>(unit.size()),
              unit.data());
  if (!bar) {
    std::printf("null, \"holds\": null}\n");
    return;
  }
  const bool holds = side == Bar::AtLeast ? value >= *bar : value <= *bar;
  std::printf("%.6g, \"holds\": %s}\n", *bar, holds ? "true" : "false");
}

}  // namespace bench
