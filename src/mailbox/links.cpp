#include "mailbox/links.h"

#include <fmt/format.h>

#include <array>

#include "consent/person.h"
#include "personal/secret.h"

namespace mailbox {
namespace {

namespace field = personal::field;
using personal::Label, personal::Source;
using store::Blob;

constexpr store::Claimable kClaimable{"mailbox_links", "id", store::IdForm::Bytes};
constexpr std::array<std::string_view, 3> kStates = {"working", "ended", "unlinking"};
constexpr std::string_view kColumns =
    "account_id, id, person_id, kind, subject, sealed, state, trouble, failures, position, "
    "linked_at, last_used_at, heads_seen, messages_opened, parcels_found";

template <class F>
using Sealed = personal::Personal<std::string, F>;

State state_named(std::string_view text) {
  const auto found = std::ranges::find(kStates, text);
  return static_cast<State>(found == kStates.end() ? 0 : found - kStates.begin());
}

personal::RowIdentity identity(std::int64_t account_id, const base::Id& id) {
  return {"mailbox_links", account_id, id.bytes()};
}

std::string find_row(const base::Id& link, const base::Id& shipment) {
  return link.hex() + "/" + shipment.hex();
}

std::string hash_of(personal::Vault& vault, std::int64_t account_id, std::string_view address) {
  // A scope of its own: nothing here can be compared with other tables' hashes.
  const auto hash = vault.keyed_hash(account_id, "mailbox-address", address);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::string_view word(State state) { return kStates[static_cast<std::size_t>(state)]; }

std::string Links::seal(const Link& link, const Keys& keys) {
  const Label own(Source::Buyer);
  personal::Envelope envelope;
  envelope.put(Sealed<field::MailboxAddress>(keys.address, own));
  envelope.put(Sealed<field::MailboxServer>(keys.server + "\n" + keys.user, own));
  envelope.put(Sealed<field::MailboxSecret>(keys.secret, own));
  return parts_.vault.seal(identity(link.account_id, link.id), link.subject, envelope).value();
}

base::Result<base::Id, Fault> Links::add(const NewLink& fresh) {
  const auto folded = consent::fold_email(fresh.keys.address);
  const auto person = consent::People(parts_.vault).by_email(fresh.account_id, fresh.keys.address);
  if (!folded || !person) return base::Failure{Fault::Address};
  const auto now = parts_.clock.now();
  Link link;
  link.account_id = fresh.account_id;
  link.id = base::Id::make(now);
  link.subject = parts_.vault.new_subject_now(fresh.account_id);
  const auto sealed = seal(link, fresh.keys);
  const auto hash = hash_of(parts_.vault, fresh.account_id, *folded);
  consent::Statement statement;
  statement.person = *person;
  statement.purpose = kConsentPurpose;
  statement.how = fresh.how;
  statement.notice = fresh.notice;
  auto work = [&](store::Tx& tx) {
    auto there = tx.query("SELECT 1 FROM mailbox_links WHERE account_id = $1 AND address_hash = $2",
                          fresh.account_id, Blob{hash});
    if (there.next()) return false;
    const auto record = parts_.consents.note(tx, fresh.account_id, statement);
    tx.execute(
        "INSERT INTO mailbox_links (account_id, id, person_id, kind, subject, sealed, "
        "address_hash, consent, linked_at, state, trouble, failures, position, heads_seen, "
        "messages_opened, parcels_found, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
        "'working', '', 0, '', 0, 0, 0, $9)",
        fresh.account_id, Blob{link.id.bytes()}, fresh.person_id, fresh.kind, link.subject,
        Blob{sealed}, Blob{hash}, Blob{record.id.bytes()}, now);
    return true;
  };
  if (parts_.database.write_now(work)) return link.id;
  parts_.vault.give_back(fresh.account_id, link.subject);
  return base::Failure{Fault::Known};
}

std::vector<Link> Links::collect(store::Rows rows) {
  std::vector<Link> all;
  while (rows.next()) {
    Link link;
    link.account_id = rows.integer(0);
    link.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
    link.person_id = rows.integer(2);
    link.kind = rows.text(3);
    link.subject = rows.integer(4);
    link.sealed = rows.blob(5);
    link.state = state_named(rows.text(6));
    link.trouble = fault_named(rows.text(7));
    link.failures = static_cast<int>(rows.integer(8));
    link.position = rows.text(9);
    link.linked_at = rows.instant(10);
    if (!rows.is_null(11)) link.last_used_at = rows.instant(11);
    link.heads = rows.integer(12);
    link.opened = rows.integer(13);
    link.parcels = rows.integer(14);
    all.push_back(std::move(link));
  }
  for (auto& link : all) {
    const auto envelope =
        parts_.vault.unseal(identity(link.account_id, link.id), link.subject, link.sealed);
    if (envelope) link.address = envelope->take<field::MailboxAddress>();
  }
  return all;
}

std::vector<Link> Links::list(std::int64_t account_id, std::int64_t person_id) {
  return parts_.database.read_now([&](store::Tx& tx) {
    return collect(tx.query(
        fmt::format("SELECT {} FROM mailbox_links WHERE account_id = $1 AND ($2 = 0 OR person_id "
                    "= $2) ORDER BY linked_at, id",
                    kColumns),
        account_id, person_id));
  });
}

std::optional<Link> Links::find(std::int64_t account_id, const base::Id& id) {
  return parts_.database.read_now([&](store::Tx& tx) -> std::optional<Link> {
    auto all = collect(tx.query(
        fmt::format("SELECT {} FROM mailbox_links WHERE account_id = $1 AND id = $2", kColumns),
        account_id, Blob{id.bytes()}));
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
  });
}

std::vector<Find> Links::finds(std::int64_t account_id, const base::Id& id, int most) {
  return parts_.database.read_now([&](store::Tx& tx) {
    std::vector<Find> all;
    std::vector<std::string> sealed;
    auto rows = tx.query(
        "SELECT shipment_id, sent_on, sealed FROM mailbox_finds WHERE account_id = $1 AND link_id "
        "= $2 ORDER BY found_at DESC, shipment_id LIMIT $3",
        account_id, Blob{id.bytes()}, most);
    while (rows.next()) {
      Find one;
      one.shipment = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
      one.sent_on = rows.text(1);
      sealed.emplace_back(rows.blob(2));
      all.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto shipment = parts_.shipments.find(tx, account_id, all[i].shipment);
      if (!shipment) continue;
      all[i].tracking_number = shipment->head.tracking_number;
      all[i].courier_code = shipment->head.courier_code;
      if (sealed[i].empty()) continue;
      const auto row = find_row(id, all[i].shipment);
      const auto envelope = parts_.vault.unseal({"mailbox_finds", account_id, row},
                                                shipment->head.subject, sealed[i]);
      if (envelope) all[i].sender = envelope->take<field::MailboxSender>();
    }
    return all;
  });
}

std::optional<Keys> Links::keys(const Link& link, Access& access) {
  const auto envelope =
      parts_.vault.unseal(identity(link.account_id, link.id), link.subject, link.sealed);
  if (!envelope) return std::nullopt;
  Keys keys;
  keys.address = open(envelope->take<field::MailboxAddress>(), access);
  keys.secret = open(envelope->take<field::MailboxSecret>(), access);
  auto place = open(envelope->take<field::MailboxServer>(), access);
  const auto end = std::min(place.find('\n'), place.size());
  keys.server.assign(place, 0, end);
  keys.user.assign(place, std::min(end + 1, place.size()));
  personal::wipe(place);
  return keys;
}

bool Links::is_agreed(const Link& link, const Keys& keys) {
  const auto person = consent::People(parts_.vault).by_email(link.account_id, keys.address);
  if (!person) return false;
  const auto now = parts_.clock.now();
  return parts_.database.read_now([&](store::Tx& tx) {
    return consent::standing_of(tx, link.account_id, *person, kConsentPurpose, now, now) ==
           consent::Standing::Given;
  });
}

bool Links::hurry(const Link& link) {
  return parts_.database.write_now([&](store::Tx& tx) {
    return tx.execute(
               "UPDATE mailbox_links SET due_at = $3 WHERE account_id = $1 AND id = $2 AND state = "
               "'working'",
               link.account_id, Blob{link.id.bytes()}, parts_.clock.now()) == 1;
  });
}

// ---- while it is read

std::vector<store::Claim> Links::claim(std::string_view owner, std::chrono::microseconds length) {
  return parts_.database.write_now([&](store::Tx& tx) {
    return store::claim_due(tx, kClaimable, owner, parts_.clock.now(), length, 1);
  });
}

bool Links::claim_one(const Link& link, std::string_view owner, std::chrono::microseconds length) {
  const auto now = parts_.clock.now();
  return parts_.database.write_now([&](store::Tx& tx) {
    return tx.execute(
               "UPDATE mailbox_links SET lease_owner = $3, lease_until = $4 WHERE account_id = $1 "
               "AND id = $2 AND (lease_until IS NULL OR lease_until <= $5)",
               link.account_id, Blob{link.id.bytes()}, owner, now + length, now) == 1;
  });
}

bool Links::note_find(const Link& link, const base::Id& shipment, bool is_maker,
                      const Sighting& sighting) {
  return parts_.database.write_now([&](store::Tx& tx) {
    const auto there = parts_.shipments.find(tx, link.account_id, shipment);
    if (!there) return false;
    std::string sealed;
    const auto row = find_row(link.id, shipment);
    if (there->head.subject != 0 && !sighting.sender_domain.empty()) {
      personal::Envelope envelope;
      envelope.put(Sealed<field::MailboxSender>(sighting.sender_domain, Label(Source::Mailbox)));
      auto done =
          parts_.vault.seal({"mailbox_finds", link.account_id, row}, there->head.subject, envelope);
      if (done) sealed = std::move(*done);
    }
    return tx.execute(
               "INSERT INTO mailbox_finds (account_id, link_id, shipment_id, sealed, sent_on, "
               "is_maker, found_at) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT 1 FROM "
               "mailbox_links WHERE account_id = $1 AND id = $2 AND state = 'working') ON CONFLICT "
               "(account_id, link_id, shipment_id) DO NOTHING",
               link.account_id, Blob{link.id.bytes()}, Blob{shipment.bytes()}, Blob{sealed},
               sighting.sent_on, std::int64_t{is_maker}, parts_.clock.now()) == 1;
  });
}

void Links::note_read(const Link& link, std::string_view owner, const Pass& pass,
                      std::int64_t found, base::Instant next) {
  // Its own hand only: a link that is being unlinked meanwhile is not brought back.
  parts_.database.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE mailbox_links SET position = $4, last_used_at = $5, heads_seen = heads_seen + $6, "
        "messages_opened = messages_opened + $7, parcels_found = parcels_found + $8, due_at = $9, "
        "trouble = '', failures = 0, lease_owner = NULL, lease_until = NULL WHERE account_id = $1 "
        "AND id = $2 AND lease_owner = $3 AND state = 'working'",
        link.account_id, Blob{link.id.bytes()}, owner, pass.position, parts_.clock.now(),
        pass.heads, pass.opened, found, next);
  });
  if (pass.secret.empty()) return;
  Access access(parts_.ledger, {}, link.account_id, "mailbox.renew");
  auto keys = this->keys(link, access);
  if (!keys || keys->secret == pass.secret) return;
  keys->secret = pass.secret;
  const auto sealed = seal(link, *keys);
  parts_.database.write_now([&](store::Tx& tx) {
    access.record(tx);
    return tx.execute("UPDATE mailbox_links SET sealed = $3 WHERE account_id = $1 AND id = $2",
                      link.account_id, Blob{link.id.bytes()}, Blob{sealed});
  });
}

