#include "carriers/times.h"

#include <gtest/gtest.h>

namespace {

using carriers::parse_offset, carriers::read_time, carriers::TimeFormat, carriers::TimeRules;

TimeRules rules(std::initializer_list<const char*> formats) {
  TimeRules out;
  for (const auto* format : formats) out.formats.push_back(TimeFormat::parse(format).value());
  return out;
}

std::string iso(std::string_view text) { return read_time(text, {}, "", ""); }
std::string read(const char* format, std::string_view text) {
  return read_time(text, rules({format}), "", "");
}

TEST(Times, ReadsIsoInAllItsForms) {
  const std::pair<const char*, const char*> cases[] = {
      {"2024-03-20T19:08:38+08:00", "2024-03-20T19:08:38+08:00"},
      {"2024-03-20T19:08:38Z", "2024-03-20T19:08:38Z"},
      {"2024-03-20T19:08:38.1234567Z", "2024-03-20T19:08:38.123456Z"},
      {"2024-03-20T19:08:38,5-0500", "2024-03-20T19:08:38.5-05:00"},
      {"2024-03-20 19:08", "2024-03-20T19:08:00"},
      {"2024-03-20T19:08:38 +01", "2024-03-20T19:08:38+01:00"},
      {"20240320T190838", "2024-03-20T19:08:38"},
      {"2024-03-20", "2024-03-20"},
      {"2024-03-20+01:00", "2024-03-20"},
      {"2024-080", "2024-03-20"},
      {"2024-W12-3", "2024-03-20"},
      {"2024-03-20T24:00:00", "2024-03-21T00:00:00"},
      {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(iso(text), expected) << text;
}

TEST(Times, RefusesDatesThatDoNotExist) {
  for (const auto* text : {"", "soon", "2024-02-30", "2023-02-29", "2024-13-01", "2024-03-20T25:00",
                           "2024-03-20T19:61", "2024-03-20x", "2024-03-20T19:08:38+99:00",
                           "1024-03-20", "2024-03-20T24:00:01", "2024-W54-1", "2023-366"})
    EXPECT_EQ(iso(text), "") << text;
}

TEST(Times, ReadsWhatCarriersWrite) {
  const struct {
    const char* format;
    const char* text;
    const char* expected;
  } cases[] = {
      {"%Y%m%d %H%M%S", "20240320 190838", "2024-03-20T19:08:38"},
      {"%d.%m.%Y %H:%M", "7.5.2024 08:05", "2024-05-07T08:05:00"},
      {"%m/%d/%Y %I:%M:%S %p", "8/17/2021 7:11:26 PM", "2021-08-17T19:11:26"},
      {"%m/%d/%Y %I:%M %p", "8/17/2021 12:05 a.m.", "2021-08-17T00:05:00"},
      {"%B %d, %Y", "April 28, 2015", "2015-04-28"},
      {"%d %b %Y", "3 févr. 2023", "2023-02-03"},
      {"%d. %B %Y", "9. März 2023", "2023-03-09"},
      {"%d %B %Y", "12 grudnia 2023", "2023-12-12"},
      {"%d %B %Y", "5 marraskuuta 2023", "2023-11-05"},
      {"%d %B %Y", "5 ЯНВАРЯ 2023", "2023-01-05"},
      {"%a, %d %b %Y %H:%M:%S %Z", "Wed, 20 Mar 2024 19:08:38 EST", "2024-03-20T19:08:38-05:00"},
      {"%a, %d %b %Y %H:%M:%S %Z", "Wed, 20 Mar 2024 19:08:38 ET", "2024-03-20T19:08:38"},
      {"%Y-%m-%dT%H:%M:%S.%f%z", "2024-03-20T19:08:38.25+0100", "2024-03-20T19:08:38.25+01:00"},
      {"%y%m%d", "240320", "2024-03-20"},
      {"%Y年%m月%d日 %H:%M", "2024年3月20日 19:08", "2024-03-20T19:08:00"},
      {"unix", "1710932918", "2024-03-20T11:08:38Z"},
      {"unix_ms", "1710932918427", "2024-03-20T11:08:38.427Z"},
      {"net", "/Date(1710932918000)/", "2024-03-20T11:08:38Z"},
      {"net", "/Date(1710932918000+0100)/", "2024-03-20T12:08:38+01:00"},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.format, c.text), c.expected) << c.text;
}

TEST(Times, TriesFormatsInTheirOrder) {
  const auto both = rules({"%d/%m/%Y", "%m/%d/%Y"});
  EXPECT_EQ(read_time("03/04/2024", both, "", ""), "2024-04-03");
  EXPECT_EQ(read_time("12/31/2024", both, "", ""), "2024-12-31");
}

TEST(Times, TakesTheOffsetBesideThem) {
  EXPECT_EQ(read_time("2024-03-20T19:08:38", {}, "+08:00", ""), "2024-03-20T19:08:38+08:00");
  EXPECT_EQ(read_time("2024-03-20T19:08:38", {}, "EST", ""), "2024-03-20T19:08:38-05:00");
  EXPECT_EQ(read_time("2024-03-20T19:08:38", {}, "Z", ""), "2024-03-20T19:08:38Z");
  EXPECT_EQ(read_time("2024-03-20T19:08:38", {}, "CT", ""), "2024-03-20T19:08:38");
  EXPECT_EQ(read_time("2024-03-20T19:08:38Z", {}, "+08:00", ""), "2024-03-20T19:08:38Z");
  EXPECT_EQ(read_time("2024-03-20", {}, "+08:00", ""), "2024-03-20");
}

TEST(Times, DropsAnOffsetThatIsNotTrue) {
  TimeRules false_z;
  false_z.local = true;
  EXPECT_EQ(read_time("2024-03-20T19:08:38Z", false_z, "", ""), "2024-03-20T19:08:38");
  EXPECT_EQ(read_time("2024-03-20T19:08:38Z", false_z, "+09:00", ""), "2024-03-20T19:08:38+09:00");
}

TEST(Times, KnowsTheSeasonsOfAZoneAndAdmitsTheHourThatIsTwice) {
  TimeRules berlin;
  berlin.zone = "Europe/Berlin";
  EXPECT_EQ(read_time("2024-01-20T12:00:00", berlin, "", ""), "2024-01-20T12:00:00+01:00");
  EXPECT_EQ(read_time("2024-07-20T12:00:00", berlin, "", ""), "2024-07-20T12:00:00+02:00");
  EXPECT_EQ(read_time("2024-10-27T02:30:00", berlin, "", ""), "2024-10-27T02:30:00");
  EXPECT_EQ(read_time("2024-03-31T02:30:00", berlin, "", ""), "2024-03-31T02:30:00");
}

TEST(Times, TakesAMidnightThatMeansNoHourForADate) {
  TimeRules midnight;
  midnight.date_only_if = "T00:00:00";
  EXPECT_EQ(read_time("2024-03-20T00:00:00", midnight, "", ""), "2024-03-20");
  EXPECT_EQ(read_time("2024-03-20T00:00:01", midnight, "", ""), "2024-03-20T00:00:01");
}

TEST(Times, FindsTheYearNearestToTheMessage) {
  auto day = rules({"%d%b %H%M"});
  EXPECT_EQ(read_time("07MAY 0640", day, "", ""), "--05-07T06:40:00");
  day.year_of_message = true;
  EXPECT_EQ(read_time("31DEC 2350", day, "", "2024-01-02"), "2023-12-31T23:50:00");
  EXPECT_EQ(read_time("01JAN 0010", day, "", "2023-12-31"), "2024-01-01T00:10:00");
  EXPECT_EQ(read_time("29FEB 0010", day, "", "2025-01-31"), "2024-02-29T00:10:00");
}

TEST(Times, ReadsOffsetsInAnyForm) {
  const std::pair<const char*, int> cases[] = {
      {"+08:00", 480}, {"+0800", 480},  {"8", 480},  {"-5", -300},   {"-0330", -210},    {"Z", 0},
      {"UTC+2", 120},  {"GMT-3", -180}, {"cet", 60}, {"05:30", 330}, {"+08:00:00", 480},
  };
  for (const auto& [text, minutes] : cases) EXPECT_EQ(parse_offset(text), minutes) << text;
  for (const auto* text : {"", "ET", "IST", "+25:00", "+08:99", "x", "+"})
    EXPECT_FALSE(parse_offset(text)) << text;
}

TEST(Times, RefusesFormatsItDoesNotKnow) {
  for (const auto* format : {"%Q", "%", "yyyy-mm-dd", ""})
    EXPECT_FALSE(TimeFormat::parse(format)) << format;
}

}  // namespace
