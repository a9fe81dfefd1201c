// Countries by whatever carriers call them.
#pragma once
#include <string>
#include <string_view>

namespace carriers {

// "US" for "USA", "U.S.A.", "United States", "Vereinigte Staaten", "us"; the text itself when it is
// certain of none.
std::string country_code(std::string_view text);

}  // namespace carriers
