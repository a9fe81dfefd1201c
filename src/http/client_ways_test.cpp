// The ways a call can be led: redirects, proxies, TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <optional>

#include "http/certificate_for_test.h"
#include "http/client.h"
#include "http/raw_peer.h"
#include "http/server.h"

namespace http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ClientWays : public ::testing::Test {
 protected:
  ClientWays() {
    folder = std::filesystem::temp_directory_path() /
             ("milepost-client-" + std::to_string(::getpid()) + "-" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
  }
  ~ClientWays() override {
    client.reset();
    std::filesystem::remove_all(folder);
  }
  base::Result<Reply, CallError> ask(Call call) {
    if (!client) client.emplace(client_options);
    return base::sync_wait(client->call(std::move(call)));
  }
  static Call get_of(std::string url) {
    Call call;
    call.url = std::move(url);
    call.may_be_private = true;
    return call;
  }

  std::filesystem::path folder;
  Client::Options client_options;
  std::optional<Client> client;
};

// Answers each request with what the function says, and remembers the heads.
class Scripted {
 public:
  explicit Scripted(std::function<std::string(const std::string& head)> answer)
      : answer_(std::move(answer)), peer_([this](RawPeer::Connection& c) {
          for (auto head = c.read_head(); !head.empty(); head = c.read_head()) {
            {
              const std::lock_guard lock(mutex_);
              heads_.push_back(head);
            }
            if (!c.send(answer_(head))) return;
          }
        }) {}
  std::string url(std::string_view path = "/") const { return peer_.url(path); }
  std::vector<std::string> heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  std::function<std::string(const std::string&)> answer_;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  RawPeer peer_;
};

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}
std::string to(int status, std::string_view location) {
  return "HTTP/1.1 " + std::to_string(status) + " Elsewhere\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 0\r\n\r\n";
}

TEST_F(ClientWays, RedirectsAreNotFollowedUnlessAskedFor) {
  Scripted peer([](const std::string&) { return to(302, "/elsewhere"); });
  const auto outcome = ask(get_of(peer.url()));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 302);
  EXPECT_EQ(outcome->header("location"), "/elsewhere");
  client.reset();
}

TEST_F(ClientWays, AtMostThreeRedirectsAreFollowed) {
  Scripted peer([](const std::string& head) {
    if (head.starts_with("GET /end")) return ok("there");
    if (head.starts_with("GET /3")) return to(307, "end?x=1");
    if (head.starts_with("GET /2")) return to(303, "../3");
    if (head.starts_with("GET /1")) return to(301, "/a/2");
    if (head.starts_with("GET /a/2")) return to(308, "/3");
    return to(302, head.starts_with("GET /0") ? "/1" : "/0");
  });
  Call call = get_of(peer.url("/1"));
  call.redirects = 3;
  auto outcome = ask(call);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->body, "there");
  EXPECT_THAT(peer.heads().back(), HasSubstr("GET /end?x=1 "));
  call.url = peer.url("/0");
  call.redirects = 100;
  outcome = ask(call);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 307) << "the fourth";
  client.reset();
}

TEST_F(ClientWays, ARedirectIsJudgedLikeACallOfItsOwn) {
  Scripted inner([](const std::string&) { return ok("secret"); });
  for (const auto& location :
       {std::string("file:///etc/passwd"), std::string("ftp://127.0.0.1/"),
        std::string("http://user:word@127.0.0.1/"), std::string("http://a b/")}) {
    Scripted outer([&](const std::string&) { return to(302, location); });
    Call call = get_of(outer.url());
    call.redirects = 3;
    const auto outcome = ask(call);
    ASSERT_FALSE(outcome) << location;
    EXPECT_EQ(outcome.error(), CallError::Refused) << location;
    client.reset();
  }
}

TEST_F(ClientWays, KeysStayWithTheOriginTheyWereMeantFor) {
  Scripted other([](const std::string&) { return ok("other"); });
  Scripted first([&](const std::string& head) {
    return head.find("/here") != std::string::npos ? to(307, other.url("/there"))
                                                   : to(307, "/here");
  });
  Call call = get_of(first.url());
  call.method = "POST";
  call.headers = {{"DHL-API-Key", "k"}, {"Authorization", "Bearer t"}, {"Accept", "text/plain"}};
  call.redirects = 2;
  const auto outcome = ask(call);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->body, "other");
  EXPECT_THAT(first.heads().at(1), HasSubstr("Authorization: Bearer t"));
  EXPECT_THAT(other.heads().at(0), HasSubstr("POST /there"));
  EXPECT_THAT(other.heads().at(0), HasSubstr("Accept: text/plain"));
  EXPECT_THAT(other.heads().at(0), Not(HasSubstr("Authorization")));
  EXPECT_THAT(other.heads().at(0), Not(HasSubstr("API-Key")));
  client.reset();
}

