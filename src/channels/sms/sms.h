// SMS, as every other channel: a Messenger whose addresses are telephone numbers. A notice travels
// as its text alone.
#pragma once
#include <memory>
#include <string>

#include "channels/notice.h"
#include "channels/sms/provider.h"

namespace channels::sms {

class Sms final : public Messenger {
 public:
  // No account: everything is NotSetUp.
  Sms(Settings settings, http::Client& client)
      : settings_(std::move(settings)), provider_(make_provider(settings_)), client_(client) {}

  base::Task<Outcome> send(std::string address, Notice notice) override;
  const Settings& settings() const { return settings_; }
  // For callbacks.
  const Provider& provider() const { return *provider_; }

 private:
  const Settings settings_;
  const std::unique_ptr<Provider> provider_;
  http::Client& client_;
};

}  // namespace channels::sms
