// Calls to other machines: carriers, webhooks' receivers, identity providers. libcurl's multi
// interface on one thread; connections are kept and reused; TLS is always verified.
//
// Every call has a deadline and a size limit. Addresses are judged after resolution and pinned:
// private, loopback, link-local, metadata and unspecified addresses are refused unless the call
// allows them, and redirects (never followed unless asked for, and then at most three) are judged
// again.
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

namespace base {
class Metrics;
}

namespace http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Call {
  std::string method = "GET";
  std::string url;  // http:// or https://
  Headers headers;
  std::string body;
  std::chrono::milliseconds deadline{20'000};  // for the whole of it
  std::size_t most_bytes = 4 << 20;            // of the decompressed answer
  bool may_be_private = false;                 // private and loopback addresses are allowed
  int redirects = 0;
  std::string proxy;  // "http://host:port"; empty: the client's own
};

struct Reply {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;
  std::chrono::microseconds took{};
  // First header of this name (lower case), empty when absent.
  std::string_view header(std::string_view name) const;
};

enum class CallError {
  BadUrl,
  Resolve,
  Refused,  // the address may not be called
  Connect,
  Tls,
  Timeout,
  TooLarge,
  Broken,    // the other side broke off, or does not speak HTTP
  Overload,  // too many calls wait already
  Stopped,
};
std::string_view describe(CallError error);

class Client {
 public:
  struct Options {
    std::string proxy;    // for every call; empty: none (the environment is not read)
    std::string ca_file;  // PEM; empty: the system's
    std::string user_agent = "Milepost";
    int connections = 512;  // open at the same time
    int per_host = 32;
    int waiting = 10'000;
    base::Metrics* metrics = nullptr;
  };
  explicit Client(const Options& options);
  ~Client();

  // Resumes on the executor (or thread) it was awaited on.
  base::Task<base::Result<Reply, CallError>> call(Call call);
  // Ends what is under way with CallError::Stopped.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
