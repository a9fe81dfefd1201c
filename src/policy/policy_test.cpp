#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "crypto/hash.h"
#include "personal/access.h"
#include "policy/difference.h"
#include "policy/document.h"
#include "policy/markdown.h"
#include "policy/record.h"
#include "policy/versions.h"
#include "store/testing.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre, testing::HasSubstr, testing::Not, testing::IsEmpty, testing::SizeIs;

Operator somebody() {
  Operator who;
  who.name = "Parcels & Co <BV>";
  who.address = "Kade 1, Utrecht";
  who.country = "NL";
  who.contact = "hello@parcels.example";
  who.officer = "none";
  return who;
}

Edition edition(std::int64_t number = 1) {
  const auto at = base::from_micros(1'767'225'600'000'000);  // 2026-01-01
  return {number, *Dates::of(at, at + 24h * 30)};
}

// What stands between `before` and `after`, each time.
std::set<std::string> all_between(std::string_view text, std::string_view before,
                                  std::string_view after) {
  std::set<std::string> found;
  for (auto at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
    const auto begin = at + before.size();
    found.emplace(text.substr(begin, text.find(after, begin) - begin));
  }
  return found;
}

std::set<std::string> purposes_of_the_enumeration() {
  std::set<std::string> ids;
  for (const auto purpose : personal::kPurposes) ids.emplace(personal::name(purpose));
  return ids;
}

// ---- One dictionary

// clause-036.page
TEST(Policy, NamesExactlyThePurposesOfTheEnumeration) {
  for (const auto& language : languages()) {
    const auto text = render("policy", language, facts_of(somebody()), edition());
    EXPECT_EQ(all_between(text, "{#purpose-", "}"), purposes_of_the_enumeration()) << language;
  }
  const auto facts = facts_of(somebody());
  ASSERT_EQ(facts.purposes.size(), std::size(personal::kPurposes));
  for (std::size_t i = 0; i < facts.purposes.size(); ++i) {
    const auto purpose = personal::kPurposes[i];
    EXPECT_EQ(facts.purposes[i].id, personal::name(purpose));
    EXPECT_EQ(facts.purposes[i].title, personal::title(purpose));
    EXPECT_EQ(facts.purposes[i].basis, personal::basis(purpose));
  }
}

// clause-036.record
TEST(Record, NamesExactlyThePurposesOfTheEnumeration) {
  const auto facts = facts_of(somebody());
  EXPECT_EQ(all_between(record_markdown(facts, "2026-01-01"), "{#purpose-", "}"),
            purposes_of_the_enumeration());
  const auto json = record_json(facts, "2026-01-01");
  for (const auto& id : purposes_of_the_enumeration())
    EXPECT_THAT(json, HasSubstr("{\"id\":\"" + id + "\""));
}

// clause-015.record
TEST(Record, NamesEveryPersonalColumnOfTheSchema) {
  const auto json = record_json(facts_of(somebody()), "2026-01-01");
  int personal = 0;
  for (const auto& column : dictionary().columns()) {
    const auto name = "\"" + column.name.table + "." + column.name.column + "\"";
    if (!column.personal) continue;
    ++personal;
    EXPECT_THAT(json, HasSubstr(name));
  }
  EXPECT_GT(personal, 80);
}

TEST(Record, AsksInTheAssessmentWhatOnlyAPersonCanJudge) {
  const auto text = assessment_markdown(facts_of(somebody()), "2026-01-01");
  EXPECT_THAT(text, HasSubstr("**Which risks are left, and who accepts them?**"));
  EXPECT_THAT(text, HasSubstr("Parcels & Co"));
}

// clause-124.enum clause-132.none
TEST(Policy, KnowsNoPurposeOfAdvertising) {
  for (const auto purpose : personal::kPurposes) {
    const auto words =
        base::lower(std::string(personal::name(purpose)) + std::string(personal::title(purpose)));
    for (const char* word : {"advert", "marketing", "profil", "retarget", "campaign", "banner"})
      EXPECT_THAT(words, Not(HasSubstr(word)));
  }
}

// clause-111.page
TEST(Cookies, ThePageNamesExactlyThoseOfTheRegister) {
  std::set<std::string> ours;
  for (const auto& entry : http::the_register().cookies) ours.emplace(entry.name);
  for (const auto& language : languages()) {
    const auto text = render("cookies", language, facts_of(somebody()), edition());
    EXPECT_EQ(all_between(text, "| `", "`"), ours) << language;
  }
}

// clause-124a.stated
TEST(Cookies, WhatOthersUseThemForIsInTheRegisterOrSaidNotToBeDone) {
  const auto text = render("cookies", "en", facts_of(somebody()), edition());
  const auto not_done = text.substr(text.find("{#not-done}"));
  for (const char* purpose :
       {"remembering which pages you saw", "Statistics", "Advertisements", "Currency, time zone",
        "what your browser can do", "opened a page or a message", "Administering the system"}) {
    EXPECT_THAT(not_done, HasSubstr(purpose));
  }
  EXPECT_THAT(text, HasSubstr("__Host-stay"));  // "make login easier" is in the register
}

TEST(Cookies, AnOptionalPurposeIsSaidToBeAskedFor) {
  static constexpr http::VendorEntry kMaps{"Maps Ltd",
                                           "Notify",
                                           "https://maps.example/privacy",
                                           "US",
                                           "SCC 2021/914 module 2",
                                           "Draws the map.",
                                           "maps.example"};
  const auto with = facts_of(somebody(), {}, {http::the_register().cookies, {}, {&kMaps, 1}});
  const auto text = render("cookies", "en", with, edition());
  EXPECT_THAT(text, HasSubstr("Maps Ltd"));
  EXPECT_THAT(text, HasSubstr("SCC 2021/914 module 2"));
  EXPECT_THAT(text, Not(HasSubstr("There are none.")));
}

// ---- Documents

TEST(Documents, AreWholeInEveryLanguageThereIs) {
  ASSERT_GE(languages().size(), 2U);
  for (const auto& language : languages()) {
    for (const auto document : kDocuments) {
      EXPECT_FALSE(data_file(fmt::format("policy/{}.{}.md", document, language)).empty())
          << document << ' ' << language;
      const auto text = render(document, language, facts_of(somebody()), edition(7));
      EXPECT_THAT(text, Not(HasSubstr("{{"))) << document << ' ' << language;
      EXPECT_THAT(text, HasSubstr("7")) << document << ' ' << language;
    }
  }
}

TEST(Documents, SayInEveryLanguageTheSameSections) {
  for (const auto document : kDocuments) {
    const auto english =
        all_between(render(document, "en", facts_of(somebody()), edition()), "{#", "}");
    for (const auto& language : languages()) {
      const auto text = render(document, language, facts_of(somebody()), edition());
      EXPECT_EQ(all_between(text, "{#", "}"), english) << document << ' ' << language;
    }
  }
}

TEST(Documents, EveryLanguageHasTheWordsOfPurposesAndCookies) {
  for (const auto& language : languages()) {
    if (language == "en") continue;
    for (const auto& [key, english] : words_needed(facts_of(somebody()))) {
      if (!key.starts_with("category.")) {
        EXPECT_NE(say(language, key, ""), "") << language << " has no word for: " << english;
      }
    }
  }
}

// clause-110.shown
TEST(Documents, NameWhoIsResponsible) {
  for (const auto& language : languages()) {
    const auto html = to_html(render("policy", language, facts_of(somebody()), edition()));
    EXPECT_THAT(html, HasSubstr("<strong>Parcels &amp; Co &lt;BV&gt;</strong>"));
    EXPECT_THAT(html, HasSubstr("hello@parcels.example"));
  }
  EXPECT_THAT(render("policy", "en", facts_of({}), edition()),
              HasSubstr("This is a test instance"));
}

// clause-079.page clause-079.outside
TEST(Documents, NameEveryProcessorAndMarkWhoIsOutsideTheEea) {
  std::vector<Recipient> recipients{{"Mail Ltd",
                                     "processor",
                                     "sends e-mail",
                                     "US",
                                     "SCC 2021/914 module 2",
                                     {"address"},
                                     "Notify",
                                     "2026-11-01"},
                                    {"PostNL",
                                     "carrier",
                                     "asked about parcels",
                                     "NL",
                                     "in the EEA",
                                     {"tracking number"},
                                     "AskCarrier",
                                     ""},
                                    {"UPS",
                                     "carrier",
                                     "asked about parcels",
                                     "US",
                                     "adequacy decision",
                                     {"tracking number"},
                                     "AskCarrier",
                                     ""}};
  const auto text = render("processors", "en", facts_of(somebody(), recipients), edition());
  EXPECT_THAT(text, HasSubstr("| Mail Ltd | sends e-mail | address | US (outside the EEA) | SCC "
                              "2021/914 module 2 | 2026-11-01 |"));
  EXPECT_THAT(text, HasSubstr("| UPS | tracking number | US (outside the EEA) |"));
  EXPECT_THAT(text, HasSubstr("| PostNL | tracking number | NL | in the EEA |"));
}

// ---- Markdown

TEST(Markdown, BecomesHtmlAndNothingOfItBecomesMarkup) {
  EXPECT_EQ(
      to_html("# A & B {#top}\n\none\ntwo **three**\n\n- x\n- `y`\n"),
      "<h1 id=\"top\">A &amp; B</h1>\n<p>one\ntwo <strong>three</strong></p>\n<ul>\n<li>x</li>\n"
      "<li><code>y</code></li>\n</ul>\n");
  for (const char* hostile :
       {"<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](//evil.example)",
        "# <img onerror=x>", "| <b> | \"a |\n|---|---|\n| <i> | x |", "**<u>**",
        "[<s>](https://x.example\"><b>)"}) {
    const auto html = to_html(hostile);
    for (const char* markup :
         {"<script", "javascript:alert(1)\"", "href=\"//", "<img", "<b>", "<i>", "<u>", "<s>"})
      EXPECT_THAT(html, Not(HasSubstr(markup))) << hostile;
  }
  EXPECT_THAT(to_html("[x](https://x.example)"), HasSubstr("rel=\"noopener noreferrer external\""));
}

TEST(Markdown, AValueStaysWhatItIs) {
  const std::string value = "**Bold** [l](https://x.example) | `c` # {#id}\n- next";
  EXPECT_EQ(to_html(plain(value)), "<p>**Bold** [l](https://x.example) | `c` # {#id} - next</p>\n");
  EXPECT_THAT(to_html("| a |\n|---|\n| " + plain("x | y") + " |"), HasSubstr(">x | y</th>"));
}

TEST(Difference, IsTheFewestLinesThatLeadFromOneToTheOther) {
  const auto changes = difference("a\nb\nc\nd", "a\nc\nx\nd");
  std::string told;
  for (const auto& change : changes) {
    told += change.kind == Change::Kind::Same ? ' ' : change.kind == Change::Kind::Gone ? '-' : '+';
    told += change.line;
  }
  EXPECT_EQ(told, " a-b c+x d");
  EXPECT_THAT(difference("", ""), IsEmpty());
}

// ---- Versions, on either engine

struct VersionsOn : testing::TestWithParam<store::testing::Engine> {
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  template <class Work>
  auto write(Work work) {
    return main->write_now(work);
  }
  Published publish_now(const Facts& facts, std::chrono::hours notice = 0h) {
    return write([&](store::Tx& tx) {
      return publish(tx, facts, clock.now(), clock.now() + notice).value();
    });
  }
  std::optional<Version> current(std::string_view document = "policy") {
    return write([&](store::Tx& tx) { return in_force(tx, document, "en", clock.now()); });
  }
  void open_account(std::int64_t id) {
    write([&](store::Tx& tx) {
      return tx.execute(
          "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
          "VALUES ($1, 0, 0, 'free', 0, $2)",
          id, store::Blob{std::to_string(id)});
    });
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
};
INSTANTIATE_TEST_SUITE_P(, VersionsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<store::testing::Engine>>);

// clause-107.identical clause-016.versions
TEST_P(VersionsOn, AnOldOneStaysAsItWasByteForByte) {
  publish_now(facts_of(somebody()));
  for (const std::string document : {"policy", "terms"}) {
    const auto before = current(document);
    ASSERT_TRUE(before);
    EXPECT_EQ(before->hash, base::to_hex(crypto::sha256(before->body)));
  }
  const auto policy = *current(), terms = *current("terms");
  auto other = somebody();
  other.name = "Somebody Else";
  clock.advance(24h);
  EXPECT_THAT(publish_now(facts_of(other)).documents, SizeIs(2));
  for (const auto& old : {policy, terms}) {
    const auto again = write([&](store::Tx& tx) { return find_version(tx, old.hash); });
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, old.body);
    EXPECT_EQ(again->number, 1);
  }
  EXPECT_EQ(current()->number, 2);
  EXPECT_THAT(current()->body, HasSubstr("Somebody Else"));
}

TEST_P(VersionsOn, WhatSaysTheSameIsNotPublishedAgain) {
  EXPECT_THAT(publish_now(facts_of(somebody())).documents, SizeIs(kDocuments.size()));
  clock.advance(24h * 400);
  EXPECT_THAT(publish_now(facts_of(somebody())).documents, IsEmpty());
}

// clause-107.difference
TEST_P(VersionsOn, AnyTwoCanBeCompared) {
  publish_now(facts_of(somebody()));
  const auto first = *current();
  auto other = somebody();
  other.contact = "new@parcels.example";
  publish_now(facts_of(other));
  std::string gone, added;
  const auto second = *current();
  for (const auto& change : difference(first.body, second.body)) {
    if (change.kind == Change::Kind::Gone) gone += std::string(change.line) + '\n';
    if (change.kind == Change::Kind::New) added += std::string(change.line) + '\n';
  }
  EXPECT_THAT(gone, HasSubstr("hello@parcels.example"));
  EXPECT_THAT(added, HasSubstr("new@parcels.example"));
  EXPECT_THAT(added, Not(HasSubstr("## Children")));
}

// clause-108.order
TEST_P(VersionsOn, NoneTakesEffectBeforeItIsPosted) {
  EXPECT_FALSE(Dates::of(clock.now(), clock.now() - 1us));
  const auto refused = write([&](store::Tx& tx) {
    return publish(tx, facts_of(somebody()), clock.now(), clock.now() - 1us);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), PublishError::EffectiveBeforePosted);
  EXPECT_FALSE(current());
  EXPECT_ANY_THROW(write([&](store::Tx& tx) {
    return tx.execute(
        "INSERT INTO policy_versions (account_id, document, number, language, hash, essence, body, "
        "posted_at, effective_at) VALUES (0, 'policy', 1, 'en', 'h', 'e', 'b', 2, 1)");
  })) << "the store refuses it, too";
}

// clause-108.shown
TEST_P(VersionsOn, BothDatesStandInTheTextAndBesideIt) {
  publish_now(facts_of(somebody()));
  auto other = somebody();
  other.name = "Somebody Else";
  clock.advance(24h);
  publish_now(facts_of(other), 24h * 30);
  const auto coming =
      write([&](store::Tx& tx) { return announced(tx, "policy", "en", clock.now()); });
  ASSERT_TRUE(coming);
  EXPECT_THAT(
      coming->body,
      HasSubstr("Version 2 \xC2\xB7 Effective 2026-02-01 \xC2\xB7 Last updated 2026-01-02"));
  EXPECT_EQ(coming->posted_at, clock.now());
  EXPECT_EQ(current()->number, 1) << "not yet in force";
  clock.advance(24h * 30);
  EXPECT_EQ(current()->number, 2);
}

// clause-109.off
TEST_P(VersionsOn, WhatRestsOnConsentIsChangedFromTheDayItsNewWordsTakeEffect) {
  const auto changes = [&] {
    return write([&](store::Tx& tx) {
      std::vector<base::Instant> all;
      auto rows = tx.query(
          "SELECT effective_at FROM purpose_changes WHERE purpose = 'News' ORDER BY effective_at");
      while (rows.next()) all.push_back(rows.instant(0));
      return all;
    });
  };
  auto facts = facts_of(somebody());
  publish_now(facts);
  EXPECT_THAT(changes(), IsEmpty()) << "there is no such purpose yet";
  facts.purposes.push_back({"News", "Write about new things", "At most monthly.", "consent"});
  publish_now(facts);
  EXPECT_THAT(changes(), testing::ElementsAre(base::Instant{})) << "the words it began with";
  clock.advance(24h);
  publish_now(facts);
  EXPECT_THAT(changes(), SizeIs(1)) << "said again, nothing changed";
  facts.purposes.back().text = "As often as we like.";
  publish_now(facts, 720h);
  EXPECT_THAT(changes(), testing::ElementsAre(base::Instant{}, clock.now() + 720h));
}

// clause-107.notice
TEST_P(VersionsOn, EveryAccountIsToldOfAChange) {
  open_account(1001);
  open_account(1002);
  EXPECT_EQ(publish_now(facts_of(somebody())).notices, 0) << "nobody agreed to anything before";
  auto other = somebody();
  other.name = "Somebody Else";
  EXPECT_EQ(publish_now(facts_of(other)).notices, 4) << "two documents, two accounts";
  const auto unseen = [&] {
    return write([&](store::Tx& tx) { return unseen_notices(tx, 1001); });
  };
  ASSERT_THAT(unseen(), SizeIs(2));
  EXPECT_EQ(unseen()[0].document, "policy");
  write([&](store::Tx& tx) {
    mark_seen(tx, 1001, clock.now());
    return 0;
  });
  EXPECT_THAT(unseen(), IsEmpty());
  EXPECT_THAT(write([&](store::Tx& tx) { return unseen_notices(tx, 1002); }), SizeIs(2));
}

TEST_P(VersionsOn, ATextThatWasChangedBehindOurBackIsNotShown) {
  publish_now(facts_of(somebody()));
  const auto hash = current()->hash;
  write([&](store::Tx& tx) {
    return tx.execute("UPDATE policy_versions SET body = 'we sell everything' WHERE hash = $1",
                      hash);
  });
  EXPECT_FALSE(current());
  EXPECT_FALSE(write([&](store::Tx& tx) { return find_version(tx, hash); }));
}

}  // namespace
}  // namespace policy
