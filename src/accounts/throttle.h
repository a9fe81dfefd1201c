// Guessing made slow (clause 64): failures are counted per address and per network, before any
// password is hashed, and each beyond the free ones doubles the wait, to a quarter of an hour at
// most. Nobody is locked out: a passkey or a letter's link always works, and it is the address that
// waits, whether it has an account or not.
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "accounts/context.h"

namespace accounts {

struct ThrottleRules {
  int free_per_address = 5;
  int free_per_network = 30;
  std::chrono::seconds first_wait{2};
  std::chrono::seconds longest_wait{15 * 60};
  std::chrono::hours remembered{24};  // without a failure for so long, all is forgotten
};

class Throttle {
 public:
  explicit Throttle(const Context& context, ThrottleRules rules = {})
      : context_(context), rules_(rules) {}

  // How long until an attempt is weighed; 0: now. An attempt that is let through counts as failed
  // until succeeded() is told, so that many at once do not slip through together.
  std::chrono::seconds take(store::Tx& tx, std::string_view address,
                            std::string_view network) const;
  void succeeded(store::Tx& tx, std::string_view address, std::string_view network) const;

  std::int64_t sweep();  // blocks

 private:
  Context context_;
  ThrottleRules rules_;
};

}  // namespace accounts
