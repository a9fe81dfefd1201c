#include "notify/people/planner.h"

#include <algorithm>

#include "consent/matrix.h"
#include "consent/preferences.h"
#include "notify/people/occasions.h"
#include "notify/people/recipients.h"

namespace notify::people {
namespace {

using channels::Channel;
using consent::Cell, consent::Matrix;
using shipments::Body;

// What a batch of one account is planned against.
struct Shop {
  Matrix matrix;            // without what is said about single shipments
  bool has_wishes = false;  // somebody asked for what is only offered
  std::vector<std::pair<std::int64_t, Channel>> rooms;
};

Shop read_shop(store::Tx& tx, std::int64_t account_id) {
  Shop shop;
  shop.matrix = consent::shop_matrix(tx, account_id, base::Id());
  shop.has_wishes =
      tx.query("SELECT 1 FROM person_choices WHERE account_id = $1 LIMIT 1", account_id).next();
  auto rows = tx.query(
      "SELECT number, channel FROM receivers WHERE account_id = $1 AND disabled_at IS NULL ORDER "
      "BY number",
      account_id);
  while (rows.next()) {
    if (const auto channel = channels::find_channel(rows.text(1)))
      shop.rooms.emplace_back(rows.integer(0), *channel);
  }
  return shop;
}

struct Reached {
  int number;
  int reach;
};

// The customer and the others, by the kinds of address they have.
std::vector<Reached> reached_by(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  std::vector<Reached> all;
  const store::Blob id{shipment.bytes()};
  auto rows = tx.query(
      "SELECT 0, reach FROM shipments WHERE account_id = $1 AND id = $2 AND subject <> 0 UNION ALL "
      "SELECT number, reach FROM recipients WHERE account_id = $1 AND shipment_id = $2",
      account_id, id);
  while (rows.next()) {
    all.push_back({static_cast<int>(rows.integer(0)), static_cast<int>(rows.integer(1))});
  }
  return all;
}

struct Occasion {
  base::Id shipment;
  std::int64_t version;
  journey::Trigger trigger;
  base::Instant at;
};

void add(std::vector<Wanted>& wanted, const Lane& lane, const Occasion& what,
         std::string receiver) {
  Wanted one;
  one.lane = lane;
  one.shipment = what.shipment;
  one.receiver = std::move(receiver);
  one.version = what.version;
  one.occasion = journey::name(what.trigger);
  one.created_at = what.at;
  wanted.push_back(std::move(one));
}

void plan_one(store::Tx& tx, std::int64_t account_id, const Shop& shop,
              const std::vector<Channel>& ways, const Occasion& what, std::vector<Wanted>& wanted) {
  Matrix of_shipment = shop.matrix;
  of_shipment.overlay(consent::shipment_matrix(tx, account_id, what.shipment));
  const auto may_be_told = [&](const Matrix& matrix, Channel channel) {
    if (std::ranges::find(ways, channel) == ways.end()) return false;
    const auto cell = matrix.at(what.trigger, channel);
    return cell == Cell::On || (cell == Cell::Offered && shop.has_wishes);
  };
  constexpr std::pair<Channel, int> kWays[] = {
      {Channel::Email, Body::kEmail}, {Channel::Sms, Body::kPhone}, {Channel::Push, kPush}};
  for (const auto& [number, reach] : reached_by(tx, account_id, what.shipment)) {
    Matrix matrix = of_shipment;
    matrix.overlay(consent::recipient_matrix(tx, account_id, what.shipment, number));
    for (const auto& [channel, bit] : kWays) {
      if ((reach & bit) != 0 && may_be_told(matrix, channel))
        add(wanted, {account_id, channel, 0}, what, std::to_string(number));
    }
  }
  for (const auto& [number, channel] : shop.rooms) {
    if (may_be_told(of_shipment, channel) && of_shipment.at(what.trigger, channel) == Cell::On)
      add(wanted, {account_id, channel, number}, what, "");
  }
}

}  // namespace

std::vector<Wanted> PeoplePlanner::plan(store::Tx& tx, std::int64_t account_id,
                                        std::span<const shipments::OutboxRow> news) {
  std::vector<Wanted> wanted;
  std::optional<Shop> shop;
  for (const auto& row : news) {
    const auto trigger = occasion_of(row);
    if (!trigger) continue;
    if (!shop) shop = read_shop(tx, account_id);
    plan_one(tx, account_id, *shop, ways_, {row.shipment, row.version, *trigger, row.created_at},
             wanted);
  }
  return wanted;
}

std::vector<Wanted> PeoplePlanner::plan_occasion(store::Tx& tx, std::int64_t account_id,
                                                 const base::Id& shipment, std::int64_t version,
                                                 journey::Trigger trigger, base::Instant at) const {
  std::vector<Wanted> wanted;
  plan_one(tx, account_id, read_shop(tx, account_id), ways_, {shipment, version, trigger, at},
           wanted);
  return wanted;
}

}  // namespace notify::people