TEST_F(ClientWays, APostBecomesAGetWhereTheStandardSaysSo) {
  for (const auto& [status, method] : std::vector<std::pair<int, std::string>>{
           {301, "GET"}, {302, "GET"}, {303, "GET"}, {307, "POST"}, {308, "POST"}}) {
    Scripted peer([&](const std::string& head) {
      return head.find("/next") != std::string::npos ? ok("") : to(status, "/next");
    });
    Call call = get_of(peer.url());
    call.method = "POST";
    call.redirects = 1;
    ASSERT_TRUE(ask(call));
    EXPECT_THAT(peer.heads().at(1), HasSubstr(method + " /next")) << status;
    client.reset();
  }
}

TEST_F(ClientWays, AProxyIsAskedInsteadOfTheTarget) {
  Scripted proxy([](const std::string&) { return ok("from the proxy"); });
  Call call = get_of("http://shop.example/path");
  call.proxy = proxy.url();
  call.may_be_private = false;  // the proxy itself may be
  auto outcome = ask(call);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->body, "from the proxy");
  EXPECT_THAT(proxy.heads().at(0), HasSubstr("GET http://shop.example/path HTTP/1.1"));
  for (const char* target :
       {"http://127.0.0.1/", "http://0x7f.1/", "http://[::1]/", "http://localhost/",
        "http://169.254.169.254/latest", "http://metadata.google.internal/"}) {
    call.url = target;
    outcome = ask(call);
    ASSERT_FALSE(outcome) << target;
    EXPECT_EQ(outcome.error(), CallError::Refused) << target;
  }
  EXPECT_EQ(proxy.heads().size(), 1U);
  client.reset();
}

TEST_F(ClientWays, AProxyDoesNotHearWhatIsMeantForTheTarget) {
  Scripted proxy([](const std::string&) {
    return std::string("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
  });
  client_options.proxy = proxy.url();
  Call call = get_of("https://shop.example/");
  call.headers = {{"Authorization", "Bearer t"}};
  const auto outcome = ask(call);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(proxy.heads().at(0), HasSubstr("CONNECT shop.example:443"));
  EXPECT_THAT(proxy.heads().at(0), Not(HasSubstr("Bearer")));
  client.reset();
}

TEST_F(ClientWays, OnlyCertificatesThatProveTheNameAreTrusted) {
  ServerOptions options;
  options.certificate = folder / "certificate.pem";
  options.key = folder / "key.pem";
  options.access_log = false;
  options.threads = 1;
  write_pair(options.certificate, options.key, "localhost");
  Router router;
  router.add("GET", "/ping", [](Request) -> base::Task<Response> { co_return text(200, "pong"); });
  router.add("GET", "/down", [](Request) -> base::Task<Response> {
    auto response = text(302, "");
    response.headers.emplace_back("Location", "http://localhost/ping");
    co_return response;
  });
  Server server(options, std::move(router));
  server.start();
  const auto port = std::to_string(server.port());

  auto outcome = ask(get_of("https://localhost:" + port + "/ping"));
  ASSERT_FALSE(outcome) << "nobody we trust signed it";
  EXPECT_EQ(outcome.error(), CallError::Tls);

  client_options.ca_file = options.certificate;
  client.emplace(client_options);
  outcome = ask(get_of("https://localhost:" + port + "/ping"));
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->body, "pong");
  outcome = ask(get_of("https://127.0.0.1:" + port + "/ping"));
  ASSERT_FALSE(outcome) << "it is another name's";
  EXPECT_EQ(outcome.error(), CallError::Tls);

  Call call = get_of("https://localhost:" + port + "/down");
  call.redirects = 1;
  outcome = ask(call);
  ASSERT_FALSE(outcome) << "from https to http";
  EXPECT_EQ(outcome.error(), CallError::Refused);
  client.reset();
  server.stop(std::chrono::milliseconds(1000));
}

TEST_F(ClientWays, ACertificateFileThatIsNotThereIsToldAtOnce) {
  client_options.ca_file = folder / "nothing.pem";
  EXPECT_THROW(Client{client_options}, std::system_error);
}

}  // namespace
}  // namespace http
