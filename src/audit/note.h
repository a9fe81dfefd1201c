// Signed notes and checkpoints, as c2sp.org/signed-note and c2sp.org/tlog-checkpoint write them:
// text, a blank line, and a line for each signature. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/tree.h"
#include "crypto/key.h"

namespace audit {

// Ed25519 from a seed of 32 bytes. `name` is the log's origin: no space, no plus sign.
class Signer {
 public:
  // Throws std::invalid_argument for a seed or name that is none.
  Signer(std::string name, std::string_view seed);

  const std::string& name() const { return name_; }
  // "name+33d5d960+ATG..." : what others verify with, and may be published.
  std::string verifier_key() const;
  // `text` ends with a newline.
  std::string sign(std::string_view text) const;

 private:
  std::string name_;
  crypto::PrivateKey key_;
};

// The text of a note if a signature on it is by this key; nothing if none is, or a signature that
// names the key is wrong.
std::optional<std::string> open_note(std::string_view note, std::string_view verifier_key);
// Is this text a verifier key at all?
bool is_verifier_key(std::string_view verifier_key);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};
std::string write_checkpoint(const Checkpoint& checkpoint);
std::optional<Checkpoint> read_checkpoint(std::string_view text);

}  // namespace audit
