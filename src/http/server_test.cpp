#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "base/log.h"
#include "http/raw_client.h"

namespace http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

// Somebody else's thread, on which a handler waits: the database writer of these tests.
class Elsewhere {
 public:
  struct Wait {
    Elsewhere& elsewhere;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) {
      const std::lock_guard lock(elsewhere.mutex_);
      elsewhere.waiting_.emplace_back(base::Executor::current(), frame);
      elsewhere.changed_.notify_all();
    }
    void await_resume() const noexcept {}
  };

  Wait wait() { return {*this}; }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  // Hands back everything that waits, from this thread.
  void release() {
    const std::lock_guard lock(mutex_);
    for (const auto& [executor, frame] : waiting_) executor->post({&frame, 1});
    waiting_.clear();
  }
  // As release, but the frames go on right here, as a careless library would do it.
  void resume_here() {
    std::vector<std::coroutine_handle<>> frames;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [executor, frame] : waiting_) frames.push_back(frame);
      waiting_.clear();
    }
    for (const auto frame : frames) frame.resume();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<base::Executor*, std::coroutine_handle<>>> waiting_;
};

base::Task<Response> ping(Request) { co_return json(200, R"({"ok":true})"); }

base::Task<Response> echo(Request request) {
  co_return text(200, std::string(request.method()) + " " + std::string(request.path()) + "?" +
                          std::string(request.query()) + " " + std::string(request.body()));
}

base::Task<Response> broken(Request) {
  throw std::runtime_error("the shelf fell down");
  co_return Response{};
}

