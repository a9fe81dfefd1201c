#include "rights/transfer.h"

#include "rights/testing.h"

namespace {

using rights::Parcelled, rights::TransferError, rights::Transfers;
using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

constexpr std::string_view kAnn = "ann@example.com";

// One side: a Milepost with its own key.
struct Side {
  Side(Engine engine, std::string address)
      : world(engine),
        transfers(*world.main, *world.repository, world.clock,
                  crypto::PrivateKey::generate(crypto::KeyKind::Ed25519), {address, "B Ltd"}) {}
  rights::Portable portable() {
    return world.main->read_now([&](store::Tx& tx) {
      return rights::portable_of(tx, *world.repository, *world.ledger,
                                 rights::find_person(tx, *world.vault, kAnn), {});
    });
  }
  World world;
  Transfers transfers;
};

struct TransferOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    a = std::make_unique<Side>(GetParam(), "https://a.example");
    b = std::make_unique<Side>(GetParam(), "https://b.example");
    for (int i = 0; i < 3; ++i)
      a->world.add_parcel(
          {fmt::format("1ZAA00{:02}", i), "Ann Lee", std::string(kAnn), "", "1011AB", "Tea"});
  }
  rights::Invitation invited() {
    const auto text =
        b->world.main->write_now([&](store::Tx& tx) { return b->transfers.invite(tx, kShop); });
    return rights::parse_invitation(text).value();
  }
  static std::string token_of(const rights::Invitation& to) {
    return to.url.substr(to.url.rfind('/') + 1);
  }
  base::Result<rights::Welcome, std::string> welcome(const rights::Invitation& to) {
    const auto json = b->world.main->read_now(
        [&](store::Tx& tx) { return b->transfers.welcome(tx, token_of(to)); });
    return rights::read_welcome(json.value_or("{}"), to);
  }
  // What is sent, so that a test can spoil it.
  struct Sent {
    std::string token, key, signature, body;
    std::int64_t number = 0;
  };
  Sent sent(const Parcelled& parcelled, std::size_t part, const rights::Invitation& to) {
    return {token_of(to), parcelled.key(), parcelled.signature(part, to, a->world.clock.now()),
            parcelled.part(part), static_cast<std::int64_t>(part)};
  }
  base::Result<Transfers::Taken, TransferError> take(const Sent& s) {
    return b->transfers.take({s.token, s.key, s.signature, s.body, s.number});
  }
  Parcelled parcelled(std::size_t = 0) {
    return {a->portable(), a->transfers.key(), "https://a.example"};
  }
  std::unique_ptr<Side> a, b;
};

// clause-090.exchange
TEST_P(TransferOn, CarriesADocumentFromOneInstanceToAnotherAndBringsAReceiptBack) {
  const auto to = invited();
  const auto parts = parcelled();
  const auto there = welcome(to);
  ASSERT_TRUE(there) << there.error();
  EXPECT_EQ(there->service, "B Ltd");
  const auto taken = take(sent(parts, 0, to));
  ASSERT_TRUE(taken) << describe(taken.error());
  const auto receipt = parts.check(taken->receipt, *there);
  ASSERT_TRUE(receipt) << receipt.error();
  EXPECT_EQ(receipt->stored, 3);
  EXPECT_EQ(rights::to_json(b->portable()), rights::to_json(a->portable()));
  // A receipt for something else is none.
  a->world.add_parcel({"1ZAA0099", "Ann Lee", std::string(kAnn), "", "", ""});
  EXPECT_FALSE(parcelled().check(taken->receipt, *there));
}

// clause-090.exchange
TEST_P(TransferOn, IsTakenUpWhereItBrokeOff) {
  std::string long_title(60'000, 'x');
  for (int i = 0; i < 8; ++i)
    a->world.add_parcel(
        {fmt::format("1ZBB00{:02}", i), "Ann Lee", std::string(kAnn), "", "", long_title});
  const auto to = invited();
  const auto parts = parcelled();
  ASSERT_GT(parts.parts(), 2u);
  EXPECT_EQ(take(sent(parts, 1, to)).error(), TransferError::OutOfOrder);
  EXPECT_EQ(take(sent(parts, 0, to))->expects, 1);
  EXPECT_EQ(take(sent(parts, 0, to))->expects, 1);  // the answer was lost, so it came again
  EXPECT_EQ(welcome(to)->expects, 1);
  for (std::size_t i = 1; i < parts.parts(); ++i) {
    const auto taken = take(sent(parts, i, to));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->receipt.empty(), i + 1 < parts.parts());
  }
  EXPECT_EQ(rights::to_json(b->portable()), rights::to_json(a->portable()));
}

