// Companies that take payments. What one learns of us is a Charge and nothing else (policy clause
// 79b): amount, currency, and two names that lead nowhere without the key store. Opaque names are
// made here alone, so that no address, account number or parcel can travel in their place.
//
// A provider's message about a payment is believed no further than that it names one of ours: what
// became of it is asked of the provider itself, and of its answer only a Status is kept. Names,
// addresses and card details that stand beside it are dropped where it is read.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "base/task.h"
#include "billing/money.h"
#include "personal/vault.h"

namespace billing {

// A keyed hash, 32 hexadecimal digits: the same for the same thing, and nothing to anybody else.
class Opaque {
 public:
  static Opaque customer(personal::Vault& vault, std::int64_t account_id);
  static Opaque invoice(personal::Vault& vault, std::int64_t account_id, const base::Id& invoice);
  std::string_view text() const { return text_; }

 private:
  explicit Opaque(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Everything that a provider is told.
struct Charge {
  Money amount;
  Opaque customer, invoice;
  int attempt = 1;  // the same attempt twice is one payment
};

// Stored; only append.
enum class PaymentState : std::uint8_t { Open = 0, Paid = 1, Failed = 2, Expired = 3 };
std::string_view word(PaymentState state);

// All that is kept of a card or bank account.
struct Method {
  std::string reference;   // the provider's own name for it
  std::string last_four;   // empty where it has none
  std::string expires_in;  // "2028-04"; empty where it has no end
  // Is it what it says: names without spaces, four digits, a month, and no card's number?
  bool is_sound() const;
};

struct Begun {
  std::string reference;  // the provider's own name for this payment
  std::string page;  // where the payer goes; empty: nowhere, the invoice is paid by other means
};

struct Status {
  PaymentState state = PaymentState::Open;
  Money amount;
  std::string invoice;  // as we named it; empty: the provider did not say
  std::optional<Method> method;
};

// A message of the provider's, as it came in.
struct Notice {
  std::string_view signature;  // the header by which it is signed, where it is
  std::string_view body;
  base::Instant now{};
};

enum class PaymentFault : std::uint8_t {
  Unreachable,  // later, perhaps
  Refused,      // the provider does not take it: key, amount, currency
  Malformed,    // it does not speak as it should
  Forged,       // a message that it did not send
  Stale,        // one that it sent long ago
  Ignored       // one about something else
};
std::string_view describe(PaymentFault fault);

// Safe from any thread.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view name() const = 0;  // a constant, as stored
  virtual std::string_view signature_header() const { return {}; }

  virtual base::Task<base::Result<Begun, PaymentFault>> begin(Charge charge) = 0;
  virtual base::Task<base::Result<Status, PaymentFault>> ask(std::string reference) = 0;
  // Which payment a message is about. The signature is looked at first where there is one.
  virtual base::Result<std::string, PaymentFault> read(const Notice& notice) const = 0;
};

// Where a provider is and how it knows us.
struct Access {
  std::string base;    // "https://api.stripe.com"; empty: the provider's own
  std::string key;     // secret
  std::string secret;  // by which messages are signed, where they are
  // Where payers come back to, and where messages go. The same for everybody: no name in them.
  std::string back_url, notice_url;
  bool may_be_private = false;  // for tests: a peer on this machine
};

}  // namespace billing
