#include "rights/registers/member_audit.h"

#include "rights/registers/testing.h"

namespace {

using rights::testing::kShop, rights::testing::RegisterWorld;
using store::testing::Engine;
using ::testing::IsEmpty;

struct MemberAuditOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<RegisterWorld>(GetParam());
  }
  void happens(std::string_view change) {
    const auto id = base::Id::make(world->clock.now());
    world->main->write_now([&](store::Tx& tx) {
      return tx.execute(
          "INSERT INTO member_events (account_id, id, at, actor_kind, actor_id, person_id, change, "
          "role) VALUES ($1, $2, $3, 1, 4, 9, $4, 'admin')",
          kShop, store::Blob{id.bytes()}, world->clock.now(), change);
    });
  }
  std::int64_t carry() {
    return rights::carry_member_events(*world->main, world->audit, world->clock.now());
  }
  std::unique_ptr<RegisterWorld> world;
};

TEST_P(MemberAuditOn, CarriesEachChangeOfATeamIntoTheLogOnce) {
  EXPECT_EQ(carry(), 0);
  happens("joined");
  happens("role");
  EXPECT_EQ(carry(), 2);
  EXPECT_EQ(carry(), 0);
  happens("left");
  EXPECT_EQ(carry(), 1);
  EXPECT_EQ(world->audited("member.joined"), 1);
  EXPECT_EQ(world->audited("member.role"), 1);
  EXPECT_EQ(world->audited("member.left"), 1);
  world->audit.integrate();
  EXPECT_THAT(world->audit.verify_all().faults, IsEmpty());

  // When accounts has forgotten an event, so has the list of what was carried; the log has not.
  world->main->write_now([](store::Tx& tx) { return tx.execute("DELETE FROM member_events"); });
  happens("removed");
  EXPECT_EQ(carry(), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM audit_carried"), 1);
  EXPECT_EQ(world->audited("member.joined"), 1);
}

INSTANTIATE_TEST_SUITE_P(, MemberAuditOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
