#include "base/text.h"
#include "pages/link.h"
#include "pages/rights_endpoints.h"
#include "rights/testing.h"
#include "store/testing.h"

namespace {

using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::AnyOf, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not, ::testing::SizeIs;

constexpr auto kAnn = "ann@example.com";

struct RightsPages : testing::Test {
  RightsPages() {
    pages::add_rights_routes(router, context);
    ann = world.add_parcel({"1ZANN", "Ann <b>Lee</b>", kAnn, "+31612345678", "1011AB", "Shoes"});
    bob = world.add_parcel({"1ZBOB", "Bob", "bob@example.com", "", "", ""}, kOtherShop);
  }
  http::Response send(std::string_view method, std::string target, std::string body = {},
                      std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto request = http::make_request(method, target, std::move(body), std::move(headers));
    const auto match = router.match(request);
    if (match.handler == nullptr) return router.error_page(request.path())(match.status, &request);
    return loop.run((*match.handler)(std::move(request)));
  }
  static std::string location(const http::Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Location") return value;
    }
    return {};
  }
  // Through the letter's link to the person's page.
  std::string visit(const std::string& address) {
    send("POST", "/rights", "address=" + address);
    const auto letters = world.take_letters();
    const auto link = letters.at(0).values.at("link");
    const auto entered = send("POST", link.substr(link.find("/rights/")));
    const auto place = location(entered);
    return place.substr(0, place.find('?'));
  }
  std::int64_t shipments() { return world.count("SELECT COUNT(*) FROM shipments"); }

  World world{Engine::Sqlite};
  rights::Eraser eraser{*world.main, *world.keys, *world.vault, *world.ledger, world.clock};
  rights::Acts acts{{*world.main, *world.repository, *world.ledger, world.clock, world.desk,
                     world.visits, eraser}};
  base::Aside aside;
  pages::RightsContext context{*world.main, *world.repository, *world.ledger, world.clock,
                               world.desk,  world.visits,      acts,          aside};
  http::Router router;
  store::testing::Loop loop;
  base::Id ann, bob;
};

// clause-096.link
TEST_F(RightsPages, LetARecipientWithoutAnAccountSeeEverythingThroughALinkInALetter) {
  EXPECT_THAT(send("GET", "/rights").body, HasSubstr("name=\"address\""));
  const auto mine = visit(kAnn);
  ASSERT_THAT(mine, HasSubstr("/rights/mine/"));
  const auto page = send("GET", mine);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("1ZANN"));
  EXPECT_THAT(page.body, HasSubstr("Ann &lt;b&gt;Lee&lt;/b&gt;"));
  EXPECT_THAT(page.body, Not(HasSubstr("1ZBOB")));
  for (const auto& [name, value] : page.headers) EXPECT_NE(name, "Set-Cookie");
  EXPECT_THAT(send("GET", mine + "/data.json").body, HasSubstr("milepost-access"));
  EXPECT_THAT(send("GET", mine + "/data.csv").body, HasSubstr("1ZANN"));
}

TEST_F(RightsPages, AnswerAlikeWhetherAnythingIsKeptOrNot) {
  const auto known = send("POST", "/rights", "address=ann%40example.com");
  const auto unknown = send("POST", "/rights", "address=nobody%40example.com");
  const auto nonsense = send("POST", "/rights", "address=%0D%0ABcc%3A%20x");
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_EQ(known.body, nonsense.body);
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.headers, unknown.headers);
}

TEST_F(RightsPages, UseALinkOnceAndNeverByLooking) {
  send("POST", "/rights", "address=ann%40example.com");
  const auto link = world.take_letters().at(0).values.at("link");
  const auto path = link.substr(link.find("/rights/"));
  EXPECT_EQ(send("GET", path).status, 200);
  EXPECT_EQ(send("GET", path).status, 200);  // a mail program, and then the person
  EXPECT_EQ(send("POST", path).status, 303);
  EXPECT_EQ(send("POST", path).status, 410);
  EXPECT_EQ(send("GET", path).status, 410);
}

