// Mollie: the Payments API, version 2 (https://docs.mollie.com/reference/v2/payments-api). Its
// messages say an id and nothing else, unsigned: what became of the payment is asked.
#pragma once
#include "billing/provider.h"
#include "http/client.h"

namespace billing {

class Mollie final : public Provider {
 public:
  Mollie(http::Client& client, Access access) : client_(client), access_(std::move(access)) {}

  std::string_view name() const override { return "mollie"; }
  base::Task<base::Result<Begun, PaymentFault>> begin(Charge charge) override;
  base::Task<base::Result<Status, PaymentFault>> ask(std::string reference) override;
  base::Result<std::string, PaymentFault> read(const Notice& notice) const override;

 private:
  http::Client& client_;
  const Access access_;
};

}  // namespace billing
