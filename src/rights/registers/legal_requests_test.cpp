#include "rights/registers/legal_requests.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "rights/registers/testing.h"

namespace {

using namespace std::chrono_literals;
using rights::Bundle, rights::Human, rights::LegalError, rights::LegalGround, rights::LegalIntake,
    rights::LegalRecipient, rights::LegalRequest, rights::LegalRequests, rights::LegalState,
    rights::Notice, rights::NoticeDecision;
using rights::testing::kShop, rights::testing::RegisterWorld;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not,
    ::testing::SizeIs;

constexpr auto kAnn = "ann@example.com";
constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

struct LegalOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<RegisterWorld>(GetParam());
    requests =
        std::make_unique<LegalRequests>(*world->main, *world->vault, *world->ledger, world->audit,
                                        world->letters, world->holds, world->clock);
    world->add_parcel({"1ZLAW", "Annabel Leeward", kAnn, "", "1011AB", "Red shoes"});
    world->add_parcel({"1ZBOB", "Bob", "bob@example.com", "", "", ""});
  }
  LegalIntake intake(LegalGround ground = LegalGround::Law) const {
    LegalIntake i;
    i.account_id = kShop;
    i.address = kAnn;
    i.ground = ground;
    i.recipient = ground == LegalGround::Terms ? LegalRecipient::Inside : LegalRecipient::Authority;
    i.jurisdiction = "NL";
    i.requester = "Arrondissementsparket Amsterdam";
    i.instrument = "13/045678-26, art. 126nd Sv";
    i.fields = {"shipments.customer_name", "shipments.tracking_number"};
    i.reason = "A parcel under investigation.";
    i.due_at = world->clock.now() + 90 * 24h;
    return i;
  }
  base::Result<LegalRequest, LegalError> open(const LegalIntake& i) {
    return world->main->write_now([&](store::Tx& tx) { return requests->open(tx, i, kOperator); });
  }
  // Somebody whom the instance knows; the check is what accounts would do.
  static Human human(std::int64_t person) {
    const rights::Recognition door([=](const std::string&, const std::string& password,
                                       const std::string&) -> std::optional<std::int64_t> {
      if (password != "right") return std::nullopt;
      return person;
    });
    return door.recognise("x", "right").value();
  }
  auto review(const LegalRequest& one, std::int64_t person, std::vector<std::string> granted = {}) {
    return world->main->write_now([&](store::Tx& tx) {
      return requests->review(tx, one.id, human(person), granted.empty() ? one.asked : granted);
    });
  }
  void confirm(const LegalRequest& one) {
    world->main->write_now([&](store::Tx& tx) {
      EXPECT_TRUE(requests->confirm_genuine(tx, one.id, human(1)));
      return 0;
    });
  }
  base::Result<Bundle, LegalError> answer(const rights::Approved& approved,
                                          const NoticeDecision& notice = {}) {
    return world->main->write_now(
        [&](store::Tx& tx) { return requests->answer(tx, approved, notice); });
  }
  LegalRequest find(const LegalRequest& one) {
    return *world->main->read_now([&](store::Tx& tx) { return requests->find(tx, one.id); });
  }
  std::optional<rights::Approved> approved(const LegalRequest& one,
                                           std::vector<std::string> granted = {}) {
    if (one.ground == LegalGround::Law) confirm(one);
    EXPECT_FALSE(review(one, 1).value());
    return review(one, 2, std::move(granted)).value();
  }

  std::unique_ptr<RegisterWorld> world;
  std::unique_ptr<LegalRequests> requests;
};

TEST(Recognition, MakesAHumanOfWhatOnlyTheyKnowAndOfNobodyElse) {
  const rights::Recognition door([](const std::string&, const std::string& password,
                                    const std::string&) -> std::optional<std::int64_t> {
    if (password == "right") return 7;
    if (password == "program") return 0;
    return std::nullopt;
  });
  EXPECT_FALSE(door.recognise("ann", "wrong"));
  EXPECT_FALSE(door.recognise("ann", "program"));
  EXPECT_EQ(door.recognise("ann", "right")->person(), 7);
}

