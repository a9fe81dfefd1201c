#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <latch>
#include <optional>
#include <thread>

#include "base/metrics.h"
#include "http/own_addresses.h"
#include "http/raw_client.h"
#include "http/raw_peer.h"

namespace http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEmpty[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

Call get_of(std::string url) {
  Call call;
  call.url = std::move(url);
  call.may_be_private = true;
  return call;
}

std::string gzipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() {
    options.access_log = false;
    options.threads = 1;
    options.body_limit = 4 << 20;
    router.add("GET", "/ping",
               [](Request) -> base::Task<Response> { co_return text(200, "pong"); });
    const Handler echo = [](Request request) -> base::Task<Response> {
      auto response =
          text(201, std::string(request.method()) + " " + std::string(request.target()) + "\n" +
                        std::string(request.body()));
      for (const char* h : {"X-Key", "Content-Type", "Expect", "User-Agent", "Accept-Encoding"})
        response.headers.emplace_back("Saw-" + std::string(h), request.header(h));
      co_return response;
    };
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"})
      router.add(method, "/echo/{it}", echo);
    router.add("GET", "/large", [](Request) -> base::Task<Response> {
      co_return text(200, std::string(3'000'000, 'x'));
    });
  }
  ~ClientTest() override {
    client.reset();
    if (server) server->stop(milliseconds(2000));
  }
  void start() {
    server.emplace(options, std::move(router));
    server->start();
  }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + std::string(path);
  }
  base::Result<Reply, CallError> ask(Call call) {
    if (!client) client.emplace(client_options);
    return base::sync_wait(client->call(std::move(call)));
  }
  CallError error_of(Call call) {
    auto outcome = ask(std::move(call));
    EXPECT_FALSE(outcome) << "answered";
    return outcome ? CallError::Stopped : outcome.error();
  }

  ServerOptions options;
  Router router;
  std::optional<Server> server;
  Client::Options client_options;
  std::optional<Client> client;
};

TEST_F(ClientTest, GetsAnAnswer) {
  start();
  const auto outcome = ask(get_of(url("/ping")));
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->status, 200);
  EXPECT_EQ(outcome->body, "pong");
  EXPECT_THAT(std::string(outcome->header("content-type")), HasSubstr("text/plain"));
  EXPECT_EQ(outcome->header("nothing"), "");
  EXPECT_GT(outcome->took.count(), 0);
}

TEST_F(ClientTest, SendsMethodHeadersAndBodyAsGiven) {
  start();
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
    Call call = get_of(url("/echo/a%20b?q=%2F"));
    call.method = method;
    call.headers = {{"X-Key", "k 1"}, {"Content-Type", "application/xml"}};
    call.body = "<a/>";
    const auto outcome = ask(call);
    ASSERT_TRUE(outcome) << method;
    EXPECT_EQ(outcome->status, 201);
    EXPECT_EQ(outcome->body, std::string(method) + " /echo/a%20b?q=%2F\n<a/>");
    EXPECT_EQ(outcome->header("saw-x-key"), "k 1");
    EXPECT_EQ(outcome->header("saw-content-type"), "application/xml");
    EXPECT_EQ(outcome->header("saw-expect"), "");
    EXPECT_EQ(outcome->header("saw-user-agent"), "Milepost");
    EXPECT_EQ(outcome->header("saw-accept-encoding"), "gzip, deflate");
  }
  Call bare = get_of(url("/echo/x"));
  bare.method = "POST";
  const auto outcome = ask(bare);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->body, "POST /echo/x\n");
  EXPECT_EQ(outcome->header("saw-content-type"), "") << "nobody said it is a form";
}

TEST_F(ClientTest, KeepsConnectionsAndUsesThemAgain) {
  RawPeer peer([](RawPeer::Connection& c) {
    while (!c.read_head().empty()) c.send(kEmpty);
  });
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(ask(get_of(peer.url())));
  EXPECT_EQ(peer.connections(), 1);
  client.reset();
}

