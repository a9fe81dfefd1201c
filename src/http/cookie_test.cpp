#include "http/cookie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "http/answer.h"
#include "http/cookies.gen.h"
#include "http/message.h"

namespace http {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kToken = "Zm9yIHRlc3RzLCBub3QgcmFuZG9t";

std::string head_of(const Response& response) {
  std::string out;
  append_head(out, response, {});
  return out;
}

// clause-115.attributes
TEST(Cookie, OfASessionHasNoLifetimeAndIsOfThisHostAlone) {
  SetCookies cookies;
  cookies.set(cookie::kSession, kToken);
  EXPECT_EQ(cookies.lines().front(),
            "__Host-session=" + kToken + "; Path=/; Secure; HttpOnly; SameSite=Lax");
}

// clause-115.attributes clause-116.lifetime
TEST(Cookie, OfEveryEntryIsHostBoundSecureAndOutOfScriptsReach) {
  for (const auto& entry : the_register().cookies) {
    EXPECT_EQ(entry.name, "__Host-" + std::string(entry.id));
    EXPECT_TRUE(entry.same_site == "Lax" || entry.same_site == "Strict") << entry.id;
    EXPECT_LE(entry.lifetime_days, 396) << entry.id;
  }
}

// clause-116.lifetime
TEST(Cookie, LivesAsLongAsTheRegisterSaysOrShorter) {
  SetCookies cookies;
  cookies.set(cookie::kStay, kToken);
  cookies.set_for(cookie::kStay, kToken, std::chrono::hours(24 * 4000));
  cookies.set_for(cookie::kStay, kToken, std::chrono::seconds(60));
  EXPECT_THAT(cookies.lines()[0], HasSubstr("; Max-Age=2592000"));
  EXPECT_THAT(cookies.lines()[1], HasSubstr("; Max-Age=2592000"));
  EXPECT_THAT(cookies.lines()[2], HasSubstr("; Max-Age=60"));
  cookies.clear(cookie::kStay);
  EXPECT_THAT(cookies.lines()[3], AllOf(HasSubstr("__Host-stay=;"), HasSubstr("; Max-Age=0")));
}

// clause-114.values clause-123.values
TEST(Cookie, HoldsATokenOrOneOfAListAndNeverWhatSomebodyIsCalled) {
  SetCookies cookies;
  for (const char* value : {"mira@example.org", "Mira Quendel", "short", "", "a;b; Domain=x",
                            "AAAAAAAAAAAAAAAAAAAAAA\r\nX: y"}) {
    EXPECT_THROW(cookies.set(cookie::kSession, value), std::logic_error) << value;
    EXPECT_THROW(cookies.set(cookie::kChoice, value), std::logic_error) << value;
  }
  EXPECT_TRUE(cookies.lines().empty());
  EXPECT_TRUE(allows(cookie::kChoice.entry(), "Statistics.1.yes~Maps.12.no"));
  EXPECT_FALSE(allows(cookie::kChoice.entry(), "Statistics.1.perhaps"));
  EXPECT_FALSE(allows(cookie::kChoice.entry(), "mira@example.org.1.yes"));
  CookieEntry listed;
  listed.values = "EUR USD";
  EXPECT_TRUE(allows(listed, "USD"));
  EXPECT_FALSE(allows(listed, "ABC"));
  for (const auto& entry : the_register().cookies)
    EXPECT_FALSE(allows(entry, "mira@example.org")) << entry.id;
}

// clause-111.only
TEST(Cookie, SetByHandIsDroppedOnItsWayOut) {
  auto response = text(200, "x");
  response.headers.emplace_back("Set-Cookie", "visitor=17; Path=/");
  response.headers.emplace_back("set-cookie", "visitor=18; Path=/");
  response.cookies.set(cookie::kSession, kToken);
  const auto head = head_of(response);
  EXPECT_THAT(head, Not(HasSubstr("visitor")));
  EXPECT_THAT(head, HasSubstr("Set-Cookie: __Host-session=" + kToken));
}

TEST(Cookie, IsReadBackOnlyAsItMayHaveBeenSet) {
  const auto asked = [](std::string header) {
    const auto request = make_request("GET", "/", {}, {{"Cookie", std::move(header)}});
    return std::string(value_of(request, cookie::kSession));
  };
  EXPECT_EQ(asked("a=b; __Host-session=" + kToken + "; c=d"), kToken);
  EXPECT_EQ(asked("session=" + kToken), "") << "another cookie";
  EXPECT_EQ(asked("__Host-session=' OR 1=1"), "");
  EXPECT_EQ(asked(";;=;__Host-session"), "");
  EXPECT_EQ(asked("__Host-session=x; __Host-session=" + kToken), "") << "the first counts";
  const auto request = make_request("GET", "/", {}, {{"Cookie", "b=1; a=2; b=3; =4"}});
  EXPECT_EQ(cookie_names(request), (std::vector<std::string_view>{"b", "a"}));
}

// ---- The generator

class CookieRegister : public testing::Test {
 protected:
  CookieRegister() {
    std::string name = std::filesystem::temp_directory_path() / "cookies-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::ofstream(folder_ / "purposes.toml") << "[[purpose]]\nid = \"SignIn\"\n";
  }
  ~CookieRegister() override { std::filesystem::remove_all(folder_); }

