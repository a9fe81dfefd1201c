#include "channels/email/judgement.h"

#include <array>

namespace channels::email {
namespace {

using Kind = Outcome::Kind;
using Stage = http::MailResult::Stage;
using Trouble = http::MailResult::Trouble;

// Of a reply without a status code behind it.
Kind kind_of_code(int code) {
  switch (code) {
    case 550:  // no such mailbox, says RFC 5321; those who mean policy say 5.7.1
    case 551:
    case 553:
      return Kind::Gone;
    case 552:  // mailbox full, before RFC 3463 there was no other way to say it
      return Kind::Later;
    default:
      return code >= 500 ? Kind::Refused : Kind::Later;
  }
}

bool is_about_system(const http::MailResult& r) {
  return r.code == 421 || r.enhanced.starts_with("4.3.") || r.enhanced.starts_with("4.4.");
}

// The server answered no.
Judgement by_reply(const http::MailResult& r) {
  Judgement out;
  const bool is_too_large = r.code == 552 || r.enhanced == "5.3.4" || r.enhanced == "5.2.3";
  if (r.stage == Stage::Sender && is_too_large) {
    out.outcome.kind = Kind::Refused;
    return out;
  }
  // Before a recipient was named it cannot be about one: the relay does not want us, or not now.
  if (r.stage < Stage::Recipient || is_about_system(r)) {
    out.outcome.kind = Kind::Later;
    out.is_relays_trouble = true;
    return out;
  }
  const bool is_permanent = r.code >= 500;
  const bool fits = !r.enhanced.empty() && (r.enhanced[0] == '5') == is_permanent;
  out.outcome.kind = fits ? kind_of_status(r.enhanced) : kind_of_code(r.code);
  // Taking back a recipient that was accepted is a judgement of what was said to them.
  if (r.stage == Stage::Data && !fits && is_permanent) out.outcome.kind = Kind::Refused;
  return out;
}

std::string code_text(const http::MailResult& r) {
  if (r.trouble != Trouble::None) {
    return "smtp " + std::string(name(r.stage)) + " " + std::string(name(r.trouble));
  }
  auto text = "smtp " + std::to_string(r.code);
  if (!r.enhanced.empty()) text += " " + r.enhanced;
  return text;
}

}  // namespace

Kind kind_of_status(std::string_view s) {
  if (s.starts_with("2.")) return Kind::Accepted;
  if (!s.starts_with("5.")) return Kind::Later;
  // 5.1.7 and 5.1.8 are about the sender's address, 5.1.9 about a relay's.
  if (s == "5.1.7" || s == "5.1.8" || s == "5.1.9") return Kind::Refused;
  if (s.starts_with("5.1.") || s == "5.2.1") return Kind::Gone;
  return s == "5.2.2" ? Kind::Later : Kind::Refused;
}

Judgement judge(const http::MailResult& r) {
  Judgement out;
  if (r.is_done()) {
    out.outcome.kind = Kind::Accepted;
  } else if (r.trouble == Trouble::NoUtf8) {
    out.outcome.kind = Kind::Refused;
  } else if (r.trouble != Trouble::None) {
    out.outcome.kind = Kind::Later;
    // Of an unanswered message another relay might make a second one.
    out.is_relays_trouble = r.stage != Stage::Unanswered && r.trouble != Trouble::Stopped;
  } else {
    out = by_reply(r);
  }
  out.outcome.code = code_text(r);
  return out;
}

}  // namespace channels::email
