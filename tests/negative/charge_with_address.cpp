// expect: is private within this context|calling a private constructor
// clause-079b.captured
#include "billing/provider.h"
#include "case.h"

// A payment company is told names that are made of nothing but a key's hash.
billing::Charge charge(personal::Vault& vault, const std::string& address) {
  const billing::Money amount{1'900, *billing::Currency::parse("EUR")};
#ifdef WRONG
  const billing::Opaque customer(address);
#else
  const auto customer = billing::Opaque::customer(vault, static_cast<long>(address.size()));
#endif
  return {amount, customer, billing::Opaque::invoice(vault, 1001, {}), 1};
}
