#include "carriers/path.h"

#include <gtest/gtest.h>

namespace {

using carriers::Document, carriers::Format, carriers::kRoot, carriers::NodeId, carriers::Path;

constexpr std::string_view kAnswer = R"({
  "a": {"b": [{"type": "DEL", "code": 1}, {"type": "PU", "code": 2}, {"type": "DEL", "code": 3}],
        "x.y": "dotted", "empty": [], "none": null},
  "deep": {"er": {"code": 4}}, "list": ["one", "two", "three"]
})";

// The texts of all nodes a path gives, joined with spaces.
std::string found(std::string_view path, Path::Hollow hollow = Path::Hollow::Skipped) {
  Document document;
  if (!document.parse(Format::Json, kAnswer)) return "no document";
  const auto parsed = Path::parse(path);
  if (!parsed) return "error: " + parsed.error();
  std::string out;
  parsed.value().each(
      document, kRoot,
      [&](NodeId id) {
        out += (out.empty() ? "" : " ") + (document.text(id).empty()
                                               ? "<" + std::string(document[id].name) + ">"
                                               : std::string(document.text(id)));
        return false;
      },
      hollow);
  return out;
}

TEST(Path, WalksNamesAndLists) {
  EXPECT_EQ(found("a.b.code"), "1 2 3");
  EXPECT_EQ(found("list"), "one two three");
  EXPECT_EQ(found("a.nothing.code"), "");
  EXPECT_EQ(found("."), "<>");
}

TEST(Path, KnowsEveryKindOfStep) {
  EXPECT_EQ(found("a.*.code"), "1 2 3");
  EXPECT_EQ(found("**.code"), "1 2 3 4");
  EXPECT_EQ(found("deep.er.code.^.list[1]"), "one");
  EXPECT_EQ(found("deep.er....er.code"), "4");
  EXPECT_EQ(found("a.\"x.y\""), "dotted");
  EXPECT_EQ(found("**.[type=PU].code"), "2");
  EXPECT_EQ(found("**..[type=PU].code"), "2");
}

TEST(Path, ChoosesByPlaceAndByWhatAChildSays) {
  EXPECT_EQ(found("a.b[2].code"), "2");
  EXPECT_EQ(found("a.b[-1].code"), "3");
  EXPECT_EQ(found("a.b[4].code"), "");
  EXPECT_EQ(found("a.b[-4].code"), "");
  EXPECT_EQ(found("a.b[type=DEL].code"), "1 3");
  EXPECT_EQ(found("a.b[type=DEL][-1].code"), "3");
  EXPECT_EQ(found("a.b[type!=\"DEL\"].code"), "2");
  EXPECT_EQ(found("a.b[type].code"), "1 2 3");
  EXPECT_EQ(found("a.b[missing].code"), "");
  EXPECT_EQ(found("list[.=two]"), "two");
}

TEST(Path, GivesHollowNamesOnlyWhenAskedTo) {
  EXPECT_EQ(found("a.empty"), "");
  EXPECT_EQ(found("a.empty", Path::Hollow::Seen), "<empty>");
  EXPECT_EQ(found("a.none", Path::Hollow::Seen), "<none>");
}

TEST(Path, SaysWhatIsWrongWithIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"a.", "ends with a '.'"},
      {"a..b", "name is missing"},
      {"a[", "missing"},
      {"a[0]", "from 1"},
      {"a[1", "missing"},
      {"a[b=c", "missing"},
      {"\"a", "not closed"},
      {"**.**.**.a", "more than twice"},
      {"^[1]", "cannot follow"},
      {"a]b", "in quotes"},
  };
  for (const auto& [path, says] : cases) {
    const auto parsed = Path::parse(path);
    ASSERT_FALSE(parsed) << path;
    EXPECT_NE(parsed.error().find(says), std::string::npos) << path << ": " << parsed.error();
  }
}

TEST(Path, EndsWhenAnAnswerIsMadeToCostTooMuch) {
  std::string wide = "{\"a\":[";
  for (int i = 0; i < 20'000; ++i) wide += (i == 0 ? "" : ",") + std::string("{\"b\":1}");
  Document document;
  ASSERT_TRUE(document.parse(Format::Json, wide + "]}"));
  const auto path = Path::parse("a.^.**.nothing");
  ASSERT_TRUE(path);
  path.value().each(document, kRoot, [](NodeId) { return false; });
  EXPECT_TRUE(document.is_spent());
}

}  // namespace
