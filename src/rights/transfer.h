// Data goes straight from one Milepost to another (GDPR Art. 20(2)), because the person carried an
// invitation from the one that is to get it to the one that has it.
//
//   receiver   invite() makes an address that works once, for a day:
//              https://b.example/rights/transfer/TOKEN#FINGERPRINT
//   sender     asks that address who answers there; if the key is not the fingerprint's, it stops
//   sender     posts the document in parts, each with a token that it signed (Ed25519): over the
//              part, over all parts, and over whose key it is meant for
//   receiver   checks, stores, says which part it expects next; after the last one it gives a
//              receipt that it signed
//
// A transfer that broke off is taken up where the receiver stands. A part that was changed on its
// way, that was meant for somebody else, or that another key signed than the first is refused.
// Who may invite is the caller's to judge: the data goes into the account that did. Pure but for
// the receiver's rows; the calls are made above (api/own/transfer.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "rights/portable.h"

namespace rights {

// How large a part is at most; below the smallest limit of a body that can be configured.
inline constexpr std::size_t kPartBytes = 192 << 10;

// What an invitation says to whoever carries it.
struct Invitation {
  std::string url;          // without what follows #
  std::string fingerprint;  // RFC 7638 thumbprint of the receiver's key
};
// Nothing for what is no such address.
std::optional<Invitation> parse_invitation(std::string_view text);

// What the receiver says of itself and of how far it is.
struct Welcome {
  std::string service;
  crypto::PublicKey key;
  std::int64_t expects = 0;  // number of the next part, from 0
};
// The error is a sentence for people.
base::Result<Welcome, std::string> read_welcome(std::string_view json,
                                                const Invitation& invitation);

struct Receipt {
  std::string from, to;  // fingerprints
  std::string digest;    // of all parts, in hexadecimal
  std::int64_t parts = 0, stored = 0, known = 0;
  base::Instant at{};
  std::string token;  // as it was signed: what the person keeps
};

// The sender's side.
class Parcelled {
 public:
  // `from`: the sender's own address, for people.
  Parcelled(const Portable& portable, crypto::PrivateKey key, std::string from);

  std::size_t parts() const { return parts_.size(); }
  const std::string& part(std::size_t number) const { return parts_[number]; }
  const std::string& digest() const { return digest_; }
  // What goes with a part: a compact JWS.
  std::string signature(std::size_t number, const Invitation& to, base::Instant now) const;
  // The public key as it travels.
  std::string key() const { return key_.public_key().jwk(); }
  base::Result<Receipt, std::string> check(std::string_view receipt, const Welcome& welcome) const;

 private:
  std::vector<std::string> parts_;
  std::string digest_, from_;
  crypto::PrivateKey key_;
};

enum class TransferError : std::uint8_t {
  Gone,        // no such invitation, or its day is over
  NotSigned,   // without a key or a token, or by another key than the first part's
  Forged,      // the token is not by the key that came with it
  NotForUs,    // signed for another receiver or another invitation
  Changed,     // the part is not what was signed
  OutOfOrder,  // another part is expected
  Unreadable,  // signed, and still no portable document
};
std::string_view describe(TransferError error);

// The receiver's side. Functions that take a Tx work in the caller's transaction, the others block.
class Transfers {
 public:
  struct Options {
    std::string address = "http://localhost:8080";  // where others reach this instance
    std::string service = "Milepost";
  };
  Transfers(store::Database& database, const shipments::Repository& repository,
            const base::Clock& clock, crypto::PrivateKey key, Options options);

  // The whole address, for a person to carry.
  std::string invite(store::Tx& tx, std::int64_t account_id) const;
  // As JSON, for read_welcome; nothing when the invitation is not good.
  std::optional<std::string> welcome(store::Tx& tx, std::string_view token) const;

  struct Came {
    std::string_view token, key, signature, body;  // `key`: a JWK; `signature`: a compact JWS
    std::int64_t number = 0;
  };
  struct Taken {
    std::int64_t expects = 0;  // the next part; when it is the last one, the receipt is there
    std::string receipt;       // a compact JWS
  };
  // The same part again is taken again, and changes nothing.
  base::Result<Taken, TransferError> take(const Came& came);

  // Invitations and what is known of their transfers go after their day.
  std::int64_t sweep();

  const crypto::PrivateKey& key() const { return key_; }
  const Options& options() const { return options_; }

  static constexpr std::chrono::hours kGood{24};

 private:
  struct Row;
  struct Said;
  std::optional<Row> find(store::Tx& tx, std::string_view token) const;
  base::Result<Said, TransferError> check(const Came& came, const Row& row) const;
  std::string receipt_of(const Row& row, const Said& said) const;

  store::Database& database_;
  const shipments::Repository& repository_;
  const base::Clock& clock_;
  crypto::PrivateKey key_;
  Options options_;
};

}  // namespace rights
