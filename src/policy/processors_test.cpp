#include "policy/processors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using policy::Processor, policy::Processors;
using ::testing::AnyOf, ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty,
    ::testing::SizeIs;

constexpr std::string_view kGood = R"([[processor]]
name = "Example SMS BV"
hosts = ["API.sms.example", "*.eu.sms.example"]
country = "NL"
safeguard = "in-eea"
contract = "2026-01-05"
purpose = "Notify"
task = "sends text messages"
categories = ["phone"]
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  return text.replace(text.find(from), from.size(), to);
}

Processors made(std::string_view text) {
  return Processors(Processors::read(text, "x").processors);
}

// clause-077.type
TEST(Processor, OfAdvertisingDoesNotExist) {
  for (const auto* purpose : {"Advertise", "Ads", "Marketing", "Retarget", "Sell"}) {
    const auto read = Processors::read(with("\"Notify\"", "\"" + std::string(purpose) + "\""), "x");
    EXPECT_THAT(read.processors, IsEmpty()) << purpose;
  }
}

// clause-079.refused clause-080.refused
TEST(Processor, WithoutCountrySafeguardOrPurposeIsRefusedWithFileAndLine) {
  const struct {
    std::string_view from, to, says;
  } cases[] = {
      {"name = \"Example SMS BV\"", "name = \"\"", "x:1: has no name"},
      {"\"NL\"", "\"\"", "names no country"},
      {"\"in-eea\"", "\"\"", "names no safeguard"},
      {"\"in-eea\"", "\"trust\"", "names no safeguard"},
      {"\"NL\"", "\"US\"", "which is not in the EEA"},
      {"\"in-eea\"", "\"adequacy\"", "no adequacy decision"},
      {"\"Notify\"", "\"Advertise\"", "names no purpose"},
  };
  for (const auto& [from, to, says] : cases) {
    const auto read = Processors::read(with(from, to), "x");
    EXPECT_THAT(read.processors, IsEmpty()) << to;
    ASSERT_THAT(read.mistakes, SizeIs(1)) << to;
    EXPECT_THAT(read.mistakes[0], HasSubstr(says));
  }
  EXPECT_THAT(Processors::read(kGood, "x").mistakes, IsEmpty());
  // And then nothing goes there.
  EXPECT_TRUE(made(with("\"in-eea\"", "\"\"")).refusal("api.sms.example"));
  EXPECT_FALSE(made(kGood).refusal("api.sms.example"));
}

TEST(Processor, IsFoundByItsHostsAndNobodyElseMayBeCalled) {
  const auto register_of_one = made(kGood);
  EXPECT_FALSE(register_of_one.refusal("api.SMS.example"));
  EXPECT_FALSE(register_of_one.refusal("a.eu.sms.example"));
  for (const char* host : {"eu.sms.example", "sms.example", "evilapi.sms.example",
                           "api.sms.example.evil.net", "8.8.8.8", ""}) {
    const auto why = register_of_one.refusal(host);
    ASSERT_TRUE(why) << host;
    EXPECT_THAT(*why, HasSubstr("outgoing.processors")) << host;
  }
  // This machine and its own network are nobody else.
  for (const char* host : {"localhost", "127.0.0.1", "10.1.2.3", "[::1]", "relay.internal"})
    EXPECT_FALSE(register_of_one.refusal(host)) << host;
}

TEST(Processor, IsClosedUntilThereIsAContract) {
  const auto without = made(with("\"2026-01-05\"", "\"\""));
  EXPECT_THAT(without.refusal("api.sms.example").value_or(""), HasSubstr("no contract"));
  EXPECT_TRUE(made(with("\"2026-01-05\"", "\"soon\"")).refusal("api.sms.example"));
  // The operator's entry outranks the one that came with the program.
  auto both = Processors::read(with("\"2026-01-05\"", "\"\""), "built-in").processors;
  both.push_back(Processors::read(kGood, "own").processors.at(0));
  EXPECT_FALSE(Processors(both).refusal("api.sms.example"));
}

TEST(Processor, OfTheProgramsOwnFileAreSoundAndSmsNeedsTheOperatorsContract) {
  const Processors own(Processors::built_in());
  EXPECT_GE(own.all().size(), 10u);
  EXPECT_FALSE(own.refusal("hooks.slack.com"));
  EXPECT_FALSE(own.refusal("fcm.googleapis.com"));
  EXPECT_TRUE(own.refusal("api.twilio.com"));
  EXPECT_TRUE(own.refusal("api.17track.net"));
  EXPECT_TRUE(own.refusal("api.stripe.com"));
  EXPECT_TRUE(own.refusal("api.mollie.com"));
  for (const auto& one : own.all()) {
    const auto shown = policy::recipient_of(one);
    EXPECT_FALSE(shown.country.empty()) << one.name;
    EXPECT_THAT(shown.safeguard, AnyOf(HasSubstr("GDPR"), HasSubstr("in the EEA"))) << one.name;
  }
}

}  // namespace
