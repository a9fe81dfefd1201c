#include "channels/email/catcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/email/catcher_page.h"
#include "channels/email/mime.h"

namespace {

using namespace channels::email;
using testing::HasSubstr;
using testing::Not;

Caught caught_of(const Email& email) {
  Caught out;
  out.number = 1;
  out.from = "b+7.00112233445566778899@bounces.shop.example";
  out.to = {email.to.address};
  out.bytes = build(email)->bytes;
  return out;
}

Email notice() {
  Email email;
  email.from = {"Lampenwinkel", "parcels@shop.example"};
  email.to = {"Zoë", "zoe@example.com"};
  email.subject = "Je pakket is onderweg – <b>morgen</b>";
  email.text = "Hallo Zoë,\nmorgen is het er.\n";
  email.html = "<p>Hallo <b>Zoë</b></p><img src=\"cid:logo@shop\" alt=\"\">";
  email.language = "nl";
  email.key = "k";
  email.thread = "t";
  email.unsubscribe_url = "https://track.shop.example/u/1";
  email.parts = {{"image/png", "\x89PNG", "logo.png", "logo@shop"}};
  return email;
}

std::string verdicts(const Caught& caught, Check::Verdict wanted) {
  std::string out;
  for (const auto& check : checks_of(caught)) {
    if (check.verdict == wanted) out += check.name + "\n";
  }
  return out;
}

TEST(CatcherPage, AMessageIsShownInAFrameWithoutRights) {
  const Catcher catcher({});
  const auto page = message_page(catcher, caught_of(notice()), View::Html);
  EXPECT_THAT(page, HasSubstr("<iframe sandbox title="));
  EXPECT_THAT(page, HasSubstr("Je pakket is onderweg – &lt;b&gt;morgen&lt;/b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>morgen")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(CatcherPage, PicturesInsideTheMessageAreShownAndNothingElseIsLoaded) {
  const auto html = html_of(caught_of(notice()));
  EXPECT_THAT(html, HasSubstr("src=\"data:image/png;base64,iVBORw==\""));
  EXPECT_THAT(html, HasSubstr("Hallo <b>Zoë</b>"));
}

TEST(CatcherPage, TextAndSourceAreShownAsTheyAre) {
  const Catcher catcher({});
  const auto caught = caught_of(notice());
  EXPECT_EQ(text_of(caught), "Hallo Zoë,\r\nmorgen is het er.\r\n");
  EXPECT_THAT(message_page(catcher, caught, View::Source),
              HasSubstr("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
}

TEST(CatcherPage, ANoticeOfOursPassesItsChecks) {
  const auto caught = caught_of(notice());
  EXPECT_EQ(verdicts(caught, Check::Verdict::Bad), "");
  EXPECT_EQ(verdicts(caught, Check::Verdict::Plain), "Not signed\n");
}

// A message that would tell somebody it was opened is pointed out.
TEST(CatcherPage, ARemotePictureIsPointedOut) {
  for (const auto* html :
       {"<img src=\"https://t.example/p.gif\">", "<img src = 'http://t.example/p'>",
        "<td background=\"https://t.example/b\">",
        "<p style=\"background:url( https://t.example/b )\">",
        "<link rel=stylesheet href=//t.example/s>"}) {
    auto email = notice();
    email.html = html;
    EXPECT_THAT(verdicts(caught_of(email), Check::Verdict::Bad),
                HasSubstr("Loads nothing from elsewhere"))
        << html;
  }
}

TEST(CatcherPage, AStrangersMessageIsShownAsFarAsItCanBe) {
  const Catcher catcher({});
  Caught caught;
  caught.bytes = "Subject: =?UTF-8?Q?=FF?= \xff<script>\r\n\r\n<script>alert(1)</script>\xff";
  for (const auto view : {View::Html, View::Text, View::Source, View::Checks})
    EXPECT_THAT(message_page(catcher, caught, view), Not(HasSubstr("<script>")));
  EXPECT_THAT(html_of(caught), Not(HasSubstr("<script>")));
}

}  // namespace
