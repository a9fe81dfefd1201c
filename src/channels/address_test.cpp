#include "channels/address.h"

#include <gtest/gtest.h>

#include "channels/notice.h"

namespace channels {
namespace {

TEST(Address, HasOneFormForEachChannel) {
  const struct {
    Channel channel;
    const char *typed, *kept;
  } cases[] = {
      {Channel::Sms, " +31 6 1234 5678", "+31612345678"},
      {Channel::Slack, "https://hooks.slack.com/services/T0/B0/xyz\n",
       "https://hooks.slack.com/services/T0/B0/xyz"},
      {Channel::Discord, "https://discord.com/api/webhooks/1/abc?thread_id=7",
       "https://discord.com/api/webhooks/1/abc?thread_id=7"},
      {Channel::Telegram, "-1001234567890", "-1001234567890"},
      {Channel::Telegram, "@my_parcels", "@my_parcels"},
      {Channel::Ntfy, "https://ntfy.sh/a-secret_Word1", "https://ntfy.sh/a-secret_Word1"},
      {Channel::Ntfy, "http://ntfy.lan:8080/parcels", "http://ntfy.lan:8080/parcels"},
      {Channel::HomeAssistant, "Home", "home"},
      {Channel::Push,
       R"({"expirationTime":null,"endpoint":"https://push.example.net/push/JzLQ3","keys":{"auth":"BTBZMqHH6r4Tts7J_aSIgg==","p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}})",
       R"({"endpoint":"https://push.example.net/push/JzLQ3","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}})"},
  };
  for (const auto& [channel, typed, kept] : cases) {
    const auto address = canonical_address(channel, typed);
    ASSERT_TRUE(address) << typed;
    EXPECT_EQ(*address, kept);
    EXPECT_EQ(canonical_address(channel, *address), *address);
  }
}

TEST(Address, WhatIsNoneIsRefused) {
  const struct {
    Channel channel;
    std::string typed;
  } cases[] = {
      {Channel::Sms, "0612345678"},
      {Channel::Slack, "http://hooks.slack.com/services/T0/B0/xyz"},
      {Channel::Slack, "https://"},
      {Channel::Slack, "https://user:word@hooks.slack.com/x"},
      {Channel::Slack, "https://hooks.slack.com/a b"},
      {Channel::Slack, "https://hooks.slack.com/a\r\nHost: x"},
      {Channel::Slack, "https://hooks.slack.com/#x"},
      {Channel::Slack, "https://x/" + std::string(2000, 'a')},
      {Channel::Discord, "javascript:alert(1)"},
      {Channel::Telegram, "@a"},
      {Channel::Telegram, "me"},
      {Channel::Telegram, "0123"},
      {Channel::Telegram, "@1abcde"},
      {Channel::Ntfy, "https://ntfy.sh"},
      {Channel::Ntfy, "https://ntfy.sh/"},
      {Channel::Ntfy, "https://ntfy.sh/a?b"},
      {Channel::Ntfy, "ntfy.sh/topic"},
      {Channel::HomeAssistant, "my home"},
      {Channel::HomeAssistant, "home/+/#"},
      {Channel::Push, "{}"},
      {Channel::Push, R"({"endpoint":"https://x","keys":{"p256dh":"AA","auth":"AA"}})"},
      {Channel::Email, "a@b.example"},
  };
  for (const auto& [channel, typed] : cases) {
    EXPECT_FALSE(canonical_address(channel, typed)) << name(channel) << ": " << typed;
    EXPECT_NE(describe_address(channel), "");
  }
}

}  // namespace
}  // namespace channels
