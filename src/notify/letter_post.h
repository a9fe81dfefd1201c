// Sends the service's own letters (letters/letters.h): claims what is due, writes it in the
// reader's language (messages/letter.h), hands it to the mailer, and settles it.
//
// Not the dispatcher's business: a letter belongs to no parcel, has no order and no preferences.
// At-least-once; the letter's id is the message's key, so a second sending is the same message.
#pragma once
#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "channels/email/smtp.h"
#include "letters/letters.h"
#include "messages/letter.h"
#include "personal/access.h"

namespace notify {

class LetterPost {
 public:
  struct Options {
    std::string from;         // the address
    messages::Sender sender;  // who signs
    std::string public_url;   // what stands before every path; empty: no links at the foot
    std::chrono::milliseconds look_every{1000};
  };
  LetterPost(letters::Letters& letters, personal::Ledger& ledger, channels::email::Mailer& mailer,
             const base::Clock& clock, Options options);
  ~LetterPost();  // stops

  // On a thread of its own, until stop().
  void start();
  void stop();
  // Everything that is due now, on the calling plain thread; gives back how many were sent.
  int send_due();

 private:
  void run(const std::stop_token& stop);
  channels::Outcome send(const letters::Claimed& letter);

  letters::Letters& letters_;
  personal::Ledger& ledger_;
  channels::email::Mailer& mailer_;
  const base::Clock& clock_;
  const Options options_;
  const std::string owner_;
  std::jthread thread_;
};

}  // namespace notify
