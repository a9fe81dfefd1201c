#include "rights/erasure.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "consent/suppression.h"
#include "rights/facts.h"
#include "rights/propagation.h"
#include "rights/registers/holds.h"

namespace rights {
namespace {

constexpr std::size_t kBatch = 500;  // shipments in one transaction, so that nobody waits long

constexpr std::string_view kFacts[] = {
    "asked", "delivered", "objected",   "consent-withdrawn", "unlawful",      "must-erase",
    "child", "hold",      "legal-duty", "expression",        "public-health", "archive"};

bool is_given(const Facts& facts, std::string_view word) {
  const auto found = std::ranges::find(kFacts, word);
  if (found == std::end(kFacts)) throw std::runtime_error("grounds.tsv: an unknown fact");
  const auto fact = static_cast<Fact>(found - std::begin(kFacts));
  return fact == Fact::Asked || std::ranges::find(facts, fact) != facts.end();
}

bool all_hold(const Facts& facts, std::string_view words) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    auto word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    const bool is_not = word.starts_with('!');
    if (is_not) word.remove_prefix(1);
    if (is_given(facts, word) == is_not) return false;
  }
  return true;
}

std::vector<std::vector<std::size_t>> batches(std::size_t count) {
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % kBatch == 0) all.emplace_back();
    all.back().push_back(i);
  }
  return all;
}

}  // namespace

Ruling decide(const Facts& facts) {
  for (const auto& row : tsv_rows(embedded_grounds(), 4)) {
    if (!all_hold(facts, row[1])) continue;
    Ruling ruling;
    ruling.decision = row[2] == "refuse"      ? Decision::Refuse
                      : row[2] == "keep-held" ? Decision::KeepHeld
                                              : Decision::Erase;
    ruling.article = fmt::format("Art. {} GDPR", row[0]);
    ruling.words = row[3];
    return ruling;
  }
  throw std::runtime_error("grounds.tsv: no row decides");
}

bool Certificate::is_clean() const {
  return std::ranges::all_of(accounts, [](const Account& a) { return a.keys_left == 0; }) &&
         std::ranges::all_of(tables,
                             [](const Table& t) { return t.after == 0 || !t.kept.empty(); }) &&
         std::ranges::all_of(surfaces, [](const Surface& s) { return s.found == 0; });
}

Eraser::Counts Eraser::count(const Person& person) {
  return main_.read_now([&](store::Tx& tx) {
    Counts counts;
    for (const auto& table : kept_tables()) {
      std::int64_t rows_of_table = 0;
      for (const auto& held : person.held) {
        for (const auto& selection : selections(table, held)) {
          auto rows = tx.query_params(
              fmt::format("SELECT COUNT(*) FROM {} WHERE {}", table.name, selection.where),
              selection.params);
          if (rows.next()) rows_of_table += rows.integer(0);
        }
      }
      counts.rows[table.name] = rows_of_table;
    }
    return counts;
  });
}

std::int64_t Eraser::count_keys(std::int64_t account_id,
                                const std::vector<personal::SubjectId>& subjects) {
  return keys_.read_now([&](store::Tx& tx) {
    std::int64_t count = 0;
    for (const auto subject : subjects) {
      auto rows = tx.query("SELECT COUNT(*) FROM slots WHERE account_id = $1 AND slot = $2",
                           account_id, subject);
      if (rows.next()) count += rows.integer(0);
    }
    return count;
  });
}

// Of the shipments, and of whatever else is sealed in rows that go: visits, cases.
std::vector<personal::SubjectId> Eraser::subjects_of(const Held& held) {
  std::vector<personal::SubjectId> subjects;
  for (const auto& shipment : held.shipments) {
    if (shipment.subject != 0) subjects.push_back(shipment.subject);
  }
  const auto has_subject = [](std::string_view table) {
    return table != "shipments" && column_type(table, "subject").has_value();
  };
  main_.read_now([&](store::Tx& tx) {
    for (const auto& table : kept_tables()) {
      const bool goes = table.at_erasure == AtErasure::Delete || table.name == "rights_cases";
      if (!goes || table.reach == Reach::Subject || !has_subject(table.name)) continue;
      for (const auto& selection : selections(table, held)) {
        auto rows = tx.query_params(
            fmt::format("SELECT subject FROM {} WHERE {}", table.name, selection.where),
            selection.params);
        while (rows.next()) {
          if (rows.integer(0) != 0) subjects.push_back(rows.integer(0));
        }
      }
    }
    return 0;
  });
  std::ranges::sort(subjects);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return subjects;
}

