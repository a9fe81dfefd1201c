#include "messages/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using messages::LetterProblem, messages::write_letter;
using testing::HasSubstr, testing::Not;

namespace {

const messages::Sender kSender{.name = "Milepost at Blom",
                               .postal_address = "Oudegracht 12, Utrecht",
                               .contact = "hallo@blom.example",
                               .colour = {},
                               .logo = {}};

const messages::Values kVerify{{"link", "https://blom.example/v/abc"},
                               {"until", "2026-03-20T12:00:00Z"}};

}  // namespace

// clause-008.messages
TEST(Letters, OfEveryKindAreWrittenInEveryLanguageOfThePages) {
  for (const auto& kind : messages::letter_kinds()) {
    for (const auto* language : {"en", "nl", "de", "fr", "es"}) {
      SCOPED_TRACE(std::string(kind.name) + " " + language);
      const auto letter = write_letter(kind.name, messages::sample_values(kind), language, kSender);
      ASSERT_TRUE(letter);
      EXPECT_EQ(letter->language, language);
      EXPECT_FALSE(letter->subject.empty());
      EXPECT_THAT(letter->html, HasSubstr(std::string("lang=\"") + language));
      EXPECT_THAT(letter->text, HasSubstr("Oudegracht 12, Utrecht"));
      EXPECT_THAT(letter->text, Not(HasSubstr("||")));
      EXPECT_THAT(letter->text, Not(HasSubstr("{")));
      EXPECT_THAT(letter->text, Not(HasSubstr(std::string(kind.name) + "."))) << "a key";
      EXPECT_LT(letter->html.size(), 30U * 1024);
    }
  }
}

// clause-134.mail
TEST(Letters, EndWithPolicyCookiesRightsAndContact) {
  const auto links = messages::foot_links("https://track.example");
  for (const auto& kind : messages::letter_kinds()) {
    for (const auto language : messages::languages()) {
      SCOPED_TRACE(std::string(kind.name) + " " + std::string(language));
      const auto letter =
          write_letter(kind.name, messages::sample_values(kind), language, kSender, links);
      ASSERT_TRUE(letter);
      for (const auto* link : {&links.privacy, &links.cookies, &links.rights, &links.contact}) {
        EXPECT_THAT(letter->html, HasSubstr("href=\"" + *link + "\""));
        EXPECT_THAT(letter->text, HasSubstr(": " + *link + "\n"));
      }
    }
  }
}

TEST(Letters, SayTheirDeadlineInTheReadersWords) {
  const auto letter = write_letter("verify-email", kVerify, "de-AT", kSender);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->subject, "Bestätigen Sie Ihre E-Mail-Adresse für Milepost at Blom");
  EXPECT_THAT(letter->text, HasSubstr("20. März 2026 um 12:00 UTC"));
  EXPECT_THAT(letter->text, HasSubstr("https://blom.example/v/abc"));
}

TEST(Letters, InALanguageNotSpokenYetSaySoInThatLanguage) {
  const auto letter = write_letter("verify-email", kVerify, "he", kSender);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->language, "en");
  EXPECT_THAT(letter->text, HasSubstr("המכתב הזה באנגלית"));
  EXPECT_THAT(letter->html, HasSubstr("lang=\"he\" dir=\"rtl\""));
  EXPECT_EQ(letter->subject, "Confirm your e-mail address for Milepost at Blom");
}

TEST(Letters, ThatLackAValueAreNotWritten) {
  const auto lacking = write_letter("verify-email", {{"until", "2026-03-20"}}, "en", kSender);
  ASSERT_FALSE(lacking);
  EXPECT_EQ(messages::describe(lacking.error()),
            "the letter needs a value that was not given: link");
  const auto unknown = write_letter("love-letter", {}, "en", kSender);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, LetterProblem::Kind::UnknownKind);
}

TEST(Letters, ShowACodeToBeTypedOff) {
  const auto letter =
      write_letter("sign-in-code", {{"code", "004213"}, {"minutes", "1"}}, "en", kSender);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->subject, "004213 is your code for Milepost at Blom");
  EXPECT_THAT(letter->text, HasSubstr("It works for 1 minute and only once."));
  EXPECT_THAT(letter->html, HasSubstr("<bdi dir=\"ltr\">004213</bdi>"));
}
