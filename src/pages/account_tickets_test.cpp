// Somebody asks about their parcel from its page, without an account; whoever answers customers
// sees the person beside the question and nowhere else; the answer comes by mail.
#include <chrono>

#include "pages/account/for_test.h"
#include "pages/link.h"

namespace pages {
namespace {

using namespace for_test;
using namespace std::chrono_literals;
using testing::HasSubstr, testing::Not, testing::SizeIs;

struct TicketPagesOn : AccountPages {
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
  base::Id put_parcel() {
    shipments::Shipment one;
    one.head.account_id = account;
    one.head.id = base::Id::make(house->clock.now());
    one.head.tracking_number = "1Z999AA10123456784";
    one.head.courier_code = "ups";
    one.head.created_at = one.head.updated_at = house->clock.now();
    one.head.expires_at = house->clock.now() + 24h * 180;
    one.head.subject = house->vault->new_subject_now(account);
    one.body.customer_name = {"Wilhelmina Zandstra", personal::Label()};
    const auto sealed = shipments->seal(one.head, one.body.envelope());
    house->main->write_now([&](store::Tx& tx) {
      shipments->insert(tx, one.head, sealed, house->clock.now());
      return 0;
    });
    return one.head.id;
  }
  // A shop of one, with a parcel about which somebody asks.
  void SetUp() override {
    AccountPages::SetUp();
    if (IsSkipped()) return;
    owner = sign_up("femke@blom.example", "correct+horse+battery");
    house->mail();
    account = number("SELECT MAX(account_id) FROM members");
    parcel = put_parcel();
    page = tracking_path(*house->vault, {account, parcel});
  }
  std::string ask(const std::string& fields) {
    Browser nobody;
    const auto response = call(nobody, "POST", page + "/question", fields);
    EXPECT_EQ(response.status, 303);
    EXPECT_TRUE(nobody.jar.empty());
    const auto where = header(response, "Location");
    return where.substr(where.find("asked=") + 6, where.find('#') - where.find("asked=") - 6);
  }
  // The page of the only question.
  std::string ticket_page() {
    const auto list = get(owner, "/account/tickets").body;
    const auto at = list.find("/account/tickets/");
    return at == std::string::npos ? "" : list.substr(at, list.find_first_of("\"?", at) - at);
  }

  Browser owner;
  std::int64_t account = 0;
  base::Id parcel;
  std::string page;
};
INSTANTIATE_TEST_SUITE_P(, TicketPagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

constexpr const char* kQuestion =
    "about=damaged&text=The+shade+%3Cb%3Eis%3C%2Fb%3E+torn&address=w.zandstra%40example.com";

TEST_P(TicketPagesOn, AQuestionIsAskedAnsweredByMailAndClosed) {
  EXPECT_EQ(ask(kQuestion), "yes");
  const auto where = ticket_page();
  const auto shown = get(owner, where).body;
  EXPECT_THAT(shown, HasSubstr("The shade &lt;b&gt;is&lt;/b&gt; torn"));
  EXPECT_THAT(shown, HasSubstr("Wilhelmina Zandstra"));
  const auto id = where.substr(where.rfind('/') + 1);
  EXPECT_EQ(
      post(owner, "/account/tickets/answer", "ticket=" + id + "&text=A+new+one+is+coming").status,
      303);
  const auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "ticket-answer");
  EXPECT_EQ(mail[0].to, "w.zandstra@example.com");
  EXPECT_EQ(mail[0].values.at("text"), "A new one is coming");
  EXPECT_EQ(mail[0].values.at("link"), "https://track.example" + page);
  EXPECT_THAT(get(owner, where).body, HasSubstr("A new one is coming"));
  EXPECT_EQ(post(owner, "/account/tickets/close", "ticket=" + id).status, 303);
  EXPECT_THAT(get(owner, where).body, Not(HasSubstr("Wilhelmina Zandstra")))
      << "closed: nothing left to look for";
}

// clause-062.refused
TEST_P(TicketPagesOn, WhoeverAnswersCustomersSeesAPersonOnlyBesideTheirQuestion) {
  house->main->write_now([&](store::Tx& tx) {
    return tx.execute("UPDATE members SET role = 'support' WHERE account_id = $1", account);
  });
  const auto about = get(owner, "/account/parcels/" + parcel.hex()).body;
  EXPECT_THAT(about, HasSubstr("1Z999AA10123456784"));
  EXPECT_THAT(about, Not(HasSubstr("Zandstra"))) << "nobody asked";
  EXPECT_EQ(number("SELECT COUNT(*) FROM support_looks"), 0);
  EXPECT_EQ(ask(kQuestion), "yes");
  EXPECT_THAT(get(owner, ticket_page()).body, HasSubstr("Wilhelmina Zandstra"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM support_looks WHERE reason = 'damaged' AND member > 0"),
            1);
  EXPECT_THAT(get(owner, "/account/parcels/" + parcel.hex()).body, Not(HasSubstr("Zandstra")));
}

TEST_P(TicketPagesOn, WhatIsNoQuestionIsSaidSo) {
  EXPECT_EQ(ask("about=damaged&text=&address=w%40example.com"), "no");
  EXPECT_EQ(ask("about=damaged&text=Hello&address=nowhere"), "address_bad");
  EXPECT_EQ(ask("about=damaged&text=Hello&address=a%40b%0d%0aBcc%3A+c%40d"), "address_bad");
  for (int i = 0; i < support::Tickets::kMostOpen; ++i) EXPECT_EQ(ask(kQuestion), "yes");
  EXPECT_EQ(ask(kQuestion), "many");
  Browser elsewhere;
  const auto response = call(elsewhere, "POST", page + "/question", kQuestion, "cross-site");
  EXPECT_THAT(header(response, "Location"), HasSubstr("asked=no"));
  Browser nobody;
  EXPECT_EQ(call(nobody, "POST", "/t/nothing/question", kQuestion).status, 404);
}

TEST_P(TicketPagesOn, AnotherShopsQuestionsAreNotThere) {
  EXPECT_EQ(ask(kQuestion), "yes");
  const auto where = ticket_page();
  auto other = sign_up("jonas@other.example", "correct+horse+battery");
  house->mail();
  EXPECT_EQ(get(other, where).status, 404);
  EXPECT_THAT(get(other, "/account/tickets").body, Not(HasSubstr("/account/tickets/")));
  post(other, "/account/tickets/answer",
       "ticket=" + where.substr(where.rfind('/') + 1) + "&text=Mine+now");
  EXPECT_THAT(house->mail(), SizeIs(0));
}

}  // namespace
}  // namespace pages
