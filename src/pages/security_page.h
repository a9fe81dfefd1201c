// What guards the data here, each with the result of a check that has just run; a check that fails
// is shown as failing, to everybody (policy clause 99).
//
//   GET /privacy/security        the page
//   GET /privacy/security.json   the same for programs
//   GET /.well-known/security.txt  whom to tell of a weakness (RFC 9116)
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/router.h"

namespace pages {

struct Safeguard {
  enum class State : std::uint8_t {
    Holds,
    Fails,
    Unknown
  };  // Unknown: it cannot be seen from here
  // One of: tls, headers, keys, sealing, backup, patches, retention, log. Its sentences are
  // security.backup, security.backup.means, security.backup.holds ...
  std::string_view key;
  State state = State::Unknown;
  std::int64_t figure = 0;  // what was measured, {n} in the sentence: hours, days, how many
};
std::string_view name(Safeguard::State state);  // "holds", "fails", "unknown"

struct SafeguardReport {
  std::vector<Safeguard> checks;
  base::Instant at{};  // of the checks
};

struct SecurityContext {
  std::function<SafeguardReport()> report;  // the newest; does not block, safe from any thread
  const base::Clock& clock;
  std::string contact;     // an e-mail address or an https address; empty: no security.txt
  std::string public_url;  // of the security.txt itself; may be empty
};

// `context` must outlive the router.
void add_security_routes(http::Router& router, SecurityContext& context);

// The headers that every page of ours must carry and `response` lacks.
std::vector<std::string_view> missing_headers(const http::Response& response);
// How many are asked for.
std::size_t needed_headers();

}  // namespace pages