TEST_F(ClientTest, TriesAgainWhenAKeptConnectionHasDied) {
  RawPeer peer([](RawPeer::Connection& c) {
    c.read_head();
    c.send(kEmpty);
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(get_of(peer.url()))) << i;
  EXPECT_EQ(peer.connections(), 3);
}

TEST_F(ClientTest, RefusesCallsThatCannotTravel) {
  start();
  for (const char* bad :
       {"", "ping", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://a/", "http://",
        "http://a b/", "http://user:secret@127.0.0.1/", "http://127.0.0.1:99999/",
        "http://127.0.0.1/\r\nX: y", "//127.0.0.1/", "http:\\\\127.0.0.1\\"})
    EXPECT_EQ(error_of(get_of(bad)), CallError::BadCall) << bad;
  for (const auto& header : Headers{{"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X: y", "z"}, {"", "z"}}) {
    Call call = get_of(url("/ping"));
    call.headers = {header};
    EXPECT_EQ(error_of(call), CallError::BadCall);
  }
  Call call = get_of(url("/ping"));
  call.method = "GET / HTTP/1.1\r\nX: y";
  EXPECT_EQ(error_of(call), CallError::BadCall);
}

TEST_F(ClientTest, RefusesPrivateAddressesHoweverWritten) {
  start();
  const auto port = ":" + std::to_string(server->port());
  for (const char* host :
       {"127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0", "0177.0.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "10.0.0.1", "192.168.1.1", "169.254.169.254",
        "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "224.0.0.1", "255.255.255.255"}) {
    Call call = get_of("http://" + std::string(host) + port + "/ping");
    call.may_be_private = false;
    call.deadline = milliseconds(3000);
    EXPECT_EQ(error_of(call), CallError::Refused) << host;
  }
}

TEST_F(ClientTest, RefusesItsOwnMachineAtItsPublicAddressesToo) {
  // An address that the operator named: no interface has it, and nothing is sent there.
  client_options.own = std::make_shared<OwnAddresses>(
      std::vector<std::string>{"198.51.44.7", "2a00:1450::7"}, std::uint16_t{0});
  start();
  for (const char* host : {"198.51.44.7", "[2a00:1450::7]", "[::ffff:198.51.44.7]"}) {
    Call call = get_of("http://" + std::string(host) + ":9/ping");
    call.may_be_private = false;
    call.deadline = milliseconds(3000);
    EXPECT_EQ(error_of(call), CallError::Refused) << host;
  }
}

TEST_F(ClientTest, NeverCallsItsOwnServerEvenWhereThisMachineIsAllowed) {
  start();
  ASSERT_TRUE(ask(get_of(url("/ping"))));
  client_options.own = std::make_shared<OwnAddresses>(std::vector<std::string>(), server->port());
  client.emplace(client_options);
  EXPECT_EQ(error_of(get_of(url("/ping"))), CallError::Refused);
  RawPeer other([](RawPeer::Connection& c) {
    c.read_head();
    c.send(kEmpty);
  });
  EXPECT_TRUE(ask(get_of("http://127.0.0.1:" + std::to_string(other.port()) + "/")));
}

TEST(OwnAddresses, KnowThisMachineHoweverWritten) {
  const OwnAddresses own({"203.0.113.9", "no address"});
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "[::1]", "0.0.0.0",
                              "::", "203.0.113.9", "::ffff:203.0.113.9", "::ffff:127.0.0.1"})
    EXPECT_TRUE(own.contains(std::string_view(address))) << address;
  for (const char* address : {"203.0.113.10", "2001:db8::1", "shop.example", ""})
    EXPECT_FALSE(own.contains(std::string_view(address))) << address;
}

TEST_F(ClientTest, DoesNotLendAConnectionToACallWithFewerRights) {
  start();
  ASSERT_TRUE(ask(get_of(url("/ping"))));
  Call call = get_of(url("/ping"));
  call.may_be_private = false;
  EXPECT_EQ(error_of(call), CallError::Refused);
  EXPECT_TRUE(ask(get_of(url("/ping"))));
}

