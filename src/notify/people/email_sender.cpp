#include "notify/people/email_sender.h"

#include "base/text.h"
#include "channels/email/address.h"

namespace notify::people {

base::Task<channels::Outcome> EmailSender::send(const Delivery& delivery, Message& message) {
  auto& composed = static_cast<Composed&>(message);
  channels::email::Email email;
  email.from = {composed.from.name, options_.from};
  // Answers reach the shop, when it gave an address for them.
  if (channels::email::parse_address(composed.from.contact))
    email.reply_to = channels::email::Mailbox{composed.from.name, composed.from.contact};
  email.to = {composed.to_name, composed.to};
  email.subject = composed.words.subject;
  email.text = composed.words.text;
  email.html = composed.words.html;
  email.language = composed.words.language;
  email.date = tools().clock.now();
  email.key = base::to_hex(delivery.id);
  email.thread = composed.topic;
  email.unsubscribe_url = composed.door;
  channels::email::Envelope envelope;
  envelope.return_path = options_.verp ? options_.verp->address(email.key) : options_.from;
  co_return co_await mailer_.send(std::move(email), std::move(envelope));
}

}  // namespace notify::people
