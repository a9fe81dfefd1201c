// E-mail to people: one message each, with a return path of its own, in the parcel's thread.
#pragma once
#include <optional>
#include <string>

#include "channels/email/smtp.h"
#include "channels/email/verp.h"
#include "notify/people/sender.h"

namespace notify::people {

class EmailSender final : public PeopleSender {
 public:
  struct Options {
    std::string from;                           // the address; the name is the account's
    std::optional<channels::email::Verp> verp;  // where bounces go; nothing: to `from`
    std::string relay;                          // its host, for the person's own list
    std::chrono::seconds first_pause{30};
  };
  EmailSender(const Tools& tools, channels::email::Mailer& mailer, Options options)
      : PeopleSender(tools, channels::Channel::Email, {"mail relay", options.relay}),
        mailer_(mailer),
        options_(std::move(options)) {}

  Manner manner() const override {
    Manner manner;
    manner.first_pause = options_.first_pause;
    return manner;
  }
  base::Task<channels::Outcome> send(const Delivery& delivery, Message& message) override;

 private:
  channels::email::Mailer& mailer_;
  const Options options_;
};

}  // namespace notify::people
