// Weights as carriers write them, in kilograms.
#pragma once
#include <string>
#include <string_view>

namespace journey {

// "12.10LBS", "17.0 KGS", "1,5 kg", "350 g" to "5.49", "17", "1.5", "0.35"; empty when it is no
// weight, or the unit is not said.
std::string kilograms(std::string_view written);

}  // namespace journey
