// Sends one notice for the programs beside this file:
//
//   channel_sender push KEY SUBJECT               (a VAPID key, and whom to tell of trouble)
//   channel_sender home HOST PORT [CA USER PASSWORD]   (with CA: TLS; "-" for what there is none
//   of) channel_sender forget HOST PORT [CA USER PASSWORD]
//
// The address is the first line of the standard input, then topic, title, text, link and state, a
// line each. Prints "KIND CODE".
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/mqtt/home_assistant.h"
#include "channels/push/push.h"

namespace {

using channels::Notice, channels::Outcome;

Outcome push(const std::vector<std::string>& words, std::string address, Notice notice) {
  auto vapid = channels::push::Vapid::create(words.at(2), words.at(3));
  if (!vapid) return {Outcome::Kind::NotSetUp, vapid.error(), {}, {}};
  http::Client client({});
  const base::SystemClock clock;
  channels::push::WebPush channel({std::move(*vapid), true}, client, clock);
  return base::sync_wait(channel.send(std::move(address), std::move(notice)));
}

Outcome home(const std::vector<std::string>& words, std::string address, Notice notice) {
  const auto word = [&](std::size_t at) {
    return words.size() > at && words[at] != "-" ? words[at] : std::string();
  };
  channels::mqtt::HomeAssistant::Options options;
  options.host = words.at(2);
  options.port = static_cast<std::uint16_t>(std::stoi(words.at(3)));
  options.ca_file = word(4);
  options.tls = !options.ca_file.empty();
  options.login = {"", word(5), word(6)};
  options.deadline = std::chrono::seconds(5);
  channels::mqtt::HomeAssistant channel(options);
  if (words.at(1) == "forget")
    return base::sync_wait(channel.forget(std::move(address), notice.topic));
  return base::sync_wait(channel.send(std::move(address), std::move(notice)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  std::string address;
  Notice notice;
  std::getline(std::cin, address);
  for (auto* line : {&notice.topic, &notice.title, &notice.text, &notice.link, &notice.state})
    std::getline(std::cin, *line);
  const auto outcome = words.at(1) == "push" ? push(words, std::move(address), std::move(notice))
                                             : home(words, std::move(address), std::move(notice));
  std::printf("%s %s\n", std::string(channels::name(outcome.kind)).c_str(), outcome.code.c_str());
}
