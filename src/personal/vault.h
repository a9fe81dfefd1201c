// The key hierarchy and the sealing.
//
//   master key   a file outside every database (created with mode 0600; its dumps and backups are
//   the operator's)
//     tenant key   one per account, wrapped by the master key; also derives the account's lookup
//     hashes
//       subject key  one per data subject (a "slot"), wrapped by the tenant key
//         sealed values  XChaCha20-Poly1305, random nonce, with the row's identity as associated
//         data
//
// Wrapped keys live in the key store: a database of their own (a second SQLite file or a second
// PostgreSQL database) that no dump of the main database contains. Slots are made ahead, in blocks
// per account, so that a create takes a durable key from memory and pays no second commit. To
// forget a subject is to destroy its slot; what any copy of the main database still holds under it
// is then noise.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "personal/personal.h"

namespace store {
class Database;
}

namespace personal {

// An address as it is compared: an e-mail address without white space around it and in small
// letters, a telephone number as its digits with a leading plus.
std::string folded_address(std::string_view typed);

// A data subject within an account: the number of its key slot. 0 means "no subject".
using SubjectId = std::int64_t;

// Which row a sealed value belongs to; it cannot be opened as any other.
struct RowIdentity {
  std::string_view table;  // a constant
  std::int64_t account_id = 0;
  std::string_view row;  // the row's id within the account
};

struct FieldEntry;  // personal/fields.gen.h

// One value of an envelope that was opened whole: the field's entry in the dictionary, where the
// value came from, and the value.
struct Opened {
  const FieldEntry* field = nullptr;
  Label label;
  std::string value;
};

// Personal values that are sealed together (one AEAD per row, not per field). The envelope keeps
// them as Personal<>: neither putting in nor taking out opens anything.
class Envelope {
 public:
  Envelope() = default;
  Envelope(const Envelope& other);
  Envelope(Envelope&& other) noexcept;
  Envelope& operator=(Envelope other) noexcept;
  ~Envelope();

  // Replaces what was there under the same field; a value that is not given takes it out.
  template <Field F>
  void put(const Personal<std::string, F>& value) {
    if (value.is_given()) {
      put_bytes(F::kId, value.label_, value.value_);
    } else {
      remove(F::kId);
    }
  }
  template <Field F>
  Personal<std::string, F> take() const {
    Label label;
    const auto bytes = find(F::kId, label);
    return Personal<std::string, F>(std::string(bytes), label);
  }
  bool is_empty() const { return bytes_.empty(); }

  // Many fields of one envelope, found in one reading. Must not outlive it.
  class Index {
   public:
    explicit Index(const Envelope& envelope);
    template <Field F>
    Personal<std::string, F> take() const {
      for (std::size_t i = 0; i < size_; ++i) {
        if (places_[i].field == F::kId)
          return Personal<std::string, F>(std::string(places_[i].value), places_[i].label);
      }
      return is_whole_ ? Personal<std::string, F>() : envelope_.take<F>();
    }

   private:
    struct Place {
      std::uint16_t field = 0;
      Label label;
      std::string_view value;
    };
    const Envelope& envelope_;
    std::array<Place, 16> places_{};
    std::size_t size_ = 0;
    bool is_whole_ = true;  // there was room for all
  };

 private:
  friend class Vault;
  template <Purpose P>
  friend std::vector<Opened> open_all(const Envelope& envelope, Access<P>& access);
  // Those whose field lists the purpose, in the order they lie in.
  std::vector<Opened> entries_for(Purpose purpose) const;
  void put_bytes(std::uint16_t field, Label label, std::string_view value);
  void remove(std::uint16_t field);
  std::string_view find(std::uint16_t field, Label& label) const;