  // What it says; empty when it made the header.
  std::string refusal(const std::string& text) {
    std::ofstream(folder_ / "cookies.toml") << text;
    const auto command = "cd '" + folder_.string() + "' && '" MILEPOST_COOKIES_GEN "' . out.h 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string said;
    for (int c = ::fgetc(pipe); c != EOF; c = ::fgetc(pipe)) said += static_cast<char>(c);
    return ::pclose(pipe) == 0 ? "" : said;
  }

  std::filesystem::path folder_;
  const std::string good_ =
      "[[cookie]]\nname = \"session\"\nkind = \"session\"\npurpose = \"SignIn\"\nrequired = true\n"
      "set_when = \"w\"\nvalues = \"random\"\nsame_site = \"Lax\"\nreader = \"r\"\ntext = \"t\"\n";
  const std::string vendor_ =
      "[[vendor]]\nname = \"Maps\"\npurpose = \"SignIn\"\npolicy = \"https://maps.example/p\"\n"
      "country = \"NL\"\nsafeguard = \"in the EEA\"\nhosts = [\"maps.example\"]\ntext = \"t\"\n";
  static std::string with(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  }
};

TEST_F(CookieRegister, RefusesAnEntryThatDoesNotSayAll) {
  EXPECT_EQ(refusal(good_), "");
  const struct {
    std::string text, words;
  } cases[] = {
      {with(good_, "purpose = \"SignIn\"", ""), "cookies.toml:1: \"purpose\" is missing"},
      {with(good_, "\"SignIn\"", "\"Ads\""), "does not have the purpose \"Ads\""},
      {with(good_, "kind = \"session\"", "kind = \"persistent\""), "\"lifetime_days\" is missing"},
      {with(good_, "kind = \"session\"", "kind = \"persistent\"\nlifetime_days = 4000"),
       "from 1 to 396"},
      {with(good_, "kind = \"session\"", "kind = \"session\"\nlifetime_days = 1"),
       "a session cookie has no lifetime"},
      {with(good_, "\"random\"", "\"anything\""), "\"values\" must be random"},
      {with(good_, "name = \"session\"", "name = \"Domain=x\""), "small letters"},
      {good_ + good_, "stands here twice"},
      {good_ + "domain = \"x\"\n", "nobody knows the key \"domain\""},
      {"[[beacon]]\nname = \"x\"\n", "nobody knows [[beacon]]"},
  };
  for (const auto& c : cases) EXPECT_THAT(refusal(c.text), HasSubstr(c.words)) << c.text;
}

// clause-129.refused
TEST_F(CookieRegister, RefusesAThirdPartyWithoutPolicyCountryAndBasis) {
  EXPECT_EQ(refusal(good_ + vendor_), "");
  for (const char* line :
       {"policy = \"https://maps.example/p\"\n", "country = \"NL\"\n",
        "safeguard = \"in the EEA\"\n", "purpose = \"SignIn\"\n", "hosts = [\"maps.example\"]\n"}) {
    EXPECT_THAT(refusal(good_ + with(vendor_, line, "")), HasSubstr("is missing")) << line;
  }
  EXPECT_THAT(refusal(good_ + with(vendor_, "https://", "http://")), HasSubstr("https://"));
}

}  // namespace
}  // namespace http
