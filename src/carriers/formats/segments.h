// What X12 and EDIFACT have in common: a stream of segments, each a tag and numbered elements,
// which may repeat and may be made of components. For this room's formats only.
//
// Texts are views into the message, except where a release character had to be taken out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "carriers/document.h"

namespace carriers::formats {

// 0: this message has none.
struct Separators {
  char element = '*';
  char component = 0;
  char repetition = 0;
  char release = 0;
  char segment = '~';
};

struct Segment {
  std::string_view tag;
  std::string_view text;   // the whole, without its terminator
  std::size_t offset = 0;  // where it begins in the message
  bool is_terminated = true;
};

// The first of `text` that is not white space nor a byte order mark.
std::size_t skip_space(std::string_view text, std::size_t from);

// The next segment at or after `from`; advances it behind the terminator. False at the end.
// White space around a segment is no part of it, unless it is the terminator.
bool next_segment(std::string_view text, const Separators& by, std::size_t& from, Segment& out);

// The pieces between `separator`s that no release character protects; still released.
std::vector<std::string_view> split(std::string_view text, char separator, char release);
// Without its release characters.
std::string unreleased(std::string_view text, char release);
// The nth element (0 is the tag), unreleased, as written.
std::string element(const Segment& segment, const Separators& by, std::size_t number);

// Adds the segment as a node by its tag: elements are children by number, a repeated element
// several of the same number; an element of several components has them as children by number, and
// as its own value the text as written. Empty elements are left out.
NodeId add_segment(Document& into, NodeId parent, const Segment& segment, const Separators& by);

// Something wrong that does not keep the message from being read: a child "remark" of the root.
void add_remark(Document& into, std::string says);

// A digits-only text as a number; -1 when it is none, or too long to be a count.
long count_of(std::string_view text);

// Bytes that are not UTF-8 are taken as ISO 8859-1 (UNOC, and what X12 senders write).
std::string as_utf8(std::string_view bytes);

}  // namespace carriers::formats
