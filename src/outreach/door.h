// The address of a list's pages for readers: to join it (nobody in particular), and to leave it
// (somebody's own, which stands in every message and never expires).
//
// A MAC of the instance's own key makes that nobody can write one or count up to another's; no
// address can be read from it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "consent/person.h"

namespace outreach {

struct ListDoor {
  std::int64_t account_id = 0;
  base::Id list;
  consent::Person person;  // nobody: the page on which anybody joins

  friend bool operator==(const ListDoor&, const ListDoor&) = default;
};

// 72 letters, digits, hyphens and underscores.
std::string write_door(personal::Vault& vault, const ListDoor& door);
// Nothing for anything that write_door did not write. Takes the same time whatever is wrong.
std::optional<ListDoor> read_door(personal::Vault& vault, std::string_view token);

// "/lists/TOKEN" and "/lists/TOKEN/leave", without host.
std::string joining_path(personal::Vault& vault, std::int64_t account_id, const base::Id& list);
std::string leaving_path(personal::Vault& vault, const ListDoor& door);

}  // namespace outreach
