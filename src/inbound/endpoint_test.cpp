#include "inbound/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "inbound/testing.h"

namespace inbound {
namespace {

using store::testing::Engine;
using testing::kAccount;
using Headers = std::vector<std::pair<std::string, std::string>>;
using ::testing::HasSubstr;

const std::string kBody = "A1234 DLV 2026-05-07";

std::string mac(const std::string& secret, std::string_view body) {
  return base::to_hex(crypto::hmac_sha256(secret, body));
}

class EndpointOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world.emplace(GetParam());
    world->add_shipment("A1234", "acme");
    mouth.emplace(world->parts());
    const auto form = [](std::string_view) {
      return SignatureForm{"X-Signature", "sha256=", Algorithm::Sha256, Encoding::Hex};
    };
    entrance.emplace(Entrance{world->doors, *mouth, form});
    add_routes(router, *entrance);
  }
  http::Response post(std::string target, std::string body, Headers headers = {}) {
    auto request = http::make_request("POST", target, std::move(body), std::move(headers));
    const auto match = router.match(request);
    if (match.handler == nullptr) return router.error_page(request.path())(match.status, &request);
    return base::sync_wait((*match.handler)(std::move(request)));
  }
  Doors::Made door(Proof proof, std::string connector = "lines") {
    return world->doors.make(kAccount, connector, "test", proof, Unknown::Ignore).value();
  }

  std::optional<testing::World> world;
  std::optional<Mouth> mouth;
  std::optional<Entrance> entrance;
  http::Router router;
};
INSTANTIATE_TEST_SUITE_P(, EndpointOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(EndpointOn, TakesADocumentWithTheSecretInAnyOfItsHeaders) {
  const auto secret = door(Proof::Header).secret;
  for (const Headers& headers :
       {Headers{{"Authorization", "Bearer " + secret}}, Headers{{"X-Milepost-Token", secret}},
        Headers{{"X-Signature", secret}}}) {
    const auto answer = post("/inbound/1001/lines", kBody, headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  EXPECT_EQ(world->taken.size(), 1U) << "the same document, three times";
  EXPECT_TRUE(world->doors.list(kAccount).at(0).last_used_at);
}

TEST_P(EndpointOn, TakesASignedBodyAndNoOther) {
  const auto secret = door(Proof::Signature).secret;
  const auto sign = [&](std::string_view body) { return mac(secret, body); };
  EXPECT_EQ(post("/inbound/1001/lines", kBody, {{"X-Signature", "sha256=" + sign(kBody)}}).status,
            200);
  EXPECT_EQ(
      post("/inbound/1001/lines", kBody + " ", {{"X-Signature", "sha256=" + sign(kBody)}}).status,
      401);
  EXPECT_EQ(post("/inbound/1001/lines", kBody, {{"Authorization", "Bearer " + secret}}).status, 401)
      << "the secret itself is no signature";
}

TEST_P(EndpointOn, TakesTheSecretInTheAddressOnlyWhereTheDoorIsMadeForIt) {
  const auto in_path = door(Proof::Path).secret;
  const auto in_header = door(Proof::Header).secret;
  EXPECT_EQ(post("/inbound/1001/lines/" + in_path, kBody).status, 200);
  EXPECT_EQ(post("/inbound/1001/lines/" + in_header, kBody).status, 401);
  EXPECT_EQ(post("/inbound/1001/lines", kBody, {{"X-Milepost-Token", in_path}}).status, 401);
}

TEST_P(EndpointOn, AnswersEveryWrongKnockAlike) {
  const auto made = door(Proof::Header);
  const auto other = door(Proof::Header, "standard");
  const Headers right{{"X-Milepost-Token", made.secret}};
  const auto refused = post("/inbound/1001/lines", kBody);
  EXPECT_EQ(refused.status, 401);
  for (const char* target : {"/inbound/1002/lines", "/inbound/1001/none", "/inbound/abc/lines",
                             "/inbound/1001/standard"}) {
    const auto answer = post(target, kBody, right);
    EXPECT_EQ(answer.status, 401) << target;
    EXPECT_EQ(answer.body, refused.body) << target;
  }
  EXPECT_TRUE(world->doors.remove(kAccount, made.door_id));
  EXPECT_FALSE(world->doors.remove(kAccount, made.door_id));
  EXPECT_EQ(post("/inbound/1001/lines", kBody, right).body, refused.body);
  EXPECT_TRUE(world->taken.empty());
}

TEST_P(EndpointOn, RejectsWithWhatIsWrong) {
  const Headers right{{"X-Milepost-Token", door(Proof::Header).secret}};
  const auto answer = post("/inbound/1001/lines", "! broken", right);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("not a line, at byte 0"));
  EXPECT_EQ(post("/inbound/1001/lines", "", right).status, 400);
  EXPECT_EQ(post("/inbound/1001", kBody, right).status, 404);
}

TEST_P(EndpointOn, KeepsNoSecretThatOpensADoor) {
  const auto a = door(Proof::Header).secret, b = door(Proof::Signature).secret;
  EXPECT_NE(a, b);
  EXPECT_EQ(a.size(), 36U);
  world->database->read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT hash, salt FROM inbound_doors");
    while (rows.next()) {
      for (const auto stored : {rows.blob(0), rows.blob(1)}) {
        EXPECT_EQ(stored.find(a.substr(4)), stored.npos);
        EXPECT_EQ(stored.find(b.substr(4)), stored.npos);
      }
    }
  });
  EXPECT_FALSE(world->doors.make(4711, "lines", "x", Proof::Header, Unknown::Ignore))
      << "no such account";
}

}  // namespace
}  // namespace inbound
