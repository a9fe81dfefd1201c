// One operation's right to open personal values: who, for what purpose, in which account; and its
// ledger row.
//
//   personal::Access<Purpose::ServeController> access(ledger, actor, account, "v4.trackings.get");
//   const std::string& email = open(person.customer_email, access);
//   ...
//   access.record(tx);          // in the operation's own transaction; or leave it to the
//   destructor
//
// An access that opened something and was not recorded in a transaction is handed to the ledger by
// its destructor and written by the next group commit (milliseconds later; docs/decisions/ says
// what a crash may lose).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "personal/label.h"
#include "personal/purposes.gen.h"

namespace store {
class Tx;
class Database;
}  // namespace store

namespace support {
class Tickets;
}

namespace personal {

class Restrictions;

// Who opens: an API key, a member of the staff, the program itself. Ids, never names.
enum class ActorKind : std::uint8_t {
  ApiKey = 0,
  Member = 1,
  System = 2,
  CommandLine = 3,
  Subject = 4
};
struct Actor {
  ActorKind kind = ActorKind::System;
  std::int64_t id = 0;
};

struct LedgerRow {
  std::int64_t account_id = 0;
  base::Instant at{};
  Actor actor;
  Purpose purpose{};
  std::string_view operation;  // a constant: "v4.trackings.get"
  std::int64_t subject = 0;    // the subject's slot when it was one; 0 when none or several
  std::int64_t subjects = 0;   // how many different subjects
  std::int64_t fields = 0;     // how many values were opened
};

// The access ledger: append-only table access_ledger of the main database.
class Ledger {
 public:
  Ledger(store::Database& database, const base::Clock& clock);
  ~Ledger();  // writes what is waiting

  // In the caller's transaction.
  void append(store::Tx& tx, const LedgerRow& row);
  // With the next group commit; bounded: a full buffer makes the caller wait for a commit. Safe
  // from any thread.
  void append_soon(const LedgerRow& row);
  // Blocks until everything handed to append_soon is committed. Throws StoreError when an attempt
  // failed meanwhile; the rows are kept and tried again.
  void flush();

  // Throws StoreError while rows can be neither written nor kept: no ledger, no value. Every access
  // asks when it is made.
  void require_room() const;

  const base::Clock& clock() const;

  // From here on every access asks these which subjects' values stay shut. They must outlive the
  // ledger's accesses; to be called before the first one is made.
  void enforce(const Restrictions& restrictions) { restrictions_ = &restrictions; }
  const Restrictions* restrictions() const { return restrictions_; }

 private:
  struct State;
  std::unique_ptr<State> state_;
  const Restrictions* restrictions_ = nullptr;
};

namespace access_detail {
// What all purposes share, so that the template stays thin.
class Base {
 public:
  Base(const Base&) = delete;
  Base& operator=(const Base&) = delete;

  // The subject whose values are about to be opened. To be called before opening; the row names it
  // when it stays the only one. When the subject is restricted (restrictions.h) and the purpose is
  // neither Rights nor Claims, its values open as if they had not been given.
  void about(std::int64_t subject);
  // Do the subject's values stay shut? Whoever would write again what it opened (ingest) asks, and
  // leaves such a subject alone: what opened empty must not be written back.
  bool is_shut() const { return is_shut_; }
  // Writes the ledger row in this transaction, if anything was opened. Afterwards the destructor
  // has nothing to do. A closure that is replayed may call it again.
  void record(store::Tx& tx);

 protected:
  Base(Ledger& ledger, Actor actor, std::int64_t account_id, std::string_view operation,
       Purpose purpose);
  ~Base();
  bool note(Label label);  // false: stays shut; throws LabelRefusal

 private:
  void count_subjects();

  Ledger& ledger_;
  LedgerRow row_;
  std::int64_t subject_ = 0;  // whose values are opened now
  std::vector<std::int64_t> subjects_;
  bool recorded_ = false;
  bool is_shut_ = false;
};
}  // namespace access_detail

// What an access for some purposes needs besides: a reason that somebody else has looked into. Only
// whoever looks into it makes one.
template <Purpose P>
class Warrant;
// That there is an open question about this very parcel, and that the look was noted for the person
// it is about (support/tickets.h; policy clause 62).
template <>
class Warrant<Purpose::Support> {
 private:
  friend class support::Tickets;
  Warrant() = default;
};
constexpr bool needs_warrant(Purpose purpose) { return purpose == Purpose::Support; }

template <Purpose P>
class Access : public access_detail::Base {
 public:
  Access(Ledger& ledger, Actor actor, std::int64_t account_id,
         std::string_view operation) requires(!needs_warrant(P))
      : Base(ledger, actor, account_id, operation, P) {}
  Access(Ledger& ledger, Actor actor, std::int64_t account_id, std::string_view operation,
         const Warrant<P>&) requires(needs_warrant(P))
      : Base(ledger, actor, account_id, operation, P) {}
  bool note_opened(Label label) { return note(label); }
};

}  // namespace personal
