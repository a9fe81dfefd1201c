// The key that an instance signs its receipts with: Ed25519, made on first use, kept sealed in the
// main database under a key of the key store, the same for all processes that share the two.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "consent/records.h"
#include "crypto/key.h"
#include "personal/access.h"
#include "personal/vault.h"
#include "store/database.h"

namespace consent {

// `name` tells several apart: "receipts". Blocks; throws store::StoreError when the stores are
// broken, or when the key's own key is gone.
crypto::PrivateKey instance_key(store::Database& database, personal::Vault& vault,
                                personal::Ledger& ledger, const base::Clock& clock,
                                std::string_view name);

// Compact JWS with EdDSA; its header names the key by its thumbprint.
Signer signer(crypto::PrivateKey key);
// The receipt's JSON when this key signed it. For the verifier's command and for tests.
std::optional<std::string> read_receipt(std::string_view receipt, const crypto::PublicKey& key);

}  // namespace consent
