// Where letters to a desk come in (requests about data): a mail server that knows one mailbox, the
// desk's. The domain's own mail server hands its mail on ("privacy@shop.example goes to 127.0.0.1,
// port 2527"), or forwards a copy.
//
// A letter is read as far as a human would: who it says it is from, its subject, its text. That is
// what somebody wrote, and no proof of who did. Answers of machines (absence notices, lists,
// reports) are taken and forgotten, so that two machines never write to each other. Attachments are
// not kept.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "channels/email/smtp_listener.h"

namespace channels::email {

struct DeskLetter {
  std::string from;           // the address in Reply-To, else in From; lower case
  std::string subject, text;  // UTF-8; of an HTML letter its words without markup
};
// Nothing for what no human wrote, or what has no single sender. Pure; any bytes.
std::optional<DeskLetter> read_desk_letter(std::string_view message);

class DeskDoor {
 public:
  // On the door's own thread, one at a time; may block. False: it could not be kept, the sender is
  // to try again later.
  using Hear = std::function<bool(const DeskLetter&)>;
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string mailbox;  // "privacy@shop.example"
    int most_an_hour = 200;
    base::Metrics* metrics = nullptr;
  };
  // Throws std::system_error when the port cannot be had.
  DeskDoor(Options options, Hear hear);

  std::uint16_t port() const { return listener_.port(); }
  void stop() { listener_.stop(); }

 private:
  SmtpListener::Options listening() const;
  bool take(const SunkMessage& message);

  const Options options_;
  const Hear hear_;
  base::Counter heard_, passed_over_;
  std::chrono::steady_clock::time_point hour_{};
  int in_hour_ = 0;
  SmtpListener listener_;
};

}  // namespace channels::email
