// Stripe: a Checkout Session for each payment (https://docs.stripe.com/api/checkout/sessions). The
// payer types card and name on Stripe's own page; this machine never sees them.
#pragma once
#include "billing/provider.h"
#include "http/client.h"

namespace billing {

class Stripe final : public Provider {
 public:
  // How old a signature may be (docs.stripe.com/webhooks: five minutes).
  static constexpr std::chrono::seconds kTolerance{300};

  Stripe(http::Client& client, Access access) : client_(client), access_(std::move(access)) {}

  std::string_view name() const override { return "stripe"; }
  std::string_view signature_header() const override { return "Stripe-Signature"; }
  base::Task<base::Result<Begun, PaymentFault>> begin(Charge charge) override;
  base::Task<base::Result<Status, PaymentFault>> ask(std::string reference) override;
  base::Result<std::string, PaymentFault> read(const Notice& notice) const override;

 private:
  http::Client& client_;
  const Access access_;
};

}  // namespace billing
