// The ways by which a message leaves the machine, and how a sending ended: what every channel
// answers, whatever protocol it speaks.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace channels {

// Stored by name: the words are part of the interface.
enum class Channel : std::uint8_t {
  Email,
  Sms,
  Push,  // web push
  Slack,
  Discord,
  Telegram,
  Ntfy,
  HomeAssistant,  // MQTT with discovery
  Webhook,
};
inline constexpr std::array<std::string_view, 9> kChannelNames = {
    "email", "sms", "push", "slack", "discord", "telegram", "ntfy", "home_assistant", "webhook"};

constexpr std::string_view name(Channel channel) {
  return kChannelNames[static_cast<std::size_t>(channel)];
}
constexpr std::optional<Channel> find_channel(std::string_view word) {
  for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
    if (kChannelNames[i] == word) return static_cast<Channel>(i);
  }
  return std::nullopt;
}

struct Outcome {
  enum class Kind : std::uint8_t {
    Accepted,  // the other side took it
    Later,     // not now: try again
    Refused,   // this message will never be taken
    Gone,      // this address will never take anything: no such mailbox, 410, unsubscribed there
    NotSetUp,  // the operator has not configured this channel
  } kind = Kind::Accepted;
  // For the log: protocol and code, never an address or the other side's free text: "smtp 550
  // 5.1.1", "http 503", "timeout".
  std::string code;
  std::optional<std::chrono::seconds> retry_after;  // what the other side asked for
  std::string reference;                            // the provider's own id of the message, if any
};

// The kind as a word for logs and metrics: "accepted", "later" ...
std::string_view name(Outcome::Kind kind);

// Most replies to an HTTP call mean the same whoever gives them: 2xx accepted, 404 and 410 gone,
// 408, 425, 429 and 5xx later (with what Retry-After asks for, seconds only), the rest refused.
Outcome outcome_of_status(int status, std::string_view retry_after = {});

}  // namespace channels
