#include "http/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace http {
namespace {

Handler saying(const char* word) {
  return [word](Request) -> base::Task<Response> { co_return text(200, word); };
}

Router example() {
  Router router;
  router.add("GET", "/", saying("root"));
  router.add("GET", "/v4/trackings/get", saying("list"));
  router.add("POST", "/v4/trackings/create", saying("create"));
  router.add("PUT", "/v4/trackings/update/{id}", saying("update"));
  router.add("DELETE", "/v4/trackings/{verb}/{id}", saying("other"));
  router.add("GET", "/t/{account}/{number}", saying("page"));
  router.add("GET", "/t/{account}/help", saying("help"));
  return router;
}

// What the matched handler says, or the status in words.
std::string route(const Router& router, const char* method, std::string_view target) {
  auto request = make_request(method, target);
  const auto match = router.match(request);
  if (match.handler == nullptr) return std::to_string(match.status);
  auto task = (*match.handler)(std::move(request));
  return base::sync_wait(std::move(task)).body;
}

TEST(Router, MatchesByWholeSegments) {
  const Router router = example();
  const struct {
    const char* method;
    const char* target;
    const char* expected;
  } cases[] = {
      {"GET", "/", "root"},
      {"GET", "/v4/trackings/get", "list"},
      {"GET", "/v4/trackings/get/", "list"},
      {"GET", "/v4/trackings///get?x=1", "list"},
      {"GET", "/v4/trackings/gets", "404"},
      {"GET", "/v4/trackings", "404"},
      {"GET", "/v4/trackings/get/more", "405"},
      {"GET", "/v4/trackings/get/more/still", "404"},
      {"PUT", "/v4/trackings/update/abc", "update"},
      {"DELETE", "/v4/trackings/delete/abc", "other"},
      {"DELETE", "/v4/trackings/update/abc", "405"},  // the literal wins, and has no DELETE
      {"GET", "/t/a/help", "help"},
      {"GET", "/t/a/123", "page"},
      {"GET", "/V4/trackings/get", "404"},
      {"HEAD", "/v4/trackings/get", "list"},
      {"HEAD", "/v4/trackings/create", "405"},
      {"POST", "/v4/trackings/get", "405"},
      {"get", "/v4/trackings/get", "405"},
      {"GET", "*", "404"},
  };
  for (const auto& [method, target, expected] : cases)
    EXPECT_EQ(route(router, method, target), expected) << method << " " << target;
}

TEST(Router, GoesBackToAParameterWhereALiteralLeadsNowhere) {
  Router router;
  router.add("GET", "/a/b/c", saying("literal"));
  router.add("GET", "/a/{x}/d", saying("parameter"));
  EXPECT_EQ(route(router, "GET", "/a/b/c"), "literal");
  EXPECT_EQ(route(router, "GET", "/a/b/d"), "parameter");
  auto request = make_request("GET", "/a/b/d");
  (void)router.match(request);
  EXPECT_EQ(request.parameter("x"), "b");
}

TEST(Router, DecodesParametersAfterMatching) {
  const Router router = example();
  auto request = make_request("GET", "/t/sh%6Fp/RR%2F1%00+2");
  const auto match = router.match(request);
  ASSERT_NE(match.handler, nullptr);
  EXPECT_EQ(match.pattern, "/t/{account}/{number}");
  EXPECT_EQ(request.parameter("account"), "shop");
  EXPECT_EQ(request.parameter("number"), std::string_view("RR/1\0+2", 7));
  EXPECT_EQ(request.parameter("nothing"), "");
}

TEST(Router, NamesThePatternButNeverThePath) {
  const Router router = example();
  auto unknown = make_request("GET", "/secret");
  EXPECT_EQ(router.match(unknown).pattern, "(none)");
  auto wrong = make_request("GET", "/v4/trackings/update/RR123");
  const auto match = router.match(wrong);
  EXPECT_EQ(match.pattern, "/v4/trackings/update/{id}");
  EXPECT_EQ(match.allow, "PUT");
}

TEST(Router, RefusesTheSameRouteTwice) {
  Router router = example();
  EXPECT_THROW(router.add("GET", "/t/{other}/help/", saying("again")), std::logic_error);
}

TEST(Router, IsNotImpressedByAHundredThousandSegments) {
  const Router router = example();
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "/t";
  EXPECT_EQ(route(router, "GET", deep), "404");
  EXPECT_EQ(route(router, "GET", std::string(100'000, '/')), "root");
  EXPECT_EQ(route(router, "GET", std::string_view("/\0/%/%0/%00", 11)), "404");
}

TEST(Router, GivesTheErrorPageOfTheLongestPrefix) {
  Router router;
  const auto named = [](const char* name) {
    return [name](int status, const Request*) { return json(status, name); };
  };
  EXPECT_NE(router.error_page("/x")(404, nullptr).body.find("Not Found"), std::string::npos);
  router.errors_below("/", named("all"));
  router.errors_below("/v4/awb", named("awb"));
  router.errors_below("/v4", named("v4"));
  EXPECT_EQ(router.error_page("/v4")(404, nullptr).body, "v4");
  EXPECT_EQ(router.error_page("/v4/x")(404, nullptr).body, "v4");
  EXPECT_EQ(router.error_page("/v4/awb")(404, nullptr).body, "awb");
  EXPECT_EQ(router.error_page("/v40")(404, nullptr).body, "all");
  EXPECT_EQ(router.error_page("*")(404, nullptr).body, "all");
}

}  // namespace
}  // namespace http
