// People's requests as the shop's people work them in a browser without script,
// and a person's own door to what is kept about them.
#include <chrono>

#include "notify/log.h"
#include "pages/account/for_test.h"
#include "rights/correction.h"
#include "rights/propagation.h"
#include "shipments/told.h"

namespace pages {
namespace {

using namespace for_test;
using namespace std::chrono_literals;
using rights::Kind;
using testing::HasSubstr, testing::Not, testing::SizeIs;

struct AccountCasesOn : AccountPages {
  static constexpr const char* kPassword = "correct+horse+battery";

  std::string csrf_of(Browser& browser) {
    return hidden(get(browser, "/account/preferences"), "csrf");
  }
  http::Response post(Browser& browser, const std::string& path, const std::string& fields) {
    return call(browser, "POST", path, "csrf=" + csrf_of(browser) + "&" + fields);
  }
  Browser newcomer(const std::string& email) {
    house->mail();
    auto browser = sign_up(email, kPassword);
    house->mail();
    return browser;
  }
  std::int64_t number(const std::string& sql) {
    return house->main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(sql);
      return rows.next() ? rows.integer(0) : -1;
    });
  }
  std::int64_t newest_account() { return number("SELECT MAX(account_id) FROM members"); }

  base::Id put_parcel(std::int64_t account, const std::string& name, const std::string& email) {
    shipments::Shipment one;
    one.head.account_id = account;
    one.head.id = base::Id::make(house->clock.now());
    one.head.tracking_number = "1Z999AA10123456784";
    one.head.courier_code = "ups";
    one.head.created_at = one.head.updated_at = house->clock.now();
    one.head.expires_at = house->clock.now() + 24h * 180;
    one.head.subject = house->vault->new_subject_now(account);
    const auto put = [](auto& field, const std::string& text) {
      field = std::remove_cvref_t<decltype(field)>(text, personal::Label());
    };
    put(one.body.customer_name, name);
    put(one.body.customer_email, email);
    const auto envelope = one.body.envelope();
    shipments->note_addresses(one.head, envelope);
    const auto sealed = shipments->seal(one.head, envelope);
    house->main->write_now([&](store::Tx& tx) {
      shipments->insert(tx, one.head, sealed, house->clock.now());
      return 0;
    });
    return one.head.id;
  }
  rights::Case open_case(std::int64_t account, Kind kind, const std::string& language = "en",
                         const std::string& email = "buyer@example.com") {
    rights::Request request;
    request.account_id = account;
    request.kind = kind;
    request.language = language;
    request.country = "NL";
    request.address = rights::CaseAddress(email, personal::Label(personal::Source::Buyer));
    request.words =
        rights::CaseWords("Please <b>look</b>", personal::Label(personal::Source::Buyer));
    return house->main->write_now([&](store::Tx& tx) { return rights_desk->open(tx, request); });
  }
  std::optional<rights::Case> find_case(const rights::Case& one) {
    return house->main->read_now(
        [&](store::Tx& tx) { return rights_desk->find(tx, one.account_id, one.id); });
  }
  static std::string page_of(const rights::Case& one) { return "/account/cases/" + one.id.hex(); }
  accounts::testing::Written letter_named(std::string_view kind) {
    for (auto& one : house->mail())
      if (one.kind == kind) return one;
    ADD_FAILURE() << "no letter " << kind;
    return {};
  }
};
INSTANTIATE_TEST_SUITE_P(, AccountCasesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(AccountCasesOn, StandInTheListByTheirDayWithTheLateOnesMarked) {
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  EXPECT_THAT(get(owner, "/account/cases").body, HasSubstr("Nothing waits for you."));
  const auto first = open_case(account, Kind::Rectification);
  house->clock.advance(24h * 20);
  const auto second = open_case(account, Kind::Complaint);
  house->clock.advance(24h * 20);
  owner = Browser{};
  owner.jar["__Host-session"] = house->enter(number("SELECT person_id FROM members")).token;
  const auto list = get(owner, "/account/cases").body;
  EXPECT_THAT(list, HasSubstr("1 late"));
  EXPECT_THAT(list, HasSubstr("Was due by"));
  EXPECT_THAT(list, HasSubstr("Answer by"));
  EXPECT_LT(list.find(first.number()), list.find(second.number()));
  EXPECT_THAT(list, Not(HasSubstr("buyer@example.com"))) << "a list opens nobody's address";
  const auto page = get(owner, page_of(first));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("buyer@example.com"));
  EXPECT_THAT(page.body, HasSubstr("Please &lt;b&gt;look&lt;/b&gt;"));
  EXPECT_THAT(page.body, HasSubstr("Receipt confirmed"));
  EXPECT_THAT(page.body, Not(HasSubstr("/account/cases/extend"))) << "its first month is over";
}

