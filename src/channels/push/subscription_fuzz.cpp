// What a browser, or whoever plays one, may hand in as a subscription.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "channels/notice.h"
#include "channels/push/subscription.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using channels::Channel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto one = channels::push::Subscription::parse(text)) {
    const auto again = channels::push::Subscription::parse(one->json());
    require(again && again->json() == one->json() && one->origin().size() > 7);
  }
  for (const auto channel : {Channel::Sms, Channel::Slack, Channel::Discord, Channel::Telegram,
                             Channel::Ntfy, Channel::HomeAssistant}) {
    if (const auto address = channels::canonical_address(channel, text))
      require(channels::canonical_address(channel, *address) == address);
  }
  return 0;
}
