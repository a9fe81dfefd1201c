// The account's own rooms and its voice, for its own programs: /own/rooms, /own/voice
// (docs/messages.md). With an API key of the account; reading needs the scope "read", everything
// else "write".
#pragma once
#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "base/json_writer.h"
#include "http/router.h"
#include "notify/people/rooms.h"
#include "notify/people/voice.h"

namespace api::own {

// All of it outlives the server.
struct RoomsContext {
  store::Database& database;
  accounts::Accounts& accounts;
  accounts::RateLimiter& limiter;
  const notify::people::Rooms& rooms;
  const notify::people::Voice& voice;  // the operator's, of accounts that never said
  const base::Clock& clock;
};

void add_room_routes(http::Router& router, RoomsContext& context);

// ---- The JSON of both, for the command line, too. Never an address.

void write_room(base::JsonWriter& json, const notify::people::Room& room);
void write_voice(base::JsonWriter& json, const notify::people::Voice& voice, bool is_own);
void write_test(base::JsonWriter& json, const notify::people::Rooms::Tested& tested);

struct RoomAsked {
  std::optional<std::string> channel;
  notify::people::RoomDraft draft;
};
// {"channel", "address", "description", "language"}; fails with a sentence that names the key.
base::Result<RoomAsked, std::string> read_room(std::string_view body);
// What is said over `voice`; what is left out stays.
base::Result<notify::people::Voice, std::string> read_voice(std::string_view body,
                                                            notify::people::Voice voice);

// What a test says, in English.
inline constexpr std::string_view kTestText =
    "This is a test message. Parcels will be told of here. Nothing needs doing.";

}  // namespace api::own
