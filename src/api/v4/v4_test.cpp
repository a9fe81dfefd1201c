#include <gtest/gtest.h>

#include "accounts/quota.h"
#include "api/v4/exchange.h"
#include "api/v4/testing.h"
#include "api/v4/tracking_json.h"
#include "shipments/retention.h"

namespace {

using api::v4::testing::Answered, api::v4::testing::World;
using store::testing::Engine;

class V4 : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world_ = std::make_unique<World>(GetParam());
  }
  World& world() { return *world_; }

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(On, V4, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// Everything personal that a create can carry, each value one that no other byte sequence would be.
constexpr std::string_view kPerson =
    R"(,"customer_name":"Zebulon Quarrington","customer_email":"zebulon.q@canary.example",)"
    R"("customer_sms":"+15550199887","recipient_postcode":"ZQ9 7XJ","title":"Parcel for Zebulon Q",)"
    R"("note":"ring at Quarrington twice","tracking_postal_code":"ZQ8 6XK")";

TEST_P(V4, StoresAShipmentAndGivesItBack) {
  const auto created = world().create("9400111206206406260787", "USPS", kPerson);
  ASSERT_EQ(created.status, 200) << created.body;
  EXPECT_EQ(created.text("courier_code"), "usps");
  EXPECT_EQ(created.text("delivery_status"), "pending");
  EXPECT_EQ(created.text("substatus"), "pending001");
  EXPECT_EQ(created.text("customer_name"), "Zebulon Quarrington");
  EXPECT_EQ(created.text("order_number"), "(null)");

  const auto listed =
      world().call("GET", "/v4/trackings/get?tracking_numbers=9400111206206406260787");
  ASSERT_EQ(listed.status, 200);
  ASSERT_EQ(listed.data().get_array().size(), 1U);
  EXPECT_EQ(simdjson::to_string(listed.data().at(0)), simdjson::to_string(created.data()));
}

TEST_P(V4, AnswersInTheEnvelopeAndNothingBeside) {
  for (const auto& answer :
       {world().create("RB123456785GB", "royal-mail"), world().create("", "usps"),
        world().call("GET", "/v4/nowhere"), world().call_as("no", "GET", "/v4/couriers/all")}) {
    const simdjson::dom::object whole = answer.json();
    EXPECT_EQ(whole.size(), 2U);
    const simdjson::dom::object meta = whole["meta"];
    EXPECT_EQ(meta.size(), 2U);
    if (answer.status != 200) {
      EXPECT_TRUE(answer.data().is_null());
    }
  }
}

// clause-017.numbers
TEST_P(V4, NamesWhatIsWrongWithACreate) {
  const struct {
    const char* body;
    int code;
  } cases[] = {
      {"", 400},
      {"[]", 400},
      {"{\"tracking_number\":", 400},
      {"{\"tracking_number\":\"RB123456785GB\",\"tracking_number\":\"x\",\"courier_code\":"
       "\"usps\"}",
       400},
      {"{}", 4111},
      {R"({"tracking_number":null,"courier_code":"usps"})", 4111},
      {R"({"tracking_number":{},"courier_code":"usps"})", 4110},
      {R"({"tracking_number":"a b\u0000c1","courier_code":"usps"})", 4110},
      {R"({"tracking_number":"<script>1","courier_code":"usps"})", 4110},
      {R"({"tracking_number":"RB123456785GB"})", 4120},
      {R"({"tracking_number":"RB123456785GB","courier_code":"no-such"})", 4120},
      {R"({"tracking_number":"RB123456785GB","courier_code":"postnl-3s"})", 4122},
      {R"({"tracking_number":"RB123456785GB","courier_code":"deutsche-post","tracking_ship_date":"2020"})",
       4122},
      {R"({"tracking_number":"RB123456785GB","courier_code":"usps","origin_country_iso2":"USA"})",
       4130},
      {R"({"tracking_number":"RB123456785GB","courier_code":"usps","title":[1]})", 4130},
  };
  for (const auto& [body, code] : cases) {
    const auto answer = world().call("POST", "/v4/trackings/create", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.code(), code) << body;
  }
  EXPECT_EQ(world().call("GET", "/v4/trackings/get").data().get_array().size(), 0U);
}

TEST_P(V4, TakesEmptyTextAndNullAsNotGiven) {
  const auto answer =
      world().create("RB123456785GB", "royal-mail", R"(,"title":"","note":null,"order_id":"")");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text("title"), "(null)");
  EXPECT_EQ(answer.text("order_id"), "(null)");
}

