// A sender's colour and logo, made safe: readable on light and dark ground, nothing remote.
#pragma once
#include <string>
#include <string_view>

namespace messages {

struct Brand {
  std::string colour, ink;            // the ground of the button, and the words on it
  std::string dark_colour, dark_ink;  // the same on a dark card
  std::string link, dark_link;        // words in the colour, on the paper
  std::string logo;                   // empty: the name stands in its place
};

Brand brand_of(std::string_view colour, std::string_view logo);

// WCAG 2.1: from 1 to 21. Both are "#rrggbb".
double contrast(std::string_view a, std::string_view b);

// "data:image/png;base64,..." of at most 30 KB, or "cid:...".
bool is_inline_image(std::string_view source);

}  // namespace messages
