// The tables of data/places, found quickly. Inner part of places.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "journey/places.h"

namespace journey::places {

class Gazetteer {
 public:
  static const Gazetteer& builtin();

  // Country as alpha-2 in capitals; region and town folded, or empty for "all of it".
  std::string_view zone(std::string_view country, std::string_view region,
                        std::string_view town) const;
  // Two letters that stand for a region of a country in which carriers write them.
  bool is_region_code(std::string_view folded) const;
  std::string_view country(std::string_view word, std::string_view language) const;
  const Airport* airport(std::string_view code) const;
  std::optional<int> offset(std::string_view zone, std::int64_t local) const;

  ~Gazetteer();

 private:
  Gazetteer();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace journey::places
