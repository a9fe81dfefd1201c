// A time in a carrier's own spelling: the reading of times.h turned round.
#pragma once
#include <string>
#include <string_view>

#include "carriers/simulator/world.h"

namespace carriers::simulator {

// `format`: as a definition names it ("iso", "unix", "%Y%m%d %H%M%S"). `like`: a time the format
// reads; of "iso" its shape is kept (with or without hour, seconds, fraction, offset, Z).
std::string write_time(std::string_view format, std::string_view like, const LocalTime& time);

// "+08:00"; "+0800" or "Z" where `like` is written so.
std::string write_offset(int minutes, std::string_view like);

}  // namespace carriers::simulator
