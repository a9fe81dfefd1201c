#include "channels/email/desk_door.h"

#include "base/log.h"
#include "base/text.h"
#include "channels/email/encoding.h"
#include "channels/email/reader.h"

namespace channels::email {
namespace {

constexpr std::size_t kMostBytes = 2 << 20, kMostText = 16'000, kMostSubject = 500;

// "Ann Lee <ann@example.com>" or the bare address; nothing when there are several.
std::string address_in(std::string_view header) {
  const auto open = header.rfind('<');
  if (open != std::string_view::npos) {
    const auto close = header.find('>', open);
    if (close == std::string_view::npos) return {};
    header = header.substr(open + 1, close - open - 1);
  }
  const auto address = base::trim(header);
  const bool is_one = address.size() <= 254 && address.find('@') != std::string_view::npos &&
                      address.find('@') == address.rfind('@') &&
                      address.find_first_of(" ,;<>\"\t\r\n") == std::string_view::npos;
  return is_one ? base::lower(address) : std::string();
}

// RFC 3834: what machines write says so, and nobody answers it.
bool is_of_a_machine(const ReadPart& message) {
  const auto auto_submitted = base::lower(base::trim(message.header("auto-submitted")));
  if (!auto_submitted.empty() && auto_submitted != "no") return true;
  const auto precedence = base::lower(base::trim(message.header("precedence")));
  if (precedence == "bulk" || precedence == "junk" || precedence == "list") return true;
  for (const auto* name :
       {"list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "feedback-id"}) {
    if (!message.header(name).empty()) return true;
  }
  return message.type == "multipart/report" || base::trim(message.header("return-path")) == "<>";
}

std::string utf8(std::string text, std::string_view charset) {
  if (base::is_utf8(text)) return text;
  // Latin-1 and its Windows cousin, byte by byte: what old programs write. Everything else that is
  // not UTF-8 loses what cannot be read, and keeps its ASCII.
  const bool is_latin = charset.find("8859-1") != std::string_view::npos ||
                        charset.find("1252") != std::string_view::npos;
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else if (is_latin) {
      out += static_cast<char>(0xC0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3F));
    } else {
      out += '?';
    }
  }
  return out;
}

// The words between the tags; enough to understand a request by.
std::string without_markup(std::string_view html) {
  std::string out;
  for (std::size_t at = 0; at < html.size() && out.size() < kMostText;) {
    if (html[at] != '<') {
      out += html[at++];
      continue;
    }
    const auto rest = base::lower(html.substr(at, 8));
    const auto* end = rest.starts_with("<style")    ? "</style"
                      : rest.starts_with("<script") ? "</script"
                                                    : ">";
    auto close = html.find(end, at + 1);
    if (close != std::string_view::npos && *end == '<') close = html.find('>', close);
    if (close == std::string_view::npos) break;
    at = close + 1;
    out += ' ';
  }
  return out;
}

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
  return text;
}

}  // namespace

std::optional<DeskLetter> read_desk_letter(std::string_view bytes) {
  const auto message = read_message(bytes);
  if (is_of_a_machine(message)) return std::nullopt;
  DeskLetter letter;
  letter.from = address_in(message.header("reply-to"));
  if (letter.from.empty()) letter.from = address_in(message.header("from"));
  if (letter.from.empty()) return std::nullopt;
  letter.subject = shortened(utf8(decode_words(message.header("subject")), {}), kMostSubject);
  if (const auto* plain = message.find("text/plain")) {
    letter.text = utf8(plain->decoded(), base::lower(plain->parameter("charset")));
  } else if (const auto* html = message.find("text/html")) {
    letter.text = without_markup(utf8(html->decoded(), base::lower(html->parameter("charset"))));
  }
  letter.text = shortened(std::move(letter.text), kMostText);
  return letter;
}

DeskDoor::DeskDoor(Options options, Hear hear)
    : options_(std::move(options)),
      hear_(std::move(hear)),
      listener_(listening(), [this](SunkMessage message) { return take(message); }) {
  if (options_.metrics == nullptr) return;
  const auto count = [this](const char* kind) {
    return options_.metrics->counter("milepost_desk_letters_total",
                                     "Letters that came to the rights desk", {{"kind", kind}});
  };
  heard_ = count("heard");
  passed_over_ = count("passed_over");
}

SmtpListener::Options DeskDoor::listening() const {
  SmtpListener::Options out;
  out.host = options_.host;
  out.port = options_.port;
  out.session.name = options_.mailbox.substr(options_.mailbox.find('@') + 1);
  out.session.most_bytes = kMostBytes;
  out.session.object = [mailbox = options_.mailbox](std::string_view command) -> std::string {
    if (!base::equals_ignoring_case(command.substr(0, 8), "RCPT TO:")) return {};
    const auto argument = base::trim(command.substr(8));
    const auto path = argument.substr(0, argument.find('>') + 1);
    return base::equals_ignoring_case(path, "<" + mailbox + ">")
               ? ""
               : "550 5.1.1 There is no such mailbox";
  };
  return out;
}

bool DeskDoor::take(const SunkMessage& message) {
  const auto letter = message.from.empty() ? std::nullopt : read_desk_letter(message.bytes);
  if (!letter) {
    passed_over_.add();
    return true;
  }
  // Each letter makes one of ours: nobody may have us write to the world.
  const auto now = std::chrono::steady_clock::now();
  if (now - hour_ > std::chrono::hours(1)) {
    hour_ = now;
    in_hour_ = 0;
  }
  if (++in_hour_ > options_.most_an_hour) return false;
  heard_.add();
  return hear_(*letter);
}

}  // namespace channels::email
