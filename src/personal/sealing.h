// The bytes of an envelope and of a sealed value: pure, without a key store.
//
// Envelope: for each field, its id (varint), its label (one byte), its length (varint), its bytes.
// Sealed:   version (1), nonce (24), ciphertext and tag. Bound to it, but not in it: the row's
//           table, account and id, and the subject.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "personal/secret.h"
#include "personal/vault.h"

namespace personal {

struct EnvelopeEntry {
  std::uint16_t field = 0;
  Label label;
  std::string_view value;
};

// Reads entry after entry. Ends at the first byte that does not fit; is_broken() says so.
class EnvelopeReader {
 public:
  explicit EnvelopeReader(std::string_view bytes) : rest_(bytes) {}
  std::optional<EnvelopeEntry> next();
  bool is_broken() const { return broken_; }

 private:
  std::optional<std::uint64_t> varint();

  std::string_view rest_;
  bool broken_ = false;
};

// Every entry whole, no field twice, every label known. Unknown fields are allowed: a newer program
// may have written them.
bool is_well_formed_envelope(std::string_view bytes);

std::string seal_bytes(const Key& key, const RowIdentity& row, SubjectId subject,
                       std::string_view plain);
bool looks_sealed(std::string_view sealed);
// False when the bytes do not belong to this row and subject. `sealed` must look sealed.
bool unseal_bytes(const Key& key, const RowIdentity& row, SubjectId subject,
                  std::string_view sealed, std::string& plain);

}  // namespace personal
