#include "messages/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/markup.h"

using journey::Trigger;
using messages::Blocks, messages::Finding, messages::lint, messages::Template;
using testing::HasSubstr, testing::Not;

namespace {

const std::string kFooter =
    "<p>{{controller}}</p>{{#notice}}<p>{{notice}}</p>{{/notice}}<p><a "
    "href=\"{{unsubscribe_link}}\">Stop</a> "
    "<a href=\"{{preferences_link}}\">Choose</a> <a href=\"{{privacy_link}}\">Privacy</a></p>";

std::string rules(const std::vector<Finding>& findings) {
  std::string out;
  for (const auto& finding : findings) {
    out += std::string(finding.block) + ":" + std::to_string(finding.line) + ":" +
           std::string(finding.rule) + " ";
  }
  return out;
}

std::string rules_of(const Blocks& blocks) { return rules(lint(blocks, Trigger::Delivered, "en")); }

messages::Message written(const Blocks& blocks, const messages::Facts& facts) {
  const auto made = Template::create(blocks, Trigger::Delivered, "en", 3);
  EXPECT_TRUE(made) << rules_of(blocks);
  return messages::write(Trigger::Delivered, facts, "en", &made.value());
}

}  // namespace

TEST(Template, PutsTheShopsWordsIntoTheHousesSheet) {
  const auto facts = messages::sample_facts(Trigger::Delivered, "en");
  const auto message =
      written({.subject = "{{parcel_title}} has arrived!",
               .intro = "Dear {{recipient_name}}, it is there.\n\nEnjoy it &amp; rest.",
               .extra = "<h2>Care</h2><ul><li>Dust it</li><li><a "
                        "href=\"https://blom.example/care\">Read how</a></li></ul>",
               .footer = kFooter,
               .sms = "{{parcel_title}} is there."},
              facts);
  EXPECT_EQ(message.subject, "Blom 3 lamp has arrived!");
  EXPECT_THAT(message.sms, HasSubstr("Atelier Blom: Blom 3 lamp is there. https://"));
  EXPECT_THAT(message.text, HasSubstr("Care\n\n- Dust it\n- Read how: https://blom.example/care"));
  EXPECT_THAT(message.html, HasSubstr("<a class=\"link\" style="));
  EXPECT_THAT(message.text, HasSubstr("Dear Noor de Vries, it is there.\n\nEnjoy it & rest."));
  EXPECT_THAT(message.html, Not(HasSubstr("If you cannot find it")));
  EXPECT_THAT(message.text, HasSubstr("hallo@atelier-blom.example"));
  EXPECT_THAT(message.text, HasSubstr("Stop: https://track.atelier-blom.example/u/7Hq2mX4kPz"));
}

