#include "outreach/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "consent/suppression.h"

namespace outreach {
namespace {

using consent::Person;

constexpr std::string_view kEntries = "list_entries";
constexpr int kEverybody = 1'000'000;

}  // namespace

std::string entry_row(const base::Id& list, const Person& person) {
  return fmt::format("{}/{}", list.hex(), base::to_hex(person.bytes()));
}

consent::Statement word_of(const Person& person, consent::Act act, consent::How how) {
  consent::Statement said;
  said.person = person;
  said.purpose = kPurpose;
  said.act = act;
  said.how = how;
  return said;
}

bool has_said_yes(store::Tx& tx, std::int64_t account_id, const Person& person, base::Instant now) {
  return consent::standing_of(tx, account_id, person, kPurpose, now, now) ==
         consent::Standing::Given;
}

std::string_view describe(ListRefusal refusal) {
  switch (refusal) {
    case ListRefusal::NoList:
      return "there is no such list";
    case ListRefusal::NotGranted:
      return "this list is not yours to use so";
    case ListRefusal::ProveAgain:
      return "show again who you are: a list leaves only in hands that are known";
    case ListRefusal::NoName:
      return "a list needs a name of at most 80 bytes";
    case ListRefusal::NoStatement:
      return "say by which right these addresses may be used, and which words their readers "
             "agreed to";
    case ListRefusal::TooMany:
      break;
  }
  return "at most 10,000 addresses at once";
}

void Lists::note(store::Tx& tx, const Member& member, const base::Id& list, std::string_view what,
                 std::size_t entries, std::string_view statement) const {
  const auto now = clock_.now();
  tx.execute(
      "INSERT INTO list_uses (account_id, id, list_id, member_id, what, statement, entries, at, "
      "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      member.account_id, store::Blob{base::Id::make(now).bytes()}, store::Blob{list.bytes()},
      member.id, what, statement, static_cast<std::int64_t>(entries), now, now + kEntryKept);
}

base::Result<base::Id, ListRefusal> Lists::make(store::Tx& tx, const Member& member,
                                                std::string_view name) {
  name = base::trim(name);
  if (name.empty() || name.size() > kLongestListName || name.find_first_of("\r\n") != name.npos)
    return base::Failure{ListRefusal::NoName};
  const auto now = clock_.now();
  const auto id = base::Id::make(now);
  tx.execute(
      "INSERT INTO recipient_lists (account_id, id, name, made_by, created_at) VALUES ($1, $2, "
      "$3, $4, $5)",
      member.account_id, store::Blob{id.bytes()}, name, member.id, now);
  return id;
}

std::vector<List> Lists::all(store::Tx& tx, const Member& member) {
  std::vector<List> lists;
  auto rows = tx.query(
      "SELECT l.id, l.name, l.made_by, l.created_at, "
      "(SELECT COUNT(*) FROM list_entries e WHERE e.account_id = l.account_id AND e.list_id = l.id "
      "AND e.confirmed_at IS NOT NULL AND e.expires_at > $3), "
      "(SELECT COUNT(*) FROM list_entries e WHERE e.account_id = l.account_id AND e.list_id = l.id "
      "AND e.confirmed_at IS NULL AND e.expires_at > $3), "
      "COALESCE((SELECT MAX(g.level) FROM list_grants g WHERE g.account_id = l.account_id AND "
      "g.list_id = l.id AND g.member_id = $2), 0) "
      "FROM recipient_lists l WHERE l.account_id = $1 ORDER BY l.created_at, l.id",
      member.account_id, member.id, clock_.now());
  while (rows.next()) {
    List list{base::Id::from_bytes(rows.blob(0)).value_or(base::Id()),
              std::string(rows.text(1)),
              rows.integer(2),
              rows.instant(3),
              rows.integer(4),
              rows.integer(5),
              static_cast<int>(rows.integer(6))};
    if (member.is_owner || list.made_by == member.id) list.level = static_cast<int>(Level::Manage);
    lists.push_back(std::move(list));
  }
  return lists;
}

std::optional<List> Lists::find(store::Tx& tx, const Member& member, const base::Id& list) {
  auto lists = all(tx, member);
  const auto found = std::ranges::find(lists, list, &List::id);
  if (found == lists.end()) return std::nullopt;
  return std::move(*found);
}

std::optional<std::string> Lists::name_of(store::Tx& tx, std::int64_t account_id,
                                          const base::Id& list) {
  auto rows = tx.query("SELECT name FROM recipient_lists WHERE account_id = $1 AND id = $2",
                       account_id, store::Blob{list.bytes()});
  if (!rows.next()) return std::nullopt;
  return std::string(rows.text(0));
}

base::Result<List, ListRefusal> Lists::allowed(store::Tx& tx, const Member& member,
                                               const base::Id& list, Level level) {
  auto found = find(tx, member, list);
  if (!found) return base::Failure{ListRefusal::NoList};
  if (found->level < static_cast<int>(level)) return base::Failure{ListRefusal::NotGranted};
  return std::move(*found);
}

bool Lists::is_proven(const Member& member) const {
  const auto now = clock_.now();
  return member.proven_at <= now && now - member.proven_at < kProofLasts;
}

base::Result<Imported, ListRefusal> Lists::import(store::Tx& tx, const Member& member,
                                                  const base::Id& list, const Import& import) {
  const auto words = base::trim(import.agreed_words);
  const auto statement = base::trim(import.statement);
  const auto is_said = [](std::string_view text) {
    return !text.empty() && text.size() <= kLongestStatement;
  };
  if (!is_said(words) || !is_said(statement)) return base::Failure{ListRefusal::NoStatement};
  if (import.addresses.size() > kMostImported) return base::Failure{ListRefusal::TooMany};
  const auto found = allowed(tx, member, list, Level::Manage);
  if (!found) return base::Failure{found.error()};
  const auto now = clock_.now();
  Imported done;
  for (const auto& typed : import.addresses) {
    const auto address = std::string(base::trim(typed));
    const auto person = people_.by_email(member.account_id, address);
    if (!person) {
      ++done.invalid;
      continue;
    }
    const auto standing = consent::standing_of(tx, member.account_id, *person, kPurpose, now, now);
    if (standing == consent::Standing::Withdrawn || standing == consent::Standing::Objected) {
      ++done.said_no;
      continue;
    }
    const auto subject = vault_.new_subject_now(member.account_id);
    personal::Envelope envelope;
    envelope.put(ListAddress(address, personal::Label(personal::Source::Shop)));
    const auto sealed =
        vault_.seal({kEntries, member.account_id, entry_row(list, *person)}, subject, envelope)
            .value();
    const auto added = tx.execute(
        "INSERT INTO list_entries (account_id, list_id, person, subject, sealed, came_by, "
        "language, added_at, confirmed_at, expires_at) VALUES ($1, $2, $3, $4, $5, 'import', $6, "
        "$7, $7, $8) ON CONFLICT DO NOTHING",
        member.account_id, store::Blob{list.bytes()}, store::Blob{person->bytes()}, subject,
        store::Blob{sealed}, import.language, now, now + kEntryKept);
    if (added != 1) {
      ++done.known;
      continue;
    }
    ++done.added;
    if (standing == consent::Standing::Given) continue;
    auto said = word_of(*person, consent::Act::Given, consent::How::Api);
    said.notice = consent::Notice{std::string(words), import.language, "import"};
    records_.note(tx, member.account_id, said);
  }
  note(tx, member, list, "import", static_cast<std::size_t>(done.added), statement);
  return done;
}

std::vector<std::string> Lists::open_lines(store::Tx& tx, const Member& member,
                                           const base::Id& list, int most) {
  PromoteAccess access(ledger_, {personal::ActorKind::Member, member.id}, member.account_id,
                       "outreach.list");
  std::vector<std::string> lines;
  auto rows = tx.query(
      "SELECT person, subject, sealed FROM list_entries WHERE account_id = $1 AND list_id = $2 AND "
      "confirmed_at IS NOT NULL AND expires_at > $3 ORDER BY confirmed_at, person LIMIT $4",
      member.account_id, store::Blob{list.bytes()}, clock_.now(), static_cast<std::int64_t>(most));
  while (rows.next()) {
    const auto person = Person::from_bytes(rows.blob(0)).value_or(Person());
    const auto envelope = vault_.unseal({kEntries, member.account_id, entry_row(list, person)},
                                        rows.integer(1), rows.blob(2));
    if (!envelope) continue;  // its key went a moment ago
    access.about(rows.integer(1));
    lines.push_back(open(envelope->take<personal::field::ListAddress>(), access));
  }
  access.record(tx);
  return lines;
}

base::Result<std::vector<std::string>, ListRefusal> Lists::read(store::Tx& tx, const Member& member,
                                                                const base::Id& list, int most) {
  const auto found = allowed(tx, member, list, Level::Read);
  if (!found) {
    if (found.error() == ListRefusal::NotGranted) note(tx, member, list, "read refused", 0);
    return base::Failure{found.error()};
  }
  auto lines = open_lines(tx, member, list, most);
  note(tx, member, list, "read", lines.size());
  return lines;
}

base::Result<std::vector<std::string>, ListRefusal> Lists::take_away(store::Tx& tx,
                                                                     const Member& member,
                                                                     const base::Id& list) {
  const auto found = allowed(tx, member, list, Level::Manage);
  if (!found || !is_proven(member)) {
    const auto why = found ? ListRefusal::ProveAgain : found.error();
    if (why != ListRefusal::NoList) note(tx, member, list, "export refused", 0);
    return base::Failure{why};
  }
  auto lines = open_lines(tx, member, list, kEverybody);
  note(tx, member, list, "export", lines.size());
  return lines;
}

base::Outcome<ListRefusal> Lists::grant(store::Tx& tx, const Member& member, const base::Id& list,
                                        std::int64_t to, std::optional<Level> level) {
  const auto found = allowed(tx, member, list, Level::Manage);
  if (!found) return base::Failure{found.error()};
  tx.execute("DELETE FROM list_grants WHERE account_id = $1 AND list_id = $2 AND member_id = $3",
             member.account_id, store::Blob{list.bytes()}, to);
  if (level)
    tx.execute(
        "INSERT INTO list_grants (account_id, list_id, member_id, level) VALUES ($1, $2, $3, $4)",
        member.account_id, store::Blob{list.bytes()}, to, static_cast<std::int64_t>(*level));
  return base::kDone;
}

std::vector<std::pair<std::int64_t, Level>> Lists::grants(store::Tx& tx, std::int64_t account_id,
                                                          const base::Id& list) {
  std::vector<std::pair<std::int64_t, Level>> all;
  auto rows = tx.query(
      "SELECT member_id, level FROM list_grants WHERE account_id = $1 AND list_id = $2 ORDER BY "
      "member_id",
      account_id, store::Blob{list.bytes()});
  while (rows.next()) all.emplace_back(rows.integer(0), static_cast<Level>(rows.integer(1)));
  return all;
}

std::vector<Use> Lists::uses(store::Tx& tx, std::int64_t account_id, const base::Id& list,
                             int most) {
  std::vector<Use> all;
  auto rows = tx.query(
      "SELECT member_id, what, statement, entries, at FROM list_uses WHERE account_id = $1 AND "
      "list_id = $2 ORDER BY at DESC, id DESC LIMIT $3",
      account_id, store::Blob{list.bytes()}, static_cast<std::int64_t>(most));
  while (rows.next())
    all.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                   rows.integer(3), rows.instant(4)});
  return all;
}

