#include "journey/places.h"

#include <gtest/gtest.h>

#include "journey/place_names.h"
#include "journey/written_time.h"

namespace places = journey::places;

namespace {

// {line} or {city, state, country}.
std::string_view zone(std::string_view line) { return places::zone_of({line, "", "", "", ""}); }
std::string_view zone(std::string_view city, std::string_view state, std::string_view country) {
  return places::zone_of({"", city, state, "", country});
}

TEST(Places, OfACountryWithOneClockNeedNoTown) {
  EXPECT_EQ(zone("", "", "BE"), "Europe/Brussels");
  EXPECT_EQ(zone("Urumqi", "Xinjiang", "CN"), "Asia/Shanghai");  // by law
  EXPECT_EQ(zone("Roma", "", "ITA"), "Europe/Rome");
  EXPECT_EQ(zone("Leipzig", "", "Germany"), "Europe/Berlin");
  EXPECT_EQ(zone("LEIPZIG - GERMANY"), "Europe/Berlin");
}

TEST(Places, OfACountryWithSeveralClocksNeedARegion) {
  EXPECT_EQ(zone("Laurel", "MD", "US"), "America/New_York");
  EXPECT_EQ(zone("SEATTLE", "Washington", "US"), "America/Los_Angeles");
  EXPECT_EQ(zone("Sainte-Foy", "QC", "CA"), "");  // its eastern end keeps another clock
  EXPECT_EQ(zone("Québec", "QC", "CA"), "America/Toronto");
  EXPECT_EQ(zone("Perth", "Western Australia", "AU"), "Australia/Perth");
  EXPECT_EQ(zone("Curitiba", "Paraná", "BR"), "America/Sao_Paulo");
  EXPECT_EQ(zone("Las Palmas", "Canary Islands", "ES"), "Atlantic/Canary");
  EXPECT_EQ(zone("MEMPHIS, TN, US"), "America/Chicago");
  EXPECT_EQ(zone("Knoxville,TN,37901,US"), "America/New_York");
  EXPECT_EQ(zone("", "", "US"), "");
}

TEST(Places, DecideByTheTownWhenAllOfItsNameAgree) {
  EXPECT_EQ(zone("Los Angeles", "", "US"), "America/Los_Angeles");
  EXPECT_EQ(zone("Vladivostok", "", "RU"), "Asia/Vladivostok");
  EXPECT_EQ(zone("Paris", "", "US"), "");  // Texas, Kentucky, ...
  EXPECT_EQ(zone("Paris", "TX", "US"), "America/Chicago");
  EXPECT_EQ(zone("Paris", "KY", "US"), "America/New_York");
}

TEST(Places, DoNotTakeARegionForACountry) {
  for (const char* line : {"Dover, DE", "Gary, IN", "Los Angeles, CA", "Denver, CO", "Mobile, AL"})
    EXPECT_EQ(zone(line), "") << line;
}

TEST(Places, WithoutSenseGiveNothing) {
  for (const char* line :
       {"", ",", " - ", "Nowhere", "Local facility, 12345", "\xff\xfe, US", "ZZ"})
    EXPECT_EQ(zone(line), "") << line;
}

TEST(Places, KnowCountriesByCodeAndName) {
  for (const char* word : {"US", "us", "USA", "United States", "U.S.A.", "Vereinigte Staaten",
                           "Estados Unidos", "ÉTATS-UNIS", "США", "美国", "アメリカ合衆国"})
    EXPECT_EQ(places::country_code(word), "US") << word;
  for (const char* word : {"UK", "GBR", "Great Britain", "Verenigd Koninkrijk"})
    EXPECT_EQ(places::country_code(word), "GB") << word;
  EXPECT_EQ(places::country_code("Korea, Republic of"), "KR");
  for (const char* word : {"", "X", "ZZ", "QQQ", "Atlantis"})
    EXPECT_EQ(places::country_code(word), "") << word;
}

TEST(Places, LeaveANameOfTwoCountriesToTheLanguage) {
  EXPECT_EQ(places::country_code("Kongo"), "");
  EXPECT_EQ(places::country_code("Kongo", "pl"), "CG");
}

TEST(Places, KnowAirports) {
  const auto* port = places::airport("CVG");
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->country, "US");
  EXPECT_EQ(port->city, "Cincinnati");
  EXPECT_EQ(port->zone, "America/New_York");
  EXPECT_EQ(zone("HKG"), "Asia/Hong_Kong");
  EXPECT_EQ(places::airport("QQQ"), nullptr);
}