TEST_P(V4, KnowsANumberAgainHoweverItIsTyped) {
  ASSERT_EQ(world().create("rb123456785gb", "royal-mail").status, 200);
  EXPECT_EQ(world().create(" RB123456785GB ", "Royal-Mail").code(), 4101);
  EXPECT_EQ(world().create("RB123456785GB", "usps").status,
            200);  // another courier is another shipment
}

TEST_P(V4, TakesABatchApartAndKeepsItsOrder) {
  ASSERT_EQ(world().create("RB123456785GB", "royal-mail").status, 200);
  const auto answer =
      world().call("POST", "/v4/trackings/batch",
                   R"([{"tracking_number":"A1001","courier_code":"ups","customer_name":"N"},
      {"tracking_number":"","courier_code":"ups"}, {"tracking_number":"RB123456785GB","courier_code":"royal-mail"},
      7, {"tracking_number":"A1002","courier_code":"ups"}, {"tracking_number":"A1001","courier_code":"ups"}])");
  ASSERT_EQ(answer.status, 200);
  const simdjson::dom::array good = answer.data()["success"];
  const simdjson::dom::array bad = answer.data()["error"];
  ASSERT_EQ(good.size(), 2U);
  EXPECT_EQ(std::string_view(good.at(0)["tracking_number"]), "A1001");
  EXPECT_EQ(std::string_view(good.at(1)["tracking_number"]), "A1002");
  ASSERT_EQ(bad.size(), 4U);
  std::vector<std::int64_t> codes;
  for (const auto item : bad) codes.push_back(item["errorCode"].get_int64().value());
  EXPECT_EQ(codes, (std::vector<std::int64_t>{4111, 4101, 400, 4101}));
  EXPECT_EQ(std::string_view(bad.at(0)["id"]), "");
  EXPECT_EQ(std::string_view(bad.at(3)["id"]), std::string_view(good.at(0)["id"]));
}

TEST_P(V4, RefusesABatchOfMoreThanForty) {
  std::string body = "[";
  for (int i = 0; i < 41; ++i)
    body += fmt::format(R"({}{{"tracking_number":"N{}","courier_code":"ups"}})", i ? "," : "",
                        1000 + i);
  const auto answer = world().call("POST", "/v4/trackings/batch", body + "]");
  EXPECT_EQ(answer.code(), 4103);
  EXPECT_EQ(world().call("GET", "/v4/trackings/get").data().get_array().size(), 0U);
}

TEST_P(V4, ChargesQuotaForWhatItStoresAndForNothingElse) {
  ASSERT_TRUE(world().accounts.set_plan(world().account, "free"));
  world().clock.advance(std::chrono::seconds(2));  // a caller is remembered for a second
  const auto used = [&] {
    return world().database().read_now([&](store::Tx& tx) {
      return accounts::used_quota(tx, world().account, world().clock.now());
    });
  };
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(world().create(fmt::format("Q{}", 1000 + i), "ups").status, 200);
    world().clock.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(world().create("Q1000", "ups").code(), 4101);
  world().clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(world().create("Q2000", "ups", kPerson).code(), 4190);
  EXPECT_EQ(used(), 50);
  EXPECT_EQ(
      world().call("GET", "/v4/trackings/get?tracking_numbers=Q2000").data().get_array().size(),
      0U);
  EXPECT_EQ(world().call("POST", "/v4/awb", R"({"awb_number":"176-12345675"})").code(), 4190);
  world().clock.advance(std::chrono::days(31));
  EXPECT_EQ(world().create("Q2000", "ups").status, 200);  // a new month
}