// clause-090.tampering
TEST_P(TransferOn, RefusesWhatWasChangedOnItsWay) {
  const auto to = invited();
  const auto parts = parcelled();
  const auto why = [&](auto spoil) {
    auto s = sent(parts, 0, to);
    spoil(s);
    const auto taken = take(s);
    return taken ? "taken" : std::string(describe(taken.error()));
  };
  EXPECT_THAT(why([](Sent& s) { s.body.replace(s.body.find("Ann Lee"), 7, "Bob Lee"); }),
              HasSubstr("changed on its way"));
  EXPECT_THAT(why([](Sent& s) { s.signature.back() = s.signature.back() == 'A' ? 'B' : 'A'; }),
              testing::AnyOf(HasSubstr("not by the key"), HasSubstr("not signed")));
  EXPECT_THAT(why([](Sent& s) { s.signature.clear(); }), HasSubstr("not signed"));
  EXPECT_THAT(why([](Sent& s) {
                s.key = crypto::PrivateKey::generate(crypto::KeyKind::Ed25519).public_key().jwk();
              }),
              HasSubstr("not by the key"));
  const auto elsewhere = invited();
  EXPECT_THAT(why([&](Sent& s) { s.token = token_of(elsewhere); }),
              HasSubstr("another invitation"));
  EXPECT_EQ(b->world.count("SELECT COUNT(*) FROM shipments"), 0);
  EXPECT_TRUE(take(sent(parts, 0, to)));
}

// clause-090.tampering
TEST_P(TransferOn, AnotherKeyCannotGoOnWithWhatOneBegan) {
  std::string long_title(60'000, 'x');
  for (int i = 0; i < 8; ++i)
    a->world.add_parcel(
        {fmt::format("1ZBB00{:02}", i), "Ann Lee", std::string(kAnn), "", "", long_title});
  const auto to = invited();
  const auto parts = parcelled();
  ASSERT_TRUE(take(sent(parts, 0, to)));
  const Parcelled other(a->portable(), crypto::PrivateKey::generate(crypto::KeyKind::Ed25519), "");
  EXPECT_EQ(take(sent(other, 1, to)).error(), TransferError::NotSigned);
}

TEST_P(TransferOn, StopsWhenSomebodyElseAnswersThanWhoInvited) {
  auto to = invited();
  to.fingerprint = a->transfers.key().public_key().thumbprint();
  EXPECT_THAT(welcome(to).error(), HasSubstr("somebody else answers"));
}

TEST_P(TransferOn, TakesNothingAfterItsDay) {
  const auto to = invited();
  const auto parts = parcelled();
  b->world.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(take(sent(parts, 0, to)).error(), TransferError::Gone);
  EXPECT_EQ(b->transfers.sweep(), 1);
}

INSTANTIATE_TEST_SUITE_P(, TransferOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST(Invitation, IsAnAddressWithAFingerprintAndNothingElse) {
  const std::string token(32, 't'), print(43, 'f');
  EXPECT_TRUE(
      rights::parse_invitation(" https://b.example/rights/transfer/" + token + "#" + print));
  for (const auto& wrong :
       {"https://b.example/rights/transfer/" + token,
        "b.example/rights/transfer/" + token + "#" + print,
        "https://b.example/rights/transfer/" + token.substr(1) + "#" + print,
        "https://user@b.example/rights/transfer/" + token + "#" + print,
        "https://b.example/rights/transfer/" + token + "#" + print.substr(1), std::string()})
    EXPECT_FALSE(rights::parse_invitation(wrong)) << wrong;
}

}  // namespace
