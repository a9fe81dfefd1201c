// The end of an account (policy clause 44): what was kept for it, and about the people in it, goes
// with it. Walks the dictionary as access and erasure do: of every table that names accounts the
// account's rows go, with the keys of what is sealed in them, but for those of retention classes
// that outlive an account (data/privacy/retention.toml: books, logs, proofs, what a legal hold
// names). The account's own row stays without a person in it, so that its number is given to
// nobody else.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "personal/vault.h"
#include "store/database.h"

namespace rights {

// The tables whose rows go when their account is closed.
const std::vector<std::string>& tables_of_accounts();

struct Cleared {
  std::int64_t shipments = 0;  // air waybills among them
  std::int64_t rows = 0;       // of everything else
  std::int64_t keys = 0;       // that were destroyed for those rows
};
// After it was closed (accounts/people.h), when nothing works in it any more. Doing it again finds
// nothing. Blocks.
Cleared clear_account(store::Database& database, personal::Vault& vault, std::int64_t account_id);

}  // namespace rights
