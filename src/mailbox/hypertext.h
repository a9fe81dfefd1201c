// What an HTML message says to its reader: its words, the addresses its links lead to, and what its
// markup tells programs about a parcel (schema.org in JSON-LD and microdata). Nothing is loaded,
// nothing run; broken HTML is read as far as it goes.
//
// Pure. The result is never longer than the input by more than a constant factor of two.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailbox {

struct Hypertext {
  std::string words;                 // of everything a reader sees, a line for each block
  std::vector<std::string> links;    // decoded up to three times, redirects' targets included
  std::vector<std::string> numbers;  // values of "trackingNumber" in the markup
  std::vector<std::string> orders;   // values of "orderNumber"
};
inline constexpr std::size_t kMostLinks = 300;

Hypertext read_hypertext(std::string_view html);
// Wipes all of it.
void wipe(Hypertext& text);

// Invisible characters that split numbers (zero-width spaces, soft hyphens, joiners) taken out,
// no-break spaces made blanks.
std::string without_invisible(std::string_view text);
// %41 decoded; what is no escape stays. Up to three layers, as redirects wrap them.
std::string percent_decoded(std::string_view text);

}  // namespace mailbox
