// The numbers of a carrier's simulated parcels: in the shape of that carrier, no two alike.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/simulator/world.h"
#include "couriers/detect.h"

namespace carriers::simulator {

class Numbers {
 public:
  // `like`: a number of this carrier, as its fixture has it; may be empty. `courier`: whose number
  // it shall be taken for, where its formats are known. `detector` outlives it.
  Numbers(const couriers::Detector& detector, std::string_view courier, std::string_view like);

  // The number of parcel `index`. Capitals and digits; a check digit agrees where there is one.
  // The numbers of different parcels differ, for as many parcels as the shape has room for.
  std::string number(std::int64_t index, Dice& dice) const;
  // Whether detection names the courier for it.
  bool is_taken_for(const std::string& number) const;

 private:
  struct Slot {
    std::size_t at;
    std::string_view alphabet;
  };
  void find_slots();

  const couriers::Detector& detector_;
  std::string courier_, pattern_;
  std::vector<Slot> slots_;  // what differs from parcel to parcel
  std::size_t telling_ = 0;  // so many slots, from the front, tell the parcels apart
  std::uint64_t room_ = 1;   // so many parcels they can tell apart
};

}  // namespace carriers::simulator
