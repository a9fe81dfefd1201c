// What people publish, from the moment they wrote it: one table of states for all of it (clause 28;
// Digital Services Act Art. 16, 17 and 20). Pure.
//
//   waiting --approve--> shown --take down--> hidden --appeal--> appealed --restore--> shown
//                                                                        --uphold---> removed
//   A text that its author changes waits again, except where it was taken down for good.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace reviews {

// Stored as numbers: only append.
enum class Content : std::uint8_t {
  Waiting = 0,
  Shown = 1,
  Hidden = 2,    // taken down, with a reason its author can read
  Appealed = 3,  // still hidden; a human looks at it
  Removed = 4,
};
inline constexpr std::array<std::string_view, 5> kContentNames = {"waiting", "shown", "hidden",
                                                                  "appealed", "removed"};
constexpr std::string_view name(Content state) {
  return kContentNames[static_cast<std::size_t>(state)];
}

enum class Act : std::uint8_t { Approve, TakeDown, Appeal, Restore, Uphold, Edit };

// Nothing: not from here.
std::optional<Content> after(Content state, Act act);
constexpr bool is_public(Content state) { return state == Content::Shown; }

}  // namespace reviews
