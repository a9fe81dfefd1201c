#include "http/message.h"

#include <gtest/gtest.h>

#include "http/answer.h"
#include "http/gzip.h"

namespace http {
namespace {

TEST(Request, CollapsesSlashesOfThePathAndKeepsTheQuery) {
  const struct {
    const char* target;
    const char* path;
    const char* query;
  } cases[] = {
      {"/", "/", ""},
      {"", "/", ""},
      {"/v4//awb", "/v4/awb", ""},
      {"/v4/trackings///get?a=//b", "/v4/trackings/get", "a=//b"},
      {"///", "/", ""},
      {"/x/", "/x", ""},
      {"/x?", "/x", ""},
      {"/x?a=1?b=2", "/x", "a=1?b=2"},
      {"?a", "/", "a"},
      {"http://shop.example/v4/x?y=1", "/v4/x", "y=1"},
      {"http://shop.example", "/", ""},
      {"http://shop.example?y=/z", "/", "y=/z"},
      {"*", "*", ""},
      {"/redirect?to=http://x//y", "/redirect", "to=http://x//y"},
  };
  for (const auto& [target, path, query] : cases) {
    const auto request = make_request("GET", target);
    EXPECT_EQ(request.path(), path) << target;
    EXPECT_EQ(request.query(), query) << target;
    EXPECT_EQ(request.target(), target);
  }
}

TEST(Request, FindsHeadersInAnyCaseAndTakesTheFirst) {
  const auto request = make_request("POST", "/", "body", {{"X-One", "1"}, {"x-one", "2"}});
  EXPECT_EQ(request.header("X-ONE"), "1");
  EXPECT_EQ(request.header("X-Two"), "");
  EXPECT_EQ(request.body(), "body");
  EXPECT_EQ(request.method(), "POST");
}

TEST(Request, KeepsItsViewsAcrossAMove) {
  auto request = make_request("GET", "/v4//x?q", "", {{"A", "b"}});
  const auto path = request.path();
  const auto value = request.header("a");
  const Request moved = std::move(request);
  EXPECT_EQ(moved.path().data(), path.data());
  EXPECT_EQ(moved.header("a").data(), value.data());
}

TEST(PercentDecode, LeavesBrokenEscapesAndKeepsNulBytes) {
  const struct {
    std::string_view text;
    Plus plus;
    std::string_view expected;
  } cases[] = {
      {"a%20b", Plus::IsPlus, "a b"},
      {"a+b", Plus::IsSpace, "a b"},
      {"a+b", Plus::IsPlus, "a+b"},
      {"%2B+%2b", Plus::IsSpace, "+ +"},
      {"%", Plus::IsPlus, "%"},
      {"%4", Plus::IsPlus, "%4"},
      {"%zz%41", Plus::IsPlus, "%zzA"},
      {"%%41", Plus::IsPlus, "%A"},
      {"a%00b", Plus::IsPlus, std::string_view("a\0b", 3)},
      {"%25%32%35", Plus::IsPlus, "%25"},  // once, not twice
      {"%C3%A4", Plus::IsPlus, "ä"},
  };
  for (const auto& [text, plus, expected] : cases)
    EXPECT_EQ(percent_decode(text, plus), expected) << text;
}

TEST(ParseQuery, GivesDecodedPairsInOrder) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parse_query("", Plus::IsPlus), Pairs());
  EXPECT_EQ(parse_query("a=1&b=&c&a=2&&=x", Plus::IsPlus),
            (Pairs{{"a", "1"}, {"b", ""}, {"c", ""}, {"a", "2"}, {"", "x"}}));
  EXPECT_EQ(parse_query("d=2023-08-23T14:00:00+08:00", Plus::IsPlus),
            (Pairs{{"d", "2023-08-23T14:00:00+08:00"}}));
  EXPECT_EQ(parse_query("a%3Db=c=d+e", Plus::IsSpace), (Pairs{{"a=b", "c=d e"}}));
}

TEST(ParseQuery, StopsAtTwoHundredPairs) {
  std::string query;
  for (int i = 0; i < 5'000; ++i) query += "a=b&";
  EXPECT_EQ(parse_query(query, Plus::IsPlus).size(), 200U);
}

TEST(AcceptEncoding, IsReadWithItsWeights) {
  const struct {
    const char* value;
    bool accepted;
  } cases[] = {
      {"", false},
      {"gzip", true},
      {"GZIP", true},
      {"deflate, gzip;q=1.0, *;q=0.5", true},
      {"gzip;q=0", false},
      {"gzip; q=0.000", false},
      {"gzip;q=0.001", true},
      {"*", true},
      {"*;q=0", false},
      {"gzip;q=0, *", false},
      {"br", false},
      {"gzippy", false},
      {"identity", false},
  };
  for (const auto& [value, accepted] : cases) EXPECT_EQ(accepts_gzip(value), accepted) << value;
}

TEST(Head, CannotBeSplitByAValue) {
  std::string out;
  Response response = json(200, "{}");
  response.headers = {{"Content-Disposition", "attachment; filename=\"a\r\nSet-Cookie: b=1\""},
                      {"Content-Length", "999"}};
  append_head(out, response, {.request_id = "x", .body_size = 2});
  EXPECT_EQ(out.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(out.find("999"), std::string::npos);
  EXPECT_NE(out.find("Content-Length: 2\r\n"), std::string::npos);
}

TEST(Gzip, GivesNothingWhenItWouldNotBeSmaller) {
  Gzip gzip;
  EXPECT_FALSE(gzip.compress("x"));
  EXPECT_FALSE(gzip.compress(""));
  const auto small = gzip.compress(std::string(10'000, 'a'));
  ASSERT_TRUE(small);
  EXPECT_LT(small->size(), 200U);
  EXPECT_EQ(gzip.compress(std::string(10'000, 'a')), small);  // the stream is clean again
}

}  // namespace
}  // namespace http