void Eraser::remove_rows(const Held& held, std::span<const Tombstones::Stone> stones,
                         const base::Id& cause, base::Instant now) {
  const auto remove = [&](store::Tx& tx, const Held& part) {
    for (const auto& table : kept_tables()) {
      if (table.at_erasure != AtErasure::Delete) continue;
      for (const auto& selection : selections(table, part))
        tx.enqueue_params(fmt::format("DELETE FROM {} WHERE {}", table.name, selection.where),
                          selection.params);
    }
  };
  for (const auto& batch : batches(held.shipments.size())) {
    Held part;
    part.account_id = held.account_id;
    for (const auto i : batch) part.shipments.push_back(held.shipments[i]);
    main_.write_now([&](store::Tx& tx) {
      remove(tx, part);
      for (const auto& shipment : part.shipments)
        propagate(tx, held.account_id, SubjectEvent::Erased, shipment.id, cause, 0, now);
    });
  }
  Held rest = held;
  rest.shipments.clear();
  main_.write_now([&](store::Tx& tx) {
    remove(tx, rest);
    // What happened in their cases stays, the person in them goes.
    tx.execute(
        "UPDATE rights_cases SET subject = 0, sealed = NULL, address_hash = NULL, shipment_id = "
        "NULL WHERE account_id = $1 AND address_hash = $2",
        held.account_id, store::Blob{held.address_hash});
    Tombstones::set(tx, stones);
    // The address gets nothing more, however it comes back.
    if (const auto who = consent::Person::from_bytes(held.consent_person))
      consent::suppress(tx, held.account_id, *who, {std::nullopt, consent::Why::Erased, now, {}});
  });
}

// Letters have no address in the clear; each that waits is opened and compared. There are few: a
// letter is gone when it is sent.
std::int64_t Eraser::remove_letters(const Person& person) {
  if (person.address.empty()) return 0;
  struct Row {
    std::int64_t account_id;
    std::string id;
    personal::SubjectId subject;
  };
  std::vector<Row> gone = main_.read_now([&](store::Tx& tx) {
    std::vector<Row> found;
    auto rows = tx.query(
        "SELECT account_id, id, subject, sealed FROM letters WHERE kind NOT LIKE 'rights-%'");
    while (rows.next()) {
      const std::string id(rows.blob(1));
      const auto envelope =
          vault_.unseal({"letters", rows.integer(0), id}, rows.integer(2), rows.blob(3));
      if (!envelope) continue;
      RightsAccess access(ledger_, {}, rows.integer(0), "rights.erase.letters");
      access.about(rows.integer(2));
      const auto to = open(envelope->take<personal::field::LetterTo>(), access);
      if (personal::folded_address(to) == person.address)
        found.push_back({rows.integer(0), id, rows.integer(2)});
    }
    return found;
  });
  for (const auto& row : gone) {
    vault_.forget(row.account_id, std::span(&row.subject, 1));
    main_.write_now([&](store::Tx& tx) {
      return tx.execute("DELETE FROM letters WHERE account_id = $1 AND id = $2", row.account_id,
                        store::Blob{row.id});
    });
  }
  return static_cast<std::int64_t>(gone.size());
}

Certificate Eraser::erase(const Person& person, const Ruling& ruling, const base::Id& cause) {
  const auto now = clock_.now();
  Certificate certificate;
  certificate.id = base::Id::make(now);
  certificate.article = ruling.article;
  for (const auto& hold : main_.read_now([&](store::Tx& tx) { return holds_on(tx, person); })) {
    certificate.held.push_back({hold.id.hex(), std::string(name(hold.ground)),
                                std::string(rights::article(hold.ground)), hold.jurisdiction,
                                hold.fields, hold.ends_at});
  }
  // Whatever the grounds were said to be: what is held stays, so the certificate says by which.
  if (!certificate.held.empty() && ruling.decision == Decision::Erase)
    certificate.article += ", " + certificate.held.front().article;
  const auto before = count(person);
  const auto stones = tombstones_.stones_of(person, now);
  tombstones_.announce(stones);
  for (const auto& held : person.held) {
    const auto subjects = subjects_of(held);
    Certificate::Account account;
    account.account_id = held.account_id;
    account.shipments = static_cast<std::int64_t>(held.shipments.size());
    account.keys_destroyed = count_keys(held.account_id, subjects);
    vault_.forget(held.account_id, subjects);
    std::vector<Tombstones::Stone> own;
    for (const auto& stone : stones) {
      if (stone.account_id == held.account_id) own.push_back(stone);
    }
    remove_rows(held, own, cause, now);
    account.keys_left = count_keys(held.account_id, subjects);
    certificate.accounts.push_back(account);
  }
  certificate.letters_removed = remove_letters(person);
  main_.checkpoint();
  const auto after = count(person);
  for (const auto& table : kept_tables()) {
    const auto was = before.rows.at(table.name), is = after.rows.at(table.name);
    if (was == 0 && is == 0) continue;
    certificate.tables.push_back(
        {table.name, was, is, table.at_erasure == AtErasure::Keep ? table.why : std::string()});
  }
  certificate.at = clock_.now();
  base::log(base::Level::Info, "rights.erased",
            {{"accounts", certificate.accounts.size()},
             {"shipments", person.shipments()},
             {"clean", certificate.is_clean()}});
  return certificate;
}

