// What every page has: its languages, its style, the four links at its foot (clause 134), and the
// question about optional purposes when there is one.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "pages/choice.h"
#include "pages/template.h"
#include "pages/words.h"

namespace pages {

struct Frame {
  const Words& words;
  std::string language = {};         // when it was chosen in the address: links keep it
  std::string path = {};             // of this page with its query, to come back to; may be empty
  std::vector<Question> open = {};   // optional purposes to ask about
  std::string languages_query = {};  // what the links to other languages keep: "token=x&"
};

// Sets "lang", "style", "languages", the partials {{>icon}} and {{>foot}}, and what they need.
void put_frame(Data& page, const Frame& frame);

// "?lang=nl", or nothing.
std::string language_suffix(const Frame& frame);

}  // namespace pages
