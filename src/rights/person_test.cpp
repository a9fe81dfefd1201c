// The ways from a person to what is kept about them: all of it is found, and without reading what
// is kept about everybody else.
#include "rights/person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "rights/testing.h"

namespace {

using rights::Held, rights::Reach;
using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;

struct WaysOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(, WaysOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// One parcel, ten, a few more: each row with the parcel it belongs to, and each once.
TEST_P(WaysOn, LeadToEveryParcelOfSomebodyWithMany) {
  for (const int count : {1, 2, 10, 11, 137, 905}) {
    const auto address = fmt::format("ann{}@example.com", count);
    std::map<std::string, std::string> numbers;
    for (int i = 0; i < count; ++i) {
      const auto number = fmt::format("1Z{}X{}", count, i);
      numbers[world->add_parcel({number, "Ann", address, "", "", ""}).hex()] = number;
    }
    world->add_parcel({fmt::format("1Z{}OTHER", count), "Bob", "bob@example.com", "", "", ""});
    std::map<std::string, int> found;
    world->main->read_now([&](store::Tx& tx) {
      const auto person = rights::find_person(tx, *world->vault, address);
      rights::RightsAccess access(*world->ledger, {}, kShop, "test");
      for (const auto& held : person.held) {
        rights::each_kept_row(tx, *world->vault, access, held, [&](const rights::KeptRow& row) {
          if (row.table->name != "shipments") return;
          ASSERT_NE(row.shipment, nullptr);
          EXPECT_EQ(row.shipment->tracking_number, numbers[row.shipment->id.hex()]);
          EXPECT_EQ(row.unreadable, 0) << "opened by this parcel's key";
          ++found[row.shipment->tracking_number];
        });
      }
      return 0;
    });
    EXPECT_EQ(found.size(), static_cast<std::size_t>(count));
    for (const auto& [number, times] : found) EXPECT_EQ(times, 1) << number;
  }
}

// An account has millions of these rows, a person a handful: while they are erased nobody else
// writes.
TEST(Ways, LeadByAnIndexWhereAnAccountHasManyRows) {
  // Read through, each for a reason.
  const std::set<std::string> small = {
      "access_ledger",  // once for all parcels of a person
      "outbox",        "deliveries",  "digest_items",  "rights_lifts",  // only what waits
      "api_keys",      "invitations", "member_events", "one_time",
      "mailbox_links", "list_grants",
      "list_uses",  // as many as an account has members
  };
  World world(Engine::Sqlite);
  Held held;
  held.account_id = kShop;
  held.address_hash = held.sign_in_hash = std::string(32, 'h');
  held.consent_person = std::string(16, 'p');
  held.person_id = 5;
  held.shipments.push_back({base::Id::make(world.clock.now()), 7, "1Z1", "ups"});
  std::set<std::string> through;
  world.main->read_now([&](store::Tx& tx) {
    for (const auto& table : rights::kept_tables()) {
      for (const auto& selection : rights::selections(table, held)) {
        auto rows = tx.query_params(
            fmt::format("EXPLAIN QUERY PLAN DELETE FROM {} WHERE {}", table.name, selection.where),
            selection.params);
        while (rows.next()) {
          const std::string plan(rows.text(3));
          if ((plan + " ").find(" " + table.name + " ") == std::string::npos)
            continue;  // what refers to it
          const bool is_by_key =
              plan.find(table.key + "=?") != std::string::npos ||
              (table.key == "person_id" && plan.find("rowid=?") != std::string::npos);
          if (!is_by_key) through.insert(table.name);
        }
      }
    }
    return 0;
  });
  EXPECT_EQ(through, small);
}

}  // namespace
