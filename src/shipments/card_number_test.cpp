// A card's number never stays: whatever a shop pastes where.
#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace shipments {
namespace {

using store::testing::Engine;
using testing::kAccount, testing::World;

constexpr auto kCard = "4111 1111 1111 1111";

struct CardsOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  // Every text of a shipment's row, and all that is sealed in it.
  std::string everything(const base::Id& id) {
    const auto shipment = world->find(id);
    const auto& h = shipment->head;
    personal::Access<personal::Purpose::Rights> access(*world->ledger, {}, kAccount, "test");
    std::string all = h.order_number + '|' + h.order_id + '|' + h.logistics_channel + '|' + h.label;
    for (const auto& one : personal::open_all(shipment->body.envelope(), access))
      all += '|' + one.value;
    return all;
  }
  std::unique_ptr<World> world;
};

// clause-022.scan
TEST_P(CardsOn, AreKeptNowhereInAShipment) {
  auto head = world->head("4111111111111111");  // a parcel's number may look like a card's
  head.subject = world->vault->new_subject_now(kAccount);
  head.order_number = "order 4111-1111-1111-1111";
  head.order_id = "A-17 4111 1111 1111 1111";
  head.logistics_channel = kCard;
  head.label = kCard;
  Body body;
  const auto put = [](auto& field) {
    field = std::remove_cvref_t<decltype(field)>("x 4111 1111 1111 1111", personal::Label());
  };
  put(body.customer_name);
  put(body.customer_email);
  put(body.customer_sms);
  put(body.recipient_postcode);
  put(body.tracking_postal_code);
  put(body.title);
  put(body.note);
  const auto sealed = world->repository->seal(head, body.envelope());
  world->main->write_now(
      [&](store::Tx& tx) { world->repository->insert(tx, head, sealed, world->clock.now()); });
  const auto stored = everything(head.id);
  EXPECT_EQ(stored.find("4111"), std::string::npos) << stored;
  EXPECT_EQ(world->head_of(head.id).order_number, "order [card number removed, 1111]");
  EXPECT_EQ(world->head_of(head.id).tracking_number, "4111111111111111");

  auto changed = world->head_of(head.id);
  changed.label = kCard;
  world->main->write_now([&](store::Tx& tx) { world->repository->update(tx, changed, sealed); });
  EXPECT_EQ(everything(head.id).find("4111"), std::string::npos);
}

// One in ten of a shop's 16-digit order numbers passes a card's check digit.
TEST_P(CardsOn, AnOrdersNumberOfDigitsAloneIsFoundAgain) {
  auto head = world->head("RR123456785DE");
  head.order_number = "4111111111111111";
  world->main->write_now(
      [&](store::Tx& tx) { world->repository->insert(tx, head, {}, world->clock.now()); });
  EXPECT_EQ(world->head_of(head.id).order_number, "4111111111111111");
}

INSTANTIATE_TEST_SUITE_P(, CardsOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

}  // namespace
}  // namespace shipments