TEST_F(RightsPages, EraseAtOnceWithACertificateAndALastLetter) {
  const auto mine = visit(kAnn);
  EXPECT_THAT(location(send("POST", mine + "/erasure")), HasSubstr("done=nothing"));
  EXPECT_EQ(shipments(), 2);
  const auto erased = send("POST", mine + "/erasure", "sure=yes");
  EXPECT_EQ(erased.status, 200);
  EXPECT_THAT(erased.body, HasSubstr("Nothing is left."));
  EXPECT_FALSE(world.find(ann));
  EXPECT_TRUE(world.find(bob, kOtherShop));
  std::vector<std::string> kinds;
  for (const auto& letter : world.take_letters()) kinds.push_back(letter.kind + " " + letter.to);
  EXPECT_THAT(kinds, ::testing::UnorderedElementsAre("rights-forwarded shop7@example.com",
                                                     "erasure-certificate ann@example.com"));
  // The visit went with it.
  EXPECT_EQ(send("GET", mine).status, 410);
}

TEST_F(RightsPages, CorrectOnlyOnesOwnParcel) {
  const auto mine = visit(kAnn);
  const auto correct = [&](std::int64_t account, const base::Id& id) {
    return location(send(
        "POST", mine + "/rectification",
        "parcel=" + std::to_string(account) + "." + id.hex() + "&field=customer_name&value=Eve"));
  };
  EXPECT_THAT(correct(kShop, ann), HasSubstr("done=rectification"));
  EXPECT_THAT(correct(kOtherShop, bob), HasSubstr("done=nothing"));
  EXPECT_THAT(correct(kOtherShop, ann), HasSubstr("done=nothing"));
  EXPECT_THAT(correct(kShop, bob), HasSubstr("done=nothing"));
  personal::Access<personal::Purpose::ServeController> access(*world.ledger, {}, kOtherShop, "t");
  EXPECT_EQ(open(world.find(bob, kOtherShop)->body.customer_name, access), "Bob");
}

TEST_F(RightsPages, RestrictWhatIsTheirs) {
  const auto mine = visit(kAnn);
  EXPECT_THAT(location(send("POST", mine + "/restriction")), HasSubstr("done=restriction"));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM restrictions"), 1);
  EXPECT_EQ(shipments(), 2);
}

// clause-094.purpose
TEST_F(RightsPages, ObjectWithOneClick) {
  const auto mine = visit(kAnn);
  EXPECT_THAT(location(send("POST", mine + "/objection")), HasSubstr("done=objection"));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 1);
}

TEST_F(RightsPages, OpenACaseForWhatAHumanMustAnswer) {
  const auto mine = visit(kAnn);
  EXPECT_THAT(location(send("POST", mine + "/other", "kind=complaint&words=It+is+wrong")),
              HasSubstr("done=other"));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM rights_cases WHERE closed_at IS NULL"), 2);
  EXPECT_THAT(location(send("POST", mine + "/other", "kind=rule-the-world")),
              HasSubstr("done=nothing"));
}

TEST_F(RightsPages, TakeNoFormFromAnotherSiteAndNoTokenThatWasGuessed) {
  const auto mine = visit(kAnn);
  EXPECT_EQ(send("POST", mine + "/erasure", "sure=yes", {{"Sec-Fetch-Site", "cross-site"}}).status,
            403);
  const auto guessed = "/rights/mine/" + std::string(32, 'A');
  for (const char* act : {"erasure", "rectification", "objection", "restriction", "other"})
    EXPECT_EQ(send("POST", guessed + "/" + act, "sure=yes").status, 410) << act;
  EXPECT_EQ(send("GET", guessed + "/data.json").status, 410);
  EXPECT_EQ(shipments(), 2);
}

TEST_F(RightsPages, CloseForGood) {
  const auto mine = visit(kAnn);
  EXPECT_EQ(send("POST", mine + "/leave").status, 200);
  EXPECT_EQ(send("GET", mine).status, 410);
}

}  // namespace
