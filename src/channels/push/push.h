// Web push (RFC 8030), as every other channel: a Messenger whose addresses are subscriptions.
//
// What the service worker is given is JSON:
//   {"title": ..., "body": ..., "link": ..., "tag": ..., "language": ...}
// `tag` is the notice's topic: a newer notification takes the older one's place on the screen, and,
// with the header Topic, at the push service while the browser is away.
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "channels/notice.h"
#include "channels/push/vapid.h"
#include "http/client.h"

namespace channels::push {

class WebPush final : public Messenger {
 public:
  struct Options {
    std::optional<Vapid> vapid;   // none: everything is NotSetUp
    bool may_be_private = false;  // a push service in the own network, or on this machine in tests
  };
  WebPush(Options options, http::Client& client, const base::Clock& clock)
      : options_(std::move(options)), client_(client), clock_(clock) {}

  base::Task<Outcome> send(std::string address, Notice notice) override;

 private:
  const Options options_;
  http::Client& client_;
  const base::Clock& clock_;
};

}  // namespace channels::push
