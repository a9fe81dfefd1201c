#include "messages/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/brand.h"
#include "messages/segments.h"
#include "messages/template.h"

using journey::Trigger;
using messages::Facts, messages::Message, messages::sample_facts, messages::write;
using testing::HasSubstr, testing::Not;

namespace {

std::vector<Trigger> triggers() {
  std::vector<Trigger> out;
  for (const auto name : journey::kTriggerNames) out.push_back(*journey::find_trigger(name));
  return out;
}

// For each trigger and language.
template <class Check>
void everywhere(Check check) {
  for (const auto language : messages::languages()) {
    for (const auto trigger : triggers()) {
      SCOPED_TRACE(std::string(language) + " " + std::string(journey::name(trigger)));
      check(trigger, language);
    }
  }
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

}  // namespace

TEST(Messages, SayTheSameByEveryChannel) {
  const auto message = write(Trigger::Delivered, sample_facts(Trigger::Delivered, "nl"), "nl-BE");
  EXPECT_EQ(message.language, "nl");
  EXPECT_EQ(message.subject, "Je pakket van Atelier Blom is bezorgd");
  EXPECT_THAT(message.text, HasSubstr("Beste Noor de Vries,"));
  EXPECT_THAT(message.text, HasSubstr("Trackingnummer: 3SMPST0123456"));
  EXPECT_THAT(message.text, HasSubstr("woensdag 18 maart om 14:32"));
  EXPECT_THAT(message.html, HasSubstr("3SMPST0123456"));
  EXPECT_EQ(message.sms,
            "Atelier Blom: Je pakket is bezorgd. Op een veilige plek, bij de buren of in een "
            "pakketkluis gelegd. https://track.atelier-blom.example/t/7Hq2mX4kPz");
  EXPECT_EQ(message.push_title, "Atelier Blom");
  EXPECT_THAT(message.chat, HasSubstr("PostNL · 3SMPST0123456"));
}

// clause-008.messages
TEST(Messages, AreCompleteInEveryLanguage) {
  everywhere([](Trigger trigger, std::string_view language) {
    const auto message = write(trigger, sample_facts(trigger, language), language);
    EXPECT_EQ(message.language, language);
    for (const auto* part :
         {&message.subject, &message.preheader, &message.text, &message.html, &message.sms,
          &message.push_title, &message.push_body, &message.chat}) {
      EXPECT_FALSE(part->empty());
      // What has no sentence shows its key; what has no value, the word for it.
      EXPECT_THAT(*part, Not(HasSubstr(".subject")));
      EXPECT_THAT(*part, Not(HasSubstr(".body")));
      EXPECT_THAT(*part, Not(HasSubstr(">none<")));
      EXPECT_THAT(*part, Not(HasSubstr(" none")));
    }
    EXPECT_EQ(message.subject.find_first_of("\r\n"), std::string::npos);
  });
}

TEST(Messages, SayWhatTheyKnowAndNothingElse) {
  everywhere([](Trigger trigger, std::string_view language) {
    Facts facts;
    facts.sender.name = "Blom";
    const auto message = write(trigger, facts, language);
    for (const auto* part : {&message.subject, &message.text, &message.sms, &message.chat}) {
      EXPECT_THAT(*part, Not(HasSubstr("none")));
      EXPECT_THAT(*part, Not(HasSubstr("http")));
    }
    EXPECT_THAT(message.html, Not(HasSubstr("href")));
  });
}

// clause-131.lint
TEST(Messages, LoadNothingAndLinkOnlyWhereTheyWereTold) {
  everywhere([](Trigger trigger, std::string_view language) {
    const auto facts = sample_facts(trigger, language);
    const auto message = write(trigger, facts, language);
    for (const auto* never : {"<img", "<script", "url(", "@import", "<link", "onload", "src="})
      EXPECT_THAT(message.html, Not(HasSubstr(never)));
    // Each link stands as it was given: once for the button, once in the footer.
    EXPECT_EQ(count(message.html, "href="), 7U);
    for (const auto& link :
         {facts.links.tracking_page, facts.links.preferences, facts.links.unsubscribe,
          facts.links.privacy, facts.links.cookies, facts.links.rights, facts.links.contact}) {
      EXPECT_EQ(count(message.html, "href=\"" + link + "\""), 1U);
      EXPECT_EQ(count(message.text, " " + link + "\n") + count(message.text, "\n" + link + "\n"),
                1U);
    }
    EXPECT_EQ(count(message.html, "http"), 7U);
  });
}

// clause-134.mail
TEST(Messages, EndWithPolicyCookiesRightsAndContactWhateverTheShopWrites) {
  const auto links = messages::foot_links("https://track.example");
  everywhere([&](Trigger trigger, std::string_view language) {
    auto facts = sample_facts(trigger, language);
    facts.links = links;
    facts.links.unsubscribe = "https://track.example/u/1";
    const auto own = messages::Template::create(
        {.footer = "<p>{{controller}} {{notice}}</p><p><a href=\"{{unsubscribe_link}}\">-</a></p>"},
        trigger, language, 1);
    ASSERT_TRUE(own);
    for (const auto& message :
         {write(trigger, facts, language), write(trigger, facts, language, &own.value()),
          messages::write_digest({{trigger, facts}}, facts, language)}) {
      for (const auto* link : {&links.privacy, &links.cookies, &links.rights, &links.contact}) {
        EXPECT_EQ(count(message.html, "href=\"" + *link + "\""), 1U) << *link;
        EXPECT_EQ(count(message.text, ": " + *link + "\n"), 1U) << *link;
      }
      EXPECT_TRUE(message.text.ends_with(links.contact + "\n"));
    }
  });
}

TEST(Messages, StaySmallEnoughNotToBeCut) {
  everywhere([](Trigger trigger, std::string_view language) {
    auto facts = sample_facts(trigger, language);
    facts.first = messages::FirstMessage{"Atelier Blom"};
    EXPECT_LT(write(trigger, facts, language).html.size(), 30U * 1024);
  });
}

TEST(Messages, AreShortEnoughForATextMessage) {
  everywhere([](Trigger trigger, std::string_view language) {
    const auto message = write(trigger, sample_facts(trigger, language), language);
    EXPECT_LE(messages::segments_of(message.sms).count, 3) << message.sms;
  });
}

// clause-033.notice
TEST(Messages, TellAStrangerWhereTheAddressIsFromAndHowToObject) {
  everywhere([](Trigger trigger, std::string_view language) {
    auto facts = sample_facts(trigger, language);
    const auto usual = write(trigger, facts, language);
    facts.first = messages::FirstMessage{"Bakkerij Zon"};
    const auto first = write(trigger, facts, language);
    EXPECT_THAT(usual.html, Not(HasSubstr("Bakkerij Zon")));
    EXPECT_THAT(first.html, HasSubstr("Bakkerij Zon"));
    EXPECT_THAT(first.text, HasSubstr("Bakkerij Zon"));
    EXPECT_THAT(first.sms, HasSubstr("Bakkerij Zon"));
    EXPECT_THAT(first.sms, HasSubstr(facts.links.unsubscribe));
    facts.first = messages::FirstMessage{};  // whose hand it was is not known
    EXPECT_THAT(write(trigger, facts, language).text, Not(HasSubstr("none")));
  });
}

TEST(Messages, EscapeWhatTheyArePutTogetherOf) {
  auto facts = sample_facts(Trigger::InTransit, "en");
  facts.sender.name = "Ben & <b>Jerry</b>";
  facts.parcel_title = "\"><script>alert(1)</script>";
  facts.recipient_name = "{shop} 'quoted' {0}";
  const auto message = write(Trigger::InTransit, facts, "en");
  EXPECT_THAT(message.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(message.html, HasSubstr("Ben &amp; &lt;b&gt;Jerry&lt;/b&gt;"));
  EXPECT_THAT(message.text, HasSubstr("Hello {shop} 'quoted' {0},"));
  EXPECT_EQ(message.subject, "Your parcel from Ben & <b>Jerry</b> is on its way");
}

TEST(Messages, KeepTheSubjectOnOneLine) {
  auto facts = sample_facts(Trigger::Delivered, "en");
  facts.sender.name = "Blom\r\nBcc: everybody@example.org";
  const auto message = write(Trigger::Delivered, facts, "en");
  EXPECT_EQ(message.subject.find_first_of("\r\n"), std::string::npos);
}

TEST(Messages, RunFromRightToLeftWhereTheReaderDoes) {
  for (const auto* language : {"ar", "he"}) {
    const auto message =
        write(Trigger::Delivered, sample_facts(Trigger::Delivered, language), language);
    EXPECT_THAT(message.html, HasSubstr("dir=\"rtl\""));
    EXPECT_THAT(message.html, Not(HasSubstr("text-align:left")));
    EXPECT_THAT(message.html, HasSubstr("<bdi dir=\"ltr\" class=\"number\""));
    // In plain text the number is isolated, else its digits would pull the line apart.
    EXPECT_THAT(message.text, HasSubstr("\u2068"
                                        "3SMPST0123456"
                                        "\u2069"));
    EXPECT_THAT(message.subject, HasSubstr("\u2068"
                                           "Atelier Blom"
                                           "\u2069"));
    // An address ends where it ends: the marks would be taken for a part of it.
    EXPECT_THAT(message.sms, testing::EndsWith(" https://track.atelier-blom.example/t/7Hq2mX4kPz"));
  }
  const auto dutch = write(Trigger::Delivered, sample_facts(Trigger::Delivered, "nl"), "nl");
  EXPECT_THAT(dutch.html, Not(HasSubstr("rtl")));
  EXPECT_THAT(dutch.sms, Not(HasSubstr("\u2068")));
}

TEST(Messages, CountInTheGrammarOfTheLanguage) {
  auto facts = sample_facts(Trigger::NoMovement, "pl");
  const auto subject = [&](const char* language, int days) {
    facts.days_without_news = days;
    return write(Trigger::NoMovement, facts, language).subject;
  };
  EXPECT_THAT(subject("ru", 1), HasSubstr("1 день"));
  EXPECT_THAT(subject("ru", 3), HasSubstr("3 дня"));
  EXPECT_THAT(subject("ru", 5), HasSubstr("5 дней"));
  EXPECT_THAT(subject("ar", 2), HasSubstr("يومين"));
  EXPECT_THAT(subject("en", 1), HasSubstr("1 day"));
  EXPECT_THAT(subject("cs", 3), HasSubstr("3 dny"));
}

TEST(Messages, NeverPromiseADayThatIsNotKnown) {
  Facts facts;
  facts.sender.name = "Blom";
  EXPECT_EQ(write(Trigger::EstimateSet, facts, "en").subject,
            "Your parcel from Blom is on its way");
  EXPECT_EQ(write(Trigger::EstimateChanged, facts, "en").subject,
            "Your parcel from Blom will be late");
}

TEST(Messages, SayWhyAtTheCustoms) {
  auto facts = sample_facts(Trigger::Exception, "de");
  facts.substatus = "exception006";
  const auto message = write(Trigger::Exception, facts, "de");
  EXPECT_THAT(message.text, HasSubstr("Der Zoll prüft Ihr Paket."));
  EXPECT_THAT(message.text, HasSubstr("Status: Beim Zoll angehalten"));
}

// clause-008.messages
TEST(Messages, ComeWhollyOutOfTheCatalogue) {
  everywhere([](Trigger trigger, std::string_view language) {
    if (language != "en") return;
    Facts facts;
    facts.links.tracking_page = "https://t.example/";
    const auto message = write(trigger, facts, "en-XA");
    // Every line is a disguised sentence or a link: no word is written in the code.
    std::size_t at = 0;
    while (at < message.text.size()) {
      const auto end = message.text.find('\n', at);
      const auto line = message.text.substr(at, end - at);
      const bool is_ours =
          line.empty() || line == "----" || line.starts_with("https://") || line.starts_with("[");
      EXPECT_TRUE(is_ours) << line;
      at = end + 1;
    }
  });
}

TEST(Messages, ShowTheWayInWordsToo) {
  const auto message =
      write(Trigger::OutForDelivery, sample_facts(Trigger::OutForDelivery, "en"), "en");
  EXPECT_THAT(message.html, HasSubstr("role=\"img\" aria-label=\"How far your parcel has come: "
                                      "step 3 of 4, Out for delivery\""));
  EXPECT_THAT(message.text, HasSubstr("step 3 of 4, Out for delivery"));
  const auto lost = write(Trigger::Exception, sample_facts(Trigger::Exception, "en"), "en");
  EXPECT_THAT(lost.html, Not(HasSubstr("role=\"img\"")));
}

TEST(Brand, CanBeReadWhateverColourTheShopHas) {
  for (const auto* colour :
       {"#ffff00", "#ffffff", "#000000", "#0b6e4f", "#f0a", "#e30613", "pink", ""}) {
    const auto brand = messages::brand_of(colour, "");
    SCOPED_TRACE(colour);
    EXPECT_GE(messages::contrast(brand.colour, brand.ink), 4.5);
    EXPECT_GE(messages::contrast(brand.dark_colour, brand.dark_ink), 4.5);
    EXPECT_GE(messages::contrast(brand.colour, "#ffffff"), 3.0);
    EXPECT_GE(messages::contrast(brand.dark_colour, "#1a1e25"), 3.0);
    EXPECT_GE(messages::contrast(brand.link, "#f6f4ef"), 4.5);
    EXPECT_GE(messages::contrast(brand.dark_link, "#12151a"), 4.5);
  }
}

TEST(Brand, ShowsALogoThatComesWithTheMessageOnly) {
  auto facts = sample_facts(Trigger::Delivered, "en");
  facts.sender.logo = "https://tracker.example/logo.png?who=noor";
  EXPECT_THAT(write(Trigger::Delivered, facts, "en").html, Not(HasSubstr("<img")));
  facts.sender.logo = "data:image/svg+xml;base64,PHN2Zz4=";  // may hold scripts and links
  EXPECT_THAT(write(Trigger::Delivered, facts, "en").html, Not(HasSubstr("<img")));
  facts.sender.logo = "cid:logo@blom";
  EXPECT_THAT(write(Trigger::Delivered, facts, "en").html,
              HasSubstr("<img src=\"cid:logo@blom\" alt=\"Atelier Blom\""));
}

TEST(Segments, AreCountedAsTheyArePaid) {
  EXPECT_EQ(messages::segments_of(std::string(160, 'a')).count, 1);
  EXPECT_EQ(messages::segments_of(std::string(161, 'a')).count, 2);
  EXPECT_EQ(messages::segments_of(std::string(80, '[')).count, 1);
  EXPECT_EQ(messages::segments_of(std::string(81, '[')).count, 2);
  std::string cyrillic;
  for (int i = 0; i < 71; ++i) cyrillic += "ж";
  EXPECT_EQ(messages::segments_of(cyrillic).count, 2);
  EXPECT_FALSE(messages::segments_of(cyrillic).is_gsm);
}

TEST(Digest, SaysOfEachParcelWhatHappenedAndWhereToFollowIt) {
  for (const auto language : messages::languages()) {
    std::vector<messages::News> news;
    for (const auto trigger : {Trigger::Delivered, Trigger::OutForDelivery}) {
      news.push_back({trigger, messages::sample_facts(trigger, language)});
      news.back().facts.links.tracking_page =
          "https://track.example/" + std::string(journey::name(trigger));
    }
    const auto about = messages::sample_facts(Trigger::Delivered, language);
    const auto message = messages::write_digest(news, about, language);
    EXPECT_EQ(message.language, language);
    EXPECT_NE(message.subject.find(about.sender.name), std::string::npos) << language;
    for (const auto* body : {&message.text, &message.html}) {
      for (const auto* must :
           {"https://track.example/delivered", "https://track.example/out_for_delivery"}) {
        EXPECT_NE(body->find(must), std::string::npos) << language << " " << must;
      }
      EXPECT_NE(body->find(about.links.unsubscribe), std::string::npos) << language;
    }
    EXPECT_EQ(message.html.find("digest."), std::string::npos) << language;
    EXPECT_LT(message.html.size(), 30'000U);
  }
}
