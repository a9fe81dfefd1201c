// Payment cards' numbers in a text, which nobody may keep here: shops paste them into notes, people
// into letters. What looks like one (a length and first digits that a scheme gives out, a right
// check digit, digits together or in groups) is masked but for its last four digits.
//
// One in ten random numbers of such a shape passes the check digit. So this is for what people
// write, and never for tracking numbers, of which some have that shape.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace base {

inline constexpr std::size_t kShortestCard = 13;

// "paid with 4111 1111 1111 1111" -> "paid with [card number removed, 1111]". `least`: digits below
// which nothing counts as one; 16 where a telephone number may stand.
std::string without_card_numbers(std::string_view text, std::size_t least = kShortestCard);
bool holds_card_number(std::string_view text, std::size_t least = kShortestCard);

}  // namespace base
