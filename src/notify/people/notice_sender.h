// Short messages to people (SMS, web push) and to the account's own rooms (Slack, Discord,
// Telegram, ntfy, Home Assistant): one sender for each channel, all over one interface.
#pragma once
#include <optional>

#include "channels/messengers.h"
#include "notify/people/sender.h"
#include "notify/people/sms_meter.h"

namespace notify::people {

class NoticeSender final : public PeopleSender {
 public:
  // `meter`: of SMS, which cost money; the other channels are free.
  NoticeSender(const Tools& tools, channels::Channel channel, channels::Messengers& messengers,
               std::optional<SmsMeter> meter = {})
      : PeopleSender(tools, channel, carrier_of(channel)),
        messengers_(messengers),
        meter_(std::move(meter)) {}

  base::Task<channels::Outcome> send(const Delivery& delivery, Message& message) override;

 protected:
  std::string_view why_not(store::Tx& tx, const Delivery& delivery, Composed& composed) override;
  void leaves(store::Tx& tx, const Delivery& delivery, const Composed& composed) override;
  void not_taken(store::Tx& tx, const Delivery& delivery) override;

 private:
  static Carrier carrier_of(channels::Channel channel);
  channels::Messengers& messengers_;
  const std::optional<SmsMeter> meter_;
};

}  // namespace notify::people