TEST_P(V4, StoresOfABatchWhatTheQuotaStillAllowsInItsOrder) {
  ASSERT_TRUE(world().accounts.set_plan(world().account, "free"));
  world().clock.advance(std::chrono::seconds(2));
  for (int i = 0; i < 48; ++i) {
    ASSERT_EQ(world().create(fmt::format("Q{}", 1000 + i), "ups").status, 200);
    world().clock.advance(std::chrono::seconds(1));
  }
  const auto answer = world().call("POST", "/v4/trackings/batch", R"([
    {"tracking_number":"Q1000","courier_code":"ups"},
    {"tracking_number":"Q3001","courier_code":"ups"},
    {"tracking_number":"Q3002","courier_code":"ups","customer_name":"Mira"},
    {"tracking_number":"Q3003","courier_code":"ups","customer_name":"Mira"},
    {"tracking_number":"Q3004","courier_code":"ups"}])");
  const auto stored = answer.data()["success"].get_array();
  const auto refused = answer.data()["error"].get_array();
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored.at(0)["tracking_number"].get_string().value(), "Q3001");
  EXPECT_EQ(stored.at(1)["tracking_number"].get_string().value(), "Q3002");
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused.at(0)["errorCode"].get_int64().value(), 4101);
  EXPECT_EQ(refused.at(1)["errorCode"].get_int64().value(), 4190);
  EXPECT_EQ(refused.at(2)["errorCode"].get_int64().value(), 4190);
  EXPECT_EQ(world().database().read_now([&](store::Tx& tx) {
    return accounts::used_quota(tx, world().account, world().clock.now());
  }),
            50);
  EXPECT_EQ(
      world().call("GET", "/v4/trackings/get?tracking_numbers=Q3003").data().get_array().size(),
      0U);
}

TEST_P(V4, RefusesWhoCallsTooFast) {
  ASSERT_TRUE(world().accounts.set_plan(world().account, "standard"));
  world().clock.advance(std::chrono::seconds(2));
  int refused = 0;
  for (int i = 0; i < 40; ++i) refused += world().call("GET", "/v4/trackings/get").status == 429;
  EXPECT_EQ(refused, 30);  // ten a second
  EXPECT_EQ(world().create("RB123456785GB", "royal-mail").status,
            200);  // another endpoint, another bucket
  world().clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(world().call("GET", "/v4/trackings/get").status, 200);
}

// clause-011.expired clause-011.scope
TEST_P(V4, LetsAKeyDoWhatItsScopeSaysUntilItEnds) {
  auto& accounts = world().accounts;
  const auto reader = accounts
                          .create_key(world().account, "reader",
                                      static_cast<accounts::Scopes>(accounts::Scope::Read),
                                      world().clock.now() + std::chrono::hours(1))
                          .value();
  const std::string body = R"({"tracking_number":"A1001","courier_code":"ups"})";
  EXPECT_EQ(world().call_as(reader.text, "GET", "/v4/trackings/get").status, 200);
  EXPECT_EQ(world().call_as(reader.text, "POST", "/v4/trackings/create", body).status, 403);
  world().clock.advance(std::chrono::hours(1));
  EXPECT_EQ(world().call_as(reader.text, "GET", "/v4/trackings/get").status, 401);

  const auto old =
      accounts.import_key(world().account, "old", "2fqw1dd2-a3b4-9zzz-kk12-imported0key\n",
                          accounts::kAllScopes, std::nullopt);
  ASSERT_TRUE(old);
  EXPECT_EQ(
      world().call_as("2fqw1dd2-a3b4-9zzz-kk12-imported0key", "GET", "/v4/trackings/get").status,
      200);
  ASSERT_TRUE(accounts.revoke_key(world().account, *old));
  EXPECT_EQ(
      world().call_as("2fqw1dd2-a3b4-9zzz-kk12-imported0key", "GET", "/v4/trackings/get").status,
      401);
  EXPECT_EQ(world().call_as("", "GET", "/v4/trackings/get").status, 401);
  ASSERT_TRUE(accounts.set_suspended(world().account, true));
  world().clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(world().call("GET", "/v4/trackings/get").status, 403);
}

// clause-011.dump
TEST_P(V4, KeepsNoUsableKeyInTheStore) {
  if (GetParam() != Engine::Sqlite) GTEST_SKIP() << "reads SQLite's files";
  const auto imported = std::string("imported-key-of-old-days-0123456789");
  ASSERT_TRUE(world().accounts.import_key(world().account, "old", imported, accounts::kAllScopes,
                                          std::nullopt));
  ASSERT_EQ(world().call_as(imported, "GET", "/v4/couriers/all").status, 200);
  // The time of use is written behind the answer: this write waits its turn after that one.
  world().database().write_now(
      [](store::Tx& tx) { tx.execute("DELETE FROM accounts WHERE 1 = 0"); });
  world().database().checkpoint();
  const auto bytes = world().all_bytes();
  EXPECT_EQ(bytes.find(world().key.substr(12)), std::string::npos);
  EXPECT_EQ(bytes.find(imported.substr(9)), std::string::npos);
  const auto keys = world().accounts.list_keys(world().account);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].prefix, world().key.substr(0, 11));
  EXPECT_TRUE(keys[1].last_used_at);
}

