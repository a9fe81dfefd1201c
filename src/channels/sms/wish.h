// What somebody who answers an SMS wants: no more messages, messages again, or help. In every
// language at once (data/sms/words.tsv), because people answer in their own. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace channels::sms {

enum class Wish : std::uint8_t {
  None,
  Stop,  // suppress this number, at once
  Start,
  Help,
};

// Case, accents, width and punctuation do not matter. When in doubt, Stop.
Wish read_wish(std::string_view answer);

}  // namespace channels::sms
