#include "rights/registers/holds.h"

#include "personal/fields/accounts.gen.h"
#include "personal/testing.h"
#include "rights/access.h"
#include "rights/erasure.h"
#include "rights/registers/testing.h"
#include "shipments/retention.h"

namespace {

using namespace std::chrono_literals;
using rights::Hold, rights::HoldAbout, rights::HoldError, rights::HoldGround, rights::HoldRequest;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::RegisterWorld;
using store::testing::Engine;
using ::testing::Contains, ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty,
    ::testing::Not, ::testing::SizeIs;

constexpr auto kAnn = "ann@example.com";
constexpr personal::Actor kOperator{personal::ActorKind::CommandLine, 0};

struct HoldsOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<RegisterWorld>(GetParam());
    shipment = world->add_parcel(
        {"1ZHELD", "Annabel Leeward", kAnn, "+31612345678", "1011AB", "Red shoes"});
  }
  HoldRequest request() const {
    HoldRequest r;
    r.account_id = kShop;
    r.shipment = shipment;
    r.fields = {"shipments.customer_name", "shipments.tracking_number"};
    r.jurisdiction = "DE";
    r.owner = "M. Jansen, legal";
    r.reason = "The buyer says it never came; claim 2026/17.";
    r.ends_at = world->clock.now() + 300 * 24h;
    return r;
  }
  base::Result<Hold, HoldError> place(const HoldRequest& r) {
    return world->main->write_now(
        [&](store::Tx& tx) { return world->holds.place(tx, r, kOperator); });
  }
  std::vector<std::string> values(const Hold& hold) {
    return world->main->read_now([&](store::Tx& tx) {
      rights::ClaimsAccess access(*world->ledger, kOperator, kShop, "test");
      return world->holds.open_values(tx, hold, access);
    });
  }
  rights::Person find(std::string_view address) {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, address); });
  }
  void sweep() {
    shipments::sweep_expired(*world->main, *world->vault, world->clock.now());
    world->holds.sweep();
  }
  std::int64_t count(std::string_view sql) { return world->count(sql); }

  std::unique_ptr<RegisterWorld> world;
  base::Id shipment;
};

TEST_P(HoldsOn, NeedAnEndAnOwnerAReasonAndFieldsByName) {
  const auto refused = [&](auto change) {
    auto r = request();
    change(r);
    const auto placed = place(r);
    EXPECT_FALSE(placed);
    return placed ? HoldError::NoField : placed.error();
  };
  EXPECT_EQ(refused([](HoldRequest& r) { r.fields.clear(); }), HoldError::NoField);
  EXPECT_EQ(refused([](HoldRequest& r) { r.fields = {"shipments.*"}; }), HoldError::UnknownField);
  // A carrier's password serves no claim: its entry does not list the purpose.
  EXPECT_EQ(refused([](HoldRequest& r) { r.fields = {"shipments.tracking_key"}; }),
            HoldError::UnknownField);
  EXPECT_EQ(refused([](HoldRequest& r) { r.owner = " "; }), HoldError::NoOwner);
  EXPECT_EQ(refused([](HoldRequest& r) { r.reason = ""; }), HoldError::NoReason);
  EXPECT_EQ(refused([](HoldRequest& r) { r.jurisdiction = "Germany"; }), HoldError::NoJurisdiction);
  EXPECT_EQ(refused([](HoldRequest& r) { r.ends_at = {}; }), HoldError::NoEnd);
  EXPECT_EQ(refused([&](HoldRequest& r) { r.ends_at = world->clock.now() + 4000 * 24h; }),
            HoldError::TooLong);
  EXPECT_EQ(refused([](HoldRequest& r) { r.account_id = kOtherShop; }), HoldError::NobodyThere);
  EXPECT_EQ(refused([](HoldRequest& r) { r.fields = {"shipments.note"}; }),
            HoldError::NothingToHold);
  EXPECT_EQ(count("SELECT COUNT(*) FROM claims"), 0);
}

