// What an answer of a relay means for the recipient. Pure: a table's worth of RFC 5321 and 3463.
#pragma once
#include "channels/channel.h"
#include "http/mail_session.h"

namespace channels::email {

struct Judgement {
  Outcome outcome;
  // It says nothing about the recipient or the message: another relay may take it.
  bool is_relays_trouble = false;
};

Judgement judge(const http::MailResult& result);

// "gone", "refused", "later" by the status code of RFC 3463 alone, for both replies and reports:
// 5.1.x (but for the sender's own address) and 5.2.1 are gone, 5.2.2 and 4.x.x are for later, the
// rest of 5.x.x refused. Accepted for 2.x.x.
Outcome::Kind kind_of_status(std::string_view enhanced);

}  // namespace channels::email
