#include "couriers/check_digit.h"

#include <gtest/gtest.h>

#include <string>

using couriers::Algorithm, couriers::Check;

// Published or production vectors; each of them breaks when its check character changes.
TEST(CheckDigit, AgreesWithThePublishedVectors) {
  const struct {
    const char* check;
    const char* number;
  } cases[] = {
      {"ups@2", "1Z5R89390357567127"},
      {"ups@2", "1ZXX3150YW44070023"},
      {"ups@1", "K2479825491"},
      {"ups@1", "V0490119172"},
      {"gs1", "9400111206206406260787"},
      {"gs1", "00340434161094015902"},
      {"gs1", "0073938000549297"},
      {"gs1", "000123450000000027"},
      {"gs1@8", "420787459400111206206406260787"},
      {"gs1+92", "61299998620341515252"},
      {"gs1", "71123456789123456787"},
      {"gs1+91", "71969010756003077385"},
      {"left13", "041441760228964"},
      {"left13@7", "9611020987654312345672"},
      {"fedex12", "986578788855"},
      {"fedex12@16-28", "32971514560102447849175802862014"},
      {"fedex34@20", "1001921334250001000300779017972697"},
      {"mod7", "3318810025"},
      {"mod7", "73891051146"},
      {"mod7", "410569991366"},
      {"mod7@3", "17612345675"},
      {"dpd37", "094454405280792"},
      {"dpd37", "09445440528213M"},
      {"dpd37", "008182709980000020033350276C"},
      {"luhn", "320595463938"},
      {"luhn", "07209562763"},
      {"ontrac", "C11031500001879"},
      {"ontrac", "D10011354453707"},
      {"identcode", "054655170637"},
      {"correos23", "PRWEHP7065466523536114Z"},
      {"iso6346", "CSQU3054383"},
      {"s10", "RR473124829GB"},
      {"s10", "RB123456785US"},
  };
  for (const auto& [text, number] : cases) {
    const auto check = Check::parse(text);
    ASSERT_TRUE(check) << text;
    EXPECT_TRUE(check->holds(number)) << text << ' ' << number;
    std::string broken = number;
    char& last = broken[check->position(broken.size())];
    last = last == '7' ? '8' : '7';  // never what it was
    EXPECT_FALSE(check->holds(broken)) << text << ' ' << broken;
  }
}

TEST(CheckDigit, WritesTheTwoAwkwardRemaindersOfS10AsZeroAndFive) {
  EXPECT_EQ(check_character(Algorithm::S10, "00000000"), '5');
  EXPECT_EQ(check_character(Algorithm::S10, "01000000"), '5');
  EXPECT_EQ(check_character(Algorithm::S10, "00000008"), '0');
}

TEST(CheckDigit, AddsOneForGls) {
  // 3*1 + 1*2 + 3*3 + 1*4 + 3*5 + 1*6 + 3*7 + 1*8 + 3*9 + 1*0 + 3*1 = 98, plus 1.
  EXPECT_EQ(check_character(Algorithm::Gls, "12345678901"), '1');
}

TEST(CheckDigit, NeverGivesMoreThanSixModuloSeven) {
  std::string body = "000000000";
  for (int i = 0; i < 100; ++i) {
    body[7] = static_cast<char>('0' + i / 10);
    body[8] = static_cast<char>('0' + i % 10);
    EXPECT_LE(check_character(Algorithm::Mod7, body), '6');
  }
}

TEST(CheckDigit, ReadsWhereAFormatKeepsItsBody) {
  const auto check = Check::parse("fedex12@16-28");
  ASSERT_TRUE(check);
  EXPECT_EQ(check->position(32), 27u);
  for (const char* bad : {"", "md5", "gs1@", "gs1@x", "gs1@3-", "gs1@3-x", "gs1@3x"})
    EXPECT_FALSE(Check::parse(bad)) << bad;
}

TEST(CheckDigit, HoldsForNothingThatIsTooShort) {
  EXPECT_FALSE(Check::parse("gs1@8")->holds("1234567"));
  EXPECT_FALSE(Check::parse("fedex12@16-28")->holds("123"));
  EXPECT_FALSE(Check::parse("gs1")->holds(""));
}
