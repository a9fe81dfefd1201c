// The little HTML that a shop's block may hold, read piece by piece. Forgiving: whatever it is
// given comes out as pieces, and the linter says what it thinks of them.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace messages {

struct Piece {
  enum class Kind { Text, Open, Close, Comment, Broken } kind = Kind::Text;
  std::string_view text;  // as written
  std::string name;       // of an element, in small letters
  std::vector<std::pair<std::string, std::string>>
      attributes;  // names in small letters, values as written
  std::size_t offset = 0;

  const std::string* attribute(std::string_view wanted) const;
};

std::vector<Piece> read_markup(std::string_view block);

// "1 &lt; 2 &#8211; 3" without its entities.
std::string without_entities(std::string_view text);
// Without a tag in it, a block is prose: an empty line begins a paragraph.
std::string as_markup(std::string_view block);
// The same block for people who read plain text: links written out, lists with dashes.
std::string as_plain(std::string_view block);
// With the sheet's own styles on every element, so that it looks like the rest.
std::string with_looks(std::string_view block, std::string_view link_colour);

}  // namespace messages