TEST_P(AccountCasesOn, OfAnotherAccountAndUnprovenOnesDoNotExist) {
  auto ann = newcomer("ann%40example.com");
  const auto theirs = open_case(newest_account(), Kind::Complaint);
  auto mallory = newcomer("mallory%40example.com");
  house->mail();
  EXPECT_EQ(get(mallory, page_of(theirs)).status, 404);
  for (const auto* act : {"perform", "answer", "proof", "extend", "refuse"}) {
    const auto told = post(
        mallory, std::string("/account/cases/") + act,
        "case=" + theirs.id.hex() + "&sure=1&answer=x&why_longer=x&why_not=x&ground=unfounded");
    EXPECT_EQ(told.status, 404) << act;
  }
  EXPECT_TRUE(find_case(theirs)->is_open());
  EXPECT_THAT(house->mail(), SizeIs(0));
}

// clause-095.answer
TEST_P(AccountCasesOn, AreRefusedWithAGroundInThePersonsLanguageAndTheWaysToComplain) {
  auto owner = newcomer("owner%40example.com");
  const auto one = open_case(newest_account(), Kind::Objection, "nl");
  house->mail();
  const auto id = "case=" + one.id.hex();
  const auto silent = post(owner, "/account/cases/refuse", id + "&ground=claims&why_not=+");
  EXPECT_EQ(silent.status, 422);
  EXPECT_THAT(silent.body, HasSubstr("It needs words"));
  EXPECT_EQ(post(owner, "/account/cases/refuse", id + "&ground=whim&why_not=no").status, 422);
  const auto refused =
      post(owner, "/account/cases/refuse", id + "&ground=claims&why_not=Er+loopt+een+zaak.");
  EXPECT_EQ(refused.status, 303);
  EXPECT_THAT(header(refused, "Location"), HasSubstr("done=case_refused"));
  const auto letter = letter_named("rights-refused");
  EXPECT_EQ(letter.to, "buyer@example.com");
  EXPECT_EQ(letter.language, "nl");
  EXPECT_THAT(letter.values.at("reason"), HasSubstr("art. 17 lid 3 onder e"));
  EXPECT_THAT(letter.values.at("reason"), HasSubstr("Er loopt een zaak."));
  EXPECT_THAT(letter.values.at("authority"), HasSubstr("Autoriteit Persoonsgegevens"));
  const auto page = get(owner, page_of(one)).body;
  EXPECT_THAT(page, HasSubstr("The refusal"));
  EXPECT_THAT(page, HasSubstr("handed over")) << "the letter left";
  EXPECT_THAT(page, Not(HasSubstr("/account/cases/answer"))) << "nothing is left to do";
}

TEST_P(AccountCasesOn, AreExtendedOnceWithANotice) {
  auto owner = newcomer("owner%40example.com");
  const auto one = open_case(newest_account(), Kind::Complaint);
  house->mail();
  const auto fields = "why_longer=Many+parcels.&case=" + one.id.hex();
  EXPECT_EQ(post(owner, "/account/cases/extend", fields).status, 303);
  EXPECT_EQ(letter_named("rights-extended").values.at("reason"), "Many parcels.");
  EXPECT_GT(find_case(one)->due, one.due);
  EXPECT_EQ(post(owner, "/account/cases/extend", fields).status, 409);
}

