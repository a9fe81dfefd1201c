// X12 and EDIFACT: what the standards say, and what the world does to them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "carriers/formats/edi_tree.h"
#include "carriers/formats/edifact.h"
#include "carriers/formats/x12.h"
#include "carriers/path.h"

namespace carriers {
namespace {

using formats::acknowledge_edifact;
using formats::acknowledge_x12;

constexpr base::Instant kNow = base::from_micros(1'767'225'600'000'000);  // 2026-01-01

// The values of a path, joined with "|".
std::string at(const Document& document, std::string_view path) {
  const auto compiled = Path::parse(path);
  EXPECT_TRUE(compiled) << path;
  std::string out;
  for (const auto id : compiled.value().all(document, kRoot)) {
    if (!out.empty()) out += "|";
    out += document.text(id);
  }
  return out;
}
std::string why(Format format, std::string_view bytes) {
  Document document;
  const auto read = document.parse(format, bytes);
  return read ? "" : read.error().says;
}

constexpr std::string_view kIsa =
    "ISA*00*          *00*          *02*ACME           *ZZ*SHOP           *260101*0900*U*00401*"
    "000000007*0*P*>~";

std::string x12(std::string_view body,
                std::string_view trailer = "SE*9*0001~GE*1*7~IEA*1*000000007~") {
  return fmt::format("{}GS*QM*ACME*SHOP*20260101*0900*7*X*004010~ST*214*0001~{}{}", kIsa, body,
                     trailer);
}

TEST(X12, NestsLoopsUnderTheSegmentThatOpensThem) {
  Document document;
  ASSERT_TRUE(document.parse(
      Format::X12,
      x12("B10*PRO1**ACME~N1*CN*SHOP~N4*DALLAS*TX~LX*1~AT7*AF*NS***20260101*0800*CT~"
          "MS1*GARY*IN*US~AT7*X6*NS***20260101*0900*CT~MS1*GARY*IN*US~AT8*G*L*12*1~")));
  EXPECT_EQ(at(document, "ISA.GS.ST.B10.1"), "PRO1");
  EXPECT_EQ(at(document, "ISA.GS.ST.N1.N4.1"), "DALLAS");
  EXPECT_EQ(at(document, "ISA.GS.ST.LX.AT7.1"), "AF|X6") << "several statuses in one LX";
  EXPECT_EQ(at(document, "ISA.GS.ST.LX.AT7[1=X6].MS1.1"), "GARY");
  EXPECT_EQ(at(document, "ISA.GS.ST.LX.AT8.3"), "12") << "the weight belongs to the line";
}

TEST(X12, TakesItsSeparatorsFromIsa) {
  auto message = x12("B10*PRO1**ACME~LX*1~AT7*AF*NS***20260101*0800*CT~");
  for (auto& c : message) c = c == '*' ? '|' : c == '~' ? '\n' : c == '>' ? '^' : c;
  Document document;
  ASSERT_TRUE(document.parse(Format::X12, message));
  EXPECT_EQ(at(document, "ISA.GS.ST.B10.3"), "ACME");
  EXPECT_EQ(at(document, "**.AT7.1"), "AF");
}

TEST(X12, ReadsTheRepetitionSeparatorOfThe5010AndAnIsaThatIsNotPadded) {
  Document document;
  ASSERT_TRUE(document.parse(
      Format::X12,
      "\xEF\xBB\xBF\r\nISA*00**00**ZZ*A*ZZ*B*260101*0900*^*00501*000000007*0*P*:~\r\n"
      "GS*QM*A*B*20260101*0900*7*X*005010~\r\nST*214*0001~\r\nB10*PRO1**ACME~\r\n"
      "MAN*CP*1Z1^1Z2~\r\nSE*4*0001~\r\nGE*1*7~\r\nIEA*1*000000007"));
  EXPECT_EQ(at(document, "ISA.GS.ST.MAN.2"), "1Z1|1Z2");
  EXPECT_EQ(at(document, "remark"), "the last segment is not terminated");
}

TEST(X12, TellsWrongCountsAndReadsOn) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::X12, x12("B10*PRO1**ACME~", "SE*12*0001~GE*2*8~IEA*1*000000007~")));
  EXPECT_EQ(at(document, "ISA.GS.ST.B10.1"), "PRO1");
  EXPECT_EQ(at(document, "remark"),
            "SE says 12 segments, there are 3|GE says 2 transaction sets, there are 1|"
            "GE repeats another control number than GS");
}