TEST(Template, EscapesEveryValue) {
  auto facts = messages::sample_facts(Trigger::Delivered, "en");
  facts.parcel_title = "<script>alert(1)</script>";
  facts.sender.postal_address = "<b>here</b>";
  const auto message = written({.intro = "<p>{{parcel_title}}</p>", .footer = kFooter}, facts);
  EXPECT_THAT(message.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(message.html, HasSubstr("&lt;b&gt;here&lt;/b&gt;"));
}

TEST(Template, ShowsASectionOnlyWhenThereIsSomethingToShow) {
  auto facts = messages::sample_facts(Trigger::Delivered, "en");
  const Blocks blocks{
      .intro = "{{#place}}It lies in {{place}}.{{/place}}{{^place}}It is there.{{/place}}"};
  EXPECT_THAT(written(blocks, facts).text, HasSubstr("It lies in Utrecht."));
  facts.place.clear();
  EXPECT_THAT(written(blocks, facts).text, HasSubstr("It is there."));
}

TEST(Template, KeepsTheNoticeOfAFirstMessageInAFooterOfItsOwn) {
  auto facts = messages::sample_facts(Trigger::Delivered, "en");
  facts.first = messages::FirstMessage{"Bakkerij Zon"};
  const auto message = written({.footer = kFooter}, facts);
  EXPECT_THAT(message.html, HasSubstr("Bakkerij Zon gave us your contact details"));
  EXPECT_THAT(message.text, HasSubstr("Bakkerij Zon gave us your contact details"));
}

TEST(Linter, HasNothingAgainstAGoodTemplate) {
  EXPECT_EQ(rules_of({}), "");
  EXPECT_EQ(
      rules_of({.subject = "Your {{parcel_title}} is there", .intro = "Hello!", .footer = kFooter}),
      "");
}

// clause-056.lint clause-131.lint
TEST(Linter, NamesLineAndRule) {
  const struct {
    Blocks blocks;
    const char* rules;
  } cases[] = {
      {{.intro = "Dear\n{{recipient}},"}, "intro:2:unknown-variable "},
      {{.intro = "{{#place}}There"}, "intro:1:unclosed-section "},
      {{.intro = "There{{/place}}"}, "intro:1:unclosed-section "},
      {{.intro = "\n\n{{place"}, "intro:3:broken-variable "},
      {{.intro = "{{{place}}}"}, "intro:1:raw-variable "},
      {{.intro = "{{&place}}"}, "intro:1:raw-variable "},
      {{.intro = "{{>partial}}"}, "intro:1:broken-variable "},
      {{.intro = "{{=<% %>=}}"}, "intro:1:broken-variable "},
      {{.extra = "{{#promotion}}New lamps{{/promotion}}"}, "extra:1:promotional-block "},
      {{.extra = "Now 20\n% off with this coupon"}, "extra:2:promotional-block "},
      {{.extra = "Jetzt mit Rabatt"}, "extra:1:promotional-block "},
      {{.extra = "<img src=\"https://x.example/p.gif?u=1\" alt=\"\">"}, "extra:1:remote-image "},
      {{.extra = "<img src=\"cid:lamp\">"}, "extra:1:missing-alt "},
      {{.extra = "<script>x()</script>"}, "extra:1:script "},
      {{.extra = "<p onclick=\"x()\">y</p>"}, "extra:1:event-handler "},
      {{.extra = "<a href=\"javascript:x()\">y</a>"}, "extra:1:script "},
      {{.extra = "<a href=\"http://x.example\">y</a>"}, "extra:1:bad-link "},
      {{.extra = "<a href=\"https://x.example/?n={{tracking_number}}\">y</a>"},
       "extra:1:personal-link "},
      {{.extra = "<p style=\"background:url(https://x.example)\">y</p>"},
       "extra:1:forbidden-attribute "},
      {{.extra = "<iframe></iframe>"}, "extra:1:forbidden-element "},
      {{.extra = "<p><b>bold</p>"},
       "extra:1:unclosed-element extra:1:unclosed-element extra:1:unclosed-element "},
      {{.extra = "<!-- hidden -->"}, "extra:1:forbidden-element "},
      {{.extra = "<p title=\"{{place}}\">y</p>"}, "extra:1:forbidden-attribute "},
      {{.subject = "Your\nparcel"}, "subject:2:line-break "},
      {{.subject = "<b>Parcel</b>"}, "subject:1:forbidden-element "},
      {{.footer = "Bye"},
       "footer:1:missing-unsubscribe footer:1:missing-controller footer:1:missing-notice "
       "footer:1:missing-preferences "},
  };
  for (const auto& one : cases)
    EXPECT_EQ(rules_of(one.blocks), one.rules) << one.blocks.intro << one.blocks.extra;
}

TEST(Linter, SeesAMandatoryVariableThatIsNotAlwaysShown) {
  auto footer = kFooter;
  footer = "{{#place}}" + footer + "{{/place}}";
  EXPECT_THAT(rules_of({.footer = footer}), HasSubstr("missing-unsubscribe"));
  EXPECT_THAT(rules_of({.footer = "{{! {{controller}} }}" + std::string("x")}),
              HasSubstr("missing-controller"));
}

TEST(Linter, WeighsWhatABlockBecomes) {
  EXPECT_EQ(rules_of({.subject = std::string(79, 'x')}), "subject:1:long-subject ");
  EXPECT_TRUE(Template::create({.subject = std::string(79, 'x')}, Trigger::Delivered, "en", 1));
  EXPECT_FALSE(Template::create({.subject = std::string(151, 'x')}, Trigger::Delivered, "en", 1));
  EXPECT_EQ(rules_of({.sms = std::string(400, 'x')}), "sms:1:long-sms ");
  EXPECT_FALSE(Template::create({.sms = std::string(800, 'x')}, Trigger::Delivered, "en", 1));
  EXPECT_THAT(rules_of({.extra = std::string(70 * 1024, 'x')}), HasSubstr("extra:1:too-large"));
}

TEST(Linter, TellsAPersonWhatToDo) {
  const auto findings = lint({.intro = "Hi\n{{recipient}}"}, Trigger::Delivered, "en");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(
      messages::describe(findings[0]),
      "intro, line 2: there is no variable “recipient”; docs/messages.md lists those there are "
      "(unknown-variable)");
}

TEST(Markup, BecomesPlainText) {
  EXPECT_EQ(messages::as_plain("a\n\nb &amp; c"), "a\n\nb & c");
  EXPECT_EQ(messages::as_plain("<p>a <b>b</b></p><p>c<br>d</p>"), "a b\n\nc\nd");
  EXPECT_EQ(messages::as_plain("<a href=\"https://x.example\">x</a>"), "x: https://x.example");
  EXPECT_EQ(messages::as_plain("&#8211;&#x2d;&nope;&"), "–-&nope;&");
}
