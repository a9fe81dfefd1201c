// How somebody without an account shows who they are: a link to the address that is known, and
// nothing more (recital 64: what is asked for must not be more than what is held).
//
//   ask     a letter with a link goes to the address; what the asker sees is the same whoever it is
//   enter   the link, once, becomes a visit: an hour from its last use
//   find    the visit's person, while it lasts
//
// A link may also begin at a shipment's page: then it goes to the address the shop gave, which the
// asker need not know. Tokens are random (192 bits); only their keyed hashes are stored.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "letters/letters.h"
#include "personal/access.h"
#include "personal/fields/rights.gen.h"
#include "personal/vault.h"
#include "store/database.h"

namespace rights {

using VisitAddress = personal::Personal<std::string, personal::field::VisitAddress>;

struct ShipmentPlace {
  std::int64_t account_id = 0;
  base::Id id;
};

struct Visit {
  std::string address;  // opened for Rights: the visit's whole purpose
  std::string language;
  std::optional<ShipmentPlace> about;
};

class Visits {
 public:
  // `address`: "https://track.example".
  Visits(personal::Vault& vault, personal::Ledger& ledger, letters::Letters& letters,
         const base::Clock& clock, std::string address)
      : vault_(vault),
        ledger_(ledger),
        letters_(letters),
        clock_(clock),
        address_(std::move(address)) {}

  // Takes what was typed. Nothing tells the caller whether it was an address, whether anything is
  // known about it, or whether it was asked for too often (three letters a day). `case_number`: of
  // the request that the letter is to name.
  void ask(store::Tx& tx, std::string_view typed, std::string_view language,
           std::optional<ShipmentPlace> about = std::nullopt, std::string_view case_number = {});
  // The token of a visit for the token of a link. Once.
  std::optional<std::string> enter(store::Tx& tx, std::string_view link);
  // Is this link good? Changes nothing: the page that a mail program fetches ahead asks this.
  bool is_good(store::Tx& tx, std::string_view link) const;
  // A visit for an address that was proven in another way: the person's own account, a letter that
  // was answered.
  std::string begin(store::Tx& tx, std::string_view address, std::string_view language);
  std::optional<Visit> find(store::Tx& tx, std::string_view token);
  void end(store::Tx& tx, std::string_view token);

  // Links and visits that are over go, with their keys. Blocks.
  std::int64_t sweep(store::Database& database);

  static constexpr std::chrono::hours kLinkGood{24};
  static constexpr std::chrono::hours kVisitGood{1};
  static constexpr int kLettersADay = 3;

 private:
  enum class Stage : std::uint8_t { Link = 0, Visit = 1 };
  std::string make(store::Tx& tx, Stage stage, std::string_view address, std::string_view language,
                   const std::optional<ShipmentPlace>& about);
  std::string hash_of(std::string_view token) const;

  personal::Vault& vault_;
  personal::Ledger& ledger_;
  letters::Letters& letters_;
  const base::Clock& clock_;
  std::string address_;
};

// Could mail go there? One @, a dot behind it, no white space, no control characters, no comma, at
// most 254 bytes. Whether it does go there the letter shows.
bool looks_like_email(std::string_view text);

}  // namespace rights
