#include "carriers/template.h"

#include <gtest/gtest.h>

namespace carriers {
namespace {

Template parsed(std::string_view text) {
  auto out = parse_template(text);
  EXPECT_TRUE(out) << text;
  return out ? std::move(*out) : Template{};
}

std::string rendered(std::string_view text, Escape where, std::string number) {
  Words words;
  words.set("number", std::move(number));
  words.set_as_is("base", "https://carrier.example/api");
  return render(parsed(text), words, where);
}

TEST(Template, IsTextAndNamesByTurns) {
  const auto t = parsed("{base}/track/{number}?a=1");
  using Piece = Template::Piece;
  EXPECT_EQ(t.pieces, (std::vector<Piece>{
                          {true, "base"}, {false, "/track/"}, {true, "number"}, {false, "?a=1"}}));
  EXPECT_TRUE(t.uses("number"));
  EXPECT_FALSE(t.uses("track"));
  EXPECT_TRUE(parsed("").empty());
}

TEST(Template, TakesABraceForItselfWhenItIsDoubledOrNoNameFollows) {
  EXPECT_EQ(rendered(R"({{"number": "{number}"}})", Escape::Json, "1"), R"({"number": "1"}})");
  EXPECT_EQ(rendered(R"({"a": {"number": "{number}"}})", Escape::Json, "1"),
            R"({"a": {"number": "1"}})");
  EXPECT_EQ(rendered("{{number}", Escape::Plain, "1"), "{number}");
  EXPECT_EQ(rendered("a{", Escape::Plain, "1"), "a{");
}

TEST(Template, NamesThatAreNotClosedAreMistakes) {
  for (const char* text : {"{number", "{number ", "x{number-1}", "{number{"}) {
    const auto out = parse_template(text);
    ASSERT_FALSE(out) << text;
    EXPECT_NE(out.error().find("'{number'"), std::string::npos) << out.error();
  }
}

TEST(Template, ValuesCannotLeaveThePlaceTheyAreIn) {
  const struct {
    Escape where;
    const char* text;
    const char* value;
    const char* becomes;
  } cases[] = {
      {Escape::Path, "{base}/t/{number}", "A/../B?x=1#y",
       "https://carrier.example/api/t/A%2F..%2FB%3Fx%3D1%23y"},
      {Escape::Path, "/{number}/events", "..", "//events"},
      {Escape::Path, "/{number}", "a b+c%\xC3\xA9", "/a%20b%2Bc%25%C3%A9"},
      {Escape::Query, "{number}", "1&key=2", "1%26key%3D2"},
      {Escape::Query, "a b,c&d+{number}", "1,2", "a%20b,c%26d%2B1%2C2"},
      {Escape::Header, "Token {number}", "a\r\nX: y", "Token aX: y"},
      {Escape::Json, R"("{number}")", "a\"b\\c\n\x01", R"("a\"b\\c\n\u0001")"},
      {Escape::Xml, "<n a='{number}'/>", "<&>\"'\x01\n", "<n a='&lt;&amp;&gt;&quot;&apos;\n'/>"},
      {Escape::Xml, "{number}", "\xFF\xC3\xA9\xEF\xBF\xBF", "\xEF\xBF\xBD\xC3\xA9"},
      {Escape::Plain, "{number}", "a&b", "a&b"},
  };
  for (const auto& c : cases) EXPECT_EQ(rendered(c.text, c.where, c.value), c.becomes) << c.text;
}

TEST(Template, NamesWithoutAWordAreLeftOut) {
  EXPECT_EQ(render(parsed("a{nothing}b"), Words{}, Escape::Plain), "ab");
}

TEST(Template, ABodyIsEscapedByItsContentType) {
  EXPECT_EQ(escape_of_body("application/json; charset=utf-8"), Escape::Json);
  EXPECT_EQ(escape_of_body("application/vnd.carrier+json"), Escape::Json);
  EXPECT_EQ(escape_of_body("text/xml;charset=UTF-8"), Escape::Xml);
  EXPECT_EQ(escape_of_body("application/soap+xml"), Escape::Xml);
  EXPECT_EQ(escape_of_body("application/x-www-form-urlencoded"), Escape::Path);
  EXPECT_EQ(escape_of_body("text/plain"), Escape::Plain);
}

}  // namespace
}  // namespace carriers
