// Calls to other machines: carriers, webhooks' receivers, identity providers. libcurl's multi
// interface on one thread; connections are kept and reused, HTTP/2 where TLS offers it; TLS is
// always verified.
//
// Every call has a deadline and a size limit, and nothing a caller or the other side says leads
// where it may not go: the addresses that a name resolves to are judged at the moment of connecting
// (so that a name cannot resolve to one thing when it is judged and another when it is used), and
// again when a connection is reused. Private, loopback, link-local, metadata and other addresses
// that are not of the public network are refused unless the call allows them (address.h). Redirects
// are not followed unless asked for, at most three, each judged like a call of its own, never from
// https to http; to another origin they take no header along but Accept and Content-Type.
//
// Behind a proxy it is the proxy that resolves names. Then addresses written as such and names that
// mean this machine or network by themselves (localhost, .local, .internal) are still refused here;
// what other names resolve to has to be the proxy's rule. The proxy's own address is the operator's
// word and not judged.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "http/egress.h"

namespace base {
class Metrics;
}

namespace http {

class OwnAddresses;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Call {
  std::string method = "GET";
  std::string url;  // http:// or https://, already encoded, without user and password
  Headers headers;
  std::string body;
  std::chrono::milliseconds deadline{
      20'000};                       // for the whole of it, waiting and redirects included
  std::size_t most_bytes = 4 << 20;  // of the decompressed answer
  bool may_be_private = false;       // private and loopback addresses are allowed
  int redirects = 0;                 // how many may be followed, at most 3
  std::string proxy;                 // "http://host:port"; empty: the client's own; "direct": none
};

struct Reply {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;
  std::chrono::microseconds took{};  // from call() to the last byte
  // First header of this name (lower case), empty when absent.
  std::string_view header(std::string_view name) const;
};

enum class CallError {
  BadCall,  // no http or https URL, or a method or header that cannot travel
  Resolve,
  Refused,  // the address, or the redirect to it, may not be called
  Connect,
  Tls,  // no agreement, or a certificate that does not prove the name
  Timeout,
  TooLarge,
  Broken,    // the other side broke off, or does not speak HTTP
  Overload,  // too many calls wait already
  Stopped,
};
inline constexpr int kCallErrors = 10;
// A word for logs and metrics: "resolve", "timeout" ...
std::string_view name(CallError error);
// A sentence for people.
std::string_view describe(CallError error);

// Safe from any thread.
class Client {
 public:
  struct Options {
    std::string proxy;    // for every call; empty: none (the environment is not read)
    std::string ca_file;  // PEM; empty: the system's
    std::string user_agent = "Milepost";
    int calls = 512;       // under way at the same time
    int per_host = 32;     // of them to one scheme, host and port
    int waiting = 10'000;  // for their turn, beyond those
    // For calls to where somebody else says: this machine's own addresses are refused like private
    // ones, and its own server's port always. Nothing: only what is private by itself.
    std::shared_ptr<const OwnAddresses> own;
    base::Metrics* metrics = nullptr;
    const EgressGate* gate =
        nullptr;  // who may be called (egress.h); none: whoever an address allows
  };
  // Throws std::system_error when the thread or the CA file cannot be had.
  explicit Client(const Options& options);
  ~Client();

  // Resumes on the executor it was awaited on; on a plain thread without one, on the client's own,
  // which must not be kept busy. Never throws for what the other side does.
  base::Task<base::Result<Reply, CallError>> call(Call call);
  // Ends what is under way, and what is asked later, with CallError::Stopped. Not from a
  // continuation on the client's own thread.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
