#include "carriers/formats/fsu.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "carriers/path.h"

namespace carriers {
namespace {

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

constexpr std::string_view kHead = "FSU/14\r\n020-12345675FRAJFK/T10K500\r\n";

std::string with_head(std::string_view lines) { return fmt::format("{}{}", kHead, lines); }

std::string status(std::string_view line, std::string_view field) {
  Document document;
  const auto read = document.parse(Format::Fsu, with_head(line));
  if (!read) return "refused: " + read.error().says;
  return at(document, "FSU.consignment.status." + std::string(field));
}

TEST(Fsu, ReadsTheAirWaybillAndItsQuantity) {
  Document document;
  ASSERT_TRUE(document.parse(Format::Fsu, with_head("RCS/06MAY1015/FRA/T10K500/ACME")));
  EXPECT_EQ(at(document, "FSU.version"), "14");
  EXPECT_EQ(at(document, "FSU.consignment.awb"), "020-12345675");
  EXPECT_EQ(at(document, "FSU.consignment.origin"), "FRA");
  EXPECT_EQ(at(document, "FSU.consignment.destination"), "JFK");
  EXPECT_EQ(at(document, "FSU.consignment.pieces"), "10");
  EXPECT_EQ(at(document, "FSU.consignment.weight"), "500");
  EXPECT_EQ(at(document, "FSU.consignment.status.name"), "ACME");
}

TEST(Fsu, ReadsEveryStatusLineInItsOwnForm) {
  const struct {
    const char *line, *iso, *place, *flight, *pieces;
  } cases[] = {
      {"BKD/LH0400/06MAY/FRAJFK/T10K500/S1030/S1300", "--05-06", "FRA", "LH0400", "10"},
      {"FOH/06MAY0900/FRA/T10K500/ACME", "--05-06T09:00:00", "FRA", "", "10"},
      {"RCS/06MAY1015/FRA/T10K500/ACME", "--05-06T10:15:00", "FRA", "", "10"},
      {"RCT/BA/06MAY1015/LHR/T10K500/ACME", "--05-06T10:15:00", "LHR", "", "10"},
      {"PRE/LH0400/06MAY/FRAJFK/T10K500", "--05-06", "FRA", "LH0400", "10"},
      {"MAN/LH400/06MAY/FRAJFK/P4K200T10", "--05-06", "FRA", "LH400", "4"},
      {"DEP/LH0400/06MAY/FRAJFK/T10K500.5MC1.2/A1042/E1255", "--05-06T10:42:00", "FRA", "LH0400",
       "10"},
      {"DEP/S7123/06MAY/DMEFRA/T10K500/A0010-N", "--05-07T00:10:00", "DME", "S7123", "10"},
      {"ARR/LH0400/06MAY1250/JFK/T10K500", "--05-06T12:50:00", "JFK", "LH0400", "10"},
      {"ARR/LH0400/06MAY/JFK/T10K500/A1250", "--05-06T12:50:00", "JFK", "LH0400", "10"},
      {"ARR/LH0400/31DEC/FRAJFK/T10K500/A2350/A0140-N", "--01-01T01:40:00", "JFK", "LH0400", "10"},
      {"AWR/LH0400/06MAY1250/JFK/T10K500", "--05-06T12:50:00", "JFK", "LH0400", "10"},
      {"RCF/LH0400/06MAY1405/JFK/T10K500", "--05-06T14:05:00", "JFK", "LH0400", "10"},
      {"TRM/BA/LHR/T10K500", "", "LHR", "", "10"},
      {"TFD/BA/06MAY1405/LHR/T10K500/1234", "--05-06T14:05:00", "LHR", "", "10"},
      {"NFD/06MAY1500/JFK/T10K500/ACME", "--05-06T15:00:00", "JFK", "", "10"},
      {"AWD/06MAY1500/JFK/T10K500/ACME", "--05-06T15:00:00", "JFK", "", "10"},
      {"CCD/06MAY1500/JFK/T10L1102", "--05-06T15:00:00", "JFK", "", "10"},
      {"CRC/06MAY1500/JFK/T10K500", "--05-06T15:00:00", "JFK", "", "10"},
      {"TGC/06MAY1500/JFK/T10K500", "--05-06T15:00:00", "JFK", "", "10"},
      {"DLV/07MAY0910/JFK/P6K300T10/MS EXAMPLE", "--05-07T09:10:00", "JFK", "", "6"},
      {"DDL/07MAY0910/JFK/T10K500/MS EXAMPLE", "--05-07T09:10:00", "JFK", "", "10"},
      {"DIS/LH0400/06MAY1405/JFK/MSCA/P1K50", "--05-06T14:05:00", "JFK", "LH0400", "1"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(status(c.line, "code"), std::string(c.line).substr(0, 3)) << c.line;
    EXPECT_EQ(status(c.line, "iso"), c.iso) << c.line;
    EXPECT_EQ(status(c.line, "place"), c.place) << c.line;
    EXPECT_EQ(status(c.line, "flight"), c.flight) << c.line;
    EXPECT_EQ(status(c.line, "pieces"), c.pieces) << c.line;
  }
  EXPECT_EQ(status("DIS/LH0400/06MAY1405/JFK/MSCA/P1K50", "discrepancy"), "MSCA");
  EXPECT_EQ(status("MAN/LH400/06MAY/FRAJFK/P4K200T10", "total_pieces"), "10");
  EXPECT_EQ(status("MAN/LH400/06MAY/FRAJFK/P4K200T10", "share"), "P");
  EXPECT_EQ(status("CCD/06MAY1500/JFK/T10L1102", "weight_unit"), "L");
}

TEST(Fsu, ShiftsTheDateByItsDayChangeMark) {
  EXPECT_EQ(formats::fsu_time("28FEB2350-N"), "--02-29T23:50:00");
  EXPECT_EQ(formats::fsu_time("01JAN", "0010-P"), "--12-31T00:10:00");
  EXPECT_EQ(formats::fsu_time("06MAY", "0010S"), "--05-08T00:10:00");
  EXPECT_EQ(formats::fsu_time("06MAY", "2400"), "--05-07T00:00:00");
  EXPECT_EQ(formats::fsu_time("06MAY"), "--05-06");
  for (const char* wrong : {"32MAY", "30FEB", "06MAI", "6MAY10", "06MAY2560", "06MAY1000-X", ""})
    EXPECT_EQ(formats::fsu_time(wrong), std::nullopt) << wrong;
}

TEST(Fsu, SkipsTheEnvelopeAndKeepsWhatFollowsALine) {
  Document document;
  ASSERT_TRUE(document.parse(Format::Fsu,
                             "QK FRAXXLH\n.JFKFMLH 061540\nfsu/14\n020-12345675FRAJFK/T10K500\n"
                             "RCF/LH0400/06MAY1405/JFK/T10K500\n/EXTRA\nOSI/HANDLE WITH\n/CARE\n"
                             "ULD/AKE12345LH\n\n"));
  EXPECT_EQ(at(document, "FSU.consignment.status.code"), "RCF");
  EXPECT_EQ(at(document, "FSU.consignment.status.told"), "EXTRA");
  EXPECT_EQ(at(document, "FSU.consignment.OSI"), "HANDLE WITH CARE");
  EXPECT_EQ(at(document, "FSU.consignment.ULD"), "AKE12345LH");
  EXPECT_EQ(at(document, "remark"), "");
}

TEST(Fsu, ReadsSeveralMessagesOfAFile) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::Fsu, with_head("RCS/06MAY1015/FRA/T10\n") +
                                      "FSU/14\n020-11111116FRAJFK/T1\nDLV/06MAY1015/JFK/T1\n"));
  EXPECT_EQ(at(document, "FSU.consignment.awb"), "020-12345675|020-11111116");
}

TEST(Fsu, TellsWhatItDidNotUnderstandAndRefusesWhatIsNoMessage) {
  Document document;
  ASSERT_TRUE(
      document.parse(Format::Fsu, with_head("RCS/06MAY1015/FRA/T10\nRCF/LH0400/99MAY/JFK/T10\n")));
  EXPECT_EQ(at(document, "FSU.consignment.status.code"), "RCS|RCF");
  EXPECT_EQ(at(document, "remark"), "not understood in full: RCF/LH0400/99MAY/JFK/T10");

  const struct {
    const char *bytes, *says;
  } cases[] = {
      {"", "no line begins with FSU/ or FSA/"},
      {"FSU/14\n", "the message has no air waybill"},
      {"FSU/14\nRCS/06MAY1015/FRA/T10\n", "the line after FSU is no air waybill"},
      {"FSU/14\n020-12345675FRAJFK/T10K500\n", "an air waybill has no status line"},
  };
  for (const auto& c : cases) {
    const auto read = document.parse(Format::Fsu, c.bytes);
    ASSERT_FALSE(read) << c.bytes;
    EXPECT_EQ(read.error().says, c.says);
  }
}

}  // namespace
}  // namespace carriers
