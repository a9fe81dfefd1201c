#include "journey/fold.h"

#include <gtest/gtest.h>

using journey::fold, journey::Folded;

TEST(Fold, LetsCaseAccentsDigitsAndPunctuationGo) {
  const struct {
    const char* written;
    const char* folded;
  } cases[] = {
      {"Zugestellt – 12:30 Uhr", "zugestellt uhr"},
      {"  Livré   à l’expéditeur !", "livre a l expediteur"},
      {"Straße, Øl, Łódź, İstanbul, ığdır", "strasse ol lodz istanbul igdir"},
      {"ПРИЁМ // Единичный", "прием единичныи"},
      {"Παραδόθηκε στον παραλήπτη", "παραδοθηκε στον παραληπτη"},
      {"貨件已經到達【R2】", "货件已经到达"},
      {"ＤＨＬ ｆａｃｉｌｉｔｙ", "dhl facility"},
      {"配達完了（宅配ボックス）", "配达完了 宅配ボックス"},
      {"배송완료", "배송완료"},
      {"", ""},
      {"*** 123 ***", ""},
  };
  for (const auto& [written, folded] : cases) EXPECT_EQ(fold(written), folded) << written;
}

TEST(Fold, ReadsAnAccentOfItsOwnLikeTheLetterThatHasIt) {
  EXPECT_EQ(fold("Livre\xCC\x81"), fold("Livré"));
  EXPECT_EQ(fold("и\xCC\x86"), fold("й"));
}

TEST(Fold, DropsALatinWordWithADigitButNotTheCharactersBesideIt) {
  EXPECT_EQ(fold("Parcel JD0146B arrived"), "parcel arrived");
  EXPECT_EQ(fold("放入A3号柜"), fold("放入号柜"));
}

TEST(Fold, KeepsTheBeginningOfATextThatIsTooLong) {
  const std::string text(5000, 'x');
  EXPECT_LE(fold(text).size(), Folded::kMost);
  EXPECT_GT(fold(text).size(), Folded::kMost - 10);
}

TEST(Fold, TakesBrokenBytesForPunctuation) {
  EXPECT_EQ(fold("a\xFF\xC3"
                 "b\xE4\xB8"),
            "a b");
}