TEST_F(ClientTest, SaysWhyThereIsNoAnswer) {
  std::uint16_t closed = 0;
  {
    RawPeer gone([](RawPeer::Connection&) {});
    closed = gone.port();
  }
  EXPECT_EQ(error_of(get_of("http://127.0.0.1:" + std::to_string(closed) + "/")),
            CallError::Connect);
  EXPECT_EQ(error_of(get_of("http://does-not-exist.invalid/")), CallError::Resolve);
  RawPeer rude([](RawPeer::Connection& c) { c.read_head(); });
  EXPECT_EQ(error_of(get_of(rude.url())), CallError::Broken);
  RawPeer other([](RawPeer::Connection& c) {
    c.read_head();
    c.send("220 mail.example ESMTP\r\n");
  });
  EXPECT_EQ(error_of(get_of(other.url())), CallError::Broken);
  RawPeer broken_off([](RawPeer::Connection& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  EXPECT_EQ(error_of(get_of(broken_off.url())), CallError::Broken);
  RawPeer not_gzip([](RawPeer::Connection& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nplain");
  });
  EXPECT_EQ(error_of(get_of(not_gzip.url())), CallError::Broken);
}

TEST_F(ClientTest, HoldsTheDeadlineAgainstSilenceAndDrip) {
  RawPeer silent([](RawPeer::Connection& c) { c.linger(); });
  Call call = get_of(silent.url());
  call.deadline = milliseconds(60);
  EXPECT_EQ(error_of(call), CallError::Timeout);
  RawPeer dripping([](RawPeer::Connection& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (c.send("x")) std::this_thread::yield();
  });
  call.url = dripping.url();
  EXPECT_EQ(error_of(call), CallError::Timeout);
}

TEST_F(ClientTest, LimitsTheAnswerAsItIsAfterDecompression) {
  start();
  Call call = get_of(url("/large"));
  const auto whole = ask(call);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body.size(), 3'000'000U);
  call.most_bytes = 3'000'000;
  EXPECT_TRUE(ask(call));
  call.most_bytes = 2'999'999;
  EXPECT_EQ(error_of(call), CallError::TooLarge);

  const auto bomb = gzipped(std::string(50 << 20, '0'));
  ASSERT_LT(bomb.size(), 60'000U);
  RawPeer peer([&](RawPeer::Connection& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
           std::to_string(bomb.size()) + "\r\n\r\n" + bomb);
  });
  EXPECT_EQ(error_of(get_of(peer.url())), CallError::TooLarge);
  RawPeer endless([](RawPeer::Connection& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\n");
    while (c.send("X-Again: and again and again\r\n")) {
    }
  });
  EXPECT_EQ(error_of(get_of(endless.url())), CallError::TooLarge);
}

TEST_F(ClientTest, SkipsInterimRepliesAndKeepsRepeatedHeaders) {
  RawPeer peer([](RawPeer::Connection& c) {
    c.read_head();
    c.send(
        "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
        "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nSet-Cookie: a\r\nSET-COOKIE: b\r\n"
        "Content-Length: 2\r\n\r\nno");
  });
  const auto outcome = ask(get_of(peer.url()));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 429);
  EXPECT_EQ(outcome->body, "no");
  EXPECT_EQ(outcome->header("retry-after"), "7");
  EXPECT_EQ(outcome->header("link"), "");
  EXPECT_EQ(std::ranges::count(outcome->headers, "set-cookie", &Headers::value_type::first), 2);
}

// ---- many at once

