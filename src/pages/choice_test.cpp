#include "pages/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pages {
namespace {

using testing::HasSubstr, testing::IsEmpty, testing::Not, testing::SizeIs;

// A register with optional purposes, as an operator might make one.
constexpr http::VendorEntry kMaps{
    "Maps Ltd", "Maps", "https://maps.example/privacy", "US", "SCC", "Maps", "tiles.maps.example"};
constexpr http::VendorEntry kMoreMaps{
    "More Ltd", "Maps", "https://more.example/privacy", "NL", "EEA", "More", "more.example"};
constexpr http::VendorEntry kChat{
    "Chat Ltd", "Chat", "https://chat.example/privacy", "NL", "EEA", "Chat", "chat.example"};
constexpr http::VendorEntry kTwo[] = {kMaps, kChat};
constexpr http::VendorEntry kThree[] = {kMaps, kChat, kMoreMaps};
const http::Register kWithTwo{http::the_register().cookies, {}, kTwo};
const http::Register kWithThree{http::the_register().cookies, {}, kThree};

std::string csp(std::string_view answers, bool says_no = false,
                const http::Register& cookies = kWithTwo) {
  return content_security_policy(cookies, Choice::parse(answers, says_no, cookies), Forms::None);
}

// clause-122.csp
TEST(Choice, NoOtherHostIsEverAllowedByOurOwnRegister) {
  const auto& ours = http::the_register();
  EXPECT_THAT(questions(ours), IsEmpty());
  for (const char* answers : {"", "Maps.1.yes", "Maps.1.yes~Chat.1.yes"}) {
    const auto policy = csp(answers, false, ours);
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("http")));
  }
}

TEST(Choice, AHostIsAllowedOnlyAfterAYesToItsPurpose) {
  EXPECT_THAT(csp(""), Not(HasSubstr("http")));
  EXPECT_THAT(csp("Maps.1.no~Chat.1.no"), Not(HasSubstr("http")));
  const auto maps = csp("Maps.1.yes~Chat.1.no");
  EXPECT_THAT(maps, HasSubstr("script-src 'self' https://tiles.maps.example;"));
  EXPECT_THAT(maps, Not(HasSubstr("chat.example")));
}

// clause-112.again
TEST(Choice, ANewEntryAsksAgainForItsPurposeAlone) {
  const auto answers = encode({{{"Maps", 1}, true}, {{"Chat", 1}, true}});
  EXPECT_EQ(answers, "Maps.1.yes~Chat.1.yes");
  EXPECT_THAT(Choice::parse(answers, false, kWithTwo).open(), IsEmpty());
  const auto choice = Choice::parse(answers, false, kWithThree);
  ASSERT_THAT(choice.open(), SizeIs(1));
  EXPECT_EQ(choice.open()[0].purpose, "Maps");
  EXPECT_FALSE(choice.allows("Maps")) << "the yes was to something else";
  EXPECT_TRUE(choice.allows("Chat"));
}

// clause-094.signal
TEST(Choice, ABrowserThatSaysNoIsNotAskedAndNothingOptionalIsOn) {
  const auto choice = Choice::parse("Maps.1.yes~Chat.1.yes", true, kWithTwo);
  EXPECT_THAT(choice.open(), IsEmpty());
  EXPECT_FALSE(choice.allows("Maps")) << "the signal is newer than the answer";
  EXPECT_THAT(csp("Maps.1.yes", true), Not(HasSubstr("http")));
  const auto request = http::make_request("GET", "/", {}, {{"Sec-GPC", "1"}});
  EXPECT_THAT(Choice::of(request, kWithTwo).open(), IsEmpty());
  EXPECT_THAT(Choice::of(http::make_request("GET", "/"), kWithTwo).open(), SizeIs(2));
}

TEST(Choice, WhatACookieClaimsCountsOnlyForWhatIsAsked) {
  EXPECT_THAT(Choice::parse("Ads.1.yes", false, kWithTwo).open(), SizeIs(2));
  EXPECT_FALSE(Choice::parse("Ads.1.yes", false, kWithTwo).allows("Ads"));
  EXPECT_FALSE(Choice::parse("~~.~Maps~Maps.1~Maps.yes", false, kWithTwo).allows("Maps"));
}

// clause-105.redirects
TEST(Paths, OnlyThoseOfThisSiteAreGoneBackTo) {
  for (const char* good :
       {"/", "/account", "/t/abc?lang=nl", "/privacy#x", "/a?next=https%3A%2F%2Fx"})
    EXPECT_TRUE(is_own_path(good)) << good;
  for (const char* bad : {"",
                          "https://evil.example",
                          "http:evil.example",
                          "//evil.example",
                          "/\\evil.example",
                          "\\\\evil.example",
                          "/x\\..\\evil",
                          "javascript:alert(1)",
                          "/\tevil",
                          "/\n/evil.example",
                          "/ /evil",
                          " //evil.example",
                          "evil.example",
                          "/x\r\nSet-Cookie: a=b",
                          "///evil.example",
                          "/\xC2\xA0/evil",
                          "?x",
                          "#x",
                          "https:/evil.example",
                          "data:text/html,x"})
    EXPECT_FALSE(is_own_path(bad)) << bad;
}

TEST(Paths, AFormComesFromOurOwnPagesOrIsNotTaken) {
  const auto from = [](std::vector<std::pair<std::string, std::string>> headers) {
    headers.emplace_back("Host", "track.example");
    return is_from_own_site(http::make_request("POST", "/x", {}, std::move(headers)));
  };
  EXPECT_TRUE(from({{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_FALSE(from({{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(from({{"Sec-Fetch-Site", "same-site"}})) << "another host of the same domain";
  EXPECT_TRUE(from({{"Origin", "https://track.example"}}));
  EXPECT_FALSE(from({{"Origin", "https://evil.example"}}));
  EXPECT_FALSE(from({{"Origin", "null"}}));
  EXPECT_TRUE(from({}));
}

}  // namespace
}  // namespace pages
