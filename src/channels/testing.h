// For tests of channels: the other side on a port of its own, which checks what a real one would.
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"
#include "http/server.h"

namespace channels::testing {

struct Seen {
  std::string method, target, content_type, authorization, body;
  std::vector<std::pair<std::string, std::string>> headers;  // those that the test asked for
  std::vector<std::pair<std::string, std::string>> form() const {
    return http::parse_query(body, http::Plus::IsSpace);
  }
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

class Peer {
 public:
  using Answer = std::function<http::Response(const Seen&)>;
  explicit Peer(Answer answer, std::vector<std::string> headers = {})
      : answer_(std::move(answer)), headers_(std::move(headers)) {
    http::ServerOptions options;
    options.access_log = false;
    options.threads = 1;
    http::Router router;
    std::string path;
    for (const char* step : {"/{a}", "/{b}", "/{c}", "/{d}", "/{e}", "/{f}"}) {
      path += step;
      for (const char* method : {"GET", "POST", "PUT", "PATCH"})
        router.add(method, path, [this](http::Request request) -> base::Task<http::Response> {
          co_return take(request);
        });
    }
    router.add("POST", "/", [this](http::Request request) -> base::Task<http::Response> {
      co_return take(request);
    });
    server_.emplace(options, std::move(router));
    server_->start();
  }
  ~Peer() { server_->stop(std::chrono::milliseconds(2000)); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  Seen last() const {
    const std::lock_guard lock(mutex_);
    return seen_.empty() ? Seen{} : seen_.back();
  }

 private:
  http::Response take(const http::Request& request) {
    Seen seen{std::string(request.method()),
              std::string(request.target()),
              std::string(request.header("Content-Type")),
              std::string(request.header("Authorization")),
              std::string(request.body()),
              {}};
    for (const auto& name : headers_) seen.headers.emplace_back(name, request.header(name));
    const std::lock_guard lock(mutex_);
    seen_.push_back(seen);
    return answer_(seen);
  }

  Answer answer_;
  std::vector<std::string> headers_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::optional<http::Server> server_;
};

}  // namespace channels::testing
