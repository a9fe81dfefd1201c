#include "channels/messengers.h"

#include <gtest/gtest.h>

#include "channels/testing.h"

namespace channels {
namespace {

using Kind = Outcome::Kind;

TEST(Messengers, WhatIsNotSetUpSaysSo) {
  http::Client client({});
  const base::ManualClock clock;
  Messengers messengers({}, client, clock);
  for (const auto word : kChannelNames) {
    const auto channel = *find_channel(word);
    const bool needs_nothing =
        channel == Channel::Slack || channel == Channel::Discord || channel == Channel::Ntfy;
    EXPECT_EQ(messengers.is_set_up(channel), needs_nothing) << word;
    if (needs_nothing) continue;
    EXPECT_EQ(base::sync_wait(messengers.send(channel, "x", {})).kind, Kind::NotSetUp) << word;
  }
  EXPECT_EQ(messengers.push_key(), "");
}

TEST(Messengers, EachNameLeadsToItsChannel) {
  testing::Peer peer([](const testing::Seen&) { return http::json(200, "{}"); });
  MessengerSettings settings;
  settings.slack.may_be_private = settings.discord.may_be_private = true;
  settings.ntfy.may_be_private = true;
  settings.telegram = {"1:a", peer.url(), true};
  http::Client client({});
  const base::ManualClock clock;
  Messengers messengers(settings, client, clock);
  const struct {
    Channel channel;
    std::string address;
    const char* target;
  } cases[] = {{Channel::Slack, peer.url() + "/slack", "/slack"},
               {Channel::Discord, peer.url() + "/discord", "/discord?wait=true"},
               {Channel::Telegram, "5", "/bot1:a/sendMessage"},
               {Channel::Ntfy, peer.url() + "/topic", "/"}};
  for (const auto& [channel, address, target] : cases) {
    EXPECT_EQ(base::sync_wait(messengers.send(channel, address, {})).kind, Kind::Accepted);
    EXPECT_EQ(peer.last().target, target);
    EXPECT_EQ(base::sync_wait(messengers.forget(channel, address, "p1")).kind, Kind::Accepted);
  }
  EXPECT_EQ(peer.seen().size(), 4U);  // nothing to forget with these
}

}  // namespace
}  // namespace channels
