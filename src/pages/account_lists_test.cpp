// A shop's lists by their pages: made, joined by a reader without account or cookie, written to,
// left with one click; and kept from whoever may not.
#include <chrono>

#include "outreach/door.h"
#include "pages/account/for_test.h"

namespace pages {
namespace {

using namespace for_test;
using namespace std::chrono_literals;
using testing::HasSubstr, testing::Not, testing::SizeIs, testing::StartsWith;

struct ListPagesOn : AccountPages {
  std::string csrf_of(Browser& browser) {
    return hidden(get(browser, "/account/preferences"), "csrf");
  }
  http::Response post(Browser& browser, const std::string& path, const std::string& fields) {
    return call(browser, "POST", path, "csrf=" + csrf_of(browser) + "&" + fields);
  }
  std::int64_t number(const std::string& sql) {
    return house->main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(sql);
      return rows.next() ? rows.integer(0) : -1;
    });
  }
  void SetUp() override {
    AccountPages::SetUp();
    if (IsSkipped()) return;
    owner = sign_up("femke@blom.example", "correct+horse+battery");
    house->mail();
    account = number("SELECT MAX(account_id) FROM members");
    const auto made = post(owner, "/account/lists", "name=Spring+news");
    EXPECT_EQ(made.status, 303);
    const auto where = header(made, "Location");
    EXPECT_THAT(where, StartsWith("/account/lists/"));
    list = where.substr(15, 32);
    joining_page = outreach::joining_path(*house->vault, account, base::Id::parse(list).value());
  }
  // Somebody without an account, up to the letter's link.
  std::string ask(const std::string& address) {
    Browser nobody;
    EXPECT_THAT(get(nobody, joining_page).body, HasSubstr("Spring news"));
    const auto asked = call(nobody, "POST", joining_page, "address=" + address);
    EXPECT_EQ(asked.status, 200);
    EXPECT_TRUE(nobody.jar.empty());
    const auto letters = house->mail();
    if (letters.empty()) return {};
    EXPECT_EQ(letters[0].kind, "confirm-list");
    const auto link = letters[0].values.at("link");
    return link.substr(link.find("/lists/"));
  }
  void join(const std::string& address) {
    Browser nobody;
    const auto link = ask(address);
    ASSERT_THAT(link, StartsWith("/lists/yes/"));
    EXPECT_THAT(get(nobody, link).body, HasSubstr("Blom may send me"));
    EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries WHERE confirmed_at IS NOT NULL"), 0);
    EXPECT_EQ(call(nobody, "POST", link).status, 200);
    EXPECT_TRUE(nobody.jar.empty());
  }
  std::string leaving_page(const std::string& address) {
    return outreach::leaving_path(
        *house->vault, {account, base::Id::parse(list).value(),
                        consent::People(*house->vault).by_email(account, address).value()});
  }

