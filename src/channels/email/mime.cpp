#include "channels/email/mime.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "channels/email/address.h"
#include "channels/email/encoding.h"
#include "crypto/hash.h"

namespace channels::email {
namespace {

constexpr std::size_t kLongestSubject = 900;
constexpr std::size_t kLongestName = 300;
constexpr std::size_t kLongestUrl = 900;  // a header line ends at 998 (RFC 5322 2.1.1)
constexpr std::size_t kLargest = 10 << 20;
constexpr std::string_view kEnd = "\r\n";

bool is_line(std::string_view text) {
  return base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

bool is_body(std::string_view text) {
  return base::is_utf8(text) && text.find('\0') == std::string_view::npos;
}

bool is_token(std::string_view text, std::string_view marks, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [&](char c) {
    return base::is_letter(c) || base::is_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_url(std::string_view url) {
  const auto host = url.starts_with("https://") ? 8U : url.starts_with("http://") ? 7U : 0U;
  return host > 0 && url.size() > host && url.size() <= kLongestUrl &&
         std::ranges::all_of(url, [](char c) {
           return c > ' ' && c <= '~' && c != '<' && c != '>' && c != ',' && c != '"';
         });
}

// RFC 8058 wants https; on this machine (a demonstration) there is nobody between.
bool takes_one_click(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://localhost") ||
         url.starts_with("http://127.0.0.1");
}

std::optional<Address> mailbox_address(const Mailbox& mailbox) {
  if (!is_line(mailbox.name) || mailbox.name.size() > kLongestName) return std::nullopt;
  return parse_address(mailbox.address);
}

bool is_part(const Part& part) {
  const auto slash = part.content_type.find('/');
  return slash != std::string::npos &&
         is_token(std::string_view(part.content_type).substr(0, slash), "-", 60) &&
         is_token(std::string_view(part.content_type).substr(slash + 1), "-+.", 60) &&
         (part.content_id.empty() || is_token(part.content_id, ".-_@", 60)) &&
         (part.file_name.empty() || is_token(part.file_name, ".-_ ", 60));
}

bool is_subject(std::string_view subject) {
  return is_line(subject) && !base::trim(subject).empty() && subject.size() <= kLongestSubject;
}

std::optional<EmailError> first_mistake(const Email& e) {
  if (!mailbox_address(e.from)) return EmailError::From;
  if (e.reply_to && !mailbox_address(*e.reply_to)) return EmailError::ReplyTo;
  if (!mailbox_address(e.to)) return EmailError::To;
  if (!is_subject(e.subject)) return EmailError::Subject;
  if ((e.text.empty() && e.html.empty()) || !is_body(e.text) || !is_body(e.html))
    return EmailError::Body;
  if (!e.language.empty() && !is_token(e.language, "-", 35)) return EmailError::Language;
  if (e.key.empty()) return EmailError::Key;
  if (!e.unsubscribe_url.empty() && !is_url(e.unsubscribe_url)) return EmailError::Unsubscribe;
  if (!e.unsubscribe_address.empty()) {
    const auto address = parse_address(e.unsubscribe_address);
    if (!address || address->needs_utf8()) return EmailError::Unsubscribe;
  }
  if (!std::ranges::all_of(e.parts, is_part)) return EmailError::Part;
  auto size = e.text.size() + e.html.size();
  for (const auto& part : e.parts) size += part.bytes.size();
  return size > kLargest ? std::optional(EmailError::TooLarge) : std::nullopt;
}

// An id tells nothing about what it was made of.
std::string digest(std::string_view what, std::string_view key) {
  const auto text = std::string(what) + '\0' + std::string(key);
  return base::to_hex(std::string_view(crypto::sha256(text)).substr(0, 16));
}

std::string date_text(base::Instant at) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  const auto two = [](auto number) {
    const auto text = std::to_string(static_cast<unsigned>(number));
    return text.size() < 2 ? "0" + text : text;
  };
  std::string out(kDays[std::chrono::weekday(day).c_encoding()]);
  out += ", " + std::to_string(static_cast<unsigned>(date.day())) + " ";
  out += kMonths[static_cast<unsigned>(date.month()) - 1];
  out += " " + std::to_string(static_cast<int>(date.year())) + " " + two(time.hours().count());
  out += ":" + two(time.minutes().count()) + ":" + two(time.seconds().count());
  return out + " +0000";
}

std::string mailbox_header(std::string_view header, const Mailbox& mailbox) {
  const auto address = parse_address(mailbox.address)->text();
  if (mailbox.name.empty()) return token_header(header, address);
  std::string out(header);
  out += ": ";
  out += phrase(mailbox.name, out.size());
  const auto column = out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1);
  out += column + address.size() + 3 > 76 ? "\r\n <" : " <";
  return out + address + ">\r\n";
}

// A body part with its own headers, up to and including the last CRLF.
std::string text_part(std::string_view subtype, std::string_view text) {
  std::string out = "Content-Type: text/";
  out += subtype;
  out += "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
  return out + quoted_printable(text);
}

std::string file_part(const Part& part) {
  std::string out = "Content-Type: " + part.content_type;
  if (!part.file_name.empty()) out += ";\r\n name=\"" + part.file_name + "\"";
  out += "\r\nContent-Transfer-Encoding: base64\r\n";
  out +=
      part.content_id.empty() ? "Content-Disposition: attachment" : "Content-Disposition: inline";
  if (!part.file_name.empty()) out += ";\r\n filename=\"" + part.file_name + "\"";
  out += kEnd;
  if (!part.content_id.empty()) out += "Content-ID: <" + part.content_id + ">\r\n";
  return out + "\r\n" + base64_lines(part.bytes);
}

class Builder {
 public:
  explicit Builder(const Email& email)
      : email_(email), domain_(parse_address(email.from.address)->domain) {}

  Message message() {
    Message out;
    out.id = digest("message", email_.key) + "@" + domain_;
    out.bytes = headers(out.id) + body();
    for (const auto* mailbox : {&email_.from, &email_.to})
      out.needs_utf8 |= parse_address(mailbox->address)->needs_utf8();
    if (email_.reply_to) out.needs_utf8 |= parse_address(email_.reply_to->address)->needs_utf8();
    return out;
  }

 private:
  std::string headers(const std::string& id) const {
    std::string out = "Date: " + date_text(email_.date) + "\r\n";
    out += mailbox_header("From", email_.from);
    if (email_.reply_to) out += mailbox_header("Reply-To", *email_.reply_to);
    out += mailbox_header("To", email_.to);
    out += text_header("Subject", email_.subject);
    out += token_header("Message-ID", "<" + id + ">");
    if (!email_.thread.empty()) {
      const auto root = "<" + digest("thread", email_.thread) + "@" + domain_ + ">";
      out += token_header("In-Reply-To", root) + token_header("References", root);
    }
    // RFC 3834: nobody's absence notice need answer this. The second is how Exchange is told; not
    // "All", which would keep its delivery reports from us, too.
    out += "Auto-Submitted: auto-generated\r\n";
    out += "X-Auto-Response-Suppress: OOF, AutoReply, DR, RN, NRN\r\n";
    if (!email_.language.empty()) out += "Content-Language: " + email_.language + "\r\n";
    out += unsubscribe_headers();
    return out + "MIME-Version: 1.0\r\n";
  }

  std::string unsubscribe_headers() const {
    if (email_.unsubscribe_url.empty()) return {};
    std::string ways = "<" + email_.unsubscribe_url + ">";
    if (!email_.unsubscribe_address.empty())
      ways += ", <mailto:" + parse_address(email_.unsubscribe_address)->text() +
              "?subject=unsubscribe>";
    auto out = "Precedence: bulk\r\n" + token_header("List-Unsubscribe", ways);
    if (takes_one_click(email_.unsubscribe_url))
      out += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    return out;
  }

  // No line of a quoted-printable or base64 body can hold "=_", so none can be a boundary.
  std::string joined(std::string_view subtype, std::string_view level,
                     const std::vector<std::string>& parts) const {
    const auto boundary = "=_" + std::string(level) + digest(level, email_.key);
    std::string out = "Content-Type: multipart/";
    out += subtype;
    out += ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
    for (const auto& part : parts) out += "--" + boundary + "\r\n" + part + "\r\n";
    return out + "--" + boundary + "--\r\n";
  }

  std::string shown() const {
    if (email_.html.empty()) return text_part("plain", email_.text);
    std::vector<std::string> with_pictures = {text_part("html", email_.html)};
    for (const auto& part : email_.parts) {
      if (!part.content_id.empty()) with_pictures.push_back(file_part(part));
    }
    auto html = with_pictures.size() == 1 ? std::move(with_pictures.front())
                                          : joined("related", "r", with_pictures);
    if (email_.text.empty()) return html;
    // The last one is what a reader prefers (RFC 2046 5.1.4).
    return joined("alternative", "a", {text_part("plain", email_.text), std::move(html)});
  }

  std::string body() const {
    std::vector<std::string> all = {shown()};
    for (const auto& part : email_.parts) {
      if (part.content_id.empty()) all.push_back(file_part(part));
    }
    return all.size() == 1 ? std::move(all.front()) : joined("mixed", "m", all);
  }

  const Email& email_;
  const std::string domain_;
};

}  // namespace

std::string_view describe(EmailError error) {
  switch (error) {
    case EmailError::From:
      return "the sender is not a mail address, or the name beside it has control characters";
    case EmailError::ReplyTo:
      return "the address for replies is not a mail address";
    case EmailError::To:
      return "the recipient is not a mail address, or the name beside it has control characters";
    case EmailError::Subject:
      return "the subject is empty, too long or has control characters";
    case EmailError::Body:
      return "there is no text, or it is not UTF-8";
    case EmailError::Language:
      return "the language is not a language tag";
    case EmailError::Key:
      return "there is no idempotency key";
    case EmailError::Unsubscribe:
      return "the unsubscribe link is none, or the address beside it is not";
    case EmailError::Part:
      return "an attachment's type or name is not well formed";
    case EmailError::TooLarge:
      return "the message is larger than 10 MB";
  }
  return "the message is not well formed";
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    const auto size = base::utf8_sequence(text);
    const auto character = text.substr(0, std::max<std::size_t>(size, 1));
    text.remove_prefix(character.size());
    if (size == 0) continue;
    if (out.size() + size > most) break;
    const bool is_blank = size == 1 && (character[0] <= ' ' || character[0] == '\x7f');
    if (!is_blank) {
      out += character;
    } else if (!out.empty() && !out.ends_with(' ')) {
      out += ' ';
    }
  }
  return std::string(base::trim(out));
}

base::Result<Message, EmailError> build(const Email& email) {
  if (const auto mistake = first_mistake(email)) return base::Failure{*mistake};
  return Builder(email).message();
}

}  // namespace channels::email