// clause-045.fields clause-045.ends clause-082.hold
TEST_P(HoldsOn, KeepExactlyWhatTheyNameBeyondDay180AndNothingAfterTheirEnd) {
  const auto placed = place(request());
  ASSERT_TRUE(placed) << describe(placed.error());
  EXPECT_EQ(world->audited("hold.placed"), 1);
  const std::string both =
      R"({"table":"shipments","values":{"tracking_number":"1ZHELD","customer_name":"Annabel Leeward"}})";

  for (const int day : {179, 180, 181, 299}) {
    world->clock.set(placed->created_at + day * 24h);
    sweep();
    EXPECT_EQ(count("SELECT COUNT(*) FROM shipments"), day < 180 ? 1 : 0) << day;
    EXPECT_THAT(values(*placed), ElementsAre(both)) << day;
  }
  world->clock.set(placed->created_at + 300 * 24h);
  sweep();
  EXPECT_THAT(values(*placed), IsEmpty());
  EXPECT_EQ(count("SELECT COUNT(*) FROM claims"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM legal_holds WHERE sealed IS NULL AND subject = 0 AND "
                  "address_hash IS NULL AND ended_why = 0"),
            1);
  EXPECT_THAT(world->vault->forgotten_among(kShop, std::span(&placed->subject, 1)), SizeIs(1));
  EXPECT_EQ(world->audited("hold.ended"), 1);
  sweep();
  EXPECT_EQ(world->audited("hold.ended"), 1);
  // That there was one is known three years longer.
  world->clock.set(placed->created_at + (300 + 1096) * 24h);
  sweep();
  EXPECT_EQ(count("SELECT COUNT(*) FROM legal_holds"), 0);
}

// clause-045.unseen
TEST_P(HoldsOn, ShowNothingToOperationAndNothingInTheClear) {
  const auto placed = place(request());
  ASSERT_TRUE(placed);
  world->clock.set(placed->created_at + 181 * 24h);
  sweep();
  // What asks for shipments finds none, and what was written freely lies nowhere in the clear.
  EXPECT_FALSE(world->find(shipment));
  EXPECT_EQ(find("+31612345678").shipments(), 0u);
  if (GetParam() == Engine::Sqlite) {
    const std::vector<std::string> folders{world->main.folder(), world->keys.folder()};
    for (const auto* text : {"Annabel", "1ZHELD", "Jansen", "never came", "Red shoes", "1011AB"})
      EXPECT_THAT(personal::testing::holding(folders, text), IsEmpty()) << text;
  }
  // Each column of the store serves claims and the person's own rights alone.
  for (const auto& column : rights::dictionary().columns()) {
    if (column.name.table != "claims") continue;
    for (const auto& purpose : column.purposes)
      EXPECT_TRUE(purpose == "Claims" || purpose == "Rights") << column.name.column << purpose;
  }
}

TEST_P(HoldsOn, LetAnErasureGoOnAndTellThePersonWhatStays) {
  const auto placed = place(request());
  ASSERT_TRUE(placed);
  rights::Eraser eraser(*world->main, *world->keys, *world->vault, *world->ledger, world->clock);
  const auto certificate = eraser.erase(find(kAnn), rights::decide({}));
  EXPECT_TRUE(certificate.is_clean()) << rights::to_text(certificate);
  ASSERT_THAT(certificate.held, SizeIs(1));
  EXPECT_THAT(certificate.article, HasSubstr("17(3)(e)"));
  EXPECT_THAT(rights::to_text(certificate),
              HasSubstr("shipments.customer_name, shipments.tracking_number"));
  EXPECT_THAT(rights::held_words(certificate), HasSubstr("until 20"));
  EXPECT_EQ(count("SELECT COUNT(*) FROM shipments"), 0);
  EXPECT_THAT(values(*placed), SizeIs(1));

  // The person sees it, with its ground and end, and nothing else of theirs is there any more.
  const auto report = world->main->read_now([&](store::Tx& tx) {
    return rights::report_on(tx, *world->vault, *world->ledger,
                             rights::find_person(tx, *world->vault, kAnn),
                             {personal::ActorKind::Subject, 0}, world->clock.now());
  });
  ASSERT_THAT(report.holds, SizeIs(1));
  EXPECT_EQ(report.holds[0].article, "Art. 17(3)(e) GDPR");
  const auto json = rights::to_json(report);
  EXPECT_THAT(json, HasSubstr("Annabel Leeward"));
  EXPECT_THAT(json, HasSubstr("claim 2026/17"));
  EXPECT_THAT(json, Not(HasSubstr("1011AB")));

  // A second erasure does not end the hold either; its date does.
  EXPECT_THAT(eraser.erase(find(kAnn), rights::decide({})).held, SizeIs(1));
  world->clock.set(placed->ends_at);
  sweep();
  EXPECT_THAT(find(kAnn).held, Not(Contains(::testing::Field(&rights::Held::account_id, 0))));
  EXPECT_THAT(values(*placed), IsEmpty());
}

