// Passwords: which are good enough, and how they are kept (OWASP ASVS 5 V6, NIST SP 800-63B-4).
//
// Kept is Argon2id (RFC 9106) of the peppered password: the pepper is a keyed hash under the
// instance's key in the key store, so that a dump of the main database alone cannot even be
// attacked. Hashing takes 64 MiB and some hundred milliseconds, so it runs on two threads of its
// own, never on an I/O thread, and a queue that is full is said to be.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "personal/vault.h"

namespace accounts {

inline constexpr std::size_t kShortestPassword = 8;  // characters, not bytes
inline constexpr std::size_t kLongestPassword = 256;

enum class PasswordFault : std::uint8_t {
  TooShort,
  TooLong,
  NotText,    // control characters, or not UTF-8
  Common,     // among the first that everybody tries
  LikeYours,  // made of the person's own name or address, or of this service's name
};
std::string_view word(PasswordFault fault);      // "too_short": the key of its translation
std::string_view describe(PasswordFault fault);  // one sentence
// The first thing wrong. `about` is what others know: name, address, the shop's name. No rule asks
// for digits or signs: length does more, and rules make people predictable.
std::optional<PasswordFault> weigh_password(std::string_view password,
                                            const std::vector<std::string>& about);

struct PasswordCost {
  std::uint64_t memory_bytes = std::uint64_t{64} << 20;
  std::uint64_t passes = 2;
};

enum class PasswordTrouble : std::uint8_t { Busy };  // the queue is full: try again in a moment

class Passwords {
 public:
  explicit Passwords(personal::Vault& vault, PasswordCost cost = {}, std::size_t threads = 2,
                     std::size_t queue = 64);
  ~Passwords();

  // What is kept: "$argon2id$v=19$m=..". Unicode is normalised (NFKC) before, so that the same
  // password is the same from every keyboard. The text is wiped as soon as it is hashed.
  base::Task<base::Result<std::string, PasswordTrouble>> hash(std::string password);

  struct Checked {
    bool matches = false;
    std::optional<std::string> renewed;  // it was kept with weaker parameters: store this instead
  };
  // `kept` empty: nobody, or nobody with a password. The same work is done, and nothing matches.
  base::Task<base::Result<Checked, PasswordTrouble>> check(std::string password, std::string kept);

  // How many hashes were computed: what a test of comparable time counts.
  std::uint64_t hashes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace accounts
