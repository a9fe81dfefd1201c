// A session with an IMAP server to read a mailbox (RFC 9051, 3501): libcurl makes the connection,
// the encryption and the sign-in (password, or with is_token XOAUTH2 / OAUTHBEARER); the commands
// after it and the answers' literals are spoken here, because a line of a message that looks like
// an answer must not be taken for one.
//
// Here because libcurl is this room's secret; which mailbox, which messages and what they mean is
// not known here. Whoever linked a mailbox named the server, so its address is judged like that of
// any call to where somebody else says (client.h). TLS is always verified; a secret never travels
// in the clear but to this machine itself.
//
// Blocks its thread. One thread at a time.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace http {

class OwnAddresses;

struct ImapServer {
  enum class Tls : std::uint8_t {
    Implicit,  // from the first byte: port 993 (RFC 8314)
    Required,  // STARTTLS, or nothing is read
    None,      // refused but on this machine
  };
  std::string host;
  std::uint16_t port = 993;
  Tls tls = Tls::Implicit;
  std::string user;
  std::string secret;
  bool is_token = false;
  std::string ca_file;          // PEM; empty: the system's
  bool may_be_private = false;  // private and loopback addresses are allowed
  std::shared_ptr<const OwnAddresses> own;
};

enum class ImapError : std::uint8_t {
  BadCall,  // a host, a name or a command that cannot travel
  Resolve,
  Refused,  // the address may not be called
  Connect,
  Tls,
  Denied,  // the server does not let us in with this
  No,      // it refused a command
  Timeout,
  TooLarge,
  Broken,  // it broke off, or does not speak IMAP
  Stopped,
};
// A word for logs and rows. What the server said is told to nobody: it may quote the mailbox.
std::string_view name(ImapError error);

// An untagged answer: its line, with each literal's place marked as the server wrote it ("{12}"),
// and the literals in order. What the server sent is wiped when it goes.
struct ImapAnswer {
  std::string line;
  std::vector<std::string> literals;

  ImapAnswer() = default;
  ImapAnswer(ImapAnswer&&) = default;
  ImapAnswer& operator=(ImapAnswer&&) = default;
  ~ImapAnswer();
};

class ImapSession {
 public:
  // `stop`: when it becomes true, what is under way ends within a second or two.
  static base::Result<std::unique_ptr<ImapSession>, ImapError> open(
      const ImapServer& server, std::chrono::milliseconds deadline,
      const std::atomic<bool>* stop = nullptr);
  virtual ~ImapSession() = default;  // says LOGOUT

  // One command without its tag and line end ("UID FETCH 4:9 (UID)"): its untagged answers.
  // Beyond `most_bytes` of them the session is over (TooLarge), as it is after any error but No.
  virtual base::Result<std::vector<ImapAnswer>, ImapError> ask(std::string_view command,
                                                               std::size_t most_bytes) = 0;
};

}  // namespace http
