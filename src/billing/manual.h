// Payment by other means: the invoice is sent, somebody sees the money on a bank account and says
// so (milepost billing paid). Nothing leaves this machine.
#pragma once
#include <string>

#include "billing/provider.h"

namespace billing {

class Manual final : public Provider {
 public:
  std::string_view name() const override { return "manual"; }
  base::Task<base::Result<Begun, PaymentFault>> begin(Charge charge) override {
    co_return Begun{std::string(charge.invoice.text()), ""};
  }
  // Nobody is there to be asked.
  base::Task<base::Result<Status, PaymentFault>> ask(std::string) override {
    co_return base::Failure{PaymentFault::Ignored};
  }
  base::Result<std::string, PaymentFault> read(const Notice&) const override {
    return base::Failure{PaymentFault::Ignored};
  }
};

}  // namespace billing
