// For the tests of the registers: the desk's world with an audit log beside it.
#pragma once
#include "rights/registers/holds.h"
#include "rights/testing.h"

namespace rights::testing {

class RegisterWorld : public World {
 public:
  explicit RegisterWorld(store::testing::Engine engine) : World(engine) {}

  // An entry of this kind in the audit log?
  std::int64_t audited(std::string_view kind) {
    return count(fmt::format("SELECT COUNT(*) FROM audit_entries WHERE kind = '{}'", kind));
  }

  audit::Signer signer{"milepost.example/audit", std::string(32, 's')};
  audit::Log audit{*main, signer, clock};
  Holds holds{*main, *vault, *ledger, audit, clock};
};

}  // namespace rights::testing
