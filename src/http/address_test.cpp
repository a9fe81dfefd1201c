#include "http/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/un.h>

#include <bit>

namespace http {
namespace {

TEST(Address, OfThePublicNetworkIsPublic) {
  for (const char* text :
       {"1.1.1.1",         "9.255.255.255",          "11.0.0.0",         "100.63.255.255",
        "100.128.0.0",     "126.255.255.255",        "128.0.0.0",        "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",         "172.32.0.0",       "192.167.255.255",
        "192.169.0.0",     "198.17.255.255",         "198.20.0.0",       "223.255.255.255",
        "2606:4700::1111", "[2a00:1450:4001::200e]", "2001:200::1",      "2001:db9::1",
        "::ffff:1.1.1.1",  "64:ff9b::1.1.1.1",       "2002:0101:0101::1"}) {
    EXPECT_TRUE(is_public(text)) << text;
    EXPECT_TRUE(is_address(text)) << text;
  }
}

TEST(Address, OfThisMachineItsNetworkOrNobodyIsNot) {
  for (const char* text :
       {"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200",
        "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.0",
        "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "[::1]",
        "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "100::1", "2001::1", "2001:db8::1", "3fff::1", "64:ff9b:1::1.1.1.1", "4000::1",
        // what they carry inside decides
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::1", "2002:c0a8:1::1",
        // the old form of mapped addresses, and what is no address at all
        "::127.0.0.1", "example.com", ""}) {
    EXPECT_FALSE(is_public(text)) << text;
  }
}

TEST(Address, OfASocketIsJudgedAlike) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  const auto judge = [&](const char* text) {
    ::inet_pton(AF_INET, text, &four.sin_addr);
    return is_public(reinterpret_cast<const sockaddr&>(four));
  };
  EXPECT_TRUE(judge("8.8.8.8"));
  EXPECT_FALSE(judge("192.168.1.1"));
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, "::ffff:10.1.2.3", &six.sin6_addr);
  EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(six)));
  ::inet_pton(AF_INET6, "2606:4700::1", &six.sin6_addr);
  EXPECT_TRUE(is_public(reinterpret_cast<const sockaddr&>(six)));
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(local)));
}

TEST(Address, NamesThatMeanThisNetworkAreKnown) {
  for (const char* name : {"localhost", "LOCALHOST.", "db.localhost", "printer.local",
                           "metadata.google.internal", "router.home.arpa"})
    EXPECT_TRUE(is_private_name(name)) << name;
  for (const char* name : {"example.com", "localhost.example.com", "mylocal", "internal.example"})
    EXPECT_FALSE(is_private_name(name)) << name;
}

}  // namespace
}  // namespace http
