// News to a list (policy clause 39): queued once for everybody who is on it, and for each reader
// asked again, in the very transaction that opens the address: are they still on the list, does
// their consent stand, does nothing keep mail from going there? What they say between queueing and
// sending is thereby honoured.
//
// What became of each is kept for 180 days with a hash of whom it went to.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/email/bounce.h"
#include "outreach/door.h"
#include "outreach/lists.h"
#include "store/lease.h"

namespace outreach {

inline constexpr std::size_t kLongestTitle = 150, kLongestNews = 20'000;

struct News {
  base::Id id;
  std::string title, body;
  std::int64_t made_by = 0;
  base::Instant queued_at{};
  // By the word of what became of it: "waiting", "sent", "refused" (the reader's host did not take
  // it), "left" (the list), "withdrawn", "objected", "suppressed", "no-list".
  std::map<std::string, std::int64_t, std::less<>> outcomes;
};

enum class NewsRefusal : std::uint8_t { NoList, NotGranted, NoTitle, NoText, NoReaders };
std::string_view describe(NewsRefusal refusal);

struct ClaimedSend {
  store::Claim claim;
  base::Id id;
  int attempts = 0;  // before this one
};

// One message, ready to go.
struct Ready {
  ListDoor door;  // the reader's: what the link to leave is made of
  std::string address, language, list, title, body;
  base::Instant confirmed_at{};
};

// Safe from any thread.
class Promotions {
 public:
  struct Parts {
    store::Database& database;
    personal::Vault& vault;
    personal::Ledger& ledger;
    Lists& lists;
    const base::Clock& clock;
  };
  explicit Promotions(Parts parts) : parts_(parts) {}

  // In the caller's transaction. Gives back to how many it will go.
  base::Result<std::int64_t, NewsRefusal> queue(store::Tx& tx, const Member& member,
                                                const base::Id& list, std::string_view title,
                                                std::string_view body);
  // The newest first.
  std::vector<News> of(store::Tx& tx, std::int64_t account_id, const base::Id& list, int most);

  // Up to `most` that are due, leased to `owner`. Blocks.
  std::vector<ClaimedSend> claim(std::string_view owner, std::chrono::microseconds length,
                                 int most);
  // Asks everything again and opens the address, in the caller's transaction. Nothing: it may not
  // go, and that is settled.
  std::optional<Ready> take(store::Tx& tx, const ClaimedSend& send);
  // It went, or never will.
  void settle(const ClaimedSend& send, std::string_view outcome);
  // The reader's host says that there is no such mailbox: nothing goes there any more.
  void settle_gone(const ClaimedSend& send, const ListDoor& reader);
  void put_off(const ClaimedSend& send, std::string_view owner, base::Instant until);

 private:
  void settle(store::Tx& tx, const ClaimedSend& send, std::string_view outcome);
  Parts parts_;
};

// A report about news that went (`id`: what its return path carried, 32 hexadecimal digits), in the
// caller's transaction: nothing goes any more to an address that is gone, or whose reader called it
// spam. False: it is about no news.
bool take_bounce(store::Tx& tx, std::string_view id, channels::email::Bounce::Kind kind,
                 base::Instant now);

}  // namespace outreach
