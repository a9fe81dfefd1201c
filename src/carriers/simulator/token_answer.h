// The carriers' token services, as the simulator plays them.
#pragma once
#include <string>
#include <string_view>

#include "carriers/definition.h"

namespace carriers::simulator {

// Is this the path (behind the carrier's base) at which the definition gets its token?
bool is_token_path(const TokenAccess& access, std::string_view path);
// An answer in which the definition finds a token and how long it lives.
std::string token_answer(const TokenAccess& access);

}  // namespace carriers::simulator
