// The address of a person's own page: what they are told, and the end of it. It stands in every
// message, needs no login, and never expires: a "no" is welcome at any time.
//
// It says in an opaque way whose page it is and to which address the message with it went. A MAC of
// the instance's own key makes that nobody can write one or count up to another's; no address can
// be read from it, and it holds after the shipment is gone.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "channels/channel.h"
#include "consent/person.h"

namespace consent {

struct Door {
  std::int64_t account_id = 0;
  Person person;                // whose preferences they are
  Person address;               // where the message went
  channels::Channel channel{};  // and by which way: what one click ends

  friend bool operator==(const Door&, const Door&) = default;
};

// 74 letters, digits, hyphens and underscores.
std::string write_door(personal::Vault& vault, const Door& door);
// Nothing for anything that write_door did not write. Takes the same time whatever is wrong.
std::optional<Door> read_door(personal::Vault& vault, std::string_view token);

// "/n/TOKEN", without host.
std::string door_path(personal::Vault& vault, const Door& door);

}  // namespace consent
