// Short messages to people (SMS, web push) and to the account's own rooms (Slack, Discord,
// Telegram, ntfy, Home Assistant): one sender for each channel, all over one interface.
#pragma once
#include "channels/messengers.h"
#include "notify/people/sender.h"

namespace notify::people {

class NoticeSender final : public PeopleSender {
 public:
  NoticeSender(const Tools& tools, channels::Channel channel, channels::Messengers& messengers)
      : PeopleSender(tools, channel, carrier_of(channel)), messengers_(messengers) {}

  base::Task<channels::Outcome> send(const Delivery& delivery, Message& message) override;

 private:
  static Carrier carrier_of(channels::Channel channel);
  channels::Messengers& messengers_;
};

}  // namespace notify::people
