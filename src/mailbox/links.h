// Linked mailboxes as they are kept: rows, consents, sealed keys, positions, what each brought. The
// only SQL on mailbox_links and mailbox_finds.
//
// Each link has a key of its own and rests on a consent of its own: the words that were shown, kept
// with it. When it is unlinked, what it brought goes at once; what opens the mailbox is kept, read
// by nobody, only until the provider has taken the permission back.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "consent/records.h"
#include "mailbox/connector.h"
#include "personal/access.h"
#include "personal/fields/mailbox.gen.h"
#include "personal/vault.h"
#include "shipments/repository.h"
#include "store/database.h"
#include "store/lease.h"

namespace mailbox {

inline constexpr std::string_view kConsentPurpose = "ReadMailbox";
// How far back a mailbox is read: what a shipment may be old (policy clause 46).
inline constexpr std::chrono::days kLongestBack{180};

enum class State : std::uint8_t {
  Working,
  Ended,      // its keys do not open it any more; its owner links it anew, or unlinks it
  Unlinking,  // all but the permission at the provider is gone
};
std::string_view word(State state);  // as stored: "working", "ended", "unlinking"

using Address = personal::Personal<std::string, personal::field::MailboxAddress>;
using Access = personal::Access<personal::Purpose::ReadMailbox>;

struct Link {
  std::int64_t account_id = 0, person_id = 0;
  base::Id id;
  std::string kind;
  Address address;
  State state{};
  Fault trouble{};  // why it could not be read the last time
  int failures = 0;
  std::string position;
  base::Instant linked_at{};
  std::optional<base::Instant> last_used_at;
  std::int64_t heads = 0, opened = 0, parcels = 0;
  personal::SubjectId subject = 0;
  std::string sealed;
};

struct NewLink {
  std::int64_t account_id = 0, person_id = 0;
  std::string kind;
  Keys keys;
  consent::Notice notice;  // exactly what was shown
  consent::How how = consent::How::Form;
};

// What a link brought, for its owner's page. Newest first.
struct Find {
  base::Id shipment;
  std::string tracking_number, courier_code, sent_on;
  personal::Personal<std::string, personal::field::MailboxSender> sender;
};

// Safe from any thread. Calls block.
class Links {
 public:
  struct Parts {
    store::Database& database;
    personal::Vault& vault;
    personal::Ledger& ledger;
    const base::Clock& clock;
    const consent::Records& consents;
    const shipments::Repository& shipments;
  };
  explicit Links(Parts parts) : parts_(parts) {}

  // Address: it is none; Known: it is linked in this account.
  base::Result<base::Id, Fault> add(const NewLink& link);

  // In the order in which they were linked; of one person when it is not 0.
  std::vector<Link> list(std::int64_t account_id, std::int64_t person_id = 0);
  std::optional<Link> find(std::int64_t account_id, const base::Id& id);
  std::vector<Find> finds(std::int64_t account_id, const base::Id& id, int most);
  // Nothing when the key is gone.
  std::optional<Keys> keys(const Link& link, Access& access);

  // Does its consent stand, for the words that are in force now?
  bool is_agreed(const Link& link, const Keys& keys);
  // It is due at once.
  bool hurry(const Link& link);

  // ---- while it is read
  std::vector<store::Claim> claim(std::string_view owner, std::chrono::microseconds length);
  // The same for one that somebody wants read now; false while another process reads it.
  bool claim_one(const Link& link, std::string_view owner, std::chrono::microseconds length);
  // A number from this mailbox is this shipment's. True when it is news.
  bool note_find(const Link& link, const base::Id& shipment, bool is_maker,
                 const Sighting& sighting);
  // A shipment that was made for a link which is being unlinked: it goes again.
  void take_back(const Link& link, const base::Id& shipment);
  void note_read(const Link& link, std::string_view owner, const Pass& pass, std::int64_t found,
                 base::Instant next);
  // Denied ends the link; else it is tried again at `next`.
  void note_fault(const Link& link, std::string_view owner, Fault fault, base::Instant next);

  // ---- unlinking
  // What it brought goes, with the shipments that only it brought; the consent is withdrawn; the
  // position is forgotten. False when there is no such link.
  bool withdraw(const Link& link);
  // The row and its key.
  void destroy(const Link& link);
  // Links of people who have left their account, and of closed accounts.
  std::vector<Link> left_behind();

 private:
  std::string seal(const Link& link, const Keys& keys);
  std::vector<Link> collect(store::Rows rows);
  Parts parts_;
};

}  // namespace mailbox