std::string lines(std::size_t size) {
  std::string body;
  for (int i = 0; body.size() < size; ++i) body += "line " + std::to_string(i) + "\n";
  return body;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options.threads = 2;
    options.access_log = false;
    router.add("GET", "/ping", ping);
    router.add("POST", "/echo", echo);
    router.add("GET", "/echo/{name}", echo);
    router.add("GET", "/broken", broken);
    router.add("GET", "/v4/broken", broken);
    router.add("GET", "/large",
               [](Request) -> base::Task<Response> { co_return text(200, lines(300'000)); });
    router.add("GET", "/image", [](Request) -> base::Task<Response> {
      co_return Response{200, "image/png", lines(5'000), {}};
    });
    router.add("GET", "/packed", [](Request) -> base::Task<Response> {
      co_return Response{200, "text/plain", lines(5'000), {{"Content-Encoding", "br"}}};
    });
    router.add("GET", "/empty", [](Request) -> base::Task<Response> {
      co_return Response{204, {}, {}, {}};
    });
    router.add("GET", "/who", [](Request request) -> base::Task<Response> {
      co_return text(200, std::string(request.id()) + " " + std::string(request.peer()));
    });
    router.add("GET", "/thread", [](Request) -> base::Task<Response> {
      co_return text(200, base::Executor::current() != nullptr ? "executor" : "none");
    });
    router.add("GET", "/elsewhere", [this](Request) -> base::Task<Response> {
      auto* const before = base::Executor::current();
      co_await elsewhere.wait();
      ++resumed;
      co_return text(200, base::Executor::current() == before ? "home" : "abroad");
    });
    router.errors_below("/v4", [](int status, const Request*) {
      return json(status, R"({"meta":{"code":)" + std::to_string(status) + R"(},"data":null})");
    });
  }

  void start() {
    server.emplace(options, std::move(router));
    server->start();
  }
  RawClient connect() { return RawClient(server->port()); }

  Elsewhere elsewhere;
  std::atomic<int> resumed{0};
  ServerOptions options;
  Router router;
  std::optional<Server> server;
};

// ---- Requests and answers

TEST_F(ServerTest, BelievesWhomItsOwnProxyAsksForAndNobodyElse) {
  options.proxies = Networks::parse("127.0.0.2").value();
  start();
  const auto asked = get("/who", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 198.51.100.7\r\n");
  RawClient proxy(server->port(), "127.0.0.2"), visitor(server->port(), "127.0.0.3");
  EXPECT_THAT(proxy.ask(asked).body, testing::EndsWith(" 198.51.100.7"));
  EXPECT_THAT(proxy.ask(get("/who")).body, testing::EndsWith(" 127.0.0.2"));
  EXPECT_THAT(visitor.ask(asked).body, testing::EndsWith(" 127.0.0.3"));
}

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  start();
  auto client = connect();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(get("/ping"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"ok":true})");
    EXPECT_EQ(answer.header("Content-Type"), "application/json");
    EXPECT_THAT(answer.header("Date"), HasSubstr(" GMT"));
    EXPECT_FALSE(answer.has("Connection"));
  }
}

TEST_F(ServerTest, ClosesWhenTheClientWantsThat) {
  start();
  auto client = connect();
  const auto answer = client.ask(get("/ping", "Connection: close\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, ClosesAfterHttp10UnlessAskedToStay) {
  start();
  auto brief = connect();
  EXPECT_EQ(brief.ask("GET /ping HTTP/1.0\r\n\r\n").header("Connection"), "close");
  EXPECT_TRUE(brief.is_closed_by_server());
  auto lasting = connect();
  const char* const bytes = "GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(lasting.ask(bytes).header("Connection"), "keep-alive");
  EXPECT_EQ(lasting.ask(bytes).status, 200);
}

TEST_F(ServerTest, AnswersHeadLikeGetWithoutABody) {
  start();
  auto client = connect();
  client.send("HEAD /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.receive(false);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), "11");
  EXPECT_EQ(client.ask(get("/ping")).body, R"({"ok":true})");  // nothing stood in between
}

TEST_F(ServerTest, AnswersWrongMethodsWithTheAllowedOnes) {
  start();
  auto client = connect();
  const auto options_answer = client.ask("OPTIONS /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(options_answer.status, 405);  // no cross-origin calls are offered
  EXPECT_EQ(options_answer.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status, 204);
  const auto wrong = client.ask("DELETE /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.ask("OPTIONS /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto client = connect();
  std::string all;
  for (int i = 0; i < 500; ++i) all += get("/echo/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(client.receive().body, "GET /echo/" + std::to_string(i) + "? ");
}

TEST_F(ServerTest, DoesNotHoldAnAnswerBackForAPipelinedRequestThatWaits) {
  start();
  auto client = connect();
  client.send(get("/echo/1") + get("/elsewhere") + get("/echo/2"));
  EXPECT_EQ(client.receive().body, "GET /echo/1? ");
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));
  elsewhere.release();
  EXPECT_EQ(client.receive().body, "home");
  EXPECT_EQ(client.receive().body, "GET /echo/2? ");
}

TEST_F(ServerTest, TakesAPostWithNeitherLengthNorEncodingAsEmpty) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: h\r\n\r\n").body, "POST /echo? ");
  EXPECT_EQ(client
                .ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                     "Content-Length: 0\r\n\r\n")
                .body,
            "POST /echo? ");
}

TEST_F(ServerTest, ReadsBodiesWithLengthAndInChunks) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask("POST //echo/?q HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").body,
            "POST /echo?q hello");
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel");
  client.send("\r\n2\r\nlo\r\n");
  EXPECT_EQ(client.ask("0\r\n\r\n").body, "POST /echo? hello");
}

TEST_F(ServerTest, SendsContinueAtOnceAlsoForAnEmptyChunkedBody) {
  start();
  auto client = connect();
  for (const auto& [framing, body] : std::vector<std::pair<std::string, std::string>>{
           {"Content-Length: 2\r\n", "ab"}, {"Transfer-Encoding: chunked\r\n", "0\r\n\r\n"}}) {
    const auto interim =
        client.ask("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + framing + "\r\n");
    EXPECT_EQ(interim.status, 100);
    EXPECT_EQ(client.ask(body).status, 200);
  }
  // Where no body is announced, none is asked for.
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n").status,
            200);
  // Where it is too large, the answer comes instead.
  EXPECT_EQ(client
                .ask("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                     "Content-Length: 99999999\r\n\r\n")
                .status,
            413);
}

TEST_F(ServerTest, EchoesAHarmlessRequestIdAndReplacesOthers) {
  start();
  auto client = connect();
  const auto theirs = client.ask(get("/who", "X-Request-Id: abc-1.2_3\r\n"));
  EXPECT_EQ(theirs.header("X-Request-Id"), "abc-1.2_3");
  EXPECT_EQ(theirs.body, "abc-1.2_3 127.0.0.1");
  const auto ours = client.ask(get("/who", "X-Request-Id: <script>\r\n"));
  EXPECT_EQ(ours.header("X-Request-Id").size(), 16U);
  EXPECT_NE(client.ask(get("/who")).header("X-Request-Id"), ours.header("X-Request-Id"));
}

TEST_F(ServerTest, AnswersABrokenHandlerWithTheErrorPageOfItsPrefix) {
  start();
  auto client = connect();
  const auto plain = client.ask(get("/broken"));
  EXPECT_EQ(plain.status, 500);
  EXPECT_THAT(plain.body, Not(HasSubstr("shelf")));
  const auto v4 = client.ask(get("/v4/broken"));
  EXPECT_EQ(v4.status, 500);
  EXPECT_EQ(v4.body, R"({"meta":{"code":500},"data":null})");
  EXPECT_EQ(client.ask(get("/v4/nothing")).body, R"({"meta":{"code":404},"data":null})");
  EXPECT_EQ(client.ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, SendsNoBodyWhereTheStatusForbidsOne) {
  start();
  auto client = connect();
  const auto answer = client.ask(get("/empty"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_FALSE(answer.has("Content-Length"));
  EXPECT_EQ(client.ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, ServesAClientThatClosesItsHalfAfterAsking) {
  start();
  auto client = connect();
  client.send(get("/large"));
  client.finish_sending();
  EXPECT_EQ(client.receive().body, lines(300'000));
  EXPECT_TRUE(client.is_closed_by_server());
}

// ---- gzip

std::string inflate(const std::string& packed) {
  z_stream z{};
  inflateInit2(&z, 15 + 16);
  std::string out(4 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::inflate(&z, Z_FINISH), Z_STREAM_END);
  out.erase(z.total_out);
  inflateEnd(&z);
  return out;
}

TEST_F(ServerTest, CompressesLargeTextForWhoeverAcceptsIt) {
  start();
  auto client = connect();
  const auto packed = client.ask(get("/large", "Accept-Encoding: deflate, gzip\r\n"));
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.header("Vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), 150'000U);
  EXPECT_EQ(inflate(packed.body), lines(300'000));

  const auto plain = client.ask(get("/large"));
  EXPECT_FALSE(plain.has("Content-Encoding"));
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(plain.body, lines(300'000));

  for (const char* target : {"/ping", "/image", "/packed"}) {
    const auto answer = client.ask(get(target, "Accept-Encoding: gzip\r\n"));
    EXPECT_NE(answer.header("Content-Encoding"), "gzip") << target;
    EXPECT_FALSE(answer.has("Vary")) << target;
  }
}

// ---- Handlers that wait for other threads

TEST_F(ServerTest, ResumesAHandlerOnItsOwnThread) {
  start();
  EXPECT_EQ(connect().ask(get("/thread")).body, "executor");
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connect());
    clients.back().send(get("/elsewhere"));
  }
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 20; }));
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);  // nobody is held up meanwhile
  elsewhere.release();
  for (auto& client : clients) EXPECT_EQ(client.receive().body, "home");
}

TEST_F(ServerTest, BringsAHandlerHomeThatWasResumedAbroad) {
  start();
  auto client = connect();
  client.send(get("/elsewhere"));
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));
  elsewhere.resume_here();
  EXPECT_EQ(client.receive().body, "abroad");
  EXPECT_EQ(client.ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, SurvivesAClientThatLeavesWhileItsHandlerWaits) {
  start();
  {
    auto client = connect();
    client.send(get("/elsewhere"));
    ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));
  }
  elsewhere.release();
  ASSERT_TRUE(eventually([&] { return resumed == 1; }));
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);
}

// ---- Hostile input: the table of the stack's measurements, and what Beast closes without a word

TEST_F(ServerTest, AnswersHostileInputAndCloses) {
  start();
  const std::string start_of_post = "POST /v4/x HTTP/1.1\r\nHost: h\r\n";
  std::string many = get("/ping");
  many.erase(many.size() - 2);
  for (int i = 0; i < 5'000; ++i) many += "A: b\r\n";
  const struct {
    const char* name;
    std::string bytes;
    int status;
  } cases[] = {
      {"both lengths",
       start_of_post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", start_of_post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
      {"negative chunk", start_of_post + "Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n", 400},
      {"bare LF", "GET /ping HTTP/1.1\nHost: h\n\n", 400},
      {"no request", "hello, is this a printer?\r\n\r\n", 400},
      {"64 kB header", "GET /v4/x HTTP/1.1\r\nX: " + std::string(64 << 10, 'a') + "\r\n\r\n", 431},
      {"5,000 fields", many + "\r\n", 431},
      {"long target", get("/" + std::string(10'000, 'a')), 414},
      {"3 MB body", start_of_post + "Content-Length: 3145728\r\n\r\n" + std::string(3 << 20, 'a'),
       413},
      {"3 MB chunk",
       start_of_post + "Transfer-Encoding: chunked\r\n\r\n300000\r\n" + std::string(3 << 20, 'a'),
       413},
  };
  for (const auto& [name, bytes, status] : cases) {
    auto client = connect();
    client.send(bytes);
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, status) << name;
    EXPECT_EQ(answer.header("Connection"), "close") << name;
    EXPECT_EQ(answer.body.front(), '{') << name;
    if (bytes.find(" /v4/x ") != std::string::npos) {
      EXPECT_EQ(answer.body, R"({"meta":{"code":)" + std::to_string(status) + R"(},"data":null})")
          << name;
    }
    client.finish_sending();
    EXPECT_TRUE(client.is_closed_by_server()) << name;
  }
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, AnswersAndCutsAFloodWithoutALineEnd) {
  start();
  auto client = connect();
  const std::string flood(1 << 20, 'a');
  client.send("GET /");
  int megabytes = 0;
  while (megabytes < 200 && client.send(flood)) ++megabytes;
  EXPECT_LT(megabytes, 50);
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, AnswersAPingBehindEightyHalfOpenRequests) {
  start();
  std::vector<RawClient> half_open;
  for (int i = 0; i < 80; ++i) {
    half_open.push_back(connect());
    half_open.back().send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  }
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

// ---- Deadlines

TEST_F(ServerTest, CutsOffASlowHeaderWith408) {
  options.header_timeout = milliseconds(100);
  start();
  auto client = connect();
  const auto began = std::chrono::steady_clock::now();
  client.send("GET /ping HTTP/1.1\r\n");
  while (std::chrono::steady_clock::now() - began < milliseconds(80)) {
    client.send("X: a\r\n");  // a line now and then buys no time
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(ServerTest, CutsOffASlowBodyWith408FromThePageOfItsPath) {
  options.body_timeout = milliseconds(50);
  start();
  auto client = connect();
  const auto answer =
      client.ask("POST /v4/x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.body, R"({"meta":{"code":408},"data":null})");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, ClosesSilentConnectionsWithoutAWord) {
  options.idle_timeout = milliseconds(50);
  options.header_timeout = milliseconds(50);
  start();
  auto silent = connect();
  EXPECT_TRUE(silent.is_closed_by_server());
  auto idle = connect();
  EXPECT_EQ(idle.ask(get("/ping")).status, 200);
  EXPECT_TRUE(idle.is_closed_by_server());
}

TEST_F(ServerTest, DoesNotTimeAHandler) {
  options.header_timeout = options.body_timeout = options.idle_timeout = milliseconds(30);
  start();
  auto client = connect();
  client.send(get("/elsewhere"));
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));
  std::this_thread::sleep_for(milliseconds(100));
  elsewhere.release();
  EXPECT_EQ(client.receive().body, "home");
}

TEST_F(ServerTest, CutsOffAReaderThatTakesNothing) {
  options.write_timeout = milliseconds(50);
  base::Metrics metrics;
  options.metrics = &metrics;
  start();
  auto client = connect();
  std::string all;
  for (int i = 0; i < 100; ++i) all += get("/large");
  client.send(all);  // thirty megabytes of answers, more than the kernel keeps
  EXPECT_TRUE(eventually(
      [&] { return metrics.text().find("milepost_http_connections 0") != std::string::npos; }));
  server->stop(milliseconds(0));
}

// ---- Limits on connections

TEST_F(ServerTest, TellsConnectionsOverTheLimit) {
  options.connection_limit = 2;
  start();
  auto first = connect();
  EXPECT_EQ(first.ask(get("/ping")).status, 200);
  {
    auto second = connect();
    EXPECT_EQ(second.ask(get("/ping")).status, 200);
    auto third = connect();
    const auto answer = third.ask(get("/ping"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body.front(), '{');
  }
  EXPECT_TRUE(eventually([&] { return connect().ask(get("/ping")).status == 200; }));
}

TEST_F(ServerTest, CountsConnectionsOfOnePeer) {
  options.connections_per_peer = 1;
  start();
  auto first = connect();
  EXPECT_EQ(first.ask(get("/ping")).status, 200);
  EXPECT_EQ(connect().ask(get("/ping")).status, 503);
  EXPECT_EQ(RawClient(server->port(), "127.0.0.2").ask(get("/ping")).status, 200);
}

TEST_F(ServerTest, ClosesConnectionsFarOverTheLimit) {
  options.connection_limit = 0;
  start();
  std::vector<RawClient> crowd;
  for (int i = 0; i < 200; ++i) crowd.push_back(connect());
  int told = 0;
  for (auto& client : crowd) told += client.receive().status == 503 ? 1 : 0;
  EXPECT_GE(told, 64);
}

// ---- The end

TEST_F(ServerTest, StopsAfterARunningRequestWasAnswered) {
  start();
  auto idle = connect();
  EXPECT_EQ(idle.ask(get("/ping")).status, 200);
  auto busy = connect();
  busy.send(get("/elsewhere"));
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));

  std::thread stopper([&] { server->stop(milliseconds(30'000)); });
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_TRUE(eventually([&] { return !connect().is_connected(); }));
  elsewhere.release();
  const auto answer = busy.receive();
  EXPECT_EQ(answer.body, "home");
  EXPECT_EQ(answer.header("Connection"), "close");
  stopper.join();
}

TEST_F(ServerTest, CutsAtTheDeadlineAndIgnoresWhoComesBackLater) {
  start();
  auto busy = connect();
  busy.send(get("/elsewhere"));
  auto half = connect();
  half.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  ASSERT_TRUE(eventually([&] { return elsewhere.count() == 1; }));
  const auto began = std::chrono::steady_clock::now();
  server->stop(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_TRUE(busy.is_closed_by_server());
  EXPECT_TRUE(half.is_closed_by_server());
  server.reset();
  elsewhere.release();  // to an executor whose thread has gone
  EXPECT_EQ(resumed, 0);
}

TEST_F(ServerTest, StopsUnderLoadTwiceAndWithoutAStart) {
  start();
  std::atomic<bool> is_over{false};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 4; ++i)
    crowd.emplace_back([&, port = server->port()] {
      while (!is_over) {
        RawClient client(port);
        for (int n = 0; n < 50 && client.ask(get("/ping")).status == 200; ++n) {
        }
      }
    });
  EXPECT_EQ(connect().ask(get("/ping")).status, 200);
  server->stop(milliseconds(5'000));
  server->stop(milliseconds(5'000));
  is_over = true;
  for (auto& thread : crowd) thread.join();
  const Server never_started(ServerOptions{}, Router{});
  EXPECT_NE(never_started.port(), 0);
}

TEST_F(ServerTest, SaysClearlyWhenTheAddressIsTaken) {
  start();
  ServerOptions same;
  same.port = server->port();
  try {
    const Server second(same, Router{});
    ADD_FAILURE() << "two servers on one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on 127.0.0.1:"));
  }
}

// ---- What is told about it

TEST_F(ServerTest, CountsByRouteAndNeverByPath) {
  base::Metrics metrics;
  options.metrics = &metrics;
  options.header_timeout = milliseconds(100);  // sweeps, and sets gauges, every 25 ms
  start();
  auto client = connect();
  client.ask(get("/ping"));
  client.ask(get("/echo/RR123456785GB"));
  client.ask(get("/nothing/RR123456785GB"));
  client.ask("nonsense\r\n\r\n");
  EXPECT_TRUE(eventually(
      [&] { return metrics.text().find("milepost_http_connections 1") != std::string::npos; }));
  const auto text = metrics.text();
  EXPECT_THAT(
      text,
      HasSubstr(R"(milepost_http_requests_total{method="GET",route="/ping",status="2xx"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(route="/echo/{name}",status="2xx"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"x(route="(none)",status="4xx"} 2)x"));
  EXPECT_THAT(text, HasSubstr(R"(milepost_http_refused_total{reason="syntax"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr("RR1234")));
  server->stop(milliseconds(0));
}

TEST_F(ServerTest, LogsThePatternButNeitherPathNorQueryNorPeer) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("milepost-http-" + std::to_string(::getpid()) + ".log");
  base::open_log(file.string(), base::LogForm::Json, base::Level::Info);
  options.access_log = true;
  start();
  {
    auto client = connect();
    client.ask(get("/echo/RR123456785GB?who=anna", "X-Request-Id: my-id\r\n"));
    client.ask(get("/broken"));
    client.ask("GET /RR123456785GB?who=anna HTTP/1.1\r\n\r\n");
  }
  server->stop(milliseconds(1'000));
  base::flush_log();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::filesystem::remove(file);
  EXPECT_THAT(text.str(), HasSubstr(R"("event":"http.request","id":"my-id","method":"GET",)"
                                    R"("route":"/echo/{name}","status":200,"bytes":)"));
  EXPECT_THAT(text.str(), HasSubstr("http.handler_failed"));
  EXPECT_THAT(text.str(), HasSubstr("std::runtime_error"));
  EXPECT_THAT(text.str(), HasSubstr(R"("status":400)"));
  EXPECT_THAT(text.str(), Not(HasSubstr("RR1234")));
  EXPECT_THAT(text.str(), Not(HasSubstr("anna")));
  EXPECT_THAT(text.str(), Not(HasSubstr("127.0.0.1")));
}

}  // namespace
}  // namespace http
