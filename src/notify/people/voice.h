// How an account speaks to people: who signs, what it looks like, in which language when nobody
// knows better, and after how many days silence is news.
#pragma once
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "messages/message.h"
#include "store/database.h"

namespace notify::people {

struct Voice {
  messages::Sender sender;
  std::string language = "en";
  int still_days = 5;  // 0: silence is no news
};

// `otherwise`: the operator's, for accounts that never said.
Voice voice_of(store::Tx& tx, std::int64_t account_id, const Voice& otherwise);
void set_voice(store::Tx& tx, std::int64_t account_id, const Voice& voice, base::Instant now);

}  // namespace notify::people
