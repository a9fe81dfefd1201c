// Linked mailboxes as their owner sees them: said before it is done, shown while it lasts, ended
// with one click.
#include "mailbox/features.h"
#include "pages/account/for_test.h"
#include "pages/endpoints.h"

namespace {

using pages::for_test::Browser;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

struct MailboxPagesOn : pages::for_test::AccountPages {
  void SetUp() override {
    AccountPages::SetUp();
    if (IsSkipped()) return;
    letters_in_mailbox = {
        "From: Shop <post@shop.example>\r\nSubject: Your parcel\r\n\r\nTracking number "
        "1Z5R89390357567127\r\n"};
    ann = sign_up("ann%40example.com", "correct+horse+battery");
  }
  http::Response post(Browser& browser, const std::string& path, const std::string& form) {
    const auto csrf = hidden(get(browser, "/account/mailboxes"), "csrf");
    return call(browser, "POST", path, "csrf=" + csrf + "&" + form);
  }
  http::Response link(const std::string& more = "&agreed=1", const std::string& secret = "right") {
    return post(ann, "/account/mailboxes",
                "address=ann%40mail.example&server=imap.mail.example&password=" + secret + more);
  }
  std::string page() { return get(ann, "/account/mailboxes").body; }
  Browser ann;
};

// clause-068.route
TEST_P(MailboxPagesOn, HaveAPageForEveryPurposeThatMayOpenWhatAMailboxGave) {
  pages::add_routes(router, *shop);
  const auto features = mailbox::features();
  for (const auto purpose : personal::kPurposes) {
    if (!personal::Label(personal::Source::Mailbox).allows(purpose)) continue;
    const auto of =
        std::ranges::find(features, personal::name(purpose), &mailbox::Feature::purpose);
    ASSERT_NE(of, features.end()) << personal::name(purpose);
    EXPECT_FALSE(of->text.empty());
    EXPECT_TRUE(std::ranges::any_of(router.routes(), [&](const auto& route) {
      const auto end = std::min(route.pattern.find('{'), of->route.find('{'));
      return route.method == "GET" && route.pattern.substr(0, end) == of->route.substr(0, end);
    })) << of->route;
  }
}

// clause-075.sentence
TEST_P(MailboxPagesOn, SayWhatIsReadBeforeAnythingIsLinked) {
  const auto shown = page();
  EXPECT_THAT(shown, HasSubstr("Limited Use requirements"));
  EXPECT_THAT(shown, HasSubstr("tracking number, carrier, order number, day"));
  EXPECT_THAT(shown, HasSubstr("No mailbox is linked."));
}

TEST_P(MailboxPagesOn, LinkNothingWithoutAnAgreement) {
  const auto refused = link("");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("Without your agreement"));
  EXPECT_THAT(links->list(1, 0), testing::IsEmpty());
}

TEST_P(MailboxPagesOn, SayWhyAMailboxDoesNotOpenAndRepeatNoPassword) {
  const auto refused = link("&agreed=1", "wrong-secret");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("does not open with this"));
  EXPECT_THAT(refused.body, Not(HasSubstr("wrong-secret")));
}

TEST_P(MailboxPagesOn, ShowTheLinkWhatItReadAndWhatItFound) {
  EXPECT_EQ(link().status, 303);
  EXPECT_TRUE(mailboxes->work_once());
  const auto shown = page();
  for (const auto* text : {"ann@mail.example", "1Z5R89390357567127", "from shop.example",
                           "Messages opened: 1.", "Parcels found: 1.", "Last read"})
    EXPECT_THAT(shown, HasSubstr(text));
}

// clause-024.unlink
TEST_P(MailboxPagesOn, UnlinkWithOneClick) {
  link();
  mailboxes->work_once();
  const auto id = hidden(get(ann, "/account/mailboxes"), "mailbox");
  ASSERT_FALSE(id.empty());
  EXPECT_EQ(post(ann, "/account/mailboxes/unlink", "mailbox=" + id).status, 303);
  const auto shown = page();
  EXPECT_THAT(shown, HasSubstr("No mailbox is linked."));
  EXPECT_THAT(shown, Not(HasSubstr("1Z5R89390357567127")));
}

TEST_P(MailboxPagesOn, AreTheirOwnersAlone) {
  link();
  const auto id = hidden(get(ann, "/account/mailboxes"), "mailbox");
  auto bob = sign_up("bob%40example.com", "correct+horse+battery");
  EXPECT_THAT(get(bob, "/account/mailboxes").body, Not(HasSubstr("ann@mail.example")));
  post(bob, "/account/mailboxes/unlink", "mailbox=" + id);
  post(bob, "/account/mailboxes/read", "mailbox=" + id);
  EXPECT_THAT(page(), HasSubstr("ann@mail.example"));
}

// clause-075.file
TEST_P(MailboxPagesOn, AskTheProviderForNoMoreThanTheFileSays) {
  const auto away = get(ann, "/account/mailboxes/with/google");
  EXPECT_EQ(away.status, 303);
  const auto where = header(away, "Location");
  EXPECT_THAT(where, HasSubstr("https://accounts.google.com/"));
  EXPECT_THAT(where, HasSubstr("gmail.readonly"));
  EXPECT_THAT(where, Not(HasSubstr("mail.google.com")));
  const auto back = get(ann, "/account/mailboxes/with/google/back?state=forged&code=x");
  EXPECT_EQ(back.status, 422);
}

INSTANTIATE_TEST_SUITE_P(, MailboxPagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
