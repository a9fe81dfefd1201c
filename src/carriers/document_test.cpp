#include "carriers/document.h"

#include <gtest/gtest.h>

namespace {

using carriers::Document, carriers::Format, carriers::kNoNode, carriers::kRoot, carriers::Node,
    carriers::NodeId;

// The tree in letters: name=text{children}, hollow names with a '!'.
std::string drawn(const Document& d, NodeId at = kRoot) {
  std::string out(d[at].name);
  if (!d[at].value.empty()) out += "=" + std::string(d[at].value);
  if (d[at].kind == Node::Kind::Hollow) out += "!";
  if (d[at].first_child == kNoNode) return out;
  out += "{";
  for (auto child = d[at].first_child; child != kNoNode; child = d[child].next)
    out += (out.back() == '{' ? "" : " ") + drawn(d, child);
  return out + "}";
}

std::string read(Format format, std::string_view bytes) {
  Document document;
  const auto done = document.parse(format, bytes);
  return done ? drawn(document) : "error: " + done.error().says;
}

TEST(Document, ReadsJsonWithListsAsRepeatedNames) {
  EXPECT_EQ(read(Format::Json, R"({"a":{"b":[1,2.50,"x\ny"],"c":true},"d":"ü"})"),
            "{a{b=1 b=2.50 b=x\ny c=true} d=ü}");
  EXPECT_EQ(read(Format::Json, R"([{"a":1},{"a":2}])"), "{item{a=1} item{a=2}}");
  EXPECT_EQ(read(Format::Json, R"({"p":[[1,2],[3]]})"), "{p{p=1 p=2} p{p=3}}");
  EXPECT_EQ(read(Format::Json, R"("alone")"), "{item=alone}");
}

TEST(Document, KeepsNumbersAsWritten) {
  EXPECT_EQ(read(Format::Json, R"({"w":17.0,"n":12345678901234567890123,"e":1e3,"m":-0.5})"),
            "{w=17.0 n=12345678901234567890123 e=1e3 m=-0.5}");
}

TEST(Document, TellsAnEmptyListFromNone) {
  EXPECT_EQ(read(Format::Json, R"({"a":[],"b":{},"c":null,"d":""})"), "{a! b! c! d!}");
  EXPECT_EQ(read(Format::Xml, "<r><a/><b></b><c> </c></r>"), "{r{a! b! c!}}");
}

TEST(Document, ReadsXmlWithoutPrefixesAndAttributesFirst) {
  EXPECT_EQ(
      read(Format::Xml,
           R"(<s:E xmlns:s="u"><s:B id="1" x:k="v">t&amp;u</s:B><B><![CDATA[c<d]]></B></s:E>)"),
      "{E{B=t&u{id=1 k=v} B=c<d}}");
  EXPECT_EQ(read(Format::Xml, "<r><t>the <b>1</b>st <i>of</i> all</t></r>"),
            "{r{t=the 1st of all{b=1 i=of}}}");
}

TEST(Document, ConvertsOtherEncodings) {
  EXPECT_EQ(
      read(Format::Xml, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r><t>K\xf6ln</t></r>"),
      "{r{t=Köln}}");
  EXPECT_EQ(read(Format::Xml, "\xef\xbb\xbf<r>é</r>"), "{r=é}");
  EXPECT_EQ(read(Format::Json, "\xef\xbb\xbf{\"a\":1}"), "{a=1}");
}

TEST(Document, ReadsCsvByTheNamesOfItsHeader) {
  EXPECT_EQ(read(Format::Csv, "no;text\r\n1;\"a;\"\"b\"\"\"\r\n2;\r\n"),
            "{row{no=1 text=a;\"b\"} row{no=2 text!}}");
}

TEST(Document, SaysWhatIsNotReadable) {
  for (const auto* bytes :
       {"", "{", "{\"a\":}", "{\"a\":1} x", "[1,2", "{\"a\":tru}", "<html>", "{\"a\":1-2}"})
    EXPECT_TRUE(read(Format::Json, bytes).starts_with("error")) << bytes;
  for (const auto* bytes : {"", "{}", "<a>", "<a></b>", "text"})
    EXPECT_TRUE(read(Format::Xml, bytes).starts_with("error")) << bytes;
}

TEST(Document, RefusesWhatIsTooDeep) {
  EXPECT_TRUE(
      read(Format::Json, std::string(5000, '[') + std::string(5000, ']')).starts_with("error"));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  for (int i = 0; i < 5000; ++i) deep += "</a>";
  EXPECT_TRUE(read(Format::Xml, deep).starts_with("error"));
}

TEST(Document, IsReusedWithoutTraces) {
  Document document;
  ASSERT_TRUE(document.parse(Format::Json, R"({"a":1})"));
  ASSERT_FALSE(document.parse(Format::Json, "{"));
  EXPECT_EQ(document.size(), 1u);
  ASSERT_TRUE(document.parse(Format::Xml, "<b>2</b>"));
  EXPECT_EQ(drawn(document), "{b=2}");
}

}  // namespace
