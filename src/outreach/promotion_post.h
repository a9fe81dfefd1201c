// Sends what Promotions has queued, on a thread of its own: each reader's message with the headers
// by which mail programs offer to leave (RFC 2369, RFC 8058), in the reader's language around the
// shop's own words. At-least-once; the send's id is the message's key, so a second sending is the
// same message.
#pragma once
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "channels/email/smtp.h"
#include "messages/message.h"
#include "outreach/promotions.h"

namespace outreach {

class PromotionPost {
 public:
  struct Options {
    std::string from;        // the address
    std::string public_url;  // what stands before every path
    std::function<messages::Sender(store::Tx&, std::int64_t account_id)> sender;
    // Return paths that tell whom a report is about; without them reports go to `from`.
    std::optional<channels::email::Verp> verp = {};
    std::chrono::milliseconds look_every{2000};
  };
  PromotionPost(Promotions& promotions, store::Database& database, personal::Vault& vault,
                channels::email::Mailer& mailer, const base::Clock& clock, Options options);
  ~PromotionPost();  // stops

  void start();
  void stop();
  // Everything that is due now, on the calling plain thread; gives back how many went.
  int send_due();

 private:
  void run(const std::stop_token& stop);
  channels::Outcome send(const ClaimedSend& claimed, const Ready& ready,
                         const messages::Sender& sender);

  Promotions& promotions_;
  store::Database& database_;
  personal::Vault& vault_;
  channels::email::Mailer& mailer_;
  const base::Clock& clock_;
  const Options options_;
  const std::string owner_;
  std::jthread thread_;
};

}  // namespace outreach