TEST_P(AccountCasesOn, WaitForProofThatWasAskedForAndGoOnWhenTheLinkIsFollowed) {
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  put_parcel(account, "Bea", "buyer@example.com");
  const auto one = open_case(account, Kind::Erasure);
  house->mail();
  const auto id = "case=" + one.id.hex();
  EXPECT_EQ(post(owner, "/account/cases/proof", id).status, 303);
  const auto letter = letter_named("rights-identity-link");
  EXPECT_EQ(letter.to, "buyer@example.com");
  EXPECT_EQ(letter.values.at("case"), one.number());
  EXPECT_THAT(get(owner, page_of(one)).body, HasSubstr("waits for proof"));
  EXPECT_EQ(post(owner, "/account/cases/perform", id + "&sure=1").status, 409);
  EXPECT_EQ(number("SELECT COUNT(*) FROM shipments"), 1);
  Browser buyer;
  const auto link = letter.values.at("link");
  EXPECT_EQ(call(buyer, "POST", link.substr(link.find("/rights/"))).status, 303);
  EXPECT_FALSE(find_case(one)->awaits_proof);
  EXPECT_EQ(post(owner, "/account/cases/perform", id).status, 422) << "an erasure is said twice";
  EXPECT_EQ(post(owner, "/account/cases/perform", id + "&sure=1").status, 303);
  EXPECT_EQ(number("SELECT COUNT(*) FROM shipments"), 0);
  EXPECT_EQ(letter_named("erasure-certificate").to, "buyer@example.com");
}

TEST_P(AccountCasesOn, ErasingAsksAgainWhoItIs) {
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  put_parcel(account, "Bea", "buyer@example.com");
  const auto one = open_case(account, Kind::Erasure);
  const auto csrf = csrf_of(owner);
  house->clock.advance(11min);
  const auto asked = call(owner, "POST", "/account/cases/perform",
                          "sure=1&case=" + one.id.hex() + "&csrf=" + csrf);
  EXPECT_THAT(header(asked, "Location"), HasSubstr("/account/again"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM shipments"), 1);
}

TEST_P(AccountCasesOn, OnesOwnDataIsOneStepAwayAndHoldsTheSignInItself) {
  auto ann = newcomer("ann%40example.com");
  const auto account = newest_account();
  put_parcel(account, "Ann", "ann@example.com");
  EXPECT_EQ(post(ann, "/account/keys", "name=till&may_read=1").status, 200);
  post(ann, "/account/team/invite", "role=analyst&email=carl%40example.com");
  newcomer("bob%40example.com");
  EXPECT_THAT(get(ann, "/account/my-data").body, HasSubstr("Open my data"));
  const auto opened = post(ann, "/account/my-data", "");
  const auto place = header(opened, "Location");
  ASSERT_THAT(place, HasSubstr("/rights/mine/"));
  const auto mine = place.substr(0, place.find('?'));
  EXPECT_EQ(get(ann, mine).status, 200);
  const auto file = get(ann, mine + "/data.json").body;
  for (const auto* table : {"shipments", "people", "members", "sessions", "security_log",
                            "member_events", "api_keys", "invitations"})
    EXPECT_THAT(file, HasSubstr("\"table\":\"" + std::string(table) + "\"")) << table;
  EXPECT_THAT(file, HasSubstr("ann@example.com"));
  EXPECT_THAT(file, HasSubstr("Firefox on Linux"));
  EXPECT_THAT(file, HasSubstr("\"till\""));
  EXPECT_THAT(file, Not(HasSubstr("bob@example.com")));
  EXPECT_THAT(file, Not(HasSubstr("argon2"))) << "what proves who somebody is stays inside";
  EXPECT_THAT(file, HasSubstr("(kept as a hash only)"));
  EXPECT_THAT(file, HasSubstr("\"no_longer_readable\":0"));
}

// clause-035.rights
TEST_P(AccountCasesOn, OnesOwnDataAsksAgainAndOpensForSomebodySuspended) {
  auto ann = newcomer("ann%40example.com");
  const auto csrf = csrf_of(ann);
  house->clock.advance(11min);
  const auto asked = call(ann, "POST", "/account/my-data", "csrf=" + csrf);
  EXPECT_THAT(header(asked, "Location"), HasSubstr("/account/again"));
  const auto person = number("SELECT person_id FROM members");
  EXPECT_TRUE(keys->set_suspended(newest_account(), true));
  Browser again;
  again.jar["__Host-session"] = house->enter(person).token;
  EXPECT_EQ(get(again, "/account/keys").status, 403);
  const auto page = get(again, "/account/my-data");
  EXPECT_EQ(page.status, 200);
  const auto opened = call(again, "POST", "/account/my-data", "csrf=" + hidden(page, "csrf"));
  const auto place = header(opened, "Location");
  ASSERT_THAT(place, HasSubstr("/rights/mine/"));
  const auto file = get(again, place.substr(0, place.find('?')) + "/data.json");
  EXPECT_EQ(file.status, 200);
  EXPECT_THAT(file.body, HasSubstr("ann@example.com"));
  const auto leave = get(again, "/account/delete");
  const auto gone = call(again, "POST", "/account/delete", "sure=1&csrf=" + hidden(leave, "csrf"));
  EXPECT_THAT(header(gone, "Location"), HasSubstr("done=deleted"));
  EXPECT_EQ(house->count("people"), 0);
}

// clause-086.history
TEST_P(AccountCasesOn, AParcelsPeopleAreCorrectedWithAHistoryAndEverybodyIsTold) {
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  const auto parcel = put_parcel(account, "Anne Lee", "buyer@example.com");
  const auto page = "/account/parcels/" + parcel.hex();
  EXPECT_THAT(get(owner, page).body, HasSubstr("Correct something about the recipient"));
  const auto fields = "field=customer_name&parcel=" + parcel.hex();
  EXPECT_EQ(post(owner, "/account/parcels/correct", fields + "&value=Ann+Lee").status, 303);
  EXPECT_THAT(get(owner, page).body, HasSubstr("<dd>Ann Lee</dd>"));
  EXPECT_EQ(post(owner, "/account/parcels/correct", fields + "&value=Ann+Lee").status, 422);
  const auto history = house->main->read_now([&](store::Tx& tx) {
    return rights::corrections_of(tx, *house->vault, *house->ledger, {account, parcel});
  });
  ASSERT_THAT(history, SizeIs(1));
  EXPECT_EQ(history[0].from, "Anne Lee");
  EXPECT_EQ(history[0].to, "Ann Lee");
  const auto told =
      house->main->read_now([&](store::Tx& tx) { return rights::told_of(tx, account, parcel); });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].event, rights::SubjectEvent::Rectified);
  auto mallory = newcomer("mallory%40example.com");
  EXPECT_EQ(post(mallory, "/account/parcels/correct", fields + "&value=Eve").status, 404);
}

