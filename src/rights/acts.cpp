#include "rights/acts.h"

#include <fmt/format.h>

#include <set>

#include "base/time.h"
#include "consent/person.h"
#include "consent/records.h"
#include "consent/suppression.h"
#include "personal/restrictions.h"
#include "rights/propagation.h"

namespace rights {
namespace {

using base::Failure;

// The parcels and keys, as numbers: the letter has the words.
std::string counted(const Certificate& certificate, bool keys) {
  std::int64_t count = 0;
  for (const auto& account : certificate.accounts)
    count += keys ? account.keys_destroyed : account.shipments;
  return std::to_string(count);
}

}  // namespace

std::string_view describe(ActError error) {
  switch (error) {
    case ActError::NoSuchCase:
      return "there is no such request";
    case ActError::Closed:
      return "the request is answered already";
    case ActError::Unproven:
      return "nobody has followed the link yet that was sent to the address in this request";
    case ActError::NoAddress:
      return "the person in this request is not known any more";
    case ActError::NothingHeld:
      return "nothing is kept under this address that this could be about";
    case ActError::BadValue:
      return "a correction names a parcel of theirs, one of customer_name, customer_sms and "
             "recipient_postcode, and a value that is not there already";
    case ActError::NeedsWords:
      return "this kind of request is answered in words: complete or refuse it";
    case ActError::ProofAsked:
      return "proof was asked for already; the link that went to the address was not followed yet";
    case ActError::SignInStays:
      return "they own an account in which others work: make somebody else its owner first";
  }
  return "";
}

Person Acts::find(store::Tx& tx, const Asker& asker) const {
  return find_person(tx, parts_.repository.vault(), asker.address, asker.only);
}

Request Acts::request_of(const Asker& asker, std::int64_t account, Kind kind) const {
  Request request;
  request.account_id = account;
  request.kind = kind;
  request.door = asker.door;
  request.language = asker.language;
  request.address = CaseAddress(asker.address, personal::Label(personal::Source::Buyer));
  return request;
}

void Acts::settle(store::Tx& tx, const Asker& asker, std::int64_t account, Kind kind,
                  std::string_view done, letters::Values values) {
  values["done"] = done;
  const auto step = asker.is_person() ? Step::DoneByPerson : Step::DoneByController;
  const auto tell = asker.is_person() ? Desk::Tell::Controller : Desk::Tell::Nobody;
  const auto one = asker.answering != nullptr
                       ? *asker.answering
                       : parts_.desk.open(tx, request_of(asker, account, kind), tell);
  const auto finished = parts_.desk.finish(tx, one, "rights-done", std::move(values), Outcome::Done,
                                           done, step, asker.by);
  if (!finished) throw std::runtime_error("a case could not be closed");
}

Acts::Done Acts::rectify(store::Tx& tx, const Asker& asker, const ShipmentPlace& place,
                         Correctable what, std::string_view value) {
  const auto person = find(tx, asker);
  for (const auto& held : person.held) {
    if (held.account_id != place.account_id) continue;
    const auto is_theirs = std::ranges::any_of(
        held.shipments, [&](const HeldShipment& one) { return one.id == place.id; });
    if (!is_theirs) continue;
    const auto changed = correct(tx, parts_.repository, parts_.ledger, place, what, value,
                                 asker.answering != nullptr ? asker.answering->id : base::Id(),
                                 asker.by, parts_.clock.now());
    if (!changed) return Failure{ActError::BadValue};
    settle(tx, asker, place.account_id, Kind::Rectification, "rectification");
    return base::kDone;
  }
  return Failure{ActError::BadValue};
}

Acts::Done Acts::object(store::Tx& tx, const Asker& asker) {
  const consent::People people(parts_.repository.vault());
  bool is_any = false;
  for (const auto& held : find(tx, asker).held) {
    if (held.account_id == 0) continue;
    is_any = true;
    if (const auto who = people.by_email(held.account_id, asker.address)) {
      consent::suppress(tx, held.account_id, *who,
                        {std::nullopt, consent::Why::Unsubscribed, parts_.clock.now(), {}});
    }
    settle(tx, asker, held.account_id, Kind::Objection, "objection");
  }
  if (!is_any) return Failure{ActError::NothingHeld};
  return base::kDone;
}

Acts::Done Acts::restrict(store::Tx& tx, const Asker& asker, std::string_view reason) {
  const auto now = parts_.clock.now();
  bool is_any = false;
  for (const auto& held : find(tx, asker).held) {
    if (held.shipments.empty()) continue;
    is_any = true;
    for (const auto& shipment : held.shipments) {
      if (shipment.subject == 0) continue;
      personal::Restrictions::place(tx, held.account_id, shipment.subject, reason, now);
      tx.execute("DELETE FROM rights_lifts WHERE account_id = $1 AND subject = $2", held.account_id,
                 shipment.subject);
      propagate(tx, held.account_id, SubjectEvent::Restricted, shipment.id, {}, 0, now);
    }
    settle(tx, asker, held.account_id, Kind::Restriction, "restriction");
  }
  if (!is_any) return Failure{ActError::NothingHeld};
  return base::kDone;
}

void Acts::end_restriction(store::Tx& tx, std::int64_t account, const HeldShipment& shipment) {
  personal::Restrictions::lift(tx, account, shipment.subject);
  tx.execute("DELETE FROM rights_lifts WHERE account_id = $1 AND subject = $2", account,
             shipment.subject);
  propagate(tx, account, SubjectEvent::Unrestricted, shipment.id, {}, 0, parts_.clock.now());
}

Acts::Done Acts::lift(store::Tx& tx, const Asker& asker) {
  const auto now = parts_.clock.now();
  bool is_any = false;
  for (const auto& held : find(tx, asker).held) {
    bool is_here = false;
    for (const auto& shipment : held.shipments) {
      if (!personal::Restrictions::reason(tx, held.account_id, shipment.subject)) continue;
      is_here = true;
      if (asker.is_person()) {
        end_restriction(tx, held.account_id, shipment);
        continue;
      }
      tx.execute(
          "INSERT INTO rights_lifts (account_id, subject, shipment_id, told_at, lift_at) VALUES "
          "($1, $2, $3, $4, $5) ON CONFLICT (account_id, subject) DO NOTHING",
          held.account_id, shipment.subject, store::Blob{shipment.id.bytes()}, now, now + kNotice);
    }
    if (!is_here) continue;
    is_any = true;
    const auto day = std::chrono::floor<std::chrono::days>(now + kNotice);
    settle(tx, asker, held.account_id, Kind::Restriction,
           asker.is_person() ? "unrestricted" : "lifting", {{"until", to_text(day)}});
  }
  if (!is_any) return Failure{ActError::NothingHeld};
  return base::kDone;
}

std::int64_t Acts::lift_due() {
  return parts_.database.write_now([&](store::Tx& tx) {
    struct Due {
      std::int64_t account;
      HeldShipment shipment;
    };
    std::vector<Due> due;
    {
      auto rows =
          tx.query("SELECT account_id, subject, shipment_id FROM rights_lifts WHERE lift_at <= $1",
                   parts_.clock.now());
      while (rows.next())
        due.push_back(
            {rows.integer(0),
             {base::Id::from_bytes(rows.blob(2)).value_or(base::Id()), rows.integer(1), {}, {}}});
    }
    for (const auto& one : due) end_restriction(tx, one.account, one.shipment);
    return static_cast<std::int64_t>(due.size());
  });
}

bool Acts::is_restricted(store::Tx& tx, const Person& person) const {
  for (const auto& held : person.held) {
    for (const auto& shipment : held.shipments) {
      if (shipment.subject != 0 &&
          personal::Restrictions::reason(tx, held.account_id, shipment.subject))
        return true;
    }
  }
  return false;
}

Acts::Done Acts::withdraw(store::Tx& tx, const Asker& asker) {
  const consent::People people(parts_.repository.vault());
  const consent::Records records(parts_.clock, {});
  const auto now = parts_.clock.now();
  bool is_any = false;
  for (const auto& held : find(tx, asker).held) {
    const auto who = people.by_email(held.account_id, asker.address);
    if (!who) continue;
    std::set<std::string> purposes;
    for (const auto& one : consent::records_of(tx, held.account_id, *who))
      purposes.insert(one.purpose);
    for (const auto& purpose : purposes) {
      if (consent::standing_of(tx, held.account_id, *who, purpose, now, now) !=
          consent::Standing::Given)
        continue;
      consent::Statement said;
      said.person = *who;
      said.purpose = purpose;
      said.act = consent::Act::Withdrawn;
      said.how = asker.is_person() ? consent::How::Form : consent::How::Letter;
      records.note(tx, held.account_id, said);
    }
    is_any = true;
    settle(tx, asker, held.account_id, Kind::Withdrawal, "withdrawal");
  }
  if (!is_any) return Failure{ActError::NothingHeld};
  return base::kDone;
}

Acts::Done Acts::send_link(store::Tx& tx, const Asker& asker, Kind kind) {
  parts_.visits.ask(tx, asker.address, asker.language);
  const auto account =
      asker.answering != nullptr ? asker.answering->account_id : asker.only.value_or(0);
  settle(tx, asker, account, kind, kind == Kind::Portability ? "portability" : "access");
  return base::kDone;
}

Acts::Done Acts::ask_proof(std::int64_t account_id, const base::Id& id, personal::Actor by) {
  return parts_.database.write_now([&](store::Tx& tx) -> Done {
    const auto one = parts_.desk.find(tx, account_id, id);
    if (!one || !one->is_proven) return Failure{ActError::NoSuchCase};
    const auto asked = parts_.desk.await_proof(tx, *one, by);
    if (!asked)
      return Failure{asked.error() == DeskError::Closed      ? ActError::Closed
                     : asked.error() == DeskError::NoAddress ? ActError::NoAddress
                                                             : ActError::ProofAsked};
    personal::Access<personal::Purpose::Rights> access(parts_.ledger, by, account_id,
                                                       "rights.ask_proof");
    access.about(one->subject);
    parts_.visits.ask(tx, open(one->address, access), one->language, std::nullopt, one->number());
    access.record(tx);
    return base::kDone;
  });
}

void Acts::note_moved(store::Tx& tx, const Asker& asker, const Receipt& receipt) {
  const auto one =
      parts_.desk.open(tx, request_of(asker, 0, Kind::Portability), Desk::Tell::Nobody);
  const auto finished = parts_.desk.finish(
      tx, one, "rights-done", {{"done", "moved"}, {"parcels", std::to_string(receipt.stored)}},
      Outcome::Done, receipt.token, Step::DoneByPerson, asker.by);
  if (!finished) throw std::runtime_error("a case could not be closed");
}

void Acts::proved(store::Tx& tx, std::string_view token) {
  const auto visit = parts_.visits.find(tx, token);
  if (!visit) return;
  for (const auto& held : find_person(tx, parts_.repository.vault(), visit->address).held)
    parts_.desk.prove(tx, held.account_id, held.address_hash);
}

// The cases are opened before, because the letter needs the address, and closed after, because the
// certificate counts what is left.
base::Result<Erased, ActError> Acts::erase(const Asker& asker) {
  std::vector<Case> cases;
  Person person;
  parts_.database.write_now([&](store::Tx& tx) {
    cases.clear();
    person = find(tx, asker);
    if (asker.answering != nullptr) {
      cases.push_back(*asker.answering);
      return 0;
    }
    for (const auto& held : person.held) {
      if (held.shipments.empty()) continue;
      const auto tell = asker.is_person() ? Desk::Tell::Controller : Desk::Tell::Nobody;
      cases.push_back(
          parts_.desk.open(tx, request_of(asker, held.account_id, Kind::Erasure), tell));
    }
    return 0;
  });
  if (person.held.empty()) return Failure{ActError::NothingHeld};
  Erased erased;
  erased.ruling = decide(asker.facts);
  erased.certificate =
      parts_.eraser.erase(person, erased.ruling, cases.empty() ? base::Id() : cases[0].id);
  const auto step = asker.is_person() ? Step::DoneByPerson : Step::DoneByController;
  parts_.database.write_now([&](store::Tx& tx) {
    for (const auto& one : cases) {
      // The case's own copy of the address is in hand; the stored one went with the erasure.
      const auto done = parts_.desk.finish(tx, one, "erasure-certificate",
                                           {{"parcels", counted(erased.certificate, false)},
                                            {"keys", counted(erased.certificate, true)},
                                            {"kept", held_words(erased.certificate)},
                                            {"certificate", erased.certificate.id.hex()}},
                                           Outcome::Done, {}, step, asker.by);
      if (!done) throw std::runtime_error("an erasure's case could not be closed");
    }
    return 0;
  });
  return erased;
}

std::optional<Case> Acts::report_child(store::Tx& tx, const Request& request) {
  auto& vault = parts_.repository.vault();
  personal::Access<personal::Purpose::Rights> access(parts_.ledger, {}, 0, "rights.report_child");
  const auto bytes = vault.address_hash(0, open(request.address, access));
  const std::string_view hash(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  {
    auto rows = tx.query(
        "SELECT COUNT(*) FROM rights_cases WHERE account_id = 0 AND address_hash = $1 AND kind = "
        "$2 AND received_at > $3",
        store::Blob{hash}, Kind::ChildReport, parts_.clock.now() - std::chrono::hours(24));
    if (rows.next() && rows.integer(0) >= Visits::kLettersADay) return std::nullopt;
  }
  return parts_.desk.open(tx, request);
}

// Everywhere, the sign-in included. The reporter gets the same answer whether anything was there:
// whoever reports learns nothing about an address.
Acts::Done Acts::erase_child(const Case& one, personal::Actor by) {
  Asker asker;
  {
    personal::Access<personal::Purpose::Rights> access(parts_.ledger, by, one.account_id,
                                                       "rights.erase_child");
    access.about(one.subject);
    asker.address = open(one.about, access);
  }
  asker.language = one.language;
  asker.by = by;
  asker.facts = {Fact::Child};
  if (!asker.address.empty()) {
    // Nobody is told that it is done before it is.
    if (parts_.end_sign_in && !parts_.end_sign_in(asker.address))
      return Failure{ActError::SignInStays};
    (void)erase(asker);  // nothing was kept: then nothing is
  }
  return parts_.database.write_now([&](store::Tx& tx) -> Done {
    const auto again = parts_.desk.find(tx, one.account_id, one.id);
    if (!again || !again->is_open()) return Failure{ActError::Closed};
    const auto finished = parts_.desk.finish(tx, *again, "rights-done", {{"done", "child"}},
                                             Outcome::Done, "child", Step::DoneByController, by);
    if (!finished) return Failure{ActError::NoAddress};
    return base::kDone;
  });
}

Acts::Done Acts::act(store::Tx& tx, const Asker& asker, Kind kind, const Details& details) {
  switch (kind) {
    case Kind::Access:
    case Kind::Portability:
      return send_link(tx, asker, kind);
    case Kind::Rectification: {
      const auto what = parse_correctable(details.field);
      if (!what || !details.shipment || !asker.only) return Failure{ActError::BadValue};
      return rectify(tx, asker, {*asker.only, *details.shipment}, *what, details.value);
    }
    case Kind::Restriction:
      return restrict(tx, asker);
    case Kind::Objection:
      return object(tx, asker);
    case Kind::Withdrawal:
      return withdraw(tx, asker);
    case Kind::Erasure:
    case Kind::Complaint:
    case Kind::HumanReview:
    case Kind::Safeguards:
    case Kind::Appeal:
    case Kind::ChildReport:
      break;
  }
  return Failure{ActError::NeedsWords};
}

Acts::Done Acts::perform(std::int64_t account_id, const base::Id& id, personal::Actor by,
                         const Details& details) {
  std::optional<Case> one;
  const auto find_case = [&](store::Tx& tx) -> Done {
    one = parts_.desk.find(tx, account_id, id);
    if (!one) return Failure{ActError::NoSuchCase};
    if (!one->is_open()) return Failure{ActError::Closed};
    if (!one->is_proven || one->awaits_proof) return Failure{ActError::Unproven};
    if (!one->address.is_given()) return Failure{ActError::NoAddress};
    return base::kDone;
  };
  Asker asker;
  const auto asker_of = [&] {
    personal::Access<personal::Purpose::Rights> access(parts_.ledger, by, account_id,
                                                       "rights.perform");
    access.about(one->subject);
    asker.address = open(one->address, access);
    asker.language = one->language;
    asker.door = one->door;
    asker.by = by;
    if (account_id != 0) asker.only = account_id;
    asker.answering = &*one;
  };
  if (const auto found = parts_.database.read_now(find_case); !found) return found;
  if (one->kind == Kind::ChildReport) return erase_child(*one, by);
  asker_of();
  if (one->kind == Kind::Erasure) {
    const auto erased = erase(asker);
    if (!erased) return Failure{erased.error()};
    return base::kDone;
  }
  return parts_.database.write_now([&](store::Tx& tx) -> Done {
    if (const auto found = find_case(tx); !found) return found;
    asker_of();
    return act(tx, asker, one->kind, details);
  });
}

}  // namespace rights
