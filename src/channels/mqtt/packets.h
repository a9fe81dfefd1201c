// MQTT 3.1.1 (OASIS, 2014), as far as a publisher speaks it: what it says as bytes, and what a
// broker answers. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace channels::mqtt {

struct Login {
  std::string client;    // an id, the broker's way to tell its clients apart; 1 to 23 characters
  std::string user;      // empty: none
  std::string password;  // only with a user
};
std::string connect(const Login& login, std::uint16_t keep_alive_seconds);

enum class Retain : std::uint8_t { No, Yes };
// With quality of service 1: the broker says that it has it, and then it has. An empty payload with
// Retain::Yes takes away what was retained.
// Throws std::invalid_argument for a topic with + or #, an empty one, or more than 256 kB.
std::string publish(std::string_view topic, std::string_view payload, Retain retain,
                    std::uint16_t id);
std::string disconnect();

// What the broker said.
struct Said {
  enum class Kind : std::uint8_t { Connected, Acknowledged, Other } kind = Kind::Other;
  std::uint8_t code = 0;  // of Connected: 0, or why not (3.2.2.3)
  std::uint16_t id = 0;   // of Acknowledged
};
struct Broken {};
// Takes one packet off the front of the bytes; nothing while it is not whole. Broken when it is not
// what a broker says to a client that only publishes.
base::Result<std::optional<Said>, Broken> take(std::string& bytes);

// A topic's level made of what somebody may have chosen: no separators, wildcards or NUL.
bool is_level(std::string_view text);

}  // namespace channels::mqtt
