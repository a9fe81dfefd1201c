// Paying an invoice: begun with the provider, settled when the provider says so.
//
// Everything here may be asked twice. Beginning again while a payment is open is the same payment
// (the provider is told so); a message that comes again, late or out of order changes nothing that
// is settled; an invoice that was paid twice is noted once, and the second payment told apart.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "billing/invoices.h"
#include "billing/provider.h"
#include "personal/vault.h"
#include "store/database.h"

namespace billing {

// What a provider's message came to.
enum class Settled : std::uint8_t {
  Paid,      // the invoice is paid by this
  Noted,     // the payment's state is written down, or was known
  Surplus,   // paid, but the invoice was paid already: to be given back
  Mismatch,  // another amount, currency or invoice than was asked for: nothing is settled
  Unknown    // no payment of ours; the provider is not even asked
};
std::string_view word(Settled settled);

enum class BeginFault : std::uint8_t {
  NoInvoice,  // there is none, or it is another account's
  Paid,       // already
  Provider    // see the provider's own fault
};

struct KeptMethod {
  std::string provider;
  Method method;
};

// Safe from any thread; both engines.
class Desk {
 public:
  struct Begin {
    BeginFault why = BeginFault::NoInvoice;
    PaymentFault provider = PaymentFault::Unreachable;
  };

  Desk(store::Database& database, personal::Vault& vault, Provider& provider,
       const base::Clock& clock)
      : database_(database),
        vault_(vault),
        provider_(provider),
        clock_(clock),
        invoices_(database, clock) {}

  Invoices& invoices() { return invoices_; }
  const Provider& provider() const { return provider_; }

  base::Task<base::Result<Begun, Begin>> begin(std::int64_t account_id, base::Id invoice);
  // A message of the provider's. Its fault: forged, stale, or the provider could not be asked, and
  // will come again.
  base::Task<base::Result<Settled, PaymentFault>> take(std::string signature, std::string body);
  // Somebody saw the money. False: there is no such invoice, or it is paid.
  bool paid_by_hand(store::Tx& tx, std::int64_t account_id, const base::Id& invoice);

  std::vector<KeptMethod> methods(store::Tx& tx, std::int64_t account_id);
  bool forget_method(store::Tx& tx, std::int64_t account_id, std::string_view provider,
                     std::string_view reference);

 private:
  struct Payment;
  std::optional<Payment> find(store::Tx& tx, std::string_view reference);
  Settled settle(store::Tx& tx, std::string_view reference, const Status& status);
  void keep(store::Tx& tx, std::int64_t account_id, const Method& method);

  store::Database& database_;
  personal::Vault& vault_;
  Provider& provider_;
  const base::Clock& clock_;
  Invoices invoices_;
};

}  // namespace billing
