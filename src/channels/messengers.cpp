#include "channels/messengers.h"

#include "base/text.h"
#include "channels/address.h"

namespace channels {

Messengers::Messengers(MessengerSettings settings, http::Client& client, const base::Clock& clock)
    : has_sms_(!settings.sms.account.empty()),
      has_telegram_(!settings.telegram.token.empty()),
      has_home_(!settings.home_assistant.host.empty()),
      has_private_slack_(settings.slack.may_be_private),
      has_private_discord_(settings.discord.may_be_private),
      push_key_(settings.push.vapid ? settings.push.vapid->public_key() : std::string()),
      sms_(std::make_unique<sms::Sms>(std::move(settings.sms), client)),
      push_(std::make_unique<push::WebPush>(std::move(settings.push), client, clock)),
      slack_(std::make_unique<chat::Slack>(settings.slack, client)),
      discord_(std::make_unique<chat::Discord>(settings.discord, client)),
      telegram_(std::make_unique<chat::Telegram>(std::move(settings.telegram), client)),
      ntfy_(std::make_unique<chat::Ntfy>(std::move(settings.ntfy), client)),
      home_(std::make_unique<mqtt::HomeAssistant>(std::move(settings.home_assistant))) {}

Messengers::~Messengers() = default;

Messenger* Messengers::of(Channel channel) const {
  switch (channel) {
    case Channel::Sms:
      return sms_.get();
    case Channel::Push:
      return push_.get();
    case Channel::Slack:
      return slack_.get();
    case Channel::Discord:
      return discord_.get();
    case Channel::Telegram:
      return telegram_.get();
    case Channel::Ntfy:
      return ntfy_.get();
    case Channel::HomeAssistant:
      return home_.get();
    case Channel::Email:
    case Channel::Webhook:
      break;
  }
  return nullptr;
}

base::Task<Outcome> Messengers::send(Channel channel, std::string address, Notice notice) {
  auto* messenger = of(channel);
  if (messenger == nullptr) co_return Outcome{Outcome::Kind::NotSetUp, "no messenger", {}, {}};
  co_return co_await messenger->send(std::move(address), std::move(notice));
}

base::Task<Outcome> Messengers::forget(Channel channel, std::string address, std::string topic) {
  if (channel != Channel::HomeAssistant) co_return Outcome{};
  co_return co_await home_->forget(std::move(address), std::move(topic));
}

std::optional<std::string> Messengers::room_address(Channel channel, std::string_view typed) const {
  const bool may_be_plain = (channel == Channel::Slack && has_private_slack_) ||
                            (channel == Channel::Discord && has_private_discord_);
  if (!may_be_plain) return canonical_address(channel, typed);
  const auto text = base::trim(typed);
  if (!is_web_address(text, Scheme::HttpToo)) return std::nullopt;
  return std::string(text);
}

bool Messengers::is_set_up(Channel channel) const {
  switch (channel) {
    case Channel::Sms:
      return has_sms_;
    case Channel::Push:
      return !push_key_.empty();
    case Channel::Telegram:
      return has_telegram_;
    case Channel::HomeAssistant:
      return has_home_;
    default:
      return of(channel) != nullptr;
  }
}

void Messengers::stop() { home_->stop(); }

}  // namespace channels
