// The sections [sms], [push], [chat] and [home_assistant] of the configuration, made into what the
// channels take.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "channels/messengers.h"
#include "channels/sms/price.h"

namespace app {

inline constexpr std::string_view kSmsCallbackPath = "/sms/callback";

struct MessengerConfig {
  channels::MessengerSettings settings;
  channels::sms::Prices sms_prices;
  std::optional<channels::sms::Money> sms_cap_per_day, sms_cap_per_month;
};

// Mistakes are added to `mistakes`, with the key they are about; secrets are read from their files.
// A section with a mistake is left as if it were empty.
MessengerConfig messenger_config(const Config& config, std::vector<Mistake>& mistakes);

// A new file with the key that web push is signed with, readable by its owner only; never over an
// old one, or every browser would have to subscribe again. The public half, or a sentence.
base::Result<std::string, std::string> make_push_key(const std::string& file);

}  // namespace app
