#include "channels/email/sink_session.h"

#include "base/text.h"

namespace channels::email {
namespace {

constexpr std::size_t kLongestLine = 2048;
constexpr std::size_t kMostRecipients = 100;
constexpr std::string_view kGoAhead = "354 End with a full stop on a line of its own\r\n";

// "<a@b> SIZE=1" -> "a@b"; nothing when there are no angle brackets.
bool read_path(std::string_view argument, std::string& out) {
  argument = base::trim(argument);
  const auto end = argument.find('>');
  if (!argument.starts_with('<') || end == std::string_view::npos) return false;
  out = argument.substr(1, end - 1);
  return true;
}

bool takes(std::string_view& line, std::string_view command) {
  if (!base::equals_ignoring_case(line.substr(0, command.size()), command)) return false;
  line.remove_prefix(command.size());
  return true;
}

}  // namespace

std::string SinkSession::begin() {
  const auto other = objection("(connect)");
  return other.empty() ? "220 " + options_.name + " Milepost\r\n" : other;
}

std::string SinkSession::objection(std::string_view line) {
  if (!options_.object) return {};
  auto reply = options_.object(line);
  if (reply == "drop") {
    is_over_ = true;
    return {};
  }
  return reply.empty() ? reply : reply + "\r\n";
}

std::string SinkSession::feed(std::string_view bytes) {
  buffer_ += bytes;
  std::string out;
  std::size_t begin = 0;
  while (!is_over_) {
    const auto end = buffer_.find("\r\n", begin);
    if (end == std::string::npos) break;
    out += on_line(std::string_view(buffer_).substr(begin, end - begin));
    begin = end + 2;
  }
  buffer_.erase(0, begin);
  if (!is_over_ && !is_data_ && buffer_.size() > kLongestLine) {
    is_over_ = true;
    out += "500 5.5.2 Line too long\r\n";
  }
  if (is_data_ && buffer_.size() > options_.most_bytes) is_over_ = true;  // one endless line
  return out;
}

std::string SinkSession::on_line(std::string_view line) {
  return is_data_ ? on_data_line(line) : on_command(line);
}

std::string SinkSession::on_command(std::string_view line) {
  if (auto other = objection(line); !other.empty() || is_over_) return other;
  if (line.find('\n') != std::string_view::npos) return "500 5.5.2 Lines end with CRLF\r\n";
  auto rest = line;
  if (takes(rest, "EHLO")) {
    return "250-" + options_.name +
           "\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
           "250-ENHANCEDSTATUSCODES\r\n250 SIZE " +
           std::to_string(options_.most_bytes) + "\r\n";
  }
  if (takes(rest, "HELO")) return "250 " + options_.name + "\r\n";
  if (takes(rest, "MAIL FROM:")) return on_mail(rest);
  if (takes(rest, "RCPT TO:")) return on_recipient(rest);
  if (takes(rest, "DATA")) {
    if (message_.to.empty()) return "503 5.5.1 Who is it for?\r\n";
    is_data_ = true;
    is_too_large_ = false;
    return std::string(kGoAhead);
  }
  if (takes(rest, "RSET")) {
    message_ = {};
    has_sender_ = false;
    return "250 2.0.0 Forgotten\r\n";
  }
  if (takes(rest, "NOOP")) return "250 2.0.0 Still here\r\n";
  if (takes(rest, "VRFY")) return "252 2.1.5 Send it and see\r\n";
  if (takes(rest, "QUIT")) {
    is_over_ = true;
    return "221 2.0.0 Bye\r\n";
  }
  return "502 5.5.1 There is no such command\r\n";
}

std::string SinkSession::on_mail(std::string_view argument) {
  if (has_sender_) return "503 5.5.1 One message at a time\r\n";
  message_ = {};
  if (!read_path(argument, message_.from)) return "501 5.1.7 An address stands in <>\r\n";
  has_sender_ = true;
  return "250 2.1.0 Good\r\n";
}

std::string SinkSession::on_recipient(std::string_view argument) {
  if (!has_sender_) return "503 5.5.1 Who is it from?\r\n";
  if (message_.to.size() >= kMostRecipients) return "452 4.5.3 Too many recipients\r\n";
  std::string to;
  if (!read_path(argument, to) || to.empty()) return "501 5.1.3 An address stands in <>\r\n";
  message_.to.push_back(std::move(to));
  return "250 2.1.5 Good\r\n";
}

std::string SinkSession::on_data_line(std::string_view line) {
  if (line != ".") {
    if (line.starts_with('.')) line.remove_prefix(1);
    if (message_.bytes.size() + line.size() > options_.most_bytes) is_too_large_ = true;
    if (!is_too_large_) {
      message_.bytes += line;
      message_.bytes += "\r\n";
    }
    return {};
  }
  is_data_ = false;
  has_sender_ = false;
  auto message = std::exchange(message_, {});
  if (auto other = objection("."); !other.empty() || is_over_) return other;
  if (is_too_large_) return "552 5.3.4 Too large\r\n";
  return take_(std::move(message)) ? "250 2.0.0 Taken\r\n" : "451 4.3.0 Not now\r\n";
}

}  // namespace channels::email
