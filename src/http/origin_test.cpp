#include "http/origin.h"

#include <gtest/gtest.h>

#include <vector>

namespace http {
namespace {

TEST(Networks, AreAddressesAndPrefixes) {
  const auto some = Networks::parse("203.0.113.0/24, 198.51.100.7 2001:db8::/32");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->text(), "203.0.113.0/24 198.51.100.7 2001:db8::/32");
  for (const char* inside :
       {"203.0.113.1", "::ffff:203.0.113.255", "198.51.100.7", "2001:db8:1::9"})
    EXPECT_TRUE(some->contain(inside)) << inside;
  for (const char* outside :
       {"203.0.114.1", "198.51.100.8", "2001:db9::1", "", "x", "203.0.113.1/24"})
    EXPECT_FALSE(some->contain(outside)) << outside;
}

TEST(Networks, RefuseWhatMeansTwoThings) {
  for (const char* bad : {"203.0.113.7/24", "203.0.113.0/33", "2001:db8::/129", "203.0.113", "x",
                          "203.0.113.0/", "203.0.113.0/2a", "2001:db8::1/32", "10.0.0.0/-1"})
    EXPECT_FALSE(Networks::parse(bad)) << bad;
  EXPECT_TRUE(Networks::parse("")->are_any());
  EXPECT_TRUE(Networks::parse("0.0.0.0/0")->contain("8.8.8.8"));
  EXPECT_FALSE(Networks::parse("0.0.0.0/0")->contain("2001:db8::1"));
}

std::string_view origin(std::string_view peer, std::vector<std::string_view> lines) {
  static const auto kProxies = Networks::parse("127.0.0.1 10.0.0.0/8 2001:db8::/32").value();
  return origin_of(kProxies, peer, lines);
}

TEST(Origin, IsThePeerUnlessThatIsAProxyOfOurs) {
  EXPECT_EQ(origin("203.0.113.9", {"198.51.100.7"}), "203.0.113.9") << "anybody can write that";
  EXPECT_EQ(origin("127.0.0.1", {}), "127.0.0.1");
  EXPECT_EQ(origin("127.0.0.1", {"198.51.100.7"}), "198.51.100.7");
  EXPECT_EQ(origin("127.0.0.1", {"198.51.100.7:4711"}), "198.51.100.7");
  EXPECT_EQ(origin("127.0.0.1", {" [2001:db9::1]:4711 "}), "2001:db9::1");
  EXPECT_EQ(origin("::ffff:10.1.2.3", {"2001:db9::1"}), "2001:db9::1");
}

TEST(Origin, IsReadFromTheRightSoThatAVisitorCannotChooseIt) {
  EXPECT_EQ(origin("127.0.0.1", {"1.1.1.1, 198.51.100.7"}), "198.51.100.7");
  // A proxy that adds a field of its own instead of lengthening the visitor's.
  EXPECT_EQ(origin("127.0.0.1", {"1.1.1.1", "198.51.100.7"}), "198.51.100.7");
  EXPECT_EQ(origin("127.0.0.1", {"1.1.1.1, 198.51.100.7, 10.0.0.2"}), "198.51.100.7");
  EXPECT_EQ(origin("127.0.0.1", {"1.1.1.1, 198.51.100.7", "10.0.0.2"}), "198.51.100.7");
}

TEST(Origin, IsTheNearestProxyWhereNoAddressStands) {
  EXPECT_EQ(origin("127.0.0.1", {"unknown"}), "127.0.0.1");
  EXPECT_EQ(origin("127.0.0.1", {""}), "127.0.0.1");
  EXPECT_EQ(origin("127.0.0.1", {"198.51.100.7, x, 10.0.0.2"}), "10.0.0.2");
  EXPECT_EQ(origin("127.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3") << "a visitor at home";
  EXPECT_EQ(origin("127.0.0.1", {"[2001:db9::1"}), "127.0.0.1");
}

}  // namespace
}  // namespace http
