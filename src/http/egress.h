// Who may be called at all. Client asks its gate before each call and each redirect, with the host
// as the URL names it; what the gate refuses never opens a socket (CallError::Refused).
//
// The answer is a table's (policy/processors.h): personal data goes to nobody who is not in the
// register with a country and a safeguard. Whether an address is private is another question, and
// Client's own.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace http {

// Safe from any thread; outlives the clients that ask it.
class EgressGate {
 public:
  virtual ~EgressGate() = default;
  // Nothing: it may be called. Else one sentence for the operator: what is missing, what to write.
  virtual std::optional<std::string> refusal(std::string_view host) const = 0;
};

}  // namespace http
