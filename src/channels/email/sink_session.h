// The receiving side of SMTP (RFC 5321), as much of it as a mail catcher needs: greets, takes
// messages, keeps nothing back. Bytes in, bytes out; no socket. One session for each connection.
//
// Line ends are CRLF and nothing else, so that nothing can be smuggled behind a message that
// another server would have ended elsewhere.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace channels::email {

struct SunkMessage {
  std::string from;
  std::vector<std::string> to;
  std::string bytes;  // CRLF, without the doubled full stops
};

class SinkSession {
 public:
  struct Options {
    std::string name = "localhost";  // it greets with
    std::size_t most_bytes = 12 << 20;
    // A reply in place of the usual one, for a command line or for the end of a message ("."):
    // "550 5.1.1 no such mailbox". Empty: the usual one; "drop" hangs up.
    std::function<std::string(std::string_view command)> object;
  };
  // Gets each message before its sender is told that it was taken; false: not now, try again.
  using Take = std::function<bool(SunkMessage)>;

  SinkSession(const Options& options, Take take) : options_(options), take_(std::move(take)) {}

  // The greeting.
  std::string begin();
  // What arrived, in pieces of any size; gives what is to be answered.
  std::string feed(std::string_view bytes);
  // Nothing more is wanted: hang up when the answer is out.
  bool is_over() const { return is_over_; }

 private:
  std::string on_line(std::string_view line);
  std::string on_command(std::string_view line);
  std::string on_mail(std::string_view argument);
  std::string on_recipient(std::string_view argument);
  std::string on_data_line(std::string_view line);
  std::string objection(std::string_view line);

  const Options& options_;
  Take take_;
  std::string buffer_;
  SunkMessage message_;
  bool has_sender_ = false;
  bool is_data_ = false;
  bool is_too_large_ = false;
  bool is_over_ = false;
};

}  // namespace channels::email
