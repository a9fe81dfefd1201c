// A Response as bytes: the status line, the headers the server adds, the choice of gzip. Pure. For
// this room only.
#pragma once
#include <string>
#include <string_view>

#include "http/message.h"

namespace http {

// "Not Found"; "Unknown" for a code nobody registered.
std::string_view reason(int status);

// What the head says besides the response itself.
struct HeadFacts {
  std::string_view request_id{};
  std::string_view date_line{};  // "Date: ...\r\n", or empty
  bool is_tls_only = false;      // ServerOptions
  std::string_view allow{};      // methods, or empty
  std::size_t body_size = 0;     // also for HEAD, whose body is not sent
  bool is_gzipped = false;
  bool varies = false;  // the body would differ for another Accept-Encoding
  bool closes = false;
  bool says_keep_alive = false;  // an HTTP/1.0 client wants to hear it
};

// Appends status line and headers, with the empty line. A header of ours that a handler set too is
// dropped (so is a Set-Cookie by hand: cookie.h), and line breaks in its values become spaces:
// nothing a person typed splits a response.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

// Statuses whose answers have no body whatever the handler says (RFC 9110 6.4.1).
bool is_bodiless(int status);
// The handler asked for the connection to end.
bool wants_close(const Response& response);

// RFC 9110 12.5.3: "gzip" or "*" with a weight above zero.
bool accepts_gzip(std::string_view accept_encoding);
// Text-like, not encoded already, and not told "no-transform" (how a page that mixes a secret with
// typed text opts out, because compression would measure the secret: BREACH).
bool is_compressible(const Response& response);

// [A-Za-z0-9._-]{1,64}: safe to echo and to log.
bool is_harmless_id(std::string_view id);

}  // namespace http
