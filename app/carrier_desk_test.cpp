// Who is asked about a number: the carrier, and nobody else unless the operator says so.
#include "app/carrier_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.h"
#include "shipments/testing.h"

namespace {

using ::testing::IsEmpty, ::testing::Not;

// Whom to ask is all that is asked here.
struct Nobody final : http::EgressGate {
  std::optional<std::string> refusal(std::string_view) const override { return "nobody"; }
} const kNobody;

http::Client::Options calling_nobody() {
  http::Client::Options options;
  options.gate = &kNobody;
  return options;
}

// With the connectors that Milepost comes with.
class CarrierDeskTest : public ::testing::Test {
 protected:
  std::string asked_about(std::string_view courier) { return desk_.connector_for(courier); }
  bool is_upstream(std::string_view connector) {
    return shelf_.current()->find(connector)->definition().is_upstream;
  }
  const carriers::Connector& some_upstream() { return *shelf_.current()->upstreams().front(); }
  void give_keys(const carriers::Connector& connector, bool is_enabled = true) {
    auto& settings = settings_[std::string(connector.id())];
    settings.is_enabled = is_enabled;
    for (const auto& name : connector.definition().access.secrets)
      settings.secrets.values[name] = "key";
  }
  // Of all carriers of the catalogue, those whose numbers would go to a company that is not them.
  std::vector<std::string> told_to_others() {
    std::vector<std::string> out;
    for (const auto& courier : catalogue_.all()) {
      const auto connector = asked_about(courier.code);
      if (!connector.empty() && is_upstream(connector)) out.emplace_back(courier.code);
    }
    return out;
  }

  shipments::testing::World world_{store::testing::Engine::Sqlite};
  couriers::Catalogue catalogue_;
  carriers::ConnectorShelf shelf_{""};
  carriers::AllSettings settings_;
  http::Client client_{calling_nobody()};
  carriers::Budgets budgets_{world_.clock};
  base::Metrics metrics_;
  carriers::Health health_{metrics_};
  carriers::Asker asker_{{client_, budgets_, world_.clock, settings_, &health_}};
  app::CarrierDesk desk_{{shelf_, asker_, health_, *world_.ledger, catalogue_, world_.clock}};
};

}  // namespace

// clause-079a.fallback
TEST_F(CarrierDeskTest, TellsNobodyButTheCarrierUnlessTheOperatorGaveAKey) {
  ASSERT_THAT(shelf_.current()->upstreams(), Not(IsEmpty()));
  EXPECT_THAT(told_to_others(), IsEmpty());
}

// clause-079a.fallback
TEST_F(CarrierDeskTest, AsksTheOneTheOperatorGaveAKeyForAndOnlyWhereTheCarrierCannotBeAsked) {
  const auto& upstream = some_upstream();
  give_keys(upstream);
  EXPECT_EQ(asked_about("ups"), upstream.id()) << "no key of UPS's own yet";
  give_keys(*shelf_.current()->find("ups"));
  EXPECT_EQ(asked_about("ups"), "ups");
  for (const auto& courier : told_to_others()) EXPECT_EQ(asked_about(courier), upstream.id());
}

// clause-079a.fallback
TEST_F(CarrierDeskTest, AsksNobodyElseOnceTheOperatorSwitchesThemOff) {
  give_keys(some_upstream(), false);
  EXPECT_THAT(told_to_others(), IsEmpty());
}
