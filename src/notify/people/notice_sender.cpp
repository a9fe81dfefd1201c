#include "notify/people/notice_sender.h"

#include "base/text.h"
#include "channels/sms/number.h"

namespace notify::people {
namespace {

using channels::Channel;
using journey::Trigger;

// What somebody has to act upon today.
bool is_urgent(Trigger trigger) {
  return trigger == Trigger::OutForDelivery || trigger == Trigger::ReadyForPickup ||
         trigger == Trigger::FailedAttempt;
}

}  // namespace

Carrier NoticeSender::carrier_of(Channel channel) {
  switch (channel) {
    case Channel::Sms:
      return {"sms provider", "sms"};
    case Channel::Push:
      return {"push service", "push"};
    default:
      return {"chat of the shop", std::string(channels::name(channel))};
  }
}

std::string_view NoticeSender::why_not(store::Tx& tx, const Delivery& delivery,
                                       Composed& composed) {
  if (channel() != Channel::Sms) return {};
  const auto number = channels::sms::PhoneNumber::parse(composed.to);
  if (!number) return "no-number";
  const auto* from = messengers_.sms().settings().sender_to(number->country());
  if (from == nullptr) return "sms-no-sender";
  auto& text = composed.words.sms;
  // Nobody can answer STOP to a name: its messages say where that is done instead.
  if (!from->can_be_answered() && text.find(composed.door) == std::string::npos)
    text += "\nSTOP: " + composed.door;
  if (!meter_) return {};
  const auto judged =
      meter_->judge(tx, delivery.wanted.lane.account_id, composed.to, text, tools().clock.now());
  composed.cost = judged.cost;
  return judged.why_not;
}

void NoticeSender::leaves(store::Tx& tx, const Delivery& delivery, const Composed& composed) {
  if (!meter_) return;
  count_sms(tx, delivery.wanted.lane.account_id, delivery.id, composed.cost, tools().clock.now());
}

void NoticeSender::not_taken(store::Tx& tx, const Delivery& delivery) {
  if (meter_) give_back_sms(tx, delivery.wanted.lane.account_id, delivery.id);
}

base::Task<channels::Outcome> NoticeSender::send(const Delivery& delivery, Message& message) {
  auto& composed = static_cast<Composed&>(message);
  auto& words = composed.words;
  channels::Notice notice;
  notice.link = composed.link;
  notice.topic = composed.topic;
  notice.key = base::to_hex(delivery.id);
  notice.language = words.language;
  notice.urgency =
      is_urgent(composed.trigger) ? channels::Urgency::High : channels::Urgency::Normal;
  notice.state = composed.state;
  notice.expected = composed.expected;
  if (channel() == Channel::Sms) {
    notice.text = std::move(words.sms);
  } else if (channel() == Channel::Push) {
    notice.title = std::move(words.push_title);
    notice.text = std::move(words.push_body);
  } else {
    notice.title = std::move(words.subject);
    notice.text = std::move(words.chat);
  }
  co_return co_await messengers_.send(channel(), std::move(composed.to), std::move(notice));
}

}  // namespace notify::people
