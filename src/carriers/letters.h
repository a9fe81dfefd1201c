// Upper and lower case beyond ASCII, for the scripts that carriers write in: Latin, Greek,
// Cyrillic. Without locale.
#pragma once
#include <string>
#include <string_view>

namespace carriers {

std::string lower_letters(std::string_view text);
std::string upper_letters(std::string_view text);
// "BAD HOMBURG" to "Bad Homburg"; words are parted by anything that is no letter.
std::string capitals(std::string_view text);

}  // namespace carriers