// clause-081a.outside clause-081b.identity clause-081d.instrument
TEST_P(LegalOn, HasARuleForEachGround) {
  const auto refused = [&](auto change, LegalGround ground = LegalGround::Law) {
    auto i = intake(ground);
    change(i);
    const auto opened = open(i);
    EXPECT_FALSE(opened);
    return opened ? LegalError::NoSuchRequest : opened.error();
  };
  EXPECT_EQ(refused([](LegalIntake& i) { i.instrument = " "; }), LegalError::NoInstrument);
  EXPECT_EQ(
      refused([](LegalIntake& i) { i.recipient = LegalRecipient::Authority; }, LegalGround::Terms),
      LegalError::StaysInside);
  EXPECT_EQ(refused([](LegalIntake& i) { i.instrument.clear(); }, LegalGround::Terms),
            LegalError::NoInstrument);
  EXPECT_EQ(refused([](LegalIntake&) {}, LegalGround::ContentClaim), LegalError::NoIdentity);
  EXPECT_EQ(refused([](LegalIntake& i) { i.requester.clear(); }), LegalError::NoRequester);
  EXPECT_EQ(refused([](LegalIntake& i) { i.due_at = {}; }), LegalError::NoEnd);
  EXPECT_EQ(refused([](LegalIntake& i) { i.address = "nobody@example.com"; }),
            LegalError::NobodyThere);
  auto inside = intake(LegalGround::Terms);
  EXPECT_TRUE(open(inside));
  auto claim = intake(LegalGround::ContentClaim);
  claim.fields = {"shipments.title"};
  EXPECT_TRUE(open(claim));
}

// clause-081.scope clause-082.digest clause-065.register
TEST_P(LegalOn, CutsWhatIsNotListedPreservesTheRestAndGivesExactlyWhatTwoHumansGranted) {
  auto i = intake();
  i.fields = {"shipments.customer_name", "shipments.tracking_number", "shipments.tracking_key",
              "people.password", "*"};
  const auto opened = open(i);
  ASSERT_TRUE(opened) << describe(opened.error());
  EXPECT_THAT(opened->asked, ElementsAre("shipments.customer_name", "shipments.tracking_number"));

  // Preserved: what happens to the shipment now does not matter.
  world->main->write_now([](store::Tx& tx) { return tx.execute("DELETE FROM shipments"); });
  const auto token = approved(*opened, {"shipments.customer_name"});
  ASSERT_TRUE(token);
  const auto rows_before =
      world->count("SELECT COUNT(*) FROM access_ledger WHERE operation = 'rights.legal.bundle'");
  const auto bundle = answer(*token);
  ASSERT_TRUE(bundle) << describe(bundle.error());
  EXPECT_THAT(bundle->json, HasSubstr(R"("values":{"customer_name":"Annabel Leeward"})"));
  EXPECT_THAT(bundle->json, Not(HasSubstr("1ZLAW")));
  EXPECT_THAT(bundle->json, Not(HasSubstr("Bob")));
  EXPECT_EQ(crypto::sha256(bundle->json), bundle->digest);
  EXPECT_EQ(
      world->count("SELECT COUNT(*) FROM access_ledger WHERE operation = 'rights.legal.bundle'"),
      rows_before + 1);
  EXPECT_EQ(
      world->count(fmt::format(
          "SELECT COUNT(*) FROM audit_entries WHERE kind = 'legal.disclosed' AND payload LIKE "
          "'%{}%'",
          base::to_hex(std::string_view(bundle->digest)))),
      1);
  const auto kept = find(*opened);
  EXPECT_EQ(kept.state, LegalState::Answered);
  EXPECT_EQ(kept.digest, bundle->digest);
  EXPECT_EQ(answer(*token).error(), LegalError::NotOpen);  // once
  // The person hears of it, with what was given.
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].kind, "legal-notice");
  EXPECT_EQ(letters[0].to, kAnn);
  EXPECT_EQ(letters[0].values.at("summary"), "shipments.customer_name");
}

TEST_P(LegalOn, NeedsTwoDifferentHumansAndAGenuineInstrument) {
  const auto opened = open(intake());
  ASSERT_TRUE(opened);
  EXPECT_EQ(review(*opened, 1).error(), LegalError::NotGenuine);
  confirm(*opened);
  const auto first = review(*opened, 1, {"shipments.customer_name"});
  ASSERT_TRUE(first);
  EXPECT_FALSE(*first);
  EXPECT_EQ(review(*opened, 1).error(), LegalError::SamePerson);
  // Nor may the second widen what the first narrowed.
  EXPECT_EQ(review(*opened, 2, {"shipments.tracking_number"}).error(), LegalError::TooWide);
  EXPECT_TRUE(*review(*opened, 2, {"shipments.customer_name"}));
}

