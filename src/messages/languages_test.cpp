#include <gtest/gtest.h>

#include <algorithm>

#include "messages/words.h"

using messages::Family, messages::Words;

namespace {

const Words& english(Family family) { return *Words::find(family, "en"); }

// What only the English file says, about all languages.
bool is_setting(std::string_view key) { return key.ends_with(".tone") || key.ends_with(".code"); }

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += name + " ";
  return out;
}

}  // namespace

// clause-008.complete
TEST(Languages, EveryFileHasExactlyTheEnglishKeys) {
  for (const auto& file : messages::language_files()) {
    const auto& words = *Words::find(file.family, file.language);
    for (const auto& [key, sentence] : english(file.family).sentences()) {
      EXPECT_TRUE(is_setting(key) || words.has(key)) << file.language << " lacks " << key;
    }
    for (const auto& [key, sentence] : words.sentences()) {
      EXPECT_TRUE(english(file.family).has(key)) << file.language << " has " << key;
      EXPECT_FALSE(sentence.text.empty()) << file.language << " " << key;
      EXPECT_EQ(sentence.text.find('\''), std::string::npos)
          << file.language << " " << key << ": ICU quotes with it; write ’";
      EXPECT_EQ(sentence.text.find("  "), std::string::npos) << file.language << " " << key;
    }
  }
}

// clause-008.complete
TEST(Languages, NoSentenceIsOlderThanTheEnglishOneItSays) {
  for (const auto& file : messages::language_files()) {
    if (file.language == "en") continue;
    const auto& words = *Words::find(file.family, file.language);
    for (const auto& [key, sentence] : words.sentences()) {
      const auto original = english(file.family).sentences().find(key);
      if (original == english(file.family).sentences().end()) continue;
      EXPECT_EQ(sentence.stamp, messages::stamp_of(original->second.text))
          << file.language << " " << key << ": the English sentence has changed to\n  "
          << original->second.text << "\nlook at the translation, then stamp it: node "
          << "data/languages/stamp.mjs messages|letters " << file.language << " " << key;
    }
  }
}

TEST(Languages, EverySentenceIsAMessageWithTheEnglishPlaces) {
  for (const auto& file : messages::language_files()) {
    const auto& words = *Words::find(file.family, file.language);
    for (const auto& [key, sentence] : words.sentences()) {
      const auto names = messages::arguments_of(sentence.text);
      ASSERT_TRUE(names) << file.language << " " << key << ": ICU cannot read " << sentence.text;
      const auto original = english(file.family).sentences().find(key);
      if (original == english(file.family).sentences().end()) continue;
      EXPECT_EQ(joined(*names), joined(*messages::arguments_of(original->second.text)))
          << file.language << " " << key;
    }
  }
}

TEST(Languages, AreFoundHoweverTheyAreWritten) {
  const struct {
    const char *asked, *served;
  } cases[] = {{"en", "en"},
               {"nl-BE", "nl"},
               {"pt_BR", "pt"},
               {"no", "nb"},
               {"nn-NO", "nb"},
               {"zh", "zh-Hans"},
               {"zh-TW", "zh-Hant"},
               {"zh-HK", "zh-Hant"},
               {"zh-hant-mo", "zh-Hant"},
               {"iw", "he"},
               {"DE-at", "de"},
               {"nl_NL.UTF-8", "nl"},
               {"tlh", "en"},
               {"", "en"}};
  for (const auto& [asked, served] : cases)
    EXPECT_EQ(messages::language_for(asked), served) << asked;
}

// clause-008.complete
TEST(Languages, AreTheTwentyFiveThatWerePromised) {
  for (const auto* language :
       {"en", "nl", "de", "fr", "es", "it", "pt",      "pl",      "sv", "da", "nb", "fi", "cs",
        "tr", "ru", "uk", "el", "ro", "hu", "zh-Hans", "zh-Hant", "ja", "ko", "ar", "he"}) {
    EXPECT_NE(Words::find(Family::Parcels, language), nullptr) << language;
  }
}

TEST(Languages, EnglishInDisguiseKeepsItsPlaces) {
  EXPECT_EQ(messages::pseudo("One {count, plural, one {# day} other {# days}} {name}"),
            "[Oñé {count, plural, one {# ðáý} other {# ðáýš}} {name} ···]");
}

TEST(Words, WriteDaysAsTheReaderDoesAndNeverMoveTheClock) {
  const auto moment = [](const char* language, const char* iso) {
    return Words::get(Family::Parcels, language).moment(iso, Words::Length::Long);
  };
  EXPECT_EQ(moment("en", "2026-03-18T23:30:00+09:00"), "Wednesday, 18 March at 23:30");
  EXPECT_EQ(moment("en", "2026-03-18T23:30:00-11:00"), "Wednesday, 18 March at 23:30");
  EXPECT_EQ(moment("en", "2026-03-18"), "Wednesday, 18 March");
  EXPECT_EQ(moment("en", "soon"), "");
}

TEST(Words, WriteASpanOnceWhereItIsTheSame) {
  const auto& words = Words::get(Family::Parcels, "en");
  EXPECT_EQ(words.span({"2026-03-18T14:00", "2026-03-18T16:00"}, Words::Length::Short),
            "Wed, 18 Mar, 14:00–16:00");
  EXPECT_EQ(words.span({"2026-03-18", "2026-03-18"}, Words::Length::Short), "Wed, 18 Mar");
  EXPECT_EQ(words.span({"2026-03-19", "2026-03-18"}, Words::Length::Short), "Thu, 19 Mar");
}