TEST_P(V4, UpdatesWhatIsGivenAndLeavesTheRest) {
  const auto id = world().create("RB123456785GB", "royal-mail", kPerson).text("id");
  const auto answer = world().call(
      "PUT", "/v4/trackings/update/" + id,
      R"({"customer_name":"","note":null,"title":"new","order_id":"77","label":"1,2"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.text("customer_name"), "Zebulon Quarrington");
  EXPECT_EQ(answer.text("note"), "ring at Quarrington twice");
  EXPECT_EQ(answer.text("title"), "new");
  EXPECT_EQ(answer.text("order_id"), "77");
  EXPECT_EQ(answer.text("courier_code_new"), "(null)");

  const auto moved = world().call("PUT", "/v4/trackings/update/" + id,
                                  R"({"courier_code_new":"usps","archived_status":"archived"})");
  EXPECT_EQ(moved.text("courier_code"), "royal-mail");
  EXPECT_EQ(moved.text("courier_code_new"), "usps");
  EXPECT_EQ(moved.text("archived_status"), "archived");
  EXPECT_EQ(world()
                .call("GET", "/v4/trackings/get?archived_status=true&courier_code=usps")
                .data()
                .get_array()
                .size(),
            1U);
}

TEST_P(V4, GivesAKeyToAShipmentThatBecomesPersonalLater) {
  const auto id = world().create("RB123456785GB", "royal-mail").text("id");
  const auto answer = world().call("PUT", "/v4/trackings/update/" + id,
                                   R"({"customer_email":"late@canary.example"})");
  EXPECT_EQ(answer.text("customer_email"), "late@canary.example");
  const auto listed = world().call("GET", "/v4/trackings/get");
  EXPECT_EQ(std::string_view(listed.data().at(0)["customer_email"]), "late@canary.example");
}

TEST_P(V4, TellsForeignIdsFromUnknownOnesInNothing) {
  const auto id = world().create("RB123456785GB", "royal-mail").text("id");
  const auto other = world().accounts.create("other@example.com", "unlimited").value();
  const auto key =
      world().accounts.create_key(other, "k", accounts::kAllScopes, std::nullopt).value().text;
  for (const auto& unknown : {id, std::string(32, 'a'), std::string("x"), std::string("%00")}) {
    EXPECT_EQ(world().call_as(key, "PUT", "/v4/trackings/update/" + unknown, "{}").code(), 4112);
    EXPECT_EQ(world().call_as(key, "DELETE", "/v4/trackings/delete/" + unknown).code(), 4112);
    EXPECT_EQ(world().call_as(key, "POST", "/v4/trackings/retrack/" + unknown).code(), 4112);
  }
  EXPECT_EQ(world().call_as(key, "GET", "/v4/trackings/get").data().get_array().size(), 0U);
}

TEST_P(V4, DeletesForGood) {
  const auto id = world().create("RB123456785GB", "royal-mail", kPerson).text("id");
  const auto answer = world().call("DELETE", "/v4/trackings/delete/" + id);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text("id"), id);
  EXPECT_EQ(world().call("DELETE", "/v4/trackings/delete/" + id).code(), 4112);
  EXPECT_EQ(world().call("GET", "/v4/trackings/get").data().get_array().size(), 0U);
  EXPECT_EQ(world().create("RB123456785GB", "royal-mail").status, 200);
}

TEST_P(V4, RetracksOnlyWhatHasExpired) {
  const auto id = world().create("RB123456785GB", "royal-mail", kPerson).text("id");
  EXPECT_EQ(world().call("POST", "/v4/trackings/retrack/" + id).code(), 4113);
  world().database().write_now(
      [&](store::Tx& tx) { tx.execute("UPDATE shipments SET status = 8, substatus = 1"); });
  std::string again;
  world().context.follow.again = [&](const shipments::Head& head) -> base::Task<void> {
    again = head.tracking_number;
    co_return;
  };
  EXPECT_EQ(world().call("POST", "/v4/trackings/retrack/" + id).text("tracking_number"),
            "RB123456785GB");
  EXPECT_EQ(again, "RB123456785GB");
}