TEST_P(HoldsOn, OfAPersonTakeEveryShipmentOfTheirsInThatShopAlone) {
  world->add_parcel({"1ZTWO", "Annabel L.", kAnn, "", "", ""});
  world->add_parcel({"1ZOTHER", "Annabel", kAnn, "", "", ""}, kOtherShop);
  world->add_parcel({"1ZBOB", "Bob", "bob@example.com", "", "", ""});
  auto r = request();
  r.about = HoldAbout::Person;
  r.address = "Ann@Example.com";
  const auto placed = place(r);
  ASSERT_TRUE(placed) << describe(placed.error());
  const auto kept = values(*placed);
  EXPECT_THAT(kept, SizeIs(2));
  for (const auto& text : kept) EXPECT_THAT(text, Not(HasSubstr("OTHER")));
}

// What the account itself keeps sealed is held, too, and outlives the account.
TEST_P(HoldsOn, OfAnAccountTakeWhatIsSealedInItsOwnRow) {
  const auto holder = world->vault->new_subject_now(kShop);
  personal::Envelope envelope;
  envelope.put(personal::Personal<std::string, personal::field::AccountEmail>("boss@shop.example",
                                                                              personal::Label()));
  const auto sealed = world->vault->seal({"accounts", kShop, "holder"}, holder, envelope).value();
  world->main->write_now([&](store::Tx& tx) {
    return tx.execute("UPDATE accounts SET subject = $2, sealed = $3 WHERE account_id = $1", kShop,
                      holder, store::Blob{sealed});
  });
  auto r = request();
  r.about = HoldAbout::Account;
  r.fields = {"accounts.account_email"};
  const auto placed = place(r);
  ASSERT_TRUE(placed) << describe(placed.error());
  const personal::SubjectId gone[] = {holder};
  world->vault->forget(kShop, gone);
  EXPECT_THAT(values(*placed), ElementsAre(HasSubstr("boss@shop.example")));
}

TEST_P(HoldsOn, CanBeLiftedBeforeTheirDateAndOnce) {
  const auto placed = place(request());
  ASSERT_TRUE(placed);
  EXPECT_TRUE(world->holds.lift(placed->id, kOperator));
  EXPECT_FALSE(world->holds.lift(placed->id, kOperator));
  EXPECT_EQ(count("SELECT COUNT(*) FROM claims"), 0);
  const auto live = world->main->read_now([&](store::Tx& tx) { return world->holds.list(tx); });
  EXPECT_THAT(live, IsEmpty());
  const auto all = world->main->read_now(
      [&](store::Tx& tx) { return world->holds.list(tx, rights::Holds::Which::All); });
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].why, rights::HoldEnd::Lifted);
  EXPECT_FALSE(all[0].owner.is_given());
  // The shipment itself was never touched.
  EXPECT_TRUE(world->find(shipment));
}

TEST(Holdable, IsWhatTheDictionaryListsForClaimsAndNoCopyOfACopy) {
  const auto& fields = rights::holdable_fields();
  EXPECT_THAT(fields, Contains("shipments.customer_email"));
  EXPECT_THAT(fields, Contains("accounts.account_email"));
  EXPECT_THAT(fields, Not(Contains("claims.held_values")));
  EXPECT_THAT(fields, Not(Contains("shipments.tracking_courier_account")));
}

INSTANTIATE_TEST_SUITE_P(, HoldsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
