// No card's number comes in here. base/card_number.h masks what certainly is one in what people
// write; a billing form has no field in which so many digits may stand, so here whatever could be
// one is refused, of any scheme and in any grouping (PCI DSS 3.3: not even for a moment on a disk).
#pragma once
#include <string_view>

namespace billing {

// 13 to 19 digits, together or in groups apart by spaces, dots, hyphens or slashes, with a right
// check digit; or more than 19 in one piece.
bool looks_like_card(std::string_view text);

}  // namespace billing
