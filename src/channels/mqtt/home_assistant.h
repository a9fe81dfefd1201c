// Home Assistant, as every other channel: a Messenger whose addresses are homes, a word each. It
// finds each parcel by itself, by MQTT discovery, as a sensor of the device "Milepost":
//
//   homeassistant/sensor/milepost_HOME_TOPIC/config   what the sensor is             retained
//   milepost/HOME/TOPIC/state                         how the parcel stands          retained
//   milepost/HOME/news                                each notice, for automations   not retained
//
// State and news are JSON: {"state","title","text","link","expected"}. A broker keeps what is
// retained until it is taken away: forget() does that, and whoever forgets a parcel calls it.
//
// One thread of its own holds the connection, as long as there is something to say and a while
// longer. A message counts as accepted when the broker has acknowledged all of it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/task.h"
#include "channels/mqtt/packets.h"
#include "channels/notice.h"

namespace channels::mqtt {

// Safe from any thread.
class HomeAssistant final : public Messenger {
 public:
  struct Options {
    std::string host;  // empty: everything is NotSetUp
    std::uint16_t port = 1883;
    bool tls = false;     // usually port 8883
    std::string ca_file;  // PEM; empty: the system's
    Login login;  // without a client id it gets one of its own: a broker knows one of each only
    std::string discovery_prefix = "homeassistant";
    std::string prefix = "milepost";
    std::chrono::milliseconds deadline{10'000};  // for one notice, connecting included
    std::chrono::milliseconds linger{15'000};    // how long an idle connection is kept
    std::size_t waiting = 1000;                  // notices; beyond them Later at once
  };
  explicit HomeAssistant(Options options);
  ~HomeAssistant() override;

  base::Task<Outcome> send(std::string address, Notice notice) override;
  // The parcel's sensor disappears, and nothing of it stays with the broker.
  base::Task<Outcome> forget(std::string address, std::string topic);
  // What waits, and what is asked later, is Later. Not from a continuation on its own thread.
  void stop();

 private:
  struct Message {
    std::string topic, payload;
    Retain retain;
  };
  struct Job;
  struct Waiting;
  class Connection;
  base::Task<Outcome> hand_over(std::vector<Message> messages);
  std::string config_topic(std::string_view home, std::string_view parcel) const;
  std::string state_topic(std::string_view home, std::string_view parcel) const;
  std::string config_of(std::string_view home, const Notice& notice) const;
  void run();
  Outcome deliver(std::optional<Connection>& connection, const std::vector<Message>& messages);

  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> jobs_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace channels::mqtt
