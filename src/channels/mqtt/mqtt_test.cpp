#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <mutex>

#include "base/text.h"
#include "channels/mqtt/home_assistant.h"
#include "channels/mqtt/packets.h"
#include "http/raw_peer.h"

namespace channels::mqtt {
namespace {

using base::to_hex;
using Kind = Outcome::Kind;
using ::testing::HasSubstr;

// ---- Packets

TEST(Mqtt, SpeaksByteForByteAsTheStandard) {
  EXPECT_EQ(to_hex(connect({"a", "", ""}, 60)),
            "100d00044d515454040200"
            "3c000161");
  EXPECT_EQ(to_hex(connect({"a", "u", "p"}, 0)),
            "101300044d51545404c20000"
            "0001610001750001"
            "70");
  EXPECT_EQ(to_hex(publish("a/b", "hi", Retain::No, 7)), "32090003612f6200076869");
  EXPECT_EQ(to_hex(publish("a/b", "", Retain::Yes, 256)), "33070003612f620100");
  EXPECT_EQ(to_hex(disconnect()), "e000");
  // A length of two bytes: 128 and more.
  EXPECT_EQ(to_hex(publish("a", std::string(200, 'x'), Retain::No, 1).substr(0, 3)), "32cd01");
}

TEST(Mqtt, TopicsAreForPublishingOnly) {
  for (const char* topic : {"", "a/+", "a/#", "a\xff"})
    EXPECT_THROW(publish(topic, "x", Retain::No, 1), std::invalid_argument) << topic;
  EXPECT_TRUE(is_level("p_1-x"));
  for (const char* level : {"", "a/b", "+", "#", "a b", "é"}) EXPECT_FALSE(is_level(level));
}

TEST(Mqtt, TakesOnePacketAfterTheOther) {
  // CONNACK 5, PINGRESP, PUBACK 258, half a PUBACK.
  auto bytes = base::from_hex(
      "20020005d00040020102"
      "4002");
  auto said = take(bytes);
  ASSERT_TRUE(said && *said);
  EXPECT_EQ((**said).kind, Said::Kind::Connected);
  EXPECT_EQ((**said).code, 5);
  said = take(bytes);
  ASSERT_TRUE(said && *said);
  EXPECT_EQ((**said).kind, Said::Kind::Other);
  said = take(bytes);
  ASSERT_TRUE(said && *said);
  EXPECT_EQ((**said).id, 258);
  said = take(bytes);
  ASSERT_TRUE(said);
  EXPECT_FALSE(*said);
  EXPECT_EQ(to_hex(bytes), "4002");
}

TEST(Mqtt, WhatIsNoMqttIsBroken) {
  for (const char* hex : {"485454502f312e3120", "20ffffffff01", "2003000000", "4001ff", "30ff7f"}) {
    auto bytes = base::from_hex(hex);
    EXPECT_FALSE(take(bytes)) << hex;
  }
}

// ---- The other side

// A broker that checks what a real one checks and keeps what is retained.
class Broker {
 public:
  explicit Broker(std::uint8_t answer = 0)
      : answer_(answer),
        peer_([this](http::RawPeer::Connection& connection) { serve(connection); }) {}

  std::uint16_t port() const { return peer_.port(); }
  int connections() const { return peer_.connections(); }
  std::string retained(const std::string& topic) const {
    const std::lock_guard lock(mutex_);
    const auto found = retained_.find(topic);
    return found == retained_.end() ? "nothing" : found->second;
  }
  std::vector<std::string> passed_on() const {
    const std::lock_guard lock(mutex_);
    return passed_on_;
  }
  std::string login() const {
    const std::lock_guard lock(mutex_);
    return login_;
  }
  // Ends the connection after so many messages.
  std::atomic<int> hangs_up_after{1'000'000};
  std::atomic<bool> stays_silent{false};

 private:
  void serve(http::RawPeer::Connection& connection) {
    int messages = 0;
    while (true) {
      const auto head = connection.read(1);
      if (head.empty()) return;
      std::size_t length = 0;
      for (unsigned shift = 0;; shift += 7) {
        const auto byte = connection.read(1);
        if (byte.empty()) return;
        length |= static_cast<std::size_t>(byte[0] & 0x7F) << shift;
        if ((byte[0] & 0x80) == 0) break;
      }
      const auto content = length == 0 ? std::string() : connection.read(length);
      const auto type = static_cast<unsigned char>(head[0]);
      if (type == 0x10) {
        const std::lock_guard lock(mutex_);
        login_ = content;
        connection.send(std::string("\x20\x02\x00", 3) + static_cast<char>(answer_));
      } else if ((type & 0xF0U) == 0x30 && !stays_silent) {
        connection.send("\x40\x02" + keep(type, content));
        if (++messages >= hangs_up_after) return;
      } else if (type == 0xE0) {
        return;
      }
    }
  }
  // Gives back the packet's id.
  std::string keep(unsigned type, const std::string& content) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(content[0]) * 256 +
                                               static_cast<unsigned char>(content[1]));
    const auto topic = content.substr(2, size), payload = content.substr(size + 4);
    const std::lock_guard lock(mutex_);
    if ((type & 1U) == 0) {
      passed_on_.push_back(topic + " " + payload);
    } else if (payload.empty()) {
      retained_.erase(topic);
    } else {
      retained_[topic] = payload;
    }
    return content.substr(size + 2, 2);
  }

