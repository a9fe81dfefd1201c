// Lists of readers (policy clause 102). Each line is sealed under a key of its own, so that one
// reader's erasure or the end of the whole list makes every copy of it unreadable.
//
// Who may do what is granted list by list; whoever made one, and the account's owner, may do
// everything. To take a list away or to destroy it one has proven a short time ago who one is. Each
// use is written down, a refused one too.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "consent/person.h"
#include "consent/records.h"
#include "personal/access.h"
#include "personal/fields/outreach.gen.h"
#include "personal/vault.h"
#include "store/database.h"

namespace outreach {

using ListAddress = personal::Personal<std::string, personal::field::ListAddress>;
using PromoteAccess = personal::Access<personal::Purpose::Promote>;

// The purpose that a reader's consent names (data/privacy/purposes.toml).
inline constexpr std::string_view kPurpose = "Promote";
inline constexpr std::chrono::days kEntryKept{180};  // from the reader's last "yes"
inline constexpr std::chrono::days kToConfirm{7};
inline constexpr std::chrono::minutes kProofLasts{10};
inline constexpr std::size_t kLongestListName = 80, kLongestStatement = 2'000,
                             kMostImported = 10'000;

// In rising order: each holds those before. Stored as numbers.
enum class Level : std::uint8_t { Send = 1, Read = 2, Manage = 3 };

// A member at work. `proven_at`: when they last showed who they are, not when the session began.
struct Member {
  std::int64_t account_id = 0, id = 0;
  bool is_owner = false;
  base::Instant proven_at{};
};

struct List {
  base::Id id;
  std::string name;
  std::int64_t made_by = 0;
  base::Instant created_at{};
  std::int64_t readers = 0, waiting = 0;  // waiting: has not confirmed
  int level = 0;                          // of whoever asks; 0: none
};

struct Use {
  std::int64_t member = 0;
  std::string what, statement;
  std::int64_t entries = 0;
  base::Instant at{};
};

enum class ListRefusal : std::uint8_t {
  NoList,
  NotGranted,
  ProveAgain,   // who one is, then export or destroy
  NoName,       // or longer than kLongestListName
  NoStatement,  // by which right these addresses may be used, and which words their readers agreed
                // to
  TooMany,
};
std::string_view describe(ListRefusal refusal);

// By which right addresses are brought in: the words that their readers said yes to, and the
// member's own account of when and where. Both are kept: the first as each reader's consent.
struct Import {
  std::vector<std::string> addresses;
  std::string agreed_words, language;
  std::string statement;
};
struct Imported {
  int added = 0, invalid = 0, known = 0;
  int said_no = 0;  // withdrew, objected or left before: an import does not outweigh that
};

// Safe from any thread; those that take a Tx in the caller's transaction.
class Lists {
 public:
  Lists(personal::Vault& vault, personal::Ledger& ledger, const consent::Records& records,
        const base::Clock& clock)
      : vault_(vault), people_(vault), ledger_(ledger), records_(records), clock_(clock) {}

  base::Result<base::Id, ListRefusal> make(store::Tx& tx, const Member& member,
                                           std::string_view name);
  std::vector<List> all(store::Tx& tx, const Member& member);
  std::optional<List> find(store::Tx& tx, const Member& member, const base::Id& list);
  // What its readers see of it.
  std::optional<std::string> name_of(store::Tx& tx, std::int64_t account_id, const base::Id& list);

  base::Result<Imported, ListRefusal> import(store::Tx& tx, const Member& member,
                                             const base::Id& list, const Import& import);
  // Those who said yes, the first ones first; at most `most`.
  base::Result<std::vector<std::string>, ListRefusal> read(store::Tx& tx, const Member& member,
                                                           const base::Id& list, int most);
  base::Result<std::vector<std::string>, ListRefusal> take_away(store::Tx& tx, const Member& member,
                                                                const base::Id& list);
  // `level`: nothing takes it back.
  base::Outcome<ListRefusal> grant(store::Tx& tx, const Member& member, const base::Id& list,
                                   std::int64_t to, std::optional<Level> level);
  // Who else may do what.
  std::vector<std::pair<std::int64_t, Level>> grants(store::Tx& tx, std::int64_t account_id,
                                                     const base::Id& list);
  // The newest first.
  std::vector<Use> uses(store::Tx& tx, std::int64_t account_id, const base::Id& list, int most);

  // The list, every line and every line's key. Blocks.
  base::Outcome<ListRefusal> destroy(store::Database& database, const Member& member,
                                     const base::Id& list);
  // Lines, uses and news whose time is over, with the lines' keys. Blocks; gives back how many
  // lines.
  std::int64_t sweep(store::Database& database);

 private:
  base::Result<List, ListRefusal> allowed(store::Tx& tx, const Member& member, const base::Id& list,
                                          Level level);
  bool is_proven(const Member& member) const;
  std::vector<std::string> open_lines(store::Tx& tx, const Member& member, const base::Id& list,
                                      int most);
  void note(store::Tx& tx, const Member& member, const base::Id& list, std::string_view what,
            std::size_t entries, std::string_view statement = {}) const;

  personal::Vault& vault_;
  consent::People people_;
  personal::Ledger& ledger_;
  const consent::Records& records_;
  const base::Clock& clock_;
};

// A person's word on getting news, with a notice still to be added where it is a yes.
consent::Statement word_of(const consent::Person& person, consent::Act act, consent::How how);
// As data/rights/reach.tsv says which row a line's address is sealed to.
std::string entry_row(const base::Id& list, const consent::Person& person);
// May news go to this person of this account? Their newest word counts.
bool has_said_yes(store::Tx& tx, std::int64_t account_id, const consent::Person& person,
                  base::Instant now);

}  // namespace outreach