void Links::note_fault(const Link& link, std::string_view owner, Fault fault, base::Instant next) {
  const bool is_end = fault == Fault::Denied && link.state == State::Working;
  const auto state = is_end ? State::Ended : link.state;
  const auto due = is_end ? std::nullopt : std::optional(next);
  parts_.database.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE mailbox_links SET state = $4, trouble = $5, failures = failures + 1, due_at = $6, "
        "lease_owner = NULL, lease_until = NULL WHERE account_id = $1 AND id = $2 AND "
        "(lease_owner = $3 OR $3 = '') AND state = $7",
        link.account_id, Blob{link.id.bytes()}, owner, word(state), word(fault), due,
        word(link.state));
  });
}

// ---- unlinking

namespace {

struct Made {
  base::Id shipment;
  personal::SubjectId subject = 0;
};

// The shipments that only this link brought; what another link saw, too, becomes that one's.
std::vector<Made> made_by(store::Tx& tx, const shipments::Repository& shipments, const Link& link) {
  std::vector<base::Id> ids;
  auto rows = tx.query(
      "SELECT shipment_id FROM mailbox_finds f WHERE account_id = $1 AND link_id = $2 AND is_maker "
      "= 1 AND NOT EXISTS (SELECT 1 FROM mailbox_finds o WHERE o.account_id = f.account_id AND "
      "o.shipment_id = f.shipment_id AND o.link_id <> f.link_id)",
      link.account_id, Blob{link.id.bytes()});
  while (rows.next()) ids.push_back(base::Id::from_bytes(rows.blob(0)).value_or(base::Id()));
  std::vector<Made> made;
  for (const auto& id : ids) {
    if (const auto shipment = shipments.find(tx, link.account_id, id))
      made.push_back({id, shipment->head.subject});
  }
  return made;
}

}  // namespace

