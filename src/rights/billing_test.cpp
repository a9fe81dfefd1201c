// Whom an account's invoices are for is among what the account is shown of itself. Each value lies
// sealed in a column of its own, bound to it (reach.tsv: "*").
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "personal/fields.gen.h"
#include "rights/access.h"
#include "rights/testing.h"

namespace {

using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

struct BilledOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    const auto subject = world->vault->new_subject_now(kShop);
    const auto name = sealed<personal::field::BillingName>("name", subject, "Gerbrand Boekhouder");
    const auto city = sealed<personal::field::BillingCity>("city", subject, "Canarydam");
    world->main->write_now([&](store::Tx& tx) {
      return tx.execute(
          "INSERT INTO billing_contacts (account_id, subject, name, city, changed_at) VALUES ($1, "
          "$2, $3, $4, $5)",
          kShop, subject, store::Blob{name}, store::Blob{city}, world->clock.now());
    });
  }
  template <class F>
  std::string sealed(std::string_view column, personal::SubjectId subject, std::string text) {
    personal::Envelope envelope;
    envelope.put(personal::Personal<std::string, F>(std::move(text), personal::Label()));
    return world->vault->seal({"billing_contacts", kShop, column}, subject, envelope).value();
  }
  std::string report() {
    return rights::to_json(world->main->read_now([&](store::Tx& tx) {
      return rights::report_on_account(tx, *world->vault, *world->ledger, kShop,
                                       {personal::ActorKind::CommandLine, 0}, world->clock.now());
    }));
  }

  std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(, BilledOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(BilledOn, TheAccountIsShownWhomItsInvoicesAreFor) {
  EXPECT_THAT(report(), HasSubstr("Gerbrand Boekhouder"));
  EXPECT_THAT(report(), HasSubstr("Canarydam"));
}

// clause-031.sealed
TEST_P(BilledOn, WhatWasPutInAnotherColumnStaysShutHereToo) {
  world->main->write_now([](store::Tx& tx) {
    return tx.execute("UPDATE billing_contacts SET name = city, city = name");
  });
  EXPECT_THAT(report(), Not(HasSubstr("Gerbrand Boekhouder")));
  EXPECT_THAT(report(), Not(HasSubstr("Canarydam")));
}

}  // namespace
