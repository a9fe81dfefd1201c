// Elliptic-curve Diffie-Hellman on P-256 (NIST SP 800-56A, RFC 8291 3.1).
#pragma once
#include <optional>
#include <string>

#include "crypto/key.h"

namespace crypto {

// The 32 bytes both sides come to; nothing when either key is not of P-256.
std::optional<std::string> shared_secret(const PrivateKey& mine, const PublicKey& theirs);

}  // namespace crypto