TEST(X12, RefusesWhatBreaksOffOrIsNoInterchange) {
  EXPECT_EQ(why(Format::X12, ""), "an X12 interchange begins with ISA");
  EXPECT_EQ(why(Format::X12, "ST*214*0001~"), "an X12 interchange begins with ISA");
  EXPECT_EQ(why(Format::X12, "ISA*00*x~"), "ISA does not have its sixteen elements");
  EXPECT_EQ(why(Format::X12, x12("B10*PRO1**ACME~LX*1~AT", "")),
            "the message breaks off: SE is missing");
  EXPECT_EQ(why(Format::X12, x12("B10*PRO1~", "SE*3*0001~")),
            "the message breaks off: GE is missing");
  EXPECT_EQ(why(Format::X12, x12("b10*PRO1~")), "that is not a segment");
  EXPECT_EQ(why(Format::X12, fmt::format("{}B10*1~", kIsa)),
            "a segment outside of a transaction set");
}

TEST(X12, ReadsSeveralInterchangesOfAFileEachWithItsOwnSeparators) {
  auto second = x12("B10*PRO2**ACME~");
  for (auto& c : second) c = c == '*' ? '+' : c;
  Document document;
  ASSERT_TRUE(document.parse(Format::X12, fmt::format("{}\n{}", x12("B10*PRO1**ACME~"), second)));
  EXPECT_EQ(at(document, "ISA.GS.ST.B10.1"), "PRO1|PRO2");
}

TEST(X12, AcknowledgesWhatItTookAndWhatItDidNot) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::X12, x12("B10*PRO1**ACME~",
                                      "SE*3*0001~ST*214*0002~SE*9*0002~ST*990*0003~SE*2*0003~"
                                      "GE*3*7~IEA*1*000000007~")));
  const auto answer = acknowledge_x12(document, kNow, 42);
  EXPECT_NE(answer.find("AK1*QM*7~"), answer.npos) << answer;
  EXPECT_NE(answer.find("AK2*214*0001~\nAK5*A~"), answer.npos) << answer;
  EXPECT_NE(answer.find("AK2*214*0002~\nAK5*E*4~"), answer.npos)
      << "miscounted, taken all the same";
  EXPECT_NE(answer.find("AK2*990*0003~\nAK5*R*1~"), answer.npos) << "no status message";
  EXPECT_NE(answer.find("AK9*P*3*3*2~"), answer.npos) << answer;

  Document reread;
  ASSERT_TRUE(reread.parse(Format::X12, answer)) << answer;
  EXPECT_EQ(at(reread, "remark"), "") << "its own counts are right";
  EXPECT_EQ(at(reread, "ISA.GS.1"), "FA");
  EXPECT_EQ(acknowledge_x12(reread, kNow, 43), "") << "an acknowledgement is not acknowledged";
}

constexpr std::string_view kUnb = "UNB+UNOC:3+CARRIER:14+SHOP:14+260101:0900+REF1'";
std::string edifact(std::string_view body, std::string_view trailer = "UNT+9+1'UNZ+1+REF1'") {
  return fmt::format("{}UNH+1+IFTSTA:D:01B:UN'{}{}", kUnb, body, trailer);
}

TEST(Edifact, NestsStatusesUnderConsignmentsAndTransportUnderStatuses) {
  Document document;
  ASSERT_TRUE(document.parse(
      Format::Edifact,
      edifact(
          "BGM+77+S1+9'DTM+137:202601010800:203'NAD+CA+ACME'CTA+IC+:ANN'COM+1:TE'CNI+1+A1'STS+1+13'"
          "DTM+334:202512312300:203'LOC+14+DEHAM::6:HAMBURG'CNI+2+A2'STS+1+24'"
          "TDT+20+V1'LOC+9+NLRTM'DTM+133:20260101:102'STS+1+1'DTM+334:20260102:102'")));
  EXPECT_EQ(at(document, "UNB.UNH.CNI.2"), "A1|A2");
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.2"), "13|24|1");
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.DTM.iso"), "2025-12-31T23:00:00|2026-01-02");
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.LOC.2.4"), "HAMBURG");
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.TDT.LOC.DTM.iso"), "2026-01-01");
  EXPECT_EQ(at(document, "UNB.UNH.NAD.CTA.COM.1.1"), "1");
  EXPECT_EQ(at(document, "UNB.UNH.DTM.iso"), "2026-01-01T08:00:00");
}

