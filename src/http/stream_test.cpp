#include "http/stream.h"

#include <gtest/gtest.h>

#include "http/raw_peer.h"

namespace http {
namespace {

using std::chrono::milliseconds;

Stream::Deadline in(milliseconds time) { return std::chrono::steady_clock::now() + time; }

base::Result<Stream, CallError> open(std::uint16_t port, bool tls = false) {
  return Stream::open({"127.0.0.1", port, tls, "", milliseconds(3000)});
}

TEST(Stream, CarriesBytesBothWays) {
  RawPeer peer([](RawPeer::Connection& connection) {
    const auto bytes = connection.read(300'000);
    connection.send(std::string("\x01\x00\xff", 3) + std::to_string(bytes.size()));
    connection.linger();
  });
  auto stream = open(peer.port());
  ASSERT_TRUE(stream) << describe(stream.error());
  ASSERT_TRUE(stream->write(std::string(300'000, '\0'), in(milliseconds(3000))));
  std::string answer;
  while (answer.size() < 9) {
    const auto piece = stream->read(in(milliseconds(3000)));
    ASSERT_TRUE(piece);
    answer += *piece;
  }
  EXPECT_EQ(answer, std::string("\x01\x00\xff", 3) + "300000");
}

TEST(Stream, WaitsNoLongerThanItMay) {
  RawPeer peer([](RawPeer::Connection& connection) { connection.linger(); });
  auto stream = open(peer.port());
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->read(in(milliseconds(50))).error(), CallError::Timeout);
}

TEST(Stream, NoticesTheEnd) {
  RawPeer peer([](RawPeer::Connection&) {});
  auto stream = open(peer.port());
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->read(in(milliseconds(3000))).error(), CallError::Broken);
}

TEST(Stream, SaysWhyThereIsNone) {
  EXPECT_EQ(open(1).error(), CallError::Connect);
  EXPECT_EQ(Stream::open({"nowhere.invalid", 1883, false, "", milliseconds(3000)}).error(),
            CallError::Resolve);
  RawPeer no_tls([](RawPeer::Connection& connection) { connection.send("hello there, no TLS"); });
  EXPECT_EQ(open(no_tls.port(), true).error(), CallError::Tls);
}

}  // namespace
}  // namespace http