TEST_P(V4, ListsByEveryFilterNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    world().create(fmt::format("L{}", 1000 + i), i % 2 == 0 ? "ups" : "fedex",
                   fmt::format(R"(,"order_number":"O{}")", i));
    world().clock.advance(std::chrono::hours(1));
  }
  const auto numbers = [&](std::string_view query) {
    std::string out;
    const auto answer = world().call("GET", fmt::format("/v4/trackings/get?{}", query));
    for (const auto item : answer.data().get_array()) {
      out += std::string_view(item["tracking_number"]);
      out += ' ';
    }
    return out;
  };
  EXPECT_EQ(numbers(""), "L1004 L1003 L1002 L1001 L1000 ");
  EXPECT_EQ(numbers("courier_code=fedex"), "L1003 L1001 ");
  EXPECT_EQ(numbers("courier_code=fedex,ups&items_amount=2&pages_amount=2"), "L1002 L1001 ");
  EXPECT_EQ(numbers("page=3&limit=2"), "L1000 ");
  EXPECT_EQ(numbers("order_number=O3"), "L1003 ");
  EXPECT_EQ(numbers("tracking_numbers=l1000,L1001,X9999"), "L1001 L1000 ");
  EXPECT_EQ(numbers("delivery_status=transit"), "");
  // 2026-01-01 01:00 to 03:00 UTC, told in another zone with a raw plus.
  EXPECT_EQ(
      numbers("created_date_min=2026-01-01T09:00:00+08:00&created_date_max=2026-01-01T03:00:00Z"),
      "L1003 L1002 L1001 ");
  EXPECT_EQ(numbers("updated_date_min=2026-01-01T04:00:00%2B00:00"), "L1004 ");
  EXPECT_EQ(world().call("GET", "/v4/trackings/get?created_date_min=yesterday").code(), 4130);
  EXPECT_EQ(world().call("GET", "/v4/trackings/get?delivery_status=lost").code(), 4130);
}

TEST_P(V4, DetectsAndSaysWhenItCannot) {
  const auto answer = world().call("POST", "/v4/couriers/detect",
                                   R"({"tracking_number":"9400111206206406260787"})");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(std::string_view(answer.data().at(0)["courier_code"]), "usps");
  EXPECT_EQ(world().call("POST", "/v4/couriers/detect", R"({"tracking_number":"x"})").code(), 4121);
  EXPECT_EQ(world().call("POST", "/v4/couriers/detect", "{}").code(), 4111);
}

