// Mail addresses: what may stand before and behind the @, and how a domain travels.
//
// Accepted are dot-atoms, in ASCII or UTF-8 (RFC 6531), before the @, and a name of at least two
// labels behind it, in any script; quoted local parts and address literals ("a b"@x, a@[10.0.0.1])
// are refused, because nobody's mailbox needs them and much software reads them wrongly. Nothing
// that is accepted can end a header line or a command. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace channels::email {

struct Address {
  std::string local;   // UTF-8, as given: only its own server knows whether case matters
  std::string domain;  // lower case, ASCII: an international name in its xn-- form (UTS 46)

  std::string text() const { return local + "@" + domain; }
  // It can travel only where SMTPUTF8 is offered.
  bool needs_utf8() const;

  friend bool operator==(const Address&, const Address&) = default;
};

std::optional<Address> parse_address(std::string_view text);
// The ASCII form of a domain's name; nothing when it is none.
std::optional<std::string> ascii_domain(std::string_view name);

}  // namespace channels::email
