// Sessions with a mail server to hand messages over (RFC 5321, 6409): libcurl's SMTP, one message
// and one recipient at a time, the connection kept for the next.
//
// Here because libcurl is this room's secret; what is sent and what an answer means for the
// recipient is not known here. The server is the operator's word, so its address is not judged; TLS
// is always verified unless the relay says otherwise, and a password never travels in the clear but
// to this machine itself.
//
// One thread at a time for each session; send() blocks it.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace http {

struct MailServer {
  enum class Tls : std::uint8_t {
    Implicit,       // from the first byte: port 465
    Required,       // STARTTLS, or nothing is sent
    Opportunistic,  // STARTTLS where it is offered
    None,
  };
  std::string host;
  std::uint16_t port = 587;
  Tls tls = Tls::Required;
  std::string user;    // empty: no AUTH
  std::string secret;  // password, or with is_token an OAuth 2 access token (XOAUTH2, OAUTHBEARER)
  bool is_token = false;
  std::string ca_file;  // PEM; empty: the system's
  std::string hello;    // the name we greet with; empty: libcurl's choice, the machine's

  bool is_loopback() const;
};

struct MailDelivery {
  std::string_view from;  // the return path; empty: <>
  std::string_view to;
  std::string_view bytes;   // lines end with CRLF; full stops are doubled here
  bool needs_utf8 = false;  // fails when the server does not offer SMTPUTF8 (RFC 6531)
  std::chrono::milliseconds deadline{60'000};
  // What both sides say, for whoever tries a relay by hand: '>' ours, '<' theirs. Secrets and the
  // message itself are left out.
  std::function<void(char side, std::string_view line)> listen;
};

struct MailResult {
  // How far it came.
  enum class Stage : std::uint8_t {
    Connect,  // no connection, or no greeting
    Tls,      // none to be had, or its certificate proves nothing
    Hello,    // greeting and EHLO
    Auth,
    Sender,      // MAIL FROM
    Recipient,   // RCPT TO
    Data,        // the message was being sent, and the server cannot have taken it
    Unanswered,  // the message was sent to its end, and nobody knows whether it was taken
    Done,
  } stage = Stage::Connect;
  int code = 0;          // the server's last reply, 0 when it said nothing
  std::string enhanced;  // "5.1.1" (RFC 2034), when it said so
  // Its words, for the operator only: they may quote an address. After Done often its queue id.
  std::string words;
  enum class Trouble : std::uint8_t {
    None,
    Resolve,
    Refused,
    Timeout,
    Closed,
    Stopped,
    NoUtf8,
    Other
  };
  Trouble trouble = Trouble::None;  // when it was not the server's reply that ended it
  bool is_encrypted = false;

  bool is_done() const { return stage == Stage::Done; }
};
std::string_view name(MailResult::Stage stage);
std::string_view name(MailResult::Trouble trouble);

class MailSession {
 public:
  // `stop`: when it becomes true, a send under way ends within a second or two.
  explicit MailSession(MailServer server, const std::atomic<bool>* stop = nullptr);
  ~MailSession();
  MailSession(MailSession&&) noexcept;

  // A connection that the server has closed meanwhile is opened anew, once.
  MailResult send(const MailDelivery& delivery);
  // For a token that was renewed; counts from the next connection on.
  void set_secret(std::string secret);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