// clause-081c.incident
TEST_P(LegalOn, OnDangerOneHumanIsEnoughForADayAndThenItIsAnIncident) {
  auto i = intake(LegalGround::Safety);
  i.instrument.clear();
  const auto opened = open(i);
  ASSERT_TRUE(opened);
  const auto token = *review(*opened, 1);
  ASSERT_TRUE(token);
  ASSERT_TRUE(answer(*token));
  world->clock.advance(23h);
  EXPECT_THAT(requests->raise_incidents(), IsEmpty());
  world->clock.advance(1h);
  EXPECT_THAT(requests->raise_incidents(), SizeIs(1));
  EXPECT_THAT(requests->raise_incidents(), IsEmpty());  // once
  EXPECT_EQ(world->audited("legal.incident"), 1);
  EXPECT_TRUE(find(*opened).incident_at);

  // A second one in time raises nothing.
  const auto other = open(i);
  ASSERT_TRUE(*review(*other, 1));
  ASSERT_TRUE(review(*other, 2));
  world->clock.advance(25h);
  EXPECT_THAT(requests->raise_incidents(), IsEmpty());
}

// clause-081.notice
TEST_P(LegalOn, TellsThePersonOnTheDateAndNotBefore) {
  const auto opened = open(intake());
  const auto token = approved(*opened);
  ASSERT_TRUE(token);
  NoticeDecision notice{Notice::Delayed, world->clock.now() + 30 * 24h, ""};
  EXPECT_EQ(answer(*token, notice).error(), LegalError::NoNoticeReason);
  notice.reason = "It would warn somebody (art. 126bb Sv).";
  notice.until = world->clock.now() + 400 * 24h;
  EXPECT_EQ(answer(*token, notice).error(), LegalError::NoNoticeDate);
  notice.until = world->clock.now() + 30 * 24h;
  ASSERT_TRUE(answer(*token, notice));
  EXPECT_THAT(world->take_letters(), IsEmpty());
  world->clock.advance(30 * 24h - 1s);
  EXPECT_EQ(requests->tell_due(), 0);
  world->clock.advance(1s);
  EXPECT_EQ(requests->tell_due(), 1);
  EXPECT_EQ(requests->tell_due(), 0);
  EXPECT_THAT(world->take_letters(), SizeIs(1));
  EXPECT_TRUE(find(*opened).noticed_at);
}

TEST_P(LegalOn, SaysNothingWhereALawForbidsItAndRefusesWithAReason) {
  const auto opened = open(intake());
  ASSERT_TRUE(answer(*approved(*opened), {Notice::Forbidden, {}, "art. 126bb Sv"}));
  world->clock.advance(400 * 24h);
  EXPECT_EQ(requests->tell_due(), 0);
  EXPECT_THAT(world->take_letters(), IsEmpty());

  const auto other = open(intake());
  ASSERT_TRUE(other) << describe(other.error());
  const auto refuse = [&](std::string_view reason) {
    return world->main->write_now(
        [&](store::Tx& tx) { return requests->refuse(tx, other->id, human(3), reason); });
  };
  EXPECT_EQ(refuse(" ").error(), LegalError::NoReason);
  EXPECT_TRUE(refuse("No such authority."));
  EXPECT_EQ(review(*other, 1).error(), LegalError::NotOpen);
}

// clause-083.counts
TEST_P(LegalOn, CountsAYearAsTheRegisterHasIt) {
  ASSERT_TRUE(answer(*approved(*open(intake()))));
  ASSERT_TRUE(open(intake()));
  auto danger = intake(LegalGround::Safety);
  ASSERT_TRUE(open(danger));
  const auto counts = [&](int year) {
    return world->main->read_now([&](store::Tx& tx) { return requests->counts(tx, year); });
  };
  EXPECT_THAT(counts(2026), ElementsAre(std::pair("law.answered", 1), std::pair("law.open", 1),
                                        std::pair("safety.open", 1)));
  EXPECT_THAT(counts(2025), IsEmpty());
  const auto all = world->main->read_now([&](store::Tx& tx) { return requests->list(tx); });
  EXPECT_THAT(all, SizeIs(3));
  // Without an access, what is sealed stays so.
  EXPECT_THAT(rights::to_json(all[0]), Not(HasSubstr("Arrondissementsparket")));
}

TEST_P(LegalOn, ForgetsThePersonHalfAYearAfterwardsAndEverythingAfterThree) {
  const auto opened = open(intake());
  ASSERT_TRUE(answer(*approved(*opened)));
  world->clock.advance(179 * 24h);
  EXPECT_EQ(requests->sweep(), 0);
  world->clock.advance(24h);
  EXPECT_EQ(requests->sweep(), 1);
  const auto bare = find(*opened);
  EXPECT_EQ(bare.subject, 0);
  EXPECT_FALSE(bare.requester.is_given());
  EXPECT_EQ(bare.digest.size(), 32u);
  world->clock.advance(1000 * 24h);
  requests->sweep();
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM legal_requests"), 0);
}

INSTANTIATE_TEST_SUITE_P(, LegalOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