TEST_P(V4, CreatesAnAirWaybillOnceAndGivesItFreelyAfterwards) {
  ASSERT_TRUE(world().accounts.set_plan(world().account, "free"));
  world().clock.advance(std::chrono::seconds(2));
  const auto answer = world().call("POST", "/v4//awb", R"({"awb_number":"176 12345675"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.text("awb_number"), "176-12345675");
  EXPECT_EQ(answer.data()["status_number"].get_int64().value(), 0);
  EXPECT_EQ(world().call("POST", "/v4/awb", R"({"awb_number":"17612345675"})").status, 200);
  EXPECT_EQ(world().call("POST", "/v4/awb", R"({"awb_number":"176-1234567"})").code(), 4160);
  EXPECT_EQ(world().call("POST", "/v4/awb", R"({"awb_number":"999-12345675"})").code() == 4161 ||
                world().call("POST", "/v4/awb", R"({"awb_number":"999-12345675"})").code() == 4190,
            true);
}

TEST_P(V4, WritesOneLedgerRowForAnOperation) {
  for (int i = 0; i < 120; ++i) world().create(fmt::format("W{}", 1000 + i), "ups", kPerson);
  world().call("GET", "/v4/trackings/get?items_amount=100");
  world().ledger.flush();
  const auto rows = world().database().read_now([](store::Tx& tx) {
    std::vector<std::array<std::int64_t, 3>> out;
    auto r = tx.query("SELECT subject, subjects, fields FROM access_ledger ORDER BY fields");
    while (r.next()) out.push_back({r.integer(0), r.integer(1), r.integer(2)});
    return out;
  });
  ASSERT_EQ(rows.size(), 121U);
  EXPECT_GT(rows[0][0], 0);
  EXPECT_EQ(rows[0][1], 1);
  EXPECT_EQ(rows[0][2], 7);
  EXPECT_EQ(rows[120], (std::array<std::int64_t, 3>{0, 100, 700}));
}

// clause-032.dump
TEST_P(V4, LeavesNoNameAddressMailPhoneOrPostcodeInClear) {
  if (GetParam() != Engine::Sqlite) GTEST_SKIP() << "reads SQLite's files";
  const auto id = world().create("RB123456785GB", "royal-mail", kPerson).text("id");
  world().call("PUT", "/v4/trackings/update/" + id, R"({"note":"Quarrington moved"})");
  world().call("GET", "/v4/trackings/get");
  world().ledger.flush();
  const auto look = [&](const char* when) {
    const auto bytes = world().all_bytes();
    ASSERT_NE(bytes.find("RB123456785GB"), std::string::npos) << "the dump is not the database's";
    for (const char* canary : {"Zebulon", "Quarrington", "canary.example", "5550199887", "ZQ9 7XJ",
                               "ZQ8 6XK", "shop@example"}) {
      EXPECT_EQ(bytes.find(canary), std::string::npos) << canary << " " << when;
    }
  };
  look("in the write-ahead log");
  world().database().checkpoint();
  look("after a checkpoint");
}

// clause-046.days
TEST_P(V4, ForgetsEverythingAfter180DaysAndNotBefore) {
  world().create("RB123456785GB", "royal-mail", kPerson);
  world().call("POST", "/v4/awb", R"({"awb_number":"176-12345675"})");
  const auto count = [&] {
    return world().call("GET", "/v4/trackings/get").data().get_array().size();
  };
  world().clock.advance(std::chrono::days(180) - std::chrono::seconds(1));
  EXPECT_EQ(
      shipments::sweep_expired(world().database(), world().vault, world().clock.now()).shipments,
      0);
  EXPECT_EQ(count(), 1U);
  world().clock.advance(std::chrono::seconds(1));
  const auto swept =
      shipments::sweep_expired(world().database(), world().vault, world().clock.now());
  EXPECT_EQ(swept.shipments, 1);
  EXPECT_EQ(swept.air_waybills, 1);
  EXPECT_EQ(count(), 0U);
}

TEST_P(V4, KeepsTheLedgerAndTheQuotaAsLongAsTheyMayBeKept) {
  world().create("RB123456785GB", "royal-mail", kPerson);
  const auto rows = [&](std::string_view table) {
    return world().database().read_now([&](store::Tx& tx) {
      auto r = tx.query(fmt::format("SELECT COUNT(*) FROM {}", table));
      r.next();
      return r.integer(0);
    });
  };
  const auto sweep = [&] {
    return shipments::sweep_expired(world().database(), world().vault, world().clock.now());
  };
  world().clock.advance(std::chrono::days(180) - std::chrono::seconds(1));
  sweep();
  EXPECT_EQ(rows("access_ledger"), 1);
  world().clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(sweep().ledger_rows, 1);
  EXPECT_EQ(rows("access_ledger"), 0);
  EXPECT_EQ(rows("quota_cycles"), 1);
  world().clock.advance(std::chrono::days(217));
  EXPECT_EQ(sweep().quota_cycles, 1);
  EXPECT_EQ(rows("quota_cycles"), 0);
}

// A shipment's age begins when it was provided, whatever the caller says of it.
// clause-046.days
TEST_P(V4, LetsNobodySetALongerLife) {
  shipments::Shipment forever;
  forever.head.account_id = world().account;
  forever.head.id = base::Id::make(world().clock.now());
  forever.head.tracking_number = "A1001";
  forever.head.courier_code = "ups";
  forever.head.created_at = world().clock.now() - std::chrono::days(400);
  forever.head.expires_at = world().clock.now() + std::chrono::days(4000);
  world().database().write_now(
      [&](store::Tx& tx) { world().shipments.insert(tx, forever.head, "", world().clock.now()); });
  world().clock.advance(std::chrono::days(180));
  EXPECT_EQ(
      shipments::sweep_expired(world().database(), world().vault, world().clock.now()).shipments,
      1);
}

// What a backup holds is noise once its subject is forgotten.
// clause-046.backup
TEST_P(V4, MakesABackupUnreadableByForgetting) {
  const auto id = world().create("RB123456785GB", "royal-mail", kPerson).text("id");
  const auto row = [&] {
    return world().database().read_now([](store::Tx& tx) {
      auto rows = tx.query("SELECT subject, sealed FROM shipments");
      rows.next();
      return std::pair(rows.integer(0), std::string(rows.blob(1)));
    });
  };
  const auto backup = row();
  const auto raw_id = base::from_hex(id);
  const personal::RowIdentity identity{"shipments", world().account, raw_id};
  ASSERT_TRUE(world().vault.unseal(identity, backup.first, backup.second));
  ASSERT_EQ(world().call("DELETE", "/v4/trackings/delete/" + id).status, 200);
  const auto after = world().vault.unseal(identity, backup.first, backup.second);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error(), personal::VaultError::NoKey);
}

