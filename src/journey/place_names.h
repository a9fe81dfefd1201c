// Names of places compared as people mean them: without case, accents, white space and punctuation.
#pragma once
#include <string>
#include <string_view>

namespace journey::places {

// "São Paulo" to "saopaulo", "ГЕРМАНИЯ" to "германия". Scripts beyond Latin, Greek and Cyrillic
// stay as they are; broken UTF-8 is dropped.
std::string fold(std::string_view name);

}  // namespace journey::places
