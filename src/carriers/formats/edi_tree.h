// Looking things up in a tree of segments. For this room's formats only.
#pragma once
#include <string_view>

#include "base/text.h"
#include "carriers/document.h"

namespace carriers::formats {

inline NodeId child_of(const Document& in, NodeId parent, std::string_view name) {
  if (parent == kNoNode) return kNoNode;
  for (auto id = in[parent].first_child; id != kNoNode; id = in[id].next)
    if (in[id].name == name) return id;
  return kNoNode;
}

// The text of an element ("2") or of its component ("2", "1"); empty when it is not there.
inline std::string_view element_of(const Document& in, NodeId segment, std::string_view number,
                                   std::string_view component = {}) {
  const auto id = child_of(in, segment, number);
  if (id == kNoNode) return {};
  if (component.empty()) return in.text(id);
  const auto part = child_of(in, id, component);
  if (part != kNoNode) return in.text(part);
  // An element of one component has no children: it is its own first.
  return component == "1" && in[id].first_child == kNoNode ? in.text(id) : std::string_view();
}

// How many segments a group holds, itself included.
inline long segments_in(const Document& in, NodeId group) {
  long count = 1;
  for (auto id = in[group].first_child; id != kNoNode; id = in[id].next)
    if (!in[id].name.empty() && base::is_upper(in[id].name[0])) count += segments_in(in, id);
  return count;
}

inline long children_of(const Document& in, NodeId parent, std::string_view name) {
  long count = 0;
  for (auto id = in[parent].first_child; id != kNoNode; id = in[id].next)
    count += in[id].name == name ? 1 : 0;
  return count;
}

}  // namespace carriers::formats
