// Vonage's SMS API. Inside this room; provider.h is the way in.
#pragma once
#include "channels/sms/provider.h"

namespace channels::sms {

class Vonage final : public Provider {
 public:
  explicit Vonage(const Settings& settings) : settings_(settings) {}
  http::Call request(const Outgoing& message) const override;
  Outcome read(const http::Reply& reply) const override;
  bool is_genuine(const CallbackRequest& request, base::Instant now) const override;
  std::optional<Callback> read(const CallbackRequest& request) const override;

 private:
  Settings settings_;
};

}  // namespace channels::sms