base::Outcome<ListRefusal> Lists::destroy(store::Database& database, const Member& member,
                                          const base::Id& list) {
  auto work = [&](store::Tx& tx) -> base::Result<std::vector<personal::SubjectId>, ListRefusal> {
    const auto found = allowed(tx, member, list, Level::Manage);
    if (!found) return base::Failure{found.error()};
    if (!is_proven(member)) {
      note(tx, member, list, "destroy refused", 0);
      return base::Failure{ListRefusal::ProveAgain};
    }
    std::vector<personal::SubjectId> keys;
    {
      auto rows = tx.query(
          "DELETE FROM list_entries WHERE account_id = $1 AND list_id = $2 RETURNING subject",
          member.account_id, store::Blob{list.bytes()});
      while (rows.next()) keys.push_back(rows.integer(0));
    }
    note(tx, member, list, "destroy", keys.size());
    tx.execute(
        "UPDATE promotion_sends SET due_at = NULL, outcome = 'no-list' WHERE account_id = $1 AND "
        "due_at IS NOT NULL AND promotion_id IN (SELECT id FROM promotions WHERE account_id = $1 "
        "AND list_id = $2)",
        member.account_id, store::Blob{list.bytes()});
    tx.execute("DELETE FROM list_grants WHERE account_id = $1 AND list_id = $2", member.account_id,
               store::Blob{list.bytes()});
    tx.execute("DELETE FROM recipient_lists WHERE account_id = $1 AND id = $2", member.account_id,
               store::Blob{list.bytes()});
    return keys;
  };
  const auto keys = database.write_now(work);
  if (!keys) return base::Failure{keys.error()};
  vault_.forget(member.account_id, *keys);
  return base::kDone;
}

std::int64_t Lists::sweep(store::Database& database) {
  const auto now = clock_.now();
  auto work = [&](store::Tx& tx) {
    std::map<std::int64_t, std::vector<personal::SubjectId>> keys;
    {
      auto rows = tx.query(
          "DELETE FROM list_entries WHERE expires_at <= $1 RETURNING account_id, subject", now);
      while (rows.next()) keys[rows.integer(0)].push_back(rows.integer(1));
    }
    for (const auto* table : {"list_uses", "promotion_sends", "promotions"})
      tx.execute(fmt::format("DELETE FROM {} WHERE expires_at <= $1", table), now);
    return keys;
  };
  std::int64_t count = 0;
  for (const auto& [account_id, subjects] : database.write_now(work)) {
    vault_.forget(account_id, subjects);
    count += static_cast<std::int64_t>(subjects.size());
  }
  return count;
}

}  // namespace outreach