TEST_P(V4, OpensNoRowUnderAnotherRowsName) {
  world().create("A1001", "ups", kPerson);
  world().create("A1002", "ups", R"(,"customer_name":"Other")");
  world().database().write_now([](store::Tx& tx) {
    tx.execute(
        "UPDATE shipments SET sealed = (SELECT s.sealed FROM shipments s WHERE s.tracking_number = "
        "'A1002') "
        "WHERE tracking_number = 'A1001'");
  });
  EXPECT_THROW(world().call("GET", "/v4/trackings/get?tracking_numbers=A1001"), store::StoreError);
}

constexpr std::string_view kExported =
    R"({"id":"9a73b452e03c2c724414f3859fad1c2c","tracking_number":"9400111899562537683144","courier_code":"usps",)"
    R"("order_number":"O-1","created_at":"2023-10-25T07:02:52+00:00","update_at":"2023-10-25T07:02:53+00:00",)"
    R"("delivery_status":"transit","archived":"tracking","source":"WEB","customer_name":"Zebulon Quarrington",)"
    R"("signed_by":"Quarrington","substatus":"transit001","transit_time":1,"latest_event":"Arrived",)"
    R"("origin_info":{"courier_code":"usps","milestone_date":{"pickup_date":"2023-10-25T06:00:00"},"trackinfo":[)"
    R"({"checkpoint_date":"2023-10-25T06:07:00","checkpoint_delivery_status":"transit",)"
    R"("checkpoint_delivery_substatus":"transit001","tracking_detail":"Arrived at \"Facility\"","location":"Laurel",)"
    R"("country_iso2":"US","raw_status":"AF"}]}})";

TEST_P(V4, KeepsIdStatusAndTimesOfWhatComesFromElsewhere) {
  auto shipment = api::v4::parse_tracking(kExported, world().clock.now());
  ASSERT_TRUE(shipment) << shipment.error();
  shipment->head.account_id = world().account;
  shipment->head.subject = world().vault.new_subject_now(world().account);
  const auto sealed = world().shipments.seal(*shipment);
  world().database().write_now([&](store::Tx& tx) {
    world().shipments.insert(tx, shipment->head, sealed, world().clock.now());
  });

  const auto listed = world().call("GET", "/v4/trackings/get");
  const auto out = listed.data().at(0);
  EXPECT_EQ(std::string_view(out["id"]), "9a73b452e03c2c724414f3859fad1c2c");
  EXPECT_EQ(std::string_view(out["created_at"]), "2023-10-25T07:02:52+00:00");
  EXPECT_EQ(std::string_view(out["update_at"]), "2023-10-25T07:02:53+00:00");
  EXPECT_EQ(std::string_view(out["substatus"]), "transit001");
  EXPECT_EQ(std::string_view(out["source"]), "WEB");
  EXPECT_EQ(std::string_view(out["signed_by"]), "Quarrington");
  EXPECT_EQ(std::string_view(out["origin_info"]["trackinfo"].at(0)["tracking_detail"]),
            "Arrived at \"Facility\"");
  EXPECT_EQ(std::string_view(out["origin_info"]["milestone_date"]["pickup_date"]),
            "2023-10-25T06:00:00");
  // Out and in again is the same.
  const auto again = api::v4::parse_tracking(simdjson::to_string(out), world().clock.now());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->head.id, shipment->head.id);
  EXPECT_EQ(again->head.created_at, shipment->head.created_at);
}

