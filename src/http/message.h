// Requests and responses as the rest of the house sees them: no Beast, no sockets.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/cookie.h"

namespace http {

// What arrived. Owns its bytes; views into it live as long as it does and survive a move.
class Request {
 public:
  // In capitals, as sent: "GET", "POST", "PUT", "DELETE", ...
  std::string_view method() const;
  // The raw request target, undecoded, with its query: "/v4//awb?x=1".
  std::string_view target() const;
  // The path with repeated slashes collapsed and no slash at its end (except "/"), still
  // percent-encoded.
  std::string_view path() const;
  // What follows the first '?', undecoded; empty when there is none.
  std::string_view query() const;
  // First header of this name (any case), empty when absent.
  std::string_view header(std::string_view name) const;
  std::string_view body() const;
  // A short random id for the log and the X-Request-Id header; the client's own, if it sent a
  // harmless one.
  std::string_view id() const;
  // Address of the peer without port, for limits only. Personal data: not for logs.
  std::string_view peer() const;
  // The value of {name} in the route's pattern, percent-decoded; empty when the pattern has none.
  std::string_view parameter(std::string_view name) const;

  struct Parts;
  explicit Request(std::unique_ptr<Parts> parts);
  Request(Request&&) noexcept;
  Request& operator=(Request&&) noexcept;
  ~Request();
  Parts& parts() { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

// For tests of handlers, without a socket. A header is {name, value}.
Request make_request(std::string_view method, std::string_view target, std::string body = {},
                     std::vector<std::pair<std::string, std::string>> headers = {});

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // a constant
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond what the server adds itself
  SetCookies cookies = {};  // of the register; one written among the headers is dropped
};

Response json(int status, std::string body);
Response text(int status, std::string body);
Response html(int status, std::string body);

// ---- Queries and forms
// -------------------------------------------------------------------------------------------

enum class Plus { IsSpace, IsPlus };

// Percent-decoded. Broken escapes stay as they are. NUL bytes are kept: the caller judges.
std::string percent_decode(std::string_view text, Plus plus);

// The pairs of a query string in order, decoded; a name without '=' has an empty value. At most 200
// pairs are read.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query, Plus plus);

}  // namespace http
