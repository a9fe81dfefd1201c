#include "carriers/country.h"

#include "journey/places.h"

namespace carriers {

std::string country_code(std::string_view text) {
  auto code = journey::places::country_code(text);
  return code.empty() ? std::string(text) : code;
}

}  // namespace carriers
