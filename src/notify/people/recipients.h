// Who is told about a shipment: the customer named in it (number 0), and others beside them (from
// 1), since the buyer is not always the receiver. And where an account itself is told: its chat
// rooms and homes.
//
// Every recipient's addresses are sealed under a key of their own, so that one can be forgotten and
// the other not. Nothing here opens an address.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "channels/channel.h"
#include "personal/fields/people.gen.h"
#include "personal/vault.h"
#include "shipments/shipment.h"
#include "store/database.h"

namespace notify::people {

using Name = personal::Personal<std::string, personal::field::RecipientName>;
using Email = personal::Personal<std::string, personal::field::RecipientEmail>;
using Phone = personal::Personal<std::string, personal::field::RecipientPhone>;
// The JSON that a browser's PushSubscription gives.
using Push = personal::Personal<std::string, personal::field::RecipientPush>;

inline constexpr int kPush = 4;  // beside shipments::Body::kEmail and kPhone

struct Recipient {
  int number = 0;
  std::string role;      // "receiver"; up to 32 bytes, the shop's own word
  std::string language;  // empty: not known
  std::string zone;      // IANA; empty: where the parcel goes
  int reach = 0;
  personal::SubjectId subject = 0;
  Name name;
  Email email;
  Phone phone;
  Push push;
};

// The address of a chat room, as channels/ takes it.
using Address = personal::Personal<std::string, personal::field::ReceiverAddress>;
struct Receiver {
  std::int64_t number = 0;
  channels::Channel channel{};
  std::string description;  // for people: "#parcels"
  std::string language;
  personal::SubjectId subject = 0;
  Address address;
  base::Instant created_at{};
  std::optional<base::Instant> disabled_at;  // by hand, or because the other side is gone
};

class Recipients {
 public:
  static constexpr int kMost = 10;  // beside the customer, per shipment

  Recipients(store::Database& database, personal::Vault& vault, const base::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  // In the caller's transaction. The number it got; nothing when there are too many, or no such
  // shipment. Number, reach and subject are set here.
  std::optional<int> add(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                         Recipient recipient);
  // What is known of one, anew (by its number): under the key it had. False when there is none.
  bool change(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
              const Recipient& recipient);
  // By number; without those whose key is gone.
  std::vector<Recipient> of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
  std::optional<Recipient> find(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                                int number);
  // The row with what was said about them alone, and then its key. False when there is none.
  // Blocks.
  bool remove(std::int64_t account_id, const base::Id& shipment, int number);
  // Its two halves, for whoever is in a coroutine: the row, in the caller's transaction, whose key
  // is then to be forgotten (which blocks).
  static std::optional<personal::SubjectId> take(store::Tx& tx, std::int64_t account_id,
                                                 const base::Id& shipment, int number);
  void forget(std::int64_t account_id, personal::SubjectId subject);
  // Those whose shipment is gone, with their keys, and what was kept of sendings too long ago.
  // Blocks; gives back how many recipients.
  std::int64_t sweep();

  // Its number is one that no room of this account ever had, nor what still waits for one.
  std::int64_t add_receiver(store::Tx& tx, std::int64_t account_id, Receiver receiver);
  // Description and language anew, and the address where one is given, by number. False when there
  // is none, or its key is gone.
  bool change_receiver(store::Tx& tx, std::int64_t account_id, const Receiver& receiver);
  // Those that are told.
  std::vector<Receiver> receivers(store::Tx& tx, std::int64_t account_id);
  // Those, too, that are not told any more.
  std::vector<Receiver> all_receivers(store::Tx& tx, std::int64_t account_id);
  std::optional<Receiver> find_receiver(store::Tx& tx, std::int64_t account_id,
                                        std::int64_t number);
  // The other side said that it is gone, or somebody wants silence: nothing goes there any more
  // until it is enabled.
  static bool disable_receiver(store::Tx& tx, std::int64_t account_id, std::int64_t number,
                               base::Instant now);
  static bool enable_receiver(store::Tx& tx, std::int64_t account_id, std::int64_t number);
  // The row, with what waits for it; its key is then to be forgotten (forget(), which blocks).
  static std::optional<personal::SubjectId> take_receiver(store::Tx& tx, std::int64_t account_id,
                                                          std::int64_t number, base::Instant now);

 private:
  Recipient read(const store::Rows& rows, std::int64_t account_id, const base::Id& shipment);
  Receiver read_receiver(const store::Rows& rows, std::int64_t account_id);
  store::Database& database_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace notify::people