TEST_F(ClientTest, KeepsToItsPlacesForEachHostAndRefusesWhatCannotWait) {
  std::latch release(1);
  std::atomic<int> inside{0};
  RawPeer slow([&](RawPeer::Connection& c) {
    ++inside;
    c.read_head();
    release.wait();
    c.send(kEmpty);
  });
  client_options.per_host = 1;
  client_options.waiting = 2;
  client.emplace(client_options);
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  const auto ask_in_background = [&] {
    callers.emplace_back([&] {
      auto outcome = ask(get_of(slow.url()));
      // A probe below stood in the last place.
      while (!outcome && outcome.error() == CallError::Overload) outcome = ask(get_of(slow.url()));
      answered += outcome ? 1 : 0;
    });
  };
  ask_in_background();
  ASSERT_TRUE(eventually([&] { return inside == 1; }));
  ask_in_background();
  // Its turn does not come before its deadline.
  Call hasty = get_of(slow.url());
  hasty.deadline = milliseconds(30);
  EXPECT_EQ(error_of(hasty), CallError::Timeout);
  ask_in_background();
  EXPECT_TRUE(eventually([&] {
    Call call = get_of(slow.url());
    call.deadline = milliseconds(1);
    return error_of(call) == CallError::Overload;
  }));
  release.count_down();
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(answered, 3);
}

TEST_F(ClientTest, DoesNotLetASlowHostDelayAnother) {
  std::latch release(1);
  RawPeer slow([&](RawPeer::Connection& c) {
    c.read_head();
    release.wait();
    c.send(kEmpty);
  });
  start();
  client_options.per_host = 1;
  client_options.calls = 2;
  client.emplace(client_options);
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) callers.emplace_back([&] { EXPECT_TRUE(ask(get_of(slow.url()))); });
  ASSERT_TRUE(eventually([&] { return slow.connections() == 1; }));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(get_of(url("/ping"))));
  release.count_down();
  for (auto& caller : callers) caller.join();
}

TEST_F(ClientTest, ResumesOnTheExecutorOfWhoeverAwaits) {
  start();
  const auto target = url("/ping");
  client.emplace(client_options);
  Router front;
  front.add("GET", "/through", [&](Request) -> base::Task<Response> {
    auto* before = base::Executor::current();
    const auto thread = std::this_thread::get_id();
    const auto outcome = co_await client->call(get_of(target));
    const bool is_same = base::Executor::current() == before && before != nullptr &&
                         std::this_thread::get_id() == thread;
    co_return text(outcome && is_same ? 200 : 500, outcome ? outcome->body : "");
  });
  Server through(options, std::move(front));
  through.start();
  std::vector<std::thread> callers;
  for (int t = 0; t < 8; ++t) {
    callers.emplace_back([&] {
      RawClient caller(through.port());
      for (int i = 0; i < 50; ++i) {
        const auto answer = caller.ask(get("/through"));
        ASSERT_EQ(answer.status, 200);
        ASSERT_EQ(answer.body, "pong");
      }
    });
  }
  for (auto& caller : callers) caller.join();
  through.stop(milliseconds(2000));
}

TEST_F(ClientTest, EndsWhatIsUnderWayAndWaitingWhenItStops) {
  RawPeer silent([](RawPeer::Connection& c) { c.linger(); });
  client_options.per_host = 2;
  client.emplace(client_options);
  std::vector<std::thread> callers;
  std::atomic<int> stopped{0};
  for (int i = 0; i < 5; ++i) {
    callers.emplace_back(
        [&] { stopped += error_of(get_of(silent.url())) == CallError::Stopped ? 1 : 0; });
  }
  ASSERT_TRUE(eventually([&] { return silent.connections() >= 1; }));
  client->stop();
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(stopped, 5);
  EXPECT_EQ(error_of(get_of(silent.url())), CallError::Stopped);
  client->stop();
  client.reset();
}

TEST_F(ClientTest, CountsOutcomes) {
  start();
  base::Metrics metrics;
  client_options.metrics = &metrics;
  ask(get_of(url("/ping"))).has_value();
  ask(get_of(url("/nowhere"))).has_value();
  ask(get_of("nonsense")).has_value();
  const auto text = metrics.text();
  for (const char* line : {"milepost_http_client_calls_total{outcome=\"2xx\"} 1",
                           "milepost_http_client_calls_total{outcome=\"4xx\"} 1",
                           "milepost_http_client_calls_total{outcome=\"bad_call\"} 1",
                           "milepost_http_client_seconds_count 3"})
    EXPECT_THAT(text, HasSubstr(line));
}

}  // namespace
}  // namespace http
