// A short message and the one interface behind which every channel for short messages looks alike:
// SMS, web push, Slack, Discord, Telegram, ntfy, Home Assistant. (E-mail is email/smtp.h.)
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/task.h"
#include "channels/channel.h"

namespace channels {

enum class Urgency : std::uint8_t { Low, Normal, High };

// What is said, as plain text without markup: each channel escapes for itself. Channels take what
// they can use; an SMS is `text` alone.
struct Notice {
  std::string title;  // one line; may be empty
  std::string text;
  std::string link;  // where to see more, https; may be empty, and may stand in `text` already
  // The parcel, in a word of letters, digits, - and _ that nobody can guess or recognise, at most
  // 32: a newer notice replaces the older one where the channel can.
  std::string topic;
  // The same at every attempt: providers that keep it tell a repeated message by it. At most 64.
  std::string key;
  std::string language = "en";  // of title and text
  Urgency urgency = Urgency::Normal;
  std::chrono::seconds useful{24 * 3600};  // afterwards it need not be shown any more
  // For machines (Home Assistant): how the parcel stands, the v4 status ("transit"), and the day it
  // is expected (ISO 8601); both may be empty.
  std::string state;
  std::string expected;
};

// Safe from any thread.
class Messenger {
 public:
  virtual ~Messenger() = default;
  // The address as canonical_address() gives it; one that is none is Gone. Ends by itself within 30
  // seconds; never throws for what the other side does.
  virtual base::Task<Outcome> send(std::string address, Notice notice) = 0;
};

// What a person typed or a browser gave as the address of a channel, in the one form in which it is
// kept and compared; nothing when it is none:
//   Sms        +31612345678
//   Push       the subscription as JSON: endpoint and keys
//   Slack      the URL of an incoming webhook (https)
//   Discord    the URL of a webhook (https)
//   Telegram   the number of a chat, or @channel
//   Ntfy       the URL of a topic: https://ntfy.sh/secret-word
//   HomeAssistant  the word that tells this home's parcels from others: "home"
// Email, Webhook: their own rooms know.
std::optional<std::string> canonical_address(Channel channel, std::string_view typed);

// What canonical_address() expects, in a sentence for people.
std::string_view describe_address(Channel channel);

}  // namespace channels