TEST_P(AccountCasesOn, AParcelSaysWhoWasToldWithoutAnybodysAddress) {
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  const auto parcel = put_parcel(account, "Anne Lee", "buyer@example.com");
  const auto page = "/account/parcels/" + parcel.hex();
  EXPECT_THAT(get(owner, page).body, HasSubstr("Nobody outside yet."));
  house->main->write_now([&](store::Tx& tx) {
    shipments::note_told(tx, account, parcel, "17track", house->clock.now());
    shipments::note_told(tx, account, parcel, "17track", house->clock.now());
    notify::Settled mail;
    mail.delivery.wanted.lane = {account, channels::Channel::Email, 0};
    mail.delivery.wanted.shipment = parcel;
    mail.delivery.wanted.receiver = "r";
    mail.delivery.wanted.occasion = "delivered";
    mail.delivery.wanted.created_at = house->clock.now();
    mail.delivery.id = std::string(16, 'd');
    mail.at = house->clock.now();
    mail.code = "250";
    notify::keep(tx, mail);
    return 0;
  });
  house->main->write_now([&](store::Tx& tx) {
    return tx.execute("UPDATE members SET role = 'operator' WHERE account_id = $1", account);
  });
  const auto shown = get(owner, page).body;
  EXPECT_THAT(shown, HasSubstr("17track"));
  EXPECT_THAT(shown, HasSubstr("2 times"));
  EXPECT_THAT(shown, HasSubstr("it has been delivered"));
  EXPECT_THAT(shown, HasSubstr("accepted"));
}

