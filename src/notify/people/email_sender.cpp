#include "notify/people/email_sender.h"

#include "base/text.h"
#include "channels/email/address.h"

namespace notify::people {
namespace {

// Of what people and shops are called, and of a subject that holds such a name.
constexpr std::size_t kLongestName = 120;
constexpr std::size_t kLongestSubject = 600;

}  // namespace

base::Task<channels::Outcome> EmailSender::send(const Delivery& delivery, Message& message) {
  auto& composed = static_cast<Composed&>(message);
  channels::email::Email email;
  const auto from_name = channels::email::one_line(composed.from.name, kLongestName);
  email.from = {from_name, options_.from};
  // Answers reach the shop, when it gave an address for them.
  if (channels::email::parse_address(composed.from.contact))
    email.reply_to = channels::email::Mailbox{from_name, composed.from.contact};
  email.to = {channels::email::one_line(composed.to_name, kLongestName), composed.to};
  email.subject = channels::email::one_line(composed.words.subject, kLongestSubject);
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
