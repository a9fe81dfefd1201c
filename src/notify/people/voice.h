// How an account speaks to people: who signs, what it looks like, in which language when nobody
// knows better, and after how many days silence is news.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "messages/message.h"
#include "store/database.h"

namespace notify::people {

struct Voice {
  messages::Sender sender;
  std::string language = "en";
  int still_days = 5;  // 0: silence is no news
};

// What is wrong with one, the first thing.
enum class VoiceError : std::uint8_t {
  NameInvalid,
  AddressInvalid,
  ContactInvalid,
  ColourInvalid,
  LogoInvalid,
  LanguageUnknown,
  DaysInvalid,
};
// One sentence for a person.
std::string_view describe(VoiceError error);
std::optional<VoiceError> wrong_in(const Voice& voice);

// `otherwise`: the operator's, for accounts that never said.
Voice voice_of(store::Tx& tx, std::int64_t account_id, const Voice& otherwise);
bool has_voice(store::Tx& tx, std::int64_t account_id);
// The operator's speaks again. False when it does already.
bool forget_voice(store::Tx& tx, std::int64_t account_id);
void set_voice(store::Tx& tx, std::int64_t account_id, const Voice& voice, base::Instant now);

}  // namespace notify::people
