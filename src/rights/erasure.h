// Erasure (GDPR Art. 17): whether, by the decision table data/rights/grounds.tsv; and how: the keys
// are destroyed, the rows removed, a tombstone keeps both from coming back, those who were told are
// told, and a certificate says what was counted afterwards, not what was meant.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "letters/letters.h"
#include "rights/tombstones.h"

namespace rights {

// What is known of a request, for the decision table. Names there are these in lower case.
enum class Fact : std::uint8_t {
  Asked,  // the person does; always
  Delivered,
  Objected,
  ConsentWithdrawn,
  Unlawful,
  MustErase,
  Child,
  Hold,  // named values are held for a claim
  LegalDuty,
  Expression,
  PublicHealth,
  Archive,
};
using Facts = std::vector<Fact>;

enum class Decision : std::uint8_t { Erase, KeepHeld, Refuse };
struct Ruling {
  Decision decision = Decision::Erase;
  std::string article, words;
};
// The first row of the table whose facts are all given. Pure.
Ruling decide(const Facts& facts);

// What was counted after the act.
struct Certificate {
  base::Id id;
  base::Instant at{};
  std::string article;
  struct Account {
    std::int64_t account_id = 0;
    std::int64_t shipments = 0;       // that were the person's
    std::int64_t keys_destroyed = 0;  // that were there before
    std::int64_t keys_left = 0;       // of them, counted afterwards
  };
  std::vector<Account> accounts;
  struct Table {
    std::string name;
    std::int64_t before = 0, after = 0;
    std::string kept;  // why rows are left
  };
  std::vector<Table> tables;
  std::int64_t letters_removed = 0;
  // What legal holds keep of the person, and until when (registers/holds.h).
  struct Kept {
    std::string hold, ground, article, jurisdiction;
    std::vector<std::string> fields;
    base::Instant ends_at{};
  };
  std::vector<Kept> held;
  struct Surface {
    std::string name, path;
    std::int64_t bytes = 0, found = 0;
    std::string note;
  };
  std::vector<Surface> surfaces;  // filled by the search (proof.h)

  bool is_clean() const;
};
std::string to_json(const Certificate& certificate);
// "customer_name until 2027-01-31", for a letter; "none" when nothing is held.
std::string held_words(const Certificate& certificate);
std::string to_text(const Certificate& certificate);

class Eraser {
 public:
  Eraser(store::Database& main, store::Database& keys, personal::Vault& vault,
         personal::Ledger& ledger, const base::Clock& clock)
      : main_(main),
        keys_(keys),
        vault_(vault),
        ledger_(ledger),
        clock_(clock),
        tombstones_(main, keys, vault) {}

  // Everything the dictionary reaches from the person goes, but for what reach.tsv keeps and why.
  // `cause`: the case it is done for; the people in their other cases are forgotten with it.
  // Blocks.
  Certificate erase(const Person& person, const Ruling& ruling, const base::Id& cause = {});

  Tombstones& tombstones() { return tombstones_; }

 private:
  struct Counts {
    std::map<std::string, std::int64_t> rows;
  };
  Counts count(const Person& person);
  std::int64_t count_keys(std::int64_t account_id,
                          const std::vector<personal::SubjectId>& subjects);
  std::vector<personal::SubjectId> subjects_of(const Held& held);
  void remove_rows(const Held& held, std::span<const Tombstones::Stone> stones,
                   const base::Id& cause, base::Instant now);
  std::int64_t remove_letters(const Person& person);

  store::Database& main_;
  store::Database& keys_;
  personal::Vault& vault_;
  personal::Ledger& ledger_;
  const base::Clock& clock_;
  Tombstones tombstones_;
};

}  // namespace rights