// clause-034.dropped
TEST(Import, TakesOnlyWhatTheAccountMayPassOnAndNamesTheRest) {
  constexpr std::string_view kRow =
      R"({"tracking_number":"1Z999AA10123456784","courier_code":"ups","delivery_status":"transit",)"
      R"("created_at":"2023-10-25T07:02:52+00:00","customer_name":"Zebulon","signed_by":"Zebulon",)"
      R"("customer_email":"z@example.com","customer_sms":"+31612345678","recipient_postcode":"1011",)"
      R"("order_number":"O-1","title":"Shoes","date_of_birth":"1980-01-01","card":"4111111111111111"})";
  const auto now = base::from_micros(1'767'225'600'000'000);
  const auto only_orders = [](std::string_view category) { return category == "order"; };
  const auto taken = api::v4::import_tracking(kRow, now, only_orders);
  ASSERT_TRUE(taken) << taken.error();
  const std::vector<std::string> beyond{
      "customer_name",      "signed_by", "customer_email", "customer_sms",
      "recipient_postcode", "title",     "date_of_birth",  "card"};
  EXPECT_EQ(taken->left_out, beyond);
  const auto& body = taken->shipment.body;
  EXPECT_FALSE(body.customer_name.is_given() || body.customer_email.is_given() ||
               body.customer_sms.is_given() || body.recipient_postcode.is_given() ||
               body.title.is_given());
  EXPECT_EQ(taken->shipment.head.order_number, "O-1");
  const auto all = api::v4::import_tracking(kRow, now, [](std::string_view) { return true; });
  ASSERT_TRUE(all);
  EXPECT_EQ(all->left_out, (std::vector<std::string>{"date_of_birth", "card"}));
  EXPECT_TRUE(all->shipment.body.customer_name.is_given());
}

// clause-034.cards
TEST(Import, RefusesAnObjectWithTheNumberOfAPaymentCard) {
  const auto row = [](std::string_view key) {
    return fmt::format(R"({{"tracking_number":"A1","courier_code":"ups","delivery_status":)"
                       R"("transit","created_at":"2023-10-25T07:02:52+00:00","{}":)"
                       R"("paid 4111 1111 1111 1111"}})",
                       key);
  };
  const auto now = base::from_micros(1'767'225'600'000'000);
  const auto everything = [](std::string_view) { return true; };
  for (const auto* key : {"note", "title", "customer_name", "order_number", "label"}) {
    const auto taken = api::v4::import_tracking(row(key), now, everything);
    ASSERT_FALSE(taken) << key;
    EXPECT_EQ(taken.error(), std::string(key) + " holds the number of a payment card");
  }
}

TEST(ArraySplitter, CutsAnArrayIntoItsObjectsHoweverItArrives) {
  const std::string text = R"({"meta":{"a":1},"data":[ {"x":"}]\""} ,{"y":[{"z":{}}]},{}]})";
  for (std::size_t step = 1; step < text.size(); ++step) {
    api::v4::ArraySplitter splitter;
    std::vector<std::string> objects;
    for (std::size_t at = 0; at < text.size(); at += step) {
      splitter.feed(std::string_view(text).substr(at, step));
      for (auto object = splitter.next(); !object.empty(); object = splitter.next())
        objects.emplace_back(object);
    }
    ASSERT_EQ(objects.size(), 3U) << step;
    EXPECT_EQ(objects[0], R"({"x":"}]\""})");
    EXPECT_EQ(objects[1], R"({"y":[{"z":{}}]})");
    EXPECT_TRUE(splitter.is_at_end());
    EXPECT_FALSE(splitter.is_broken());
  }
}

TEST(ArraySplitter, SaysWhenItIsNotAnArrayOfObjects) {
  for (const char* text : {"[1,2]", "[\"a\"]", "[{}{}x"}) {
    api::v4::ArraySplitter splitter;
    splitter.feed(text);
    while (!splitter.next().empty()) {
    }
    EXPECT_TRUE(splitter.is_broken()) << text;
  }
}

}  // namespace