bool Links::withdraw(const Link& link) {
  Access access(parts_.ledger, {}, link.account_id, "mailbox.unlink");
  const auto keys = this->keys(link, access);
  std::optional<consent::Person> person;
  if (keys) person = consent::People(parts_.vault).by_email(link.account_id, keys->address);
  return parts_.database.write_now([&](store::Tx& tx) {
    const auto now = parts_.clock.now();
    const bool is_there =
        tx.execute(
            "UPDATE mailbox_links SET state = 'unlinking', position = '', heads_seen = 0, "
            "messages_opened = 0, parcels_found = 0, failures = 0, trouble = '', due_at = $3, "
            "lease_owner = NULL, lease_until = NULL WHERE account_id = $1 AND id = $2 AND state <> "
            "'unlinking'",
            link.account_id, Blob{link.id.bytes()}, now + std::chrono::minutes(5)) == 1;
    if (!is_there) return false;
    access.record(tx);
    std::vector<personal::SubjectId> subjects;
    for (const auto& one : made_by(tx, parts_.shipments, link)) {
      parts_.shipments.remove(tx, link.account_id, one.shipment);
      if (one.subject != 0) subjects.push_back(one.subject);
    }
    // Whoever else saw it answers for it from now on.
    tx.execute(
        "UPDATE mailbox_finds SET is_maker = 1 WHERE account_id = $1 AND link_id <> $2 AND "
        "shipment_id IN (SELECT shipment_id FROM mailbox_finds WHERE account_id = $1 AND link_id = "
        "$2 AND is_maker = 1)",
        link.account_id, Blob{link.id.bytes()});
    tx.execute("DELETE FROM mailbox_finds WHERE account_id = $1 AND link_id = $2", link.account_id,
               Blob{link.id.bytes()});
    if (person) {
      consent::Statement statement;
      statement.person = *person;
      statement.purpose = kConsentPurpose;
      statement.act = consent::Act::Withdrawn;
      parts_.consents.note(tx, link.account_id, statement);
    }
    // Before the commit: a row without a key is noise, a key without its row opens old copies.
    parts_.vault.forget(link.account_id, subjects);
    return true;
  });
}

