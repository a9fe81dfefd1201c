// A mailbox behind IMAP (RFC 9051), by password or by a provider's token (XOAUTH2). Only INBOX is
// read, with EXAMINE and BODY.PEEK: no flag is touched, the messages stay as unread as they were.
//
// The position is "UIDVALIDITY/UID": what was numbered anew is read anew, and what is known already
// is recognised by its number (the shipment exists).
#pragma once
#include <memory>
#include <string>

#include "http/imap_session.h"
#include "mailbox/connector.h"
#include "mailbox/oauth.h"

namespace mailbox {

struct ImapOptions {
  std::string ca_file;
  bool may_be_private = false;  // servers on the operator's own network
  bool may_be_plain = false;    // without TLS on this machine: for tests
  std::shared_ptr<const http::OwnAddresses> own;
  std::chrono::milliseconds deadline{30'000};
  int most_heads = 500;  // in one pass
};

// "imap.example.org", "imap.example.org:143"; 993 is TLS from the first byte, every other port
// STARTTLS. Nothing for what is no host and port.
std::optional<http::ImapServer> parse_server(std::string_view text);

// What a server told of a message: pure, for the tests.
struct Fetched {
  std::uint32_t uid = 0;
  std::size_t bytes = 0;
  std::string text;  // the head, or the whole
};
std::optional<Fetched> read_fetch(const http::ImapAnswer& answer);

std::unique_ptr<Connector> imap_with_password(ImapOptions options);
// `oauth` must outlive it; `provider.reads` is the server.
std::unique_ptr<Connector> imap_with_token(ImapOptions options, Provider provider,
                                           const OAuth& oauth);

}  // namespace mailbox
