#include <gtest/gtest.h>

#include "journey/understanding.h"

using journey::By, journey::CodeTable, journey::Status, journey::Verdict;

namespace {

CodeTable table(const std::string& rows) {
  auto parsed = CodeTable::parse("code\ttext\tstatus\tsource\n" + rows);
  EXPECT_TRUE(parsed) << parsed.error().line << ": " << parsed.error().says;
  return std::move(parsed).value();
}

std::string word(const Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::Unknown) return "unknown";
  if (verdict.kind == Verdict::Kind::Note) return "note";
  return verdict.substatus == 0 ? std::string(journey::name(verdict.status))
                                : journey::substatus_name(verdict.status, verdict.substatus);
}

TEST(CodeTable, FindsACodeHoweverItIsTyped) {
  const auto codes = table("AF\t\ttransit002\t\nBP\t\tnote\t\n");
  EXPECT_EQ(word(codes.find(" af ", "anything")), "transit002");
  EXPECT_EQ(codes.find("AF", "").by, By::CarrierCode);
  EXPECT_EQ(codes.find("AF", "").confidence, 1000);
  EXPECT_EQ(word(codes.find("bp", "")), "note");
  EXPECT_EQ(word(codes.find("XX", "")), "unknown");
}

TEST(CodeTable, FindsASentenceWhateverItsCaseNumbersAndPunctuation) {
  const auto codes = table("\tDelivered, front door!\tdelivered004\t\n\tHeld at *\tpickup002\t\n");
  EXPECT_EQ(word(codes.find("", "DELIVERED - FRONT DOOR 12:30")), "delivered004");
  EXPECT_EQ(codes.find("", "delivered front door").by, By::CarrierWording);
  EXPECT_EQ(word(codes.find("anything", "Held at 12 High Street")), "pickup002");
  EXPECT_EQ(word(codes.find("", "Delivered")), "unknown");
}

TEST(CodeTable, TrustsCodeWithTextThenCodeThenText) {
  const auto codes = table(
      "SR\t\ttransit001\t\n"
      "SR\tReleased*\ttransit005\t\n"
      "SR\tReleased today\ttransit006\t\n"
      "\tReleased\texception006\t\n");
  EXPECT_EQ(word(codes.find("SR", "released by customs")), "transit005");
  EXPECT_EQ(word(codes.find("SR", "released today")), "transit006");
  EXPECT_EQ(word(codes.find("SR", "something else")), "transit001");
  EXPECT_EQ(word(codes.find("S", "released")), "exception006");
}

TEST(CodeTable, PrefersFewerStarsAndThenTheEarlierRow) {
  const auto codes = table(
      "D/*/*\t\tdelivered001\t\n"
      "D/*\t\tdelivered002\t\n"
      "D/X*\t\tdelivered003\t\n"
      "*/FS\tleft*\tdelivered004\t\n"
      "D/FS\t*left*\tpickup002\t\n");
  EXPECT_EQ(word(codes.find("D/XY/1", "")), "delivered002");
  EXPECT_EQ(word(codes.find("D/FS", "left here")), "delivered004");
  EXPECT_EQ(word(codes.find("D/FS", "was left here")), "pickup002");
}

TEST(CodeTable, NamesTheLineThatIsWrong) {
  const struct {
    const char* rows;
    int line;
    const char* says;
  } cases[] = {
      {"code\ttext\tstatus\tsource\nA\t\tmoving\t\n", 2, "moving"},
      {"code\ttext\tstatus\tsource\n# said\n\t\tdelivered\t\n", 3, "neither a code nor a text"},
      {"code\ttext\tstatus\tsource\nA\tdelivered\n", 2, "columns"},
      {"code\ttext\tstatus\tsource\n\t...\tdelivered\t\n", 2, "nothing is left"},
      {"A\t\tdelivered\t\n", 1, "first line"},
      {"", 1, "header"},
  };
  for (const auto& c : cases) {
    const auto parsed = CodeTable::parse(c.rows);
    ASSERT_FALSE(parsed) << c.rows;
    EXPECT_EQ(parsed.error().line, c.line) << c.rows;
    EXPECT_NE(parsed.error().says.find(c.says), std::string::npos) << parsed.error().says;
  }
}

TEST(CodeTable, SaysWhichRowDecided) {
  const auto codes = table("AF\tArrived *\ttransit002\tthe carrier's list\n");
  EXPECT_EQ(codes.explain("af", "Arrived at hub"),
            "line 2: code AF and text \"Arrived *\" (the carrier's list)");
  EXPECT_EQ(codes.explain("af", "Left hub"), "");
}

TEST(CodeTable, IsNotSlowedByATextFullOfNearMisses) {
  const auto codes = table("\t*a*a*a*a*b\tdelivered\t\n");
  EXPECT_EQ(word(codes.find("", std::string(10'000, 'a'))), "unknown");
}

}  // namespace