  const std::uint8_t answer_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> retained_;
  std::vector<std::string> passed_on_;
  std::string login_;
  http::RawPeer peer_;
};

HomeAssistant::Options options_for(std::uint16_t port) {
  HomeAssistant::Options options;
  options.host = "127.0.0.1";
  options.port = port;
  options.login = {"", "ha", "secret"};
  options.deadline = std::chrono::milliseconds(3000);
  return options;
}

Notice lamp() {
  Notice notice;
  notice.title = "Lamp";
  notice.text = "Your parcel is at the \"depot\".";
  notice.link = "https://track.example.com/t/1";
  notice.topic = "p1";
  notice.state = "transit";
  notice.expected = "2026-01-03";
  return notice;
}

TEST(HomeAssistant, FindsAParcelByItself) {
  Broker broker;
  HomeAssistant home(options_for(broker.port()));
  const auto outcome = base::sync_wait(home.send("home", lamp()));
  EXPECT_EQ(outcome.kind, Kind::Accepted) << outcome.code;
  EXPECT_THAT(broker.login(), HasSubstr("milepost-"));
  EXPECT_THAT(broker.login(), HasSubstr("secret"));

  simdjson::dom::parser parser;
  const auto config = parser.parse(broker.retained("homeassistant/sensor/milepost_home_p1/config"));
  EXPECT_EQ(std::string_view(config["name"]), "Lamp");
  EXPECT_EQ(std::string_view(config["unique_id"]), "milepost_home_p1");
  EXPECT_EQ(std::string_view(config["state_topic"]), "milepost/home/p1/state");
  EXPECT_EQ(std::string_view(config["device"]["identifiers"].at(0)), "milepost_home");

  const std::string state =
      R"({"state":"transit","title":"Lamp","text":"Your parcel is at the \"depot\".","link":"https://track.example.com/t/1","expected":"2026-01-03"})";
  EXPECT_EQ(broker.retained("milepost/home/p1/state"), state);
  EXPECT_THAT(broker.passed_on(), ::testing::ElementsAre("milepost/home/news " + state));
}

TEST(HomeAssistant, ForgetsAParcelWithoutATrace) {
  Broker broker;
  HomeAssistant home(options_for(broker.port()));
  (void)base::sync_wait(home.send("home", lamp()));
  EXPECT_EQ(base::sync_wait(home.forget("home", "p1")).kind, Kind::Accepted);
  EXPECT_EQ(broker.retained("homeassistant/sensor/milepost_home_p1/config"), "nothing");
  EXPECT_EQ(broker.retained("milepost/home/p1/state"), "nothing");
  EXPECT_EQ(broker.connections(), 1);  // kept
}

TEST(HomeAssistant, AnEndedConnectionIsMadeAgain) {
  Broker broker;
  broker.hangs_up_after = 3;  // after the first notice
  HomeAssistant home(options_for(broker.port()));
  EXPECT_EQ(base::sync_wait(home.send("home", lamp())).kind, Kind::Accepted);
  EXPECT_EQ(base::sync_wait(home.send("home", lamp())).kind, Kind::Accepted);
  EXPECT_EQ(broker.connections(), 2);
}

TEST(HomeAssistant, RefusalsMeanDifferentThings) {
  const struct {
    std::uint8_t code;
    Kind kind;
  } cases[] = {{1, Kind::Refused},
               {2, Kind::Refused},
               {3, Kind::Later},
               {4, Kind::NotSetUp},
               {5, Kind::NotSetUp}};
  for (const auto& [code, kind] : cases) {
    Broker broker(code);
    HomeAssistant home(options_for(broker.port()));
    const auto outcome = base::sync_wait(home.send("home", lamp()));
    EXPECT_EQ(outcome.kind, kind) << int{code};
    EXPECT_EQ(outcome.code, "mqtt " + std::to_string(code));
  }
}

TEST(HomeAssistant, WithoutABrokerItIsLater) {
  HomeAssistant nobody(options_for(1));
  EXPECT_EQ(base::sync_wait(nobody.send("home", lamp())).code, "connect");
  HomeAssistant unset({});
  EXPECT_EQ(base::sync_wait(unset.send("home", lamp())).kind, Kind::NotSetUp);
  Broker broker;
  broker.stays_silent = true;
  auto options = options_for(broker.port());
  options.deadline = std::chrono::milliseconds(100);
  HomeAssistant silent(options);
  const auto outcome = base::sync_wait(silent.send("home", lamp()));
  EXPECT_EQ(outcome.kind, Kind::Later);
  EXPECT_EQ(outcome.code, "timeout");
}

TEST(HomeAssistant, NothingLeavesItsPlace) {
  Broker broker;
  HomeAssistant home(options_for(broker.port()));
  auto notice = lamp();
  notice.topic = "../other";
  EXPECT_EQ(base::sync_wait(home.send("home", notice)).kind, Kind::Refused);
  EXPECT_EQ(base::sync_wait(home.send("home/#", lamp())).kind, Kind::Gone);
  home.stop();
  EXPECT_EQ(base::sync_wait(home.send("home", lamp())).kind, Kind::Later);
  EXPECT_EQ(broker.connections(), 0);
}

}  // namespace
}  // namespace channels::mqtt
