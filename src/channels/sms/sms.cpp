#include "channels/sms/sms.h"

#include "channels/call.h"
#include "channels/sms/segments.h"

namespace channels::sms {

base::Task<Outcome> Sms::send(std::string address, Notice notice) {
  using Kind = Outcome::Kind;
  if (settings_.account.empty()) co_return Outcome{Kind::NotSetUp, "sms not set up", {}, {}};
  const auto number = PhoneNumber::parse(address);
  if (!number) co_return Outcome{Kind::Gone, "sms not a number", {}, {}};
  const auto* sender = settings_.sender_to(number->country());
  if (sender == nullptr) co_return Outcome{Kind::Refused, "sms no sender for the country", {}, {}};
  auto text = economical(notice.text);
  if (segments_of(text).count() > settings_.most_segments)
    co_return Outcome{Kind::Refused, "sms too long", {}, {}};
  auto call = provider_->request({number->text(), sender->text, std::move(text), notice.key});
  const auto reply = co_await client_.call(std::move(call));
  if (!reply) co_return outcome_of(reply.error());
  co_return provider_->read(*reply);
}

}  // namespace channels::sms
