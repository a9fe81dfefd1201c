// What people ask about their parcels, and who looks at a parcel to answer.
//
// A ticket concerns one parcel, to which it leads by reference; it copies nothing of it. Address,
// words and files are sealed under a key of the ticket's own, which is destroyed ninety days after
// it was opened, or with the parcel if that goes first. The store sets that day.
//
// Nobody of the shop opens a parcel's personal values for support without a ticket about this very
// parcel that is still open: look() alone makes the warrant that such an access needs
// (personal/access.h), and notes for the person whom it is about who looked, when and for what
// (policy clause 62).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "personal/access.h"
#include "personal/fields/support.gen.h"
#include "personal/vault.h"
#include "store/database.h"

namespace support {

using Address = personal::Personal<std::string, personal::field::TicketAddress>;
using Text = personal::Personal<std::string, personal::field::TicketText>;
using File = personal::Personal<std::string, personal::field::TicketFile>;
using SupportWarrant = personal::Warrant<personal::Purpose::Support>;

enum class State : std::uint8_t { Open, Answered, Closed };
std::string_view word(State state);

// What it is about.
inline constexpr std::array<std::string_view, 4> kTopics = {"where-is-it", "damaged",
                                                            "wrong-address", "other"};

// What the first bytes of a file say it is: PNG, JPEG, WebP, GIF or PDF; empty for anything else,
// which is not taken. The name and type that a browser gives are not asked.
std::string_view kind_of_file(std::string_view bytes);

// As it came in; taken into its sealed form at once.
struct Question {
  std::int64_t account_id = 0;
  base::Id shipment;
  std::string about = "other";  // one of kTopics
  std::string language = "en";
  std::string_view address;  // where the answer goes; empty: then somebody has to call
  std::string_view text;
  std::vector<std::string_view> files;
};

struct Message {
  int number = 0;
  bool from_shop = false;
  Text text;
  base::Instant at{};
};
struct Attachment {
  int number = 0;
  std::string kind;
  std::int64_t bytes = 0;
};

struct Ticket {
  std::int64_t account_id = 0;
  base::Id id, shipment;
  std::string about, language;
  State state = State::Open;
  personal::SubjectId subject = 0;
  Address address;
  base::Instant created_at{}, updated_at{}, expires_at{};
};

enum class Refusal : std::uint8_t {
  NoShipment,  // there is none, or it is another account's
  NoText,      // empty, or longer than kMostText
  NoTopic,
  TooManyFiles,
  BadFile,   // too large, or nothing that is taken
  TooMany,   // open questions about this parcel
  NoTicket,  // there is none, or it is another account's, or about another parcel
  Closed
};
std::string_view describe(Refusal refusal);

// Safe from any thread; both engines.
class Tickets {
 public:
  static constexpr std::size_t kMostText = 5'000;  // bytes
  static constexpr std::size_t kMostFiles = 5, kMostFile = 5'000'000;
  static constexpr int kMostOpen = 5;  // about one parcel
  static constexpr std::chrono::days kKept{90};

  Tickets(store::Database& database, personal::Vault& vault, const base::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  // In the caller's transaction.
  base::Result<base::Id, Refusal> ask(store::Tx& tx, const Question& question);
  // An answer of the shop's, or a further word of the person's: opens or answers it again.
  base::Result<int, Refusal> say(store::Tx& tx, std::int64_t account_id, const base::Id& ticket,
                                 bool from_shop, std::string_view text);
  bool close(store::Tx& tx, std::int64_t account_id, const base::Id& ticket);

  std::optional<Ticket> find(store::Tx& tx, std::int64_t account_id, const base::Id& ticket);
  // The newest first; `only_open`: those that wait for the shop.
  std::vector<Ticket> list(store::Tx& tx, std::int64_t account_id, bool only_open, int most);
  std::vector<Ticket> about(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
  std::vector<Message> messages(store::Tx& tx, const Ticket& ticket);
  std::vector<Attachment> files(store::Tx& tx, const Ticket& ticket);
  std::optional<File> file(store::Tx& tx, const Ticket& ticket, int number);

  // Whoever answers looks at the parcel. Refused (and nothing noted) without an open ticket of this
  // account about this parcel. `member`: who looks.
  base::Result<SupportWarrant, Refusal> look(store::Tx& tx, std::int64_t account_id,
                                             const base::Id& shipment, const base::Id& ticket,
                                             std::int64_t member);
  // Those whose day has come or whose parcel is gone, with their keys. Blocks; gives back how many.
  std::int64_t sweep();

 private:
  Ticket read_ticket(const store::Rows& rows, std::int64_t account_id);
  int add_message(store::Tx& tx, const Ticket& ticket, bool from_shop, std::string_view text);
  void add_file(store::Tx& tx, const Ticket& ticket, int number, std::string_view bytes);

  store::Database& database_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace support
