// All channels for short messages, set up at once: whoever tells people asks for one by its name
// and need not know them apart.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/chat/chat.h"
#include "channels/mqtt/home_assistant.h"
#include "channels/notice.h"
#include "channels/push/push.h"
#include "channels/sms/sms.h"

namespace channels {

struct MessengerSettings {
  sms::Settings sms;
  push::WebPush::Options push;
  chat::Slack::Settings slack;
  chat::Discord::Settings discord;
  chat::Telegram::Settings telegram;
  chat::Ntfy::Settings ntfy;
  mqtt::HomeAssistant::Options home_assistant;
};

// Safe from any thread.
class Messengers {
 public:
  Messengers(MessengerSettings settings, http::Client& client, const base::Clock& clock);
  ~Messengers();

  // Channels that are no messenger (Email, Webhook) are NotSetUp.
  base::Task<Outcome> send(Channel channel, std::string address, Notice notice);
  // Takes away what a channel keeps of a parcel by its nature; only Home Assistant does.
  base::Task<Outcome> forget(Channel channel, std::string address, std::string topic);

  // A room's address in the form in which it is kept (canonical_address); a chat in the operator's
  // own network may do without TLS where private addresses are allowed.
  std::optional<std::string> room_address(Channel channel, std::string_view typed) const;

  // Whether the operator has set it up; Slack, Discord and ntfy need nothing.
  bool is_set_up(Channel channel) const;
  // For callbacks, senders and prices.
  const sms::Sms& sms() const { return *sms_; }
  // What browsers subscribe with; empty when push is not set up.
  const std::string& push_key() const { return push_key_; }
  // Ends what is under way. Not from a continuation on a messenger's own thread.
  void stop();

 private:
  Messenger* of(Channel channel) const;

  bool has_sms_, has_telegram_, has_home_, has_private_slack_, has_private_discord_;
  std::string push_key_;
  std::unique_ptr<sms::Sms> sms_;
  std::unique_ptr<push::WebPush> push_;
  std::unique_ptr<chat::Slack> slack_;
  std::unique_ptr<chat::Discord> discord_;
  std::unique_ptr<chat::Telegram> telegram_;
  std::unique_ptr<chat::Ntfy> ntfy_;
  std::unique_ptr<mqtt::HomeAssistant> home_;
};

}  // namespace channels
