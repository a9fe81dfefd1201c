// How a reader comes to a list and leaves it (policy clauses 39, 61): asked by a form, confirmed by
// the link in a letter, ended with one click. Nothing but the letter goes to an address before it
// was confirmed; one that nobody confirms is gone after a week, with its key.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "letters/letters.h"
#include "outreach/door.h"
#include "outreach/lists.h"

namespace outreach {

// Safe from any thread.
class Joining {
 public:
  struct Parts {
    store::Database& database;
    personal::Vault& vault;
    letters::Letters& letters;
    const consent::Records& records;
    const base::Clock& clock;
    std::string public_url;  // what stands before every path
    // Who writes in the account's name.
    std::function<std::string(store::Tx&, std::int64_t account_id)> shop;
  };
  explicit Joining(Parts parts) : parts_(std::move(parts)), people_(parts_.vault) {}

  struct Seen {
    std::string list, shop;
  };
  // What stands on the page. Nothing: the list is gone.
  std::optional<Seen> see(store::Tx& tx, const ListDoor& door);

  // Somebody typed this address. What becomes of it is not told: to one that is on the list
  // already, or was written to within the last ten minutes, nothing goes. In the caller's
  // transaction. False: it is no address.
  bool ask(store::Tx& tx, const ListDoor& door, std::string_view address,
           std::string_view language);

  // The door of the letter's link, while it can be confirmed. Changes nothing.
  std::optional<ListDoor> find(store::Tx& tx, std::string_view token);
  // `words`: what stood beside the button, exactly. Nothing: the link is over.
  std::optional<ListDoor> confirm(store::Tx& tx, std::string_view token, std::string_view words,
                                  std::string_view language);

  enum class Leaving { List, Shop };
  // Off this list, or off all of the shop's. When no list of the shop is left, the consent is
  // withdrawn. Leaving again changes nothing. Blocks.
  void leave(const ListDoor& door, Leaving what);

 private:
  std::string hash_of(std::string_view token) const;
  void add(store::Tx& tx, const ListDoor& door, const consent::Person& person,
           const std::string& address, std::string_view language, std::string_view token);

  Parts parts_;
  consent::People people_;
};

}  // namespace outreach