TEST(Places, FoldNamesAsPeopleTypeThem) {
  EXPECT_EQ(places::fold("São Paulo"), "saopaulo");
  EXPECT_EQ(places::fold("ŁÓDŹ"), "lodz");
  EXPECT_EQ(places::fold("Sao\xCC\x83 Straße"), "saostrasse");  // the tilde by itself
  EXPECT_EQ(places::fold("Нижний Новгород"), places::fold("НИЖНИИ НОВГОРОД"));
  EXPECT_EQ(places::fold("東京"), "東京");
}

std::optional<int> offset(std::string_view time, std::string_view city, std::string_view state) {
  return places::offset_of(time, {"", city, state, "", "US"});
}

TEST(Places, DeriveAnOffsetOnlyForATimeWithoutOne) {
  EXPECT_EQ(offset("2026-01-15T12:00:00", "Laurel", "MD"), -300);
  EXPECT_EQ(offset("2026-07-15T12:00:00", "Laurel", "MD"), -240);
  EXPECT_EQ(offset("2026-07-15T12:00:00+02:00", "Laurel", "MD"), std::nullopt);
  EXPECT_EQ(offset("2026-07-15", "Laurel", "MD"), std::nullopt);
  EXPECT_EQ(offset("2026-07-15T12:00:00", "Paris", ""), std::nullopt);
  // An hour that clocks skip, and one that they show twice.
  EXPECT_EQ(offset("2026-03-08T02:30:00", "Laurel", "MD"), std::nullopt);
  EXPECT_EQ(offset("2026-11-01T01:30:00", "Laurel", "MD"), std::nullopt);
}

TEST(Places, MakeAnInstantOfATimeAndSayHow) {
  const places::Where gent{"", "Gent", "", "", "BE"}, unclear{"", "Paris", "", "", "US"};
  const auto written = places::instant_of("2026-01-15T12:00:00-05:00", gent);
  ASSERT_TRUE(written);
  EXPECT_FALSE(written->is_derived);
  EXPECT_EQ(written->seconds, 1'768'496'400);
  const auto derived = places::instant_of("2026-01-15T18:00:00", gent);
  ASSERT_TRUE(derived);
  EXPECT_TRUE(derived->is_derived);
  EXPECT_EQ(derived->seconds, written->seconds);
  EXPECT_FALSE(places::instant_of("2026-01-15T18:00:00", unclear));
  EXPECT_FALSE(places::instant_of("2026-01-15", gent));
}

TEST(WrittenTime, IsReadAndNotBettered) {
  const auto at = journey::read_time("2024-03-20T19:08:38.123+0800");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->offset, 480);
  EXPECT_EQ(at->instant(), 1'710'932'918);
  EXPECT_FALSE(journey::read_time("2016-03-18T10:02:00")->offset);
  EXPECT_FALSE(journey::read_time("2016-03-18")->has_hour);
  for (const char* wrong :
       {"", "2016", "2016-02-30", "2016-03-18T", "2016-03-18T25:00", "18.03.2016",
        "2016-03-18T10:02:00+99:00", "2016-03-18T10:02:00 EST", "2016-03-18x"})
    EXPECT_FALSE(journey::read_time(wrong)) << wrong;
}

}  // namespace
