#include "base/text.h"

#include <gtest/gtest.h>

#include "channels/sms/number.h"
#include "channels/sms/price.h"
#include "channels/sms/segments.h"
#include "channels/sms/wish.h"

namespace channels::sms {
namespace {

std::string times(int count, std::string_view text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Segments, AreCountedAsNetworksDo) {
  const struct {
    std::string text;
    Alphabet alphabet;
    int units, count;
  } cases[] = {
      {"", Alphabet::Gsm7, 0, 1},
      {times(160, "a"), Alphabet::Gsm7, 160, 1},
      {times(161, "a"), Alphabet::Gsm7, 161, 2},
      {times(306, "a"), Alphabet::Gsm7, 306, 2},
      {times(307, "a"), Alphabet::Gsm7, 307, 3},
      {times(80, "€"), Alphabet::Gsm7, 160, 1},
      {times(81, "€"), Alphabet::Gsm7, 162, 2},
      {"Paket für Ärger & Øl: 5 £ [1] ~", Alphabet::Gsm7, 34, 1},
      {times(70, "ж"), Alphabet::Ucs2, 70, 1},
      {times(71, "ж"), Alphabet::Ucs2, 71, 2},
      {times(134, "ж"), Alphabet::Ucs2, 134, 2},
      {times(135, "ж"), Alphabet::Ucs2, 135, 3},
      {times(35, "📦"), Alphabet::Ucs2, 70, 1},
      {times(36, "📦"), Alphabet::Ucs2, 72, 2},
      {"Dorazí zítra", Alphabet::Ucs2, 12, 1},  // í is not in the GSM alphabet, ì would be
  };
  for (const auto& [text, alphabet, units, count] : cases) {
    const auto segments = segments_of(text);
    EXPECT_EQ(segments.alphabet, alphabet) << text;
    EXPECT_EQ(segments.units, units) << text;
    EXPECT_EQ(segments.count(), count) << text;
  }
}

TEST(Segments, NeverSplitAnEmojiOrAnEscape) {
  // 66 units, then a pair of surrogates that would straddle the end of the first segment.
  const auto emoji = segments_of(times(66, "ж") + times(30, "📦"));
  ASSERT_EQ(emoji.count(), 2);
  EXPECT_EQ(emoji.parts[0], times(66, "ж"));
  EXPECT_EQ(emoji.parts[1], times(30, "📦"));
  // 152 septets, then a euro of two.
  const auto euro = segments_of(times(152, "a") + "€" + times(20, "a"));
  ASSERT_EQ(euro.count(), 2);
  EXPECT_EQ(euro.parts[0], times(152, "a"));
  EXPECT_EQ(euro.parts[1], "€" + times(20, "a"));
}

TEST(Segments, LoseNothing) {
  for (const auto& text : {times(500, "a€"), times(99, "жa📦"), std::string("a\xff\xfe"),
                           times(200, "a") + "\r\n" + times(5, "^{}\\[~]|€")}) {
    std::string joined;
    const auto segments = segments_of(text);
    for (const auto& part : segments.parts) joined += part;
    if (base::is_utf8(text)) {
      EXPECT_EQ(joined, text);
    }
    EXPECT_TRUE(base::is_utf8(joined));
  }
}

TEST(Segments, PlainPunctuationKeepsATextCheap) {
  EXPECT_EQ(economical("Il est arrivé – “Lampe”…"), "Il est arrivé - \"Lampe\"...");
  EXPECT_EQ(economical("J’arrive à 5\u202F€"), "J'arrive à 5 €");
  // In vain, so it stays as it was written.
  EXPECT_EQ(economical("Посылка — “Лампа”"), "Посылка — “Лампа”");
  EXPECT_EQ(economical("Zásilka – dnes"), "Zásilka – dnes");
}

TEST(PhoneNumber, IsReadHoweverItIsWritten) {
  const struct {
    const char *typed, *text, *country;
  } cases[] = {
      {"+31612345678", "+31612345678", "NL"},
      {" +31 (6) 1234-5678 ", "+31612345678", "NL"},
      {"0031 6 12345678", "+31612345678", "NL"},
      {"+44 (0)20 7946 0958", "+442079460958", "GB"},
      {"0044 (0)20 7946 0958", "+442079460958", "GB"},
      {"+44 7911 123456", "+447911123456", "GB"},
      {"+44 7797 123456", "+447797123456", "JE"},
      {"+1 212 555 0123", "+12125550123", "US"},
      {"+1.416.555.0123", "+14165550123", "CA"},
      {"+1 876 555 0123", "+18765550123", "JM"},
      {"+7 912 345 67 89", "+79123456789", "RU"},
      {"+7 701 234 56 78", "+77012345678", "KZ"},
      {"+800 1234 5678", "+80012345678", ""},
      {"+599 9 123 4567", "+59991234567", "CW"},
      {"+3531234567", "+3531234567", "IE"},
  };
  for (const auto& [typed, text, country] : cases) {
    const auto number = PhoneNumber::parse(typed);
    ASSERT_TRUE(number) << typed << ": " << describe(number.error());
    EXPECT_EQ(number->text(), text);
    EXPECT_EQ(number->country(), country) << typed;
  }
}

TEST(PhoneNumber, NamesWhatIsWrong) {
  const struct {
    const char* typed;
    NumberError why;
  } cases[] = {
      {"", NumberError::Characters},
      {"+", NumberError::Characters},
      {"+31 6 CALL ME", NumberError::Characters},
      {"+31612345678;ext=1", NumberError::Characters},
      {"++31612345678", NumberError::Characters},
      {"0612345678", NumberError::NoCountryCode},
      {"31612345678", NumberError::NoCountryCode},
      {"+999 1234 5678", NumberError::UnknownCountryCode},
      {"+0 612345678", NumberError::UnknownCountryCode},
      {"+21012345678", NumberError::UnknownCountryCode},
      {"+316123", NumberError::Length},
      {"+316123456789012345", NumberError::Length},
  };
  for (const auto& [typed, why] : cases) {
    const auto number = PhoneNumber::parse(typed);
    ASSERT_FALSE(number) << typed;
    EXPECT_EQ(number.error(), why) << typed << ": " << describe(number.error());
  }
}

TEST(Wish, StopIsUnderstoodInEveryLanguage) {
  for (const char* answer : {"STOP",
                             "stop",
                             " Stop. ",
                             "STOP!!",
                             "ＳＴＯＰ",
                             "Stop please",
                             "please stop texting me",
                             "STOPALL",
                             "opt-out",
                             "Opt out",
                             "UNSUBSCRIBE",
                             "end",
                             "Afmelden",
                             "Stopp!",
                             "ABMELDEN",
                             "arrêt",
                             "ARRÊTEZ",
                             "Désabonner",
                             "BAJA",
                             "parar",
                             "Ferma",
                             "rezygnuję",
                             "AVSLUTA",
                             "frameld",
                             "lopeta",
                             "ODHLÁSIT",
                             "İPTAL",
                             "iptal",
                             "çık",
                             "СТОП",
                             "Отписаться",
                             "відписатися",
                             "ΣΤΟΠ",
                             "Διαγραφή",
                             "dezabonare",
                             "LEIRATKOZÁS",
                             "退订",
                             "TD",
                             "退訂",
                             "配信停止",
                             "停止してください",
                             "수신거부",
                             "توقف",
                             "إلغاء",
                             "הסר"})
    EXPECT_EQ(read_wish(answer), Wish::Stop) << answer;
}

TEST(Wish, OtherAnswersAreNoStop) {
  for (const char* answer :
       {"", "???", "Where is my parcel?", "the driver did not find the bus stop at our street",
        "this is the end of the road on the left", "stopped by already, thanks, all is well here",
        "👍", "Cancelled flight, home on Friday", "T-shirt"})
    EXPECT_EQ(read_wish(answer), Wish::None) << answer;
  EXPECT_EQ(read_wish("START"), Wish::Start);
  EXPECT_EQ(read_wish("Aide"), Wish::Help);
  EXPECT_EQ(read_wish("help"), Wish::Help);
  EXPECT_EQ(read_wish(std::string(100'000, 'x')), Wish::None);
}

TEST(Price, DecidesByCountryAndLength) {
  const auto prices = Prices::parse({{"nl", "0.0793"}, {"US", "0.0079"}, {"*", "0.25"}});
  ASSERT_TRUE(prices) << prices.error();
  const auto dutch = *PhoneNumber::parse("+31612345678");
  const auto cost = cost_of(*prices, dutch, times(200, "a"));
  ASSERT_TRUE(cost);
  EXPECT_EQ(cost->segments, 2);
  EXPECT_EQ(cost->money, 2 * 79'300);
  EXPECT_EQ(cost_of(*prices, *PhoneNumber::parse("+79123456789"), "x")->money, 250'000);
  EXPECT_FALSE(cost_of(Prices(), dutch, "x"));
}

TEST(Price, ACapIsKept) {
  const Cost cost{1, 79'300};
  EXPECT_EQ(may_spend(cost, 0, std::nullopt), Spend::Allowed);
  EXPECT_EQ(may_spend(cost, 0, 79'300), Spend::Allowed);
  EXPECT_EQ(may_spend(cost, 1, 79'300), Spend::OverCap);
  EXPECT_EQ(may_spend(cost, 0, 0), Spend::OverCap);
  EXPECT_EQ(may_spend(std::nullopt, 0, 1'000'000), Spend::NoPrice);
  EXPECT_EQ(may_spend(std::nullopt, 0, std::nullopt), Spend::Allowed);
}

TEST(Price, NamesTheWrongEntry) {
  EXPECT_EQ(Prices::parse({{"Holland", "0.1"}}).error(),
            "\"Holland\": a price belongs to a country (\"NL\") or to \"*\"");
  for (const char* amount : {"", "free", "-1", "1,5", ".5", "1.", "1.1234567", "1e3", "9999999999"})
    EXPECT_EQ(Prices::parse({{"NL", amount}}).error(),
              "the price of \"NL\" is not an amount such as 0.0793")
        << amount;
  EXPECT_EQ(parse_money("12"), 12'000'000);
  EXPECT_EQ(parse_money("0.000001"), 1);
}

}  // namespace
}  // namespace channels::sms
