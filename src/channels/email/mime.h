// A complete e-mail, from a value to the bytes that are signed and sent (RFC 5322, MIME).
//
// The same value gives the same bytes: Message-ID and boundaries come from the idempotency key, so
// that a message that had to be sent twice is one message to whoever compares ids. Bodies are
// UTF-8, quoted-printable, in lines of at most 76 characters. Free text in headers becomes encoded
// words; a control character in any of it is refused, so that nothing can begin a header of its
// own. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace channels::email {

struct Mailbox {
  std::string name;  // free text; may be empty
  std::string address;
};

// A picture shown inside the HTML (`content_id` set; <img src="cid:logo@shop">), or an attachment.
struct Part {
  std::string content_type;  // "image/png"
  std::string bytes;
  std::string file_name;
  std::string content_id;  // "logo@shop"; empty: an attachment
};

struct Email {
  Mailbox from;
  std::optional<Mailbox> reply_to;
  Mailbox to;  // one: everybody gets a message of their own, with a return path of its own
  std::string subject;
  std::string text;
  std::string html;      // empty: text alone
  std::string language;  // as BCP 47 writes it: "nl", "zh-Hant"; empty: not said
  base::Instant date{};

  std::string key;     // idempotency key: the same key is the same Message-ID
  std::string thread;  // what keeps messages together in the reader's list; empty: nothing

  // RFC 2369 and 8058. The URL takes "List-Unsubscribe=One-Click" by POST, at once, without login.
  // Empty for letters one cannot unsubscribe from. One click needs https; with another link, which
  // a private network may have, mailboxes show no button.
  std::string unsubscribe_url;
  std::string unsubscribe_address;  // as a second way; may be empty

  std::vector<Part> parts;
};

struct Message {
  std::string bytes;        // lines end with CRLF
  std::string id;           // without the angle brackets
  bool needs_utf8 = false;  // some header cannot travel without SMTPUTF8
};

// Which part of the value is not well formed. A sentence that quotes none of it.
enum class EmailError {
  From,
  ReplyTo,
  To,
  Subject,  // control characters, no text at all, more than 900 bytes
  Body,     // neither text nor HTML, not UTF-8, or a NUL in it
  Language,
  Key,
  Unsubscribe,
  Part,
  TooLarge,  // 10 MB
};
std::string_view describe(EmailError error);

base::Result<Message, EmailError> build(const Email& email);

// What somebody typed, made fit for a subject or the name beside an address: control characters and
// runs of blanks become one blank, broken UTF-8 goes, at most so many bytes remain. For text that
// must not keep a message from being sent.
std::string one_line(std::string_view text, std::size_t most);

}  // namespace channels::email
