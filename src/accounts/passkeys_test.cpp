#include "accounts/passkeys.h"

#include <simdjson.h>

#include "accounts/authenticator_for_test.h"
#include "accounts/testing.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::SizeIs;

struct PasskeysOn : OnBoth {
  void SetUp() override {
    OnBoth::SetUp();
    if (!house) return;
    passkeys = std::make_unique<Passkeys>(*house->context, *house->log,
                                          relying_party("https://track.example", "Milepost"));
    ann = house->join("ann@example.com").person_id;
  }
  static std::string text_in(const std::string& json, const char* pointer) {
    simdjson::dom::parser parser;
    return std::string(std::string_view(parser.parse(json).at_pointer(pointer)));
  }
  auto add(Authenticator& device, std::int64_t person_id, const std::string& label = "My key") {
    const auto options = house->run(passkeys->begin_adding(person_id));
    device.user_handle = text_in(options, "/user/id");
    return house->run(passkeys->finish_adding(
        person_id, device.create(text_in(options, "/challenge")), label, kHome));
  }
  auto enter(Authenticator& device) {
    const auto options = house->run(passkeys->begin_sign_in());
    return house->run(passkeys->finish_sign_in(device.get(text_in(options, "/challenge")), kHome));
  }
  std::unique_ptr<Passkeys> passkeys;
  std::int64_t ann = 0;
};

TEST_P(PasskeysOn, LetTheirOwnerInWithoutBeingAskedWhoTheyAre) {
  Authenticator device;
  device.counter = 1;
  ASSERT_TRUE(add(device, ann));
  EXPECT_EQ(house->mail().at(0).values.at("change"), "passkey_on");
  const auto in = enter(device);
  ASSERT_TRUE(in);
  EXPECT_EQ(*in, ann);
  EXPECT_TRUE(enter(device));
  const auto list = house->run(passkeys->list(ann));
  ASSERT_THAT(list, SizeIs(1));
  personal::Access<personal::Purpose::SignIn> access(*house->ledger, {}, 0, "test");
  EXPECT_EQ(open(list[0].label, access), "My key");
  EXPECT_TRUE(list[0].last_used_at);
}

TEST_P(PasskeysOn, OptionsSayNothingAboutWhoHasAnAccount) {
  Authenticator device;
  const auto before = house->run(passkeys->begin_sign_in());
  ASSERT_TRUE(add(device, ann));
  const auto after = house->run(passkeys->begin_sign_in());
  const auto without = [&](std::string json) {
    const auto challenge = text_in(json, "/challenge");
    json.replace(json.find(challenge), challenge.size(), "");
    return json;
  };
  EXPECT_EQ(without(before), without(after));
}

TEST_P(PasskeysOn, ChallengesWorkOnceAndForFiveMinutes) {
  Authenticator device;
  ASSERT_TRUE(add(device, ann));
  const auto options = house->run(passkeys->begin_sign_in());
  const auto answer = device.get(text_in(options, "/challenge"));
  EXPECT_TRUE(house->run(passkeys->finish_sign_in(answer, kHome)));
  EXPECT_EQ(house->run(passkeys->finish_sign_in(answer, kHome)).error(),
            WebauthnFault::WrongChallenge);
  const auto late = house->run(passkeys->begin_sign_in());
  house->clock.advance(5min);
  EXPECT_EQ(
      house->run(passkeys->finish_sign_in(device.get(text_in(late, "/challenge")), kHome)).error(),
      WebauthnFault::WrongChallenge);
}

TEST_P(PasskeysOn, AChallengeIsOfOnePersonAndOneCeremony) {
  Authenticator device;
  const auto bob = house->join("bob@example.com").person_id;
  const auto options = house->run(passkeys->begin_adding(ann));
  const auto answer = device.create(text_in(options, "/challenge"));
  EXPECT_EQ(house->run(passkeys->finish_adding(bob, answer, "x", kHome)).error(),
            WebauthnFault::WrongChallenge);
  const auto signing_in = house->run(passkeys->begin_sign_in());
  EXPECT_EQ(house
                ->run(passkeys->finish_adding(ann, device.create(text_in(signing_in, "/challenge")),
                                              "x", kHome))
                .error(),
            WebauthnFault::WrongChallenge);
}

TEST_P(PasskeysOn, AreNotTakenOverByAnotherPerson) {
  Authenticator device;
  const auto bob = house->join("bob@example.com").person_id;
  ASSERT_TRUE(add(device, ann));
  EXPECT_EQ(add(device, bob).error(), WebauthnFault::Taken);
  // The same credential with another's handle is nobody's.
  EXPECT_EQ(enter(device).error(), WebauthnFault::Unknown);
}

TEST_P(PasskeysOn, OneThatWasCopiedIsNoticed) {
  Authenticator device;
  device.counter = 5;
  ASSERT_TRUE(add(device, ann));
  auto copy = device;
  house->clock.advance(1s);
  ASSERT_TRUE(enter(device));
  EXPECT_EQ(enter(copy).error(), WebauthnFault::Cloned);
  EXPECT_EQ(house->run(house->log->of_person(ann)).at(0).kind, "passkey_cloned");
}

// clause-064.guessing
TEST_P(PasskeysOn, OpenTheDoorWhileGuessersMakeThePasswordWait) {
  Authenticator device;
  ASSERT_TRUE(add(device, ann));
  for (int i = 0; i < 6; ++i) house->try_password("ann@example.com", "wrong one", kAway).error();
  EXPECT_EQ(house->try_password("ann@example.com", kPassword).error().why, SignInError::Wait);
  EXPECT_TRUE(enter(device));
}

TEST_P(PasskeysOn, TheLastWayInStays) {
  house->mail();
  ASSERT_TRUE(house->run(house->sign_ups->ask({"eve@example.com", "en", {"p", "t", true}})));
  const auto joined =
      house->run(house->sign_ups->finish({house->mail().at(0).token(), "Eve", std::nullopt, {}}));
  ASSERT_TRUE(joined);
  Authenticator device, second;
  second.id = "credential-second";
  ASSERT_TRUE(add(device, joined->person_id));
  EXPECT_FALSE(house->run(passkeys->remove(joined->person_id, device.id, kHome)));
  ASSERT_TRUE(add(second, joined->person_id));
  EXPECT_FALSE(house->run(passkeys->remove(ann, device.id, kHome)));
  EXPECT_TRUE(house->run(passkeys->remove(joined->person_id, device.id, kHome)));
  EXPECT_EQ(enter(device).error(), WebauthnFault::Unknown);
}

MILEPOST_ON_BOTH(PasskeysOn);

}  // namespace