TEST_P(AccountCasesOn, ACarrierIsAskedOnceMoreAndOnlyAboutOnesOwn) {
  std::vector<std::int64_t> asked;
  context->ask_again = [&](store::Tx&, std::int64_t account, const base::Id&) {
    asked.push_back(account);
    return asked.size() == 1;
  };
  auto owner = newcomer("owner%40example.com");
  const auto account = newest_account();
  const auto field = "parcel=" + put_parcel(account, "Anne", "buyer@example.com").hex();
  EXPECT_THAT(header(post(owner, "/account/parcels/ask", field), "Location"),
              HasSubstr("done=asked"));
  EXPECT_THAT(header(post(owner, "/account/parcels/ask", field), "Location"),
              HasSubstr("done=asked_before"));
  auto mallory = newcomer("mallory%40example.com");
  EXPECT_EQ(post(mallory, "/account/parcels/ask", field).status, 404);
  EXPECT_THAT(asked, testing::Each(account));
}

TEST_P(AccountCasesOn, ASuspendedAccountReadsWhyAndAppealsOnce) {
  auto ann = newcomer("ann%40example.com");
  const auto account = newest_account();
  EXPECT_THAT(get(ann, "/account/appeal").body, HasSubstr("No suspension with a statement"));
  const rights::Recognition door(
      [](const std::string&, const std::string&,
         const std::string&) -> std::optional<std::int64_t> { return 5; });
  const auto boss = door.recognise("boss@example.com", "secret").value();
  house->main->write_now([&](store::Tx& tx) {
    EXPECT_TRUE(suspensions->suspend(tx, account, rights::SuspensionGround::Counting,
                                     "4,000 <numbers> in a row.", boss));
    return 0;
  });
  EXPECT_EQ(letter_named("account-suspended").values.at("reason"), "4,000 <numbers> in a row.");
  const auto shut = get(ann, "/account/keys");
  EXPECT_EQ(shut.status, 403);
  EXPECT_THAT(shut.body, HasSubstr("/account/appeal"));
  const auto page = get(ann, "/account/appeal");
  EXPECT_THAT(page.body, HasSubstr("4,000 &lt;numbers&gt; in a row."));
  EXPECT_THAT(page.body, HasSubstr("Numbers were counted through"));
  const auto form = "csrf=" + hidden(page, "csrf") + "&words=";
  EXPECT_EQ(call(ann, "POST", "/account/appeal", form + "+").status, 422);
  EXPECT_EQ(call(ann, "POST", "/account/appeal", form + "Our+own+stock.").status, 303);
  EXPECT_EQ(letter_named("rights-acknowledged").to, "ann@example.com");
  EXPECT_EQ(call(ann, "POST", "/account/appeal", form + "Again.").status, 409);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rights_cases WHERE account_id = 0"), 1);
  EXPECT_THAT(get(ann, "/account/appeal").body, HasSubstr("Your appeal is with us."));
}

TEST_P(AccountCasesOn, AnybodyReportsAChildsDataAndLearnsNothingByIt) {
  put_parcel(1, "Kid", "kid@example.com");
  Browser anybody;
  EXPECT_EQ(get(anybody, "/rights/child").status, 200);
  EXPECT_EQ(call(anybody, "POST", "/rights/child", "address=x&about=kid%40example.com").status,
            422);
  EXPECT_EQ(call(anybody, "POST", "/rights/child",
                 "address=mum%40example.com&about=kid%40example.com", "cross-site")
                .status,
            403);
  EXPECT_EQ(house->count("rights_cases"), 0);
  const auto known = call(anybody, "POST", "/rights/child",
                          "address=mum%40example.com&about=kid%40example.com&words=Mine.");
  const auto unknown = call(anybody, "POST", "/rights/child",
                            "address=mum%40example.com&about=nobody%40example.com");
  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_TRUE(anybody.jar.empty());
  EXPECT_EQ(house->count("rights_cases"), 2);
  EXPECT_EQ(letter_named("rights-acknowledged").to, "mum@example.com");
}

}  // namespace
}  // namespace pages
