#include "http/egress.h"

#include <gtest/gtest.h>

#include <vector>

#include "http/client.h"
#include "http/server.h"

namespace http {
namespace {

// Lets only one name pass, and remembers who asked.
struct OnlyOne final : EgressGate {
  explicit OnlyOne(std::string name) : allowed(std::move(name)) {}
  std::optional<std::string> refusal(std::string_view host) const override {
    asked.emplace_back(host);
    if (host == allowed) return std::nullopt;
    return "not in the register";
  }
  std::string allowed;
  mutable std::vector<std::string> asked;
};

struct Egress : ::testing::Test {
  Egress() {
    options.access_log = false;
    options.threads = 1;
    Router router;
    router.add("GET", "/ping", [this](Request) -> base::Task<Response> {
      ++reached;
      co_return text(200, "pong");
    });
    router.add("GET", "/away", [this](Request) -> base::Task<Response> {
      auto response = text(302, "");
      response.headers.emplace_back("Location", url("127.0.0.1", "/ping"));
      co_return response;
    });
    server.emplace(options, std::move(router));
    server->start();
  }
  ~Egress() override { server->stop(std::chrono::milliseconds(2000)); }
  std::string url(std::string_view host, std::string_view path) const {
    return "http://" + std::string(host) + ":" + std::to_string(server->port()) + std::string(path);
  }
  std::optional<CallError> call(const std::string& to, int redirects = 0) {
    Client::Options client_options;
    client_options.gate = &gate;
    Client client(client_options);
    Call one;
    one.url = to;
    one.may_be_private = true;
    one.redirects = redirects;
    const auto outcome = base::sync_wait(client.call(one));
    return outcome ? std::nullopt : std::optional(outcome.error());
  }

  OnlyOne gate{"localhost"};
  ServerOptions options;
  std::optional<Server> server;
  std::atomic<int> reached = 0;
};

// clause-051.hosts
TEST_F(Egress, OpensNoConnectionToAHostThatTheGateRefuses) {
  EXPECT_EQ(call(url("127.0.0.1", "/ping")), CallError::Refused);
  EXPECT_EQ(reached, 0);
  EXPECT_EQ(call(url("LOCALHOST", "/ping")), std::nullopt);
  EXPECT_EQ(reached, 1);
}

TEST_F(Egress, IsAskedAgainForEveryRedirect) {
  EXPECT_EQ(call(url("localhost", "/away"), 3), CallError::Refused);
  EXPECT_EQ(reached, 0);
  EXPECT_EQ(gate.asked, (std::vector<std::string>{"localhost", "127.0.0.1"}));
}

}  // namespace
}  // namespace http