  Browser owner;
  std::int64_t account = 0;
  std::string list, joining_page;
};
INSTANTIATE_TEST_SUITE_P(, ListPagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(ListPagesOn, AReaderJoinsByALetterAndLeavesWithOneClick) {
  join("cy@example.com");
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries WHERE confirmed_at IS NOT NULL"), 1);
  // The words of the button are the words of the record.
  EXPECT_EQ(number("SELECT COUNT(*) FROM notices WHERE text LIKE 'Yes: Blom may send me%'"), 1);
  Browser nobody;
  const auto page = leaving_page("cy@example.com");
  EXPECT_THAT(get(nobody, page).body, HasSubstr("Leave all lists of Blom"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries"), 1);
  // As a mail program does: from elsewhere, without a page (RFC 8058). clause-061.post
  const auto left = call(nobody, "POST", page, "List-Unsubscribe=One-Click", "cross-site");
  EXPECT_EQ(left.status, 200);
  EXPECT_EQ(left.body, "unsubscribed\n");
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries"), 0);
}

TEST_P(ListPagesOn, TheFormAnswersTheSameWhateverIsKnown) {
  join("cy@example.com");
  Browser nobody;
  const auto known = call(nobody, "POST", joining_page, "address=cy@example.com");
  EXPECT_THAT(house->mail(), SizeIs(0));
  const auto fresh = call(nobody, "POST", joining_page, "address=di@example.com");
  EXPECT_EQ(known.body, fresh.body);
  EXPECT_EQ(call(nobody, "POST", joining_page, "address=nobody").status, 422);
  EXPECT_EQ(call(nobody, "POST", joining_page + "x", "address=di@example.com").status, 404);
  EXPECT_EQ(get(nobody, "/lists/yes/aaaa").status, 404);
}

TEST_P(ListPagesOn, NewsGoesToReadersAndIsCounted) {
  EXPECT_THAT(get(owner, "/account/lists/" + list).body, HasSubstr("Nobody on this list"));
  join("cy@example.com");
  const auto sent =
      post(owner, "/account/lists/write", "list=" + list + "&title=Lamps+%3Cb%3E&text=All+of+them");
  EXPECT_THAT(header(sent, "Location"), HasSubstr("list_sent"));
  const auto page = get(owner, "/account/lists/" + list).body;
  EXPECT_THAT(page, HasSubstr("Lamps &lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("On its way: 1"));
  EXPECT_THAT(page, Not(HasSubstr("cy@example.com")));
}

TEST_P(ListPagesOn, AddressesAreShownOnRequestAndThatIsNoted) {
  join("cy@example.com");
  const auto page = post(owner, "/account/lists/read", "list=" + list).body;
  EXPECT_THAT(page, HasSubstr("cy@example.com"));
  EXPECT_THAT(page, HasSubstr("Addresses read"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_uses WHERE what = 'read'"), 1);
}

TEST_P(ListPagesOn, TakingAListAwayAsksAgainWhoOneIs) {
  join("cy@example.com");
  const auto file = post(owner, "/account/lists/export", "list=" + list);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, "address\r\ncy@example.com\r\n");
  house->clock.advance(20min);
  for (const auto* act : {"export", "destroy"}) {
    const auto later = post(owner, std::string("/account/lists/") + act, "list=" + list);
    EXPECT_EQ(later.status, 303) << act;
    EXPECT_THAT(header(later, "Location"), StartsWith("/account/again")) << act;
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries"), 1);
}

TEST_P(ListPagesOn, AnImportNeedsItsWords) {
  const auto bare = post(owner, "/account/lists/import",
                         "list=" + list + "&addresses=a@example.com&agreed=&statement=x");
  EXPECT_THAT(header(bare, "Location"), HasSubstr("list_not_imported"));
  const auto whole =
      post(owner, "/account/lists/import",
           "list=" + list +
               "&addresses=a@example.com%0D%0Ab@example.com&agreed=Yes,+by+mail&statement=In+May");
  EXPECT_THAT(header(whole, "Location"), HasSubstr("list_imported"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries WHERE came_by = 'import'"), 2);
  EXPECT_THAT(get(owner, "/account/lists/" + list).body, HasSubstr("In May"));
}

TEST_P(ListPagesOn, AnotherShopsListIsNoList) {
  join("cy@example.com");
  auto other = sign_up("eve@other.example", "correct+horse+battery");
  house->mail();
  EXPECT_EQ(get(other, "/account/lists/" + list).status, 404);
  for (const auto* act : {"read", "export", "destroy"})
    EXPECT_EQ(post(other, std::string("/account/lists/") + act, "list=" + list).status, 404) << act;
  EXPECT_THAT(
      header(post(other, "/account/lists/write", "list=" + list + "&title=a&text=b"), "Location"),
      HasSubstr("list_not_sent"));
  EXPECT_THAT(get(other, "/account/lists").body, Not(HasSubstr("Spring news")));
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries"), 1);
}

TEST_P(ListPagesOn, ADestroyedListIsGoneFromEverywhere) {
  join("cy@example.com");
  EXPECT_EQ(post(owner, "/account/lists/destroy", "list=" + list).status, 303);
  EXPECT_EQ(number("SELECT COUNT(*) FROM list_entries"), 0);
  EXPECT_EQ(get(owner, "/account/lists/" + list).status, 404);
  Browser nobody;
  EXPECT_EQ(get(nobody, joining_page).status, 404);
  EXPECT_EQ(get(nobody, leaving_page("cy@example.com")).status, 200);
}

}  // namespace
}  // namespace pages