  std::string bytes_;  // wiped when destroyed or replaced
};

// Everything in the envelope that may be opened for this purpose, whatever it is: for the walks
// over all that is kept about a person (access, erasure). Fields that do not list the purpose stay
// closed.
template <Purpose P>
std::vector<Opened> open_all(const Envelope& envelope, Access<P>& access) {
  auto opened = envelope.entries_for(P);
  std::erase_if(opened, [&](const Opened& one) { return !access.note_opened(one.label); });
  return opened;
}

enum class VaultError {
  NoKey,      // the subject was forgotten, or never existed
  WrongRow,   // the bytes do not belong to this row, or were changed
  Malformed,  // not sealed bytes at all
};
std::string_view describe(VaultError error);

class MasterKey {
 public:
  // Reads the key file; makes it (mode 0600, fsynced) when it does not exist and `may_create`.
  // Throws std::runtime_error with a sentence for the operator when it is unreadable, malformed or
  // readable by others.
  static MasterKey load(const std::string& path, bool may_create);
  MasterKey(MasterKey&&) noexcept;
  ~MasterKey();  // wipes

  // For tests: a random key that lives nowhere else.
  static MasterKey ephemeral();

 private:
  friend class Vault;
  friend class SealedFileWriter;
  friend class SealedFileReader;
  MasterKey() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

class Vault {
 public:
  // `keys` is the migrated key store. Throws when its master-key check value does not fit this
  // master key.
  Vault(store::Database& keys, MasterKey master, const base::Clock& clock);
  ~Vault();  // gives back the slots it made ahead and did not use

  // Makes the account's tenant key if there is none, and the first block of slots. Blocks.
  void prepare(std::int64_t account_id);

  // A fresh subject whose key is already durable. Usually immediate, from memory; awaits a commit
  // of the key store when the account's block has run out. Call on an I/O thread.
  base::Task<SubjectId> new_subject(std::int64_t account_id);
  SubjectId new_subject_now(
      std::int64_t account_id);  // the same for plain threads and closures of the main database
  // The subject was taken but no row was written under it, for certain (a refusal; not a commit
  // whose outcome is unknown): it will be another's.
  void give_back(std::int64_t account_id, SubjectId subject);

  // Non-blocking for subjects just taken or recently used; else reads the key store on the calling
  // thread (so: inside a database closure, or a plain thread). Throws StoreError when the key store
  // is broken.
  base::Result<std::string, VaultError> seal(const RowIdentity& row, SubjectId subject,
                                             const Envelope& envelope);
  base::Result<Envelope, VaultError> unseal(const RowIdentity& row, SubjectId subject,
                                            std::string_view sealed);
  // Loads many keys in one read before a list is unsealed.
  void prefetch(std::int64_t account_id, std::span<const SubjectId> subjects);

  // Destroys the subjects' keys, durably, before it returns: cache, slot, write-ahead log. Blocks.
  // Forgetting twice is the same as once.
  void forget(std::int64_t account_id, std::span<const SubjectId> subjects);

  // From now on every forget() first adds its slots to this file (forgotten.h), so that whoever
  // restores an older key store can forget them again. Before anything is forgotten.
  void note_forgotten_in(const std::string& path);

  // Those of them whose key is gone. Reads the key store.
  std::vector<SubjectId> forgotten_among(std::int64_t account_id,
                                         std::span<const SubjectId> subjects);

  // A keyed hash (256 bits) of text that must be found again but not read: API keys (scope
  // "api-key", account 0), later e-mail look-ups. Each account has a key of its own; account 0 is
  // the instance. No hash changes when the master key does. Throws StoreError for an account that
  // was never prepared.
  std::array<std::uint8_t, 32> keyed_hash(std::int64_t account_id, std::string_view scope,
                                          std::string_view text);

  // The same of one of an envelope's values, which stays closed: how a person's rows are found by
  // what the person is written to at. The value is folded as folded_address does. Nothing when it
  // is not given.
  template <Field F>
  std::optional<std::array<std::uint8_t, 32>> hash_of(std::int64_t account_id,
                                                      const Envelope& envelope) {
    Label label;
    const auto value = envelope.find(F::kId, label);
    if (value.empty()) return std::nullopt;
    return address_hash(account_id, value);
  }
  std::array<std::uint8_t, 32> address_hash(std::int64_t account_id, std::string_view address);

  // Re-wraps every tenant key under a new master key, in one transaction, without touching sealed
  // data. The new key's file is to be written before and put in the old one's place after; until a
  // process that shares the key store was started again with it, it makes no new accounts.
  void rotate_master(MasterKey next);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace personal