std::string to_json(const Certificate& c) {
  base::JsonWriter json(4096);
  json.begin_object();
  json.key("certificate").value(c.id.hex());
  json.key("at").value(base::to_iso_micros(c.at));
  json.key("article").value(c.article);
  json.key("clean").value(c.is_clean());
  json.key("accounts").begin_array();
  for (const auto& account : c.accounts) {
    json.begin_object();
    json.key("account").value(account.account_id);
    json.key("shipments").value(account.shipments);
    json.key("keys_destroyed").value(account.keys_destroyed);
    json.key("keys_left").value(account.keys_left);
    json.end_object();
  }
  json.end_array();
  json.key("tables").begin_array();
  for (const auto& table : c.tables) {
    json.begin_object();
    json.key("table").value(table.name);
    json.key("rows_before").value(table.before);
    json.key("rows_after").value(table.after);
    if (!table.kept.empty()) json.key("kept_because").value(table.kept);
    json.end_object();
  }
  json.end_array();
  json.key("letters_removed").value(c.letters_removed);
  json.key("held").begin_array();
  for (const auto& kept : c.held) {
    json.begin_object();
    json.key("hold").value(kept.hold);
    json.key("ground").value(kept.ground);
    json.key("article").value(kept.article);
    json.key("jurisdiction").value(kept.jurisdiction);
    json.key("fields").begin_array();
    for (const auto& field : kept.fields) json.value(field);
    json.end_array();
    json.key("until").value(base::to_iso_offset(kept.ends_at));
    json.end_object();
  }
  json.end_array();
  json.key("surfaces").begin_array();
  for (const auto& surface : c.surfaces) {
    json.begin_object();
    json.key("name").value(surface.name);
    json.key("path").value(surface.path);
    json.key("bytes_searched").value(surface.bytes);
    json.key("found").value(surface.found);
    if (!surface.note.empty()) json.key("note").value(surface.note);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).text();
}

std::string to_text(const Certificate& c) {
  std::string out = fmt::format("Certificate of erasure {}\n{}  {}\n", c.id.hex(),
                                base::to_iso_offset(c.at), c.article);
  for (const auto& account : c.accounts) {
    out += fmt::format(
        "\naccount {}\n  {:>8}  shipments were theirs\n  {:>8}  keys destroyed\n  "
        "{:>8}  keys left\n",
        account.account_id, account.shipments, account.keys_destroyed, account.keys_left);
  }
  if (!c.tables.empty()) out += "\n    before     after  table\n";
  for (const auto& table : c.tables) {
    out += fmt::format("  {:>8}  {:>8}  {}{}\n", table.before, table.after, table.name,
                       table.kept.empty() ? "" : "  (kept: " + table.kept + ")");
  }
  if (c.letters_removed > 0)
    out += fmt::format("\n  {:>8}  waiting letters removed\n", c.letters_removed);
  for (const auto& kept : c.held) {
    out += fmt::format("\nHeld until {} ({}, {}): {}\n",
                       base::to_iso_offset(kept.ends_at).substr(0, 10), kept.article,
                       kept.jurisdiction, fmt::join(kept.fields, ", "));
  }
  if (!c.surfaces.empty()) out += "\n     found         bytes  surface\n";
  for (const auto& surface : c.surfaces) {
    out += fmt::format("  {:>8}  {:>12}  {}{}{}\n", surface.found, surface.bytes, surface.name,
                       surface.path.empty() ? "" : "  " + surface.path,
                       surface.note.empty() ? "" : "  (" + surface.note + ")");
  }
  if (c.is_clean() && !c.held.empty())
    return out + "\nNothing is left but what is held, sealed apart until its date.\n";
  out += c.is_clean() ? "\nNothing is left.\n" : "\nSomething is left: see above.\n";
  return out;
}

std::string held_words(const Certificate& c) {
  std::string words;
  for (const auto& kept : c.held) {
    words +=
        fmt::format("{}{} until {} ({})", words.empty() ? "" : "; ", fmt::join(kept.fields, ", "),
                    base::to_iso_offset(kept.ends_at).substr(0, 10), kept.article);
  }
  return words.empty() ? "none" : words;
}

}  // namespace rights
