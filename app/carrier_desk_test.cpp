// Who is asked about a number: the carrier, and nobody else unless the operator says so.
#include "app/carrier_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "http/client.h"
#include "http/server.h"
#include "shipments/testing.h"
#include "shipments/told.h"

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
  app::CarrierDesk desk_{
      {shelf_, asker_, health_, *world_.main, *world_.ledger, catalogue_, world_.clock}};
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

namespace {

// Three carriers on loopback that speak alike, each with its own address.
constexpr char kHandsOn[] = R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
kind = "none"
[request]
path = "/track/{number}"
[limits]
per_second = 1000.0
concurrency = 100
[[answer]]
format = "json"
when = "parcels"
shipments = "parcels"
events = "scans"
[answer.shipment]
number = "number"
next_courier = "next.carrier"
next_number = "next.number"
[answer.event]
description = "text"
code = "code"
time = { value = "at" }
)";

class PartnersTest : public ::testing::Test {
 protected:
  PartnersTest() {
    const auto name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ =
        std::filesystem::temp_directory_path() / fmt::format("milepost-{}-{}", name, getpid());
    router_.add("GET", "/track/{number}", [this](http::Request request) -> base::Task<http::Response> {
      const std::string number(request.parameter("number"));
      told_before_.push_back(told());
      asked_.push_back(number);
      const auto next = hands_on_.find(number);
      const auto said = next == hands_on_.end()
                            ? std::string()
                            : fmt::format(R"("next":{{"carrier":"{}","number":"{}"}},)",
                                          next->second.first, next->second.second);
      co_return http::json(
          200,
          fmt::format(
              R"({{"parcels":[{{"number":"{}",{}"scans":[{{"text":"Scanned by {}","code":"OK","at":"2026-01-01T10:00:00Z"}}]}}]}})",
              number, said, number));
    });
    http::ServerOptions options;
    options.access_log = false;
    options.threads = 1;
    server_.emplace(options, std::move(router_));
    server_->start();
    for (const char* carrier : {"ups", "usps", "fedex"}) {
      std::filesystem::create_directories(folder_ / carrier / "fixtures");
      std::ofstream(folder_ / carrier / "connector.toml") << kHandsOn;
      std::ofstream(folder_ / carrier / "codes.tsv")
          << "code\ttext\tstatus\tsource\nOK\t\ttransit001\ttest\n";
      settings_[carrier].base = "http://127.0.0.1:" + std::to_string(server_->port());
    }
    shelf_.emplace(folder_.string());
    for (const auto& mistake : shelf_->mistakes()) ADD_FAILURE() << describe(mistake);
    desk_.emplace(app::CarrierDesk::Parts{*shelf_, asker_, health_, *world_.main, *world_.ledger,
                                          catalogue_, world_.clock});
    shipment_.head = world_.head("A1");
    world_.main->write_now([&](store::Tx& tx) {
      world_.repository->insert(tx, shipment_.head, {}, world_.clock.now());
    });
  }
  ~PartnersTest() override {
    server_->stop(std::chrono::milliseconds(2000));
    std::filesystem::remove_all(folder_);
  }
  std::vector<std::string> told() {
    std::vector<std::string> names;
    world_.main->read_now([&](store::Tx& tx) {
      for (const auto& one : shipments::told(tx, shipment_.head.account_id, shipment_.head.id))
        names.push_back(one.connector);
      return 0;
    });
    return names;
  }
  polling::Heard ask() { return base::sync_wait(desk_->ask("ups", {shipment_})).at(0); }

  shipments::testing::World world_{store::testing::Engine::Sqlite};
  std::filesystem::path folder_;
  std::map<std::string, std::pair<std::string, std::string>> hands_on_;
  std::vector<std::string> asked_;
  std::vector<std::vector<std::string>> told_before_;  // as it stood when each call came in
  http::Router router_;
  std::optional<http::Server> server_;
  couriers::Catalogue catalogue_;
  std::optional<carriers::ConnectorShelf> shelf_;
  carriers::AllSettings settings_;
  http::Client client_{http::Client::Options{}};
  carriers::Budgets budgets_{world_.clock};
  base::Metrics metrics_;
  carriers::Health health_{metrics_};
  carriers::Asker asker_{{client_, budgets_, world_.clock, settings_, &health_}};
  std::optional<app::CarrierDesk> desk_;
  shipments::Shipment shipment_;
};

}  // namespace

// clause-079a.list
TEST_F(PartnersTest, FollowsAHandOverToThePartnerAndOnAndNotesEachBeforeItIsAsked) {
  hands_on_ = {{"A1", {"usps", "B2"}}, {"B2", {"fedex", "C3"}}};
  const auto heard = ask();
  EXPECT_EQ(asked_, (std::vector<std::string>{"A1", "B2", "C3"}));
  ASSERT_EQ(heard.reports.size(), 3U);
  EXPECT_EQ(heard.reports[0].courier_code, "ups");
  EXPECT_EQ(heard.reports[1].courier_code, "usps");
  EXPECT_EQ(heard.reports[2].courier_code, "fedex");
  EXPECT_THAT(told_before_.at(1), ::testing::ElementsAre("usps"));
  EXPECT_THAT(told_before_.at(2), ::testing::UnorderedElementsAre("usps", "fedex"));
}

TEST_F(PartnersTest, DoesNotGoRoundInCirclesAndTellsNobodyWhoCannotBeAsked) {
  hands_on_ = {{"A1", {"usps", "B2"}}, {"B2", {"ups", "A1"}}};
  EXPECT_EQ(ask().reports.size(), 2U);
  EXPECT_EQ(asked_, (std::vector<std::string>{"A1", "B2"}));
  hands_on_ = {{"A1", {"dhl", "D4"}}};
  EXPECT_EQ(ask().reports.size(), 1U);
  EXPECT_THAT(told(), ::testing::ElementsAre("usps"));
}
