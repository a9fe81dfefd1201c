#include "base/text.h"

#include <gtest/gtest.h>

#include "base/json_writer.h"

TEST(Text, KnowsUtf8FromNoise) {
  EXPECT_TRUE(base::is_utf8("Zürich 深圳 \xF0\x9F\x93\xA6"));
  for (const char* broken :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "abc\xE6\xB7"}) {
    EXPECT_FALSE(base::is_utf8(broken));
  }
  EXPECT_EQ(base::utf8_length("Zürich"), 6U);
}

TEST(Text, HexGoesThereAndBack) {
  EXPECT_EQ(base::to_hex(std::string_view("\x00\xffz", 3)), "00ff7a");
  EXPECT_EQ(base::from_hex("00FF7a"), std::string("\x00\xffz", 3));
  EXPECT_EQ(base::from_hex("0"), "");
  EXPECT_EQ(base::from_hex("0g"), "");
}

TEST(Text, TrimsAndFoldsWithoutLocale) {
  EXPECT_EQ(base::trim(" \t x y\r\n"), "x y");
  EXPECT_EQ(base::trim("  "), "");
  EXPECT_TRUE(base::equals_ignoring_case("UPS", "ups"));
  EXPECT_EQ(base::upper("aß1"), "Aß1");
}

TEST(JsonWriter, EscapesAndRepairs) {
  base::JsonWriter json;
  json.begin_object()
      .key("a")
      .value("q\"\\\n\x01é\xff")
      .key("b")
      .begin_array()
      .value(1)
      .value(-2.5)
      .value(true);
  json.null().end_array().key("c").value_or_null("").end_object();
  EXPECT_EQ(json.text(),
            "{\"a\":\"q\\\"\\\\\\n\\u0001é\xEF\xBF\xBD\",\"b\":[1,-2.5,true,null],\"c\":null}");
}

TEST(Text, Base64AsTheStandardsOwnExamples) {
  const struct {
    const char* bytes;
    const char* text;
  } cases[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"},
               {"\xFB\xFF", "+/8="}};
  for (const auto& c : cases) EXPECT_EQ(base::to_base64(c.bytes), c.text) << c.bytes;
}