void Links::take_back(const Link& link, const base::Id& shipment) {
  parts_.database.write_now([&](store::Tx& tx) {
    const auto there = parts_.shipments.find(tx, link.account_id, shipment);
    if (!there) return false;
    const personal::SubjectId subject[] = {there->head.subject};
    parts_.shipments.remove(tx, link.account_id, shipment);
    if (subject[0] != 0) parts_.vault.forget(link.account_id, subject);
    return true;
  });
}

void Links::destroy(const Link& link) {
  const personal::SubjectId subject[] = {link.subject};
  parts_.database.write_now([&](store::Tx& tx) {
    tx.execute("DELETE FROM mailbox_finds WHERE account_id = $1 AND link_id = $2", link.account_id,
               Blob{link.id.bytes()});
    tx.execute("DELETE FROM mailbox_links WHERE account_id = $1 AND id = $2", link.account_id,
               Blob{link.id.bytes()});
    parts_.vault.forget(link.account_id, subject);
  });
}

std::vector<Link> Links::left_behind() {
  return parts_.database.read_now([&](store::Tx& tx) {
    return collect(tx.query(fmt::format(
        "SELECT {} FROM mailbox_links l WHERE state <> 'unlinking' AND ((person_id <> 0 AND NOT "
        "EXISTS (SELECT 1 FROM members m WHERE m.account_id = l.account_id AND m.person_id = "
        "l.person_id)) OR EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = l.account_id AND "
        "a.closed_at IS NOT NULL))",
        kColumns)));
  });
}

}  // namespace mailbox
