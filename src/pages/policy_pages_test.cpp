#include "pages/policy_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "http/cookies.gen.h"
#include "pages/visit.h"
#include "store/testing.h"

namespace pages {
namespace {

using namespace std::chrono_literals;
using testing::AllOf, testing::HasSubstr, testing::IsEmpty, testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr http::VendorEntry kMaps{
    "Maps Ltd", "Maps", "https://maps.example/privacy", "US", "SCC", "Maps", "tiles.maps.example"};
const http::Register kWithMaps{http::the_register().cookies, {}, {&kMaps, 1}};
const std::string kToken = "Zm9yIHRlc3RzLCBub3QgcmFuZG9t";

struct PolicyPagesOn : testing::TestWithParam<store::testing::Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    serve(http::the_register());
  }
  void serve(const http::Register& cookies) {
    context.emplace(PolicyContext{*main, clock, somebody(), cookies,
                                  [this](std::string token) { return forget(std::move(token)); }});
    router = http::Router();
    add_policy_routes(router, *context);
  }
  base::Task<void> forget(std::string token) {
    signed_out = std::move(token);
    co_return;
  }
  static policy::Operator somebody() {
    policy::Operator who;
    who.name = "Parcels <BV>";
    who.address = "Kade 1, Utrecht";
    who.contact = "hello@parcels.example";
    who.country = "NL";
    who.officer = "none";
    return who;
  }
  void publish(const std::string& name, std::chrono::hours notice = 0h) {
    auto who = somebody();
    who.name = name;
    main->write_now([&](store::Tx& tx) {
      return policy::publish(tx, policy::facts_of(who), clock.now(), clock.now() + notice).value();
    });
  }
  http::Response call(std::string_view method, const std::string& target, std::string body = {},
                      Headers headers = {}) {
    if (!body.empty()) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    auto request = http::make_request(method, target, std::move(body), std::move(headers));
    const auto match = router.match(request);
    if (match.handler == nullptr) return http::text(match.status, "");
    return base::sync_wait((*match.handler)(std::move(request)));
  }
  http::Response get(const std::string& target, Headers headers = {}) {
    return call("GET", target, {}, std::move(headers));
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  std::string hash_in_force() {
    const auto found = main->read_now(
        [&](store::Tx& tx) { return policy::in_force(tx, "policy", "en", clock.now()); });
    return found ? found->hash : "";
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
  std::optional<PolicyContext> context;
  http::Router router;
  std::string signed_out;
};
INSTANTIATE_TEST_SUITE_P(, PolicyPagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<store::testing::Engine>>);

constexpr const char* kPages[] = {"/privacy",           "/privacy/cookies", "/privacy/processors",
                                  "/privacy/contact",   "/terms",           "/privacy/versions",
                                  "/privacy/difference"};

// clause-113.nothing
TEST_P(PolicyPagesOn, ReadingSetsNothingAndAsksNobody) {
  publish("Parcels");
  for (const char* path : kPages) {
    const auto response = get(path);
    EXPECT_THAT(response.cookies.lines(), IsEmpty()) << path;
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(response.body, Not(HasSubstr("src=\"http"))) << path;
    EXPECT_THAT(response.body, Not(HasSubstr("<script"))) << path;
    EXPECT_THAT(response.body, Not(HasSubstr("id=\"question\""))) << "nothing is optional";
  }
}

TEST_P(PolicyPagesOn, EachHasThePagesAboutDataAtItsFootInEveryLanguage) {
  publish("Parcels");
  for (const char* path : kPages) {
    for (const auto& words : Words::all()) {
      const auto lang = std::string(words.language());
      const auto body = get(std::string(path) + "?lang=" + lang).body;
      EXPECT_THAT(body, HasSubstr("<html lang=\"" + lang + "\">")) << path;
      for (const char* link : {"/privacy", "/privacy/cookies", "/rights", "/privacy/contact"})
        EXPECT_THAT(body, HasSubstr("href=\"" + std::string(link) + "?lang=" + lang + "\""))
            << path;
    }
  }
}

// clause-107.identical
TEST_P(PolicyPagesOn, AVersionsAddressGivesTheSameBytesForEver) {
  publish("Parcels");
  const auto hash = hash_in_force();
  const auto before = get("/privacy/text/" + hash);
  ASSERT_EQ(before.status, 200);
  EXPECT_EQ(base::to_hex(crypto::sha256(before.body)), hash);
  clock.advance(24h * 100);
  publish("Somebody Else");
  EXPECT_NE(hash_in_force(), hash);
  EXPECT_EQ(get("/privacy/text/" + hash).body, before.body);
  EXPECT_THAT(get("/privacy/versions/" + hash).body, HasSubstr("not the version in force"));
  EXPECT_THAT(get("/privacy/versions").body, HasSubstr(hash));
  EXPECT_THAT(get("/privacy/versions.json").body, HasSubstr("\"sha256\":\"" + hash + "\""));
  EXPECT_EQ(get("/privacy/text/0000").status, 404);
}

// clause-107.difference
TEST_P(PolicyPagesOn, WhatChangedIsShownLineByLine) {
  publish("Parcels");
  const auto first = hash_in_force();
  publish("Somebody <Else>");
  const auto body = get("/privacy/difference?from=" + first + "&to=" + hash_in_force()).body;
  EXPECT_THAT(body, HasSubstr("From version 1 to version 2"));
  EXPECT_THAT(body,
              HasSubstr("<ins><span class=\"unseen\">new: </span>The controller is **Somebody"));
  EXPECT_THAT(body, Not(HasSubstr("<Else>")));
  EXPECT_EQ(get("/privacy/difference?from=x&to=" + first).status, 404);
}

// clause-108.shown
TEST_P(PolicyPagesOn, ThePageShowsBothDatesAndSaysSoToPrograms) {
  publish("Parcels");
  clock.advance(24h);
  publish("Somebody Else", 24h * 14);
  EXPECT_THAT(get("/privacy").body,
              AllOf(HasSubstr("Parcels"),
                    HasSubstr("A new version takes effect on Friday, 16 January 2026")));
  clock.advance(24h * 14);
  EXPECT_THAT(get("/privacy").body,
              AllOf(HasSubstr("In force since Friday, 16 January 2026"),
                    HasSubstr("Last updated Friday, 2 January 2026"),
                    HasSubstr("<meta name=\"dcterms.modified\" content=\"2026-01-02T"),
                    HasSubstr("<meta name=\"dcterms.valid\" content=\"2026-01-16T")));
}

// clause-110.shown
TEST_P(PolicyPagesOn, WhoIsResponsibleCanBeReached) {
  EXPECT_THAT(
      get("/privacy/contact").body,
      AllOf(HasSubstr("Parcels &lt;BV&gt;"), HasSubstr("href=\"mailto:hello@parcels.example\"")));
}

TEST_P(PolicyPagesOn, ATextThatIsNotInTheReadersLanguageSaysSo) {
  publish("Parcels");
  bool found = false;
  for (const auto& words : Words::all()) {
    const auto lang = std::string(words.language());
    const auto body = get("/privacy?lang=" + lang).body;
    if (policy::nearest_language(lang) == lang) continue;
    EXPECT_THAT(body, HasSubstr("English, Nederlands")) << lang;
    EXPECT_THAT(body, HasSubstr("<article class=\"prose\" lang=\"en\">")) << lang;
    found = true;
  }
  EXPECT_TRUE(found || policy::languages().size() >= Words::all().size());
}

// ---- Your cookies

// clause-127.page
TEST_P(PolicyPagesOn, YourCookiesAreExactlyThoseTheBrowserSent) {
  EXPECT_THAT(get("/privacy/cookies").body, HasSubstr("Your browser sent no cookie"));
  const auto body =
      get("/privacy/cookies", {{"Cookie", "__Host-session=" + kToken + "; strange=<b>"}}).body;
  const auto table = body.substr(0, body.find("<article"));
  EXPECT_THAT(table, HasSubstr("<code>__Host-session</code>"));
  EXPECT_THAT(table, HasSubstr("Knows that it is still you"));
  EXPECT_THAT(table, HasSubstr("<code>strange</code>"));
  EXPECT_THAT(table, HasSubstr("Not one of ours"));
  EXPECT_THAT(table, Not(HasSubstr("__Host-stay")));
  EXPECT_THAT(body, Not(HasSubstr(kToken))) << "a session's token is nobody's to read";
}

// clause-127.clear
TEST_P(PolicyPagesOn, DeletingTakesThemOutOfTheBrowserAndEndsTheSession) {
  const Headers mine{{"Cookie", "__Host-session=" + kToken}, {"Sec-Fetch-Site", "same-origin"}};
  const auto one = call("POST", "/privacy/cookies", "cookie=__Host-session", mine);
  EXPECT_EQ(one.status, 303);
  ASSERT_EQ(one.cookies.lines().size(), 1U);
  EXPECT_THAT(one.cookies.lines()[0], AllOf(HasSubstr("__Host-session=;"), HasSubstr("Max-Age=0")));
  EXPECT_EQ(signed_out, kToken);
  EXPECT_EQ(header(one, "Clear-Site-Data"), "");
  const auto all = call("POST", "/privacy/cookies", "all=1", mine);
  EXPECT_EQ(all.cookies.lines().size(), http::the_register().cookies.size());
  EXPECT_THAT(header(all, "Clear-Site-Data"), HasSubstr("\"cookies\", \"storage\""));
  signed_out.clear();
  const auto strange =
      call("POST", "/privacy/cookies", "all=1",
           {{"Cookie", "__Host-session=" + kToken}, {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(strange.status, 403) << "another site signs nobody out";
  EXPECT_EQ(signed_out, "");
}

// ---- The question about optional purposes, with one put there for the test

// clause-126.buttons
TEST_P(PolicyPagesOn, RefusingIsAsEasyAsAccepting) {
  serve(kWithMaps);
  const auto body = get("/privacy/contact").body;
  const auto form = body.substr(body.find("action=\"/privacy/choice\""));
  const auto no = form.find("<button class=\"button\" name=\"answer\" value=\"no\">No</button>");
  const auto yes = form.find("<button class=\"button\" name=\"answer\" value=\"yes\">Yes</button>");
  ASSERT_NE(no, std::string::npos);
  ASSERT_NE(yes, std::string::npos) << "the same element, the same class: the same size";
  EXPECT_LT(no, yes);
  for (const std::string answer : {"no", "yes"}) {
    const auto response = call("POST", "/privacy/choice", "answer=" + answer + "&back=/terms",
                               {{"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(header(response, "Location"), "/terms");
    ASSERT_EQ(response.cookies.lines().size(), 1U);
    EXPECT_THAT(response.cookies.lines()[0], HasSubstr("__Host-choice=Maps.1." + answer + ";"));
  }
}

TEST_P(PolicyPagesOn, AnAnswerIsRememberedAndNothingIsLoadedBefore) {
  serve(kWithMaps);
  const auto csp = [&](Headers headers) {
    return header(get("/privacy/contact", std::move(headers)), "Content-Security-Policy");
  };
  EXPECT_THAT(csp({}), Not(HasSubstr("maps.example")));
  EXPECT_THAT(csp({{"Cookie", "__Host-choice=Maps.1.no"}}), Not(HasSubstr("maps.example")));
  EXPECT_THAT(csp({{"Cookie", "__Host-choice=Maps.1.yes"}}),
              HasSubstr("https://tiles.maps.example"));
  EXPECT_THAT(csp({{"Cookie", "__Host-choice=Maps.1.yes"}, {"Sec-GPC", "1"}}),
              Not(HasSubstr("maps.example")));
  EXPECT_THAT(get("/privacy/contact", {{"Cookie", "__Host-choice=Maps.1.no"}}).body,
              Not(HasSubstr("id=\"question\"")));
  EXPECT_THAT(get("/privacy/contact", {{"Sec-GPC", "1"}}).body, Not(HasSubstr("id=\"question\"")));
}

// clause-105.redirects
TEST_P(PolicyPagesOn, GoingBackLeadsNowhereElse) {
  for (const char* elsewhere : {"https://evil.example", "//evil.example", "/\\evil.example",
                                "javascript:alert(1)", "%2F%2Fevil.example", "/%0d%0aX: y"}) {
    const auto response =
        call("POST", "/privacy/choice", "answer=no&back=" + std::string(elsewhere));
    EXPECT_EQ(header(response, "Location"), "/") << elsewhere;
  }
}

}  // namespace
}  // namespace pages
