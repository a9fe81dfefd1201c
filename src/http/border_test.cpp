#include "http/border.h"

#include <gtest/gtest.h>

namespace http {
namespace {

using State = BorderParser::State;

// Everything at once, or a byte at a time as a slow client would; keeps what was not eaten.
State read(BorderParser& parser, std::string_view bytes, std::size_t step) {
  std::string waiting;
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    waiting += bytes.substr(i, step);
    waiting.erase(0, parser.feed(waiting));
    if (parser.state() == State::Complete || parser.state() == State::Refused) break;
  }
  return parser.state();
}

TEST(Border, ReadsARequestHoweverItIsCut) {
  const std::string bytes =
      "\r\nPOST /v4//awb?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-Folded: a\r\n "
      "b\r\n"
      "\r\n3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    BorderParser parser({});
    ASSERT_EQ(read(parser, bytes, step), State::Complete) << step;
    EXPECT_TRUE(parser.keeps_alive());
    const Request request = parser.take();
    EXPECT_EQ(request.path(), "/v4/awb");
    EXPECT_EQ(request.body(), "abcde");
    EXPECT_EQ(request.header("x-folded"), "a b");
    EXPECT_EQ(request.header("X-Trailer"), "") << "a trailer must not look like a header";
    EXPECT_EQ(parser.state(), State::Start);
  }
}

TEST(Border, LeavesTheNextRequestAlone) {
  BorderParser parser({});
  const std::string_view one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string_view both = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n";
  EXPECT_EQ(parser.feed(both), one.size());
  EXPECT_EQ(parser.take().target(), "/1");
}

TEST(Border, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  const std::string start = "POST /x HTTP/1.1\r\nHost: h\r\n";
  const struct {
    const char* name;
    std::string bytes;
  } cases[] = {
      {"both lengths", start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"both lengths, turned", start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"},
      {"two lengths", start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
      {"two equal lengths", start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
      {"list of lengths", start + "Content-Length: 5, 5\r\n\r\n"},
      {"signed length", start + "Content-Length: +5\r\n\r\n"},
      {"negative length", start + "Content-Length: -5\r\n\r\n"},
      {"empty length", start + "Content-Length:\r\n\r\n"},
      {"huge length", start + "Content-Length: 99999999999999999999999\r\n\r\n"},
      {"unknown coding", start + "Transfer-Encoding: gzip\r\n\r\n"},
      {"coding after chunked", start + "Transfer-Encoding: chunked, gzip\r\n\r\n"},
      {"coding before chunked", start + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
      {"hidden coding", start + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n"},
      {"twice chunked", start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"chunked in 1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"negative chunk", start + "Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n"},
      {"chunk without size", start + "Transfer-Encoding: chunked\r\n\r\nxx\r\nab\r\n"},
      {"endless chunk size", start + "Transfer-Encoding: chunked\r\n\r\n" + std::string(99, 'f')},
      {"chunk too short", start + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"},
      {"bare LF", "GET /x HTTP/1.1\nHost: h\n\n"},
      {"bare LF in a header", "GET /x HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"},
      {"bare CR", "GET /x HTTP/1.1\r\nHost: h\rX: y\r\n\r\n"},
      {"space before the colon", "GET /x HTTP/1.1\r\nHost : h\r\n\r\n"},
      {"no name", "GET /x HTTP/1.1\r\n: h\r\n\r\n"},
      {"NUL in a value", std::string("GET /x HTTP/1.1\r\nHost: a\0b\r\n\r\n", 30)},
      {"NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28)},
      {"no host", "GET /x HTTP/1.1\r\n\r\n"},
      {"two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"no version", "GET /x\r\n\r\n"},
      {"version 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"two spaces", "GET  /x HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"TLS on a plain port", "\x16\x03\x01\x02\x05\x01\x01\xfc\x03\x03"},
      {"a method without end", std::string(100, 'A')},
  };
  for (const auto& [name, bytes] : cases)
    for (const std::size_t step : {std::size_t{1}, bytes.size()}) {
      BorderParser parser({});
      std::string padded = bytes;
      if (name == std::string_view("endless chunk size")) padded += "\r\n";
      EXPECT_EQ(read(parser, padded, step), State::Refused) << name << ", step " << step;
      EXPECT_EQ(parser.refusal(), 400) << name;
    }
}

TEST(Border, LimitsEverythingThatCouldGrow) {
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  std::string dribbled = get;  // each line short, all together too much
  for (int i = 0; i < 90; ++i) dribbled += "X: " + std::string(250, 'a') + "\r\n";
  std::string many = get;
  for (int i = 0; i < 5'000; ++i) many += "A:b\r\n";
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const struct {
    const char* name;
    std::string bytes;
    int status;
  } cases[] = {
      {"one large field", get + "X: " + std::string(64 << 10, 'a'), 431},
      {"many small fields", many, 431},
      {"fields over the limit in all", dribbled, 431},
      {"long target", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"endless target", "GET /" + std::string(64 << 10, 'a'), 414},
      {"declared body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"declared chunk", chunked + "100001\r\n", 413},
      {"chunks over the limit in all",
       chunked + "80000\r\n" + std::string(0x80000, 'a') + "\r\n80001\r\n", 413},
      {"endless chunk extension", chunked + "1;" + std::string(64 << 10, 'a'), 400},
      {"endless trailer", chunked + "0\r\nX: " + std::string(64 << 10, 'a'), 400},
  };
  for (const auto& [name, bytes, status] : cases)
    for (const std::size_t step : {std::size_t{97}, bytes.size()}) {
      BorderParser parser({});
      EXPECT_EQ(read(parser, bytes, step), State::Refused) << name << ", step " << step;
      EXPECT_EQ(parser.refusal(), status) << name << ", step " << step;
    }
}

TEST(Border, TakesWhatIsJustWithinTheLimits) {
  BorderParser parser({});
  std::string header = "POST /" + std::string(8'000, 'a') + " HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 98; ++i) header += "A: b\r\n";
  const std::string body(1 << 20, 'x');
  ASSERT_EQ(read(parser, header + "Content-Length: 1048576\r\n\r\n" + body, 4'096),
            State::Complete);
  EXPECT_EQ(parser.take().body().size(), body.size());
}

TEST(Border, KnowsARefusedRequestForItsErrorPage) {
  BorderParser parser({});
  parser.feed("POST /v4/x HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n");
  ASSERT_NE(parser.known(), nullptr);
  EXPECT_EQ(parser.known()->path(), "/v4/x");
  BorderParser lost({});
  lost.feed("\x01\x02");
  EXPECT_EQ(lost.known(), nullptr);
}

TEST(Border, NeedsNoLengthForAnEmptyBody) {
  for (const char* bytes :
       {"POST / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\n\r\n"}) {
    BorderParser parser({});
    EXPECT_EQ(read(parser, bytes, 1), State::Complete) << bytes;
    EXPECT_EQ(parser.take().body(), "");
  }
}

}  // namespace
}  // namespace http