TEST(Edifact, HonoursTheReleaseCharacterAndOtherSignsOfUna) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::Edifact, edifact("FTX+AAI+++M?'EXAMPLE ?+ SONS?: 5?\?'CNI+1+A?'1'")));
  EXPECT_EQ(at(document, "UNB.UNH.FTX.4"), "M'EXAMPLE + SONS: 5?");
  EXPECT_EQ(at(document, "UNB.UNH.CNI.2"), "A'1");

  auto other = fmt::format("UNA;|,!#~\r\n{}", edifact("CNI+1+A1'STS+1+21:::left!~there'"));
  for (auto& c : other) c = c == ':' ? ';' : c == '+' ? '|' : c == '\'' ? '~' : c;
  ASSERT_TRUE(document.parse(Format::Edifact, other)) << other;
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.2.4"), "left~there");
}

TEST(Edifact, RefusesWhatBreaksOffAndTellsWrongCounts) {
  EXPECT_EQ(why(Format::Edifact, "hello"), "an EDIFACT interchange begins with UNA or UNB");
  EXPECT_EQ(why(Format::Edifact, edifact("CNI+1+A1'STS+1+2", "")),
            "the message breaks off: UNT is missing");
  EXPECT_EQ(why(Format::Edifact, edifact("CNI+1+A1'", "UNT+3+1'")),
            "the message breaks off: UNZ is missing");
  EXPECT_EQ(why(Format::Edifact, "UNA+++++++UNB"), "UNA does not name six signs");
  Document document;
  ASSERT_TRUE(document.parse(Format::Edifact, edifact("CNI+1+A1'", "UNT+7+1'UNZ+1+OTHER'")));
  EXPECT_EQ(at(document, "remark"),
            "UNT says 7 segments, there are 3|UNZ repeats another reference than UNB");
}

TEST(Edifact, ReadsLatin1ThatIsNotDeclaredAsUtf8) {
  Document document;
  ASSERT_TRUE(document.parse(Format::Edifact, edifact("CNI+1+A1'STS+1+1'LOC+14+:::K\xD6LN'")));
  EXPECT_EQ(at(document, "UNB.UNH.CNI.STS.LOC.2.4"), "KÖLN");
}

TEST(Edifact, WritesTimesByTheirOwnQualifier) {
  const struct {
    const char *value, *format, *iso;
  } cases[] = {
      {"20260506", "102", "2026-05-06"},
      {"202605060715", "203", "2026-05-06T07:15:00"},
      {"20260506071530", "204", "2026-05-06T07:15:30"},
      {"260506", "101", "2026-05-06"},
      {"2605060715", "201", "2026-05-06T07:15:00"},
      {"060526", "2", "2026-05-06"},
      {"202605060715UTC", "303", "2026-05-06T07:15:00Z"},
      {"202605060715+02", "303", "2026-05-06T07:15:00+02:00"},
      {"202605060715CET", "303", "2026-05-06T07:15:00"},
      {"202605060715", "", "2026-05-06T07:15:00"},
      {"202602300715", "203", ""},
      {"2026-05-06", "102", ""},
      {"12", "804", ""},
      {"", "", ""},
  };
  for (const auto& [value, format, iso] : cases)
    EXPECT_EQ(formats::edifact_time(value, format), iso) << value << " " << format;
}

TEST(Edifact, AcknowledgesMessageByMessage) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::Edifact, edifact("CNI+1+A1'",
                                              "UNT+3+1'UNH+2+IFTSTA:D:01B:UN'UNT+9+2'"
                                              "UNH+3+INVOIC:D:96A:UN'UNT+2+3'UNZ+3+REF1'")));
  const auto answer = acknowledge_edifact(document, kNow, 5);
  EXPECT_NE(answer.find("UCI+REF1+CARRIER:14+SHOP:14+7'"), answer.npos) << answer;
  EXPECT_NE(answer.find("UCM+1+IFTSTA:D:01B:UN+7'"), answer.npos) << answer;
  EXPECT_NE(answer.find("UCM+2+IFTSTA:D:01B:UN+7+29'"), answer.npos) << answer;
  EXPECT_NE(answer.find("UCM+3+INVOIC:D:96A:UN+4+12'"), answer.npos) << answer;
  Document reread;
  ASSERT_TRUE(reread.parse(Format::Edifact, answer)) << answer;
  EXPECT_EQ(at(reread, "remark"), "");
  EXPECT_EQ(acknowledge_edifact(reread, kNow, 6), "");
}

}  // namespace
}  // namespace carriers
