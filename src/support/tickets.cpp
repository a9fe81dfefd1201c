#include "support/tickets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace support {
namespace {

#define MILEPOST_TICKET_COLUMNS \
  "id, shipment_id, about, state, language, subject, sealed, created_at, updated_at, expires_at"

std::string part_of(const base::Id& ticket, int number) {
  return fmt::format("{}/{}", ticket.hex(), number);
}

personal::Label label_of(bool from_shop) {
  return personal::Label(from_shop ? personal::Source::Shop : personal::Source::Buyer);
}

int next_number(store::Tx& tx, std::string_view table, const Ticket& ticket) {
  auto rows =
      tx.query(fmt::format("SELECT COALESCE(MAX(number), 0) + 1 FROM {} WHERE account_id = $1 AND "
                           "ticket_id = $2",
                           table),
               ticket.account_id, store::Blob{ticket.id.bytes()});
  return rows.next() ? static_cast<int>(rows.integer(0)) : 1;
}

bool is_shipment(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  auto rows = tx.query("SELECT 1 FROM shipments WHERE account_id = $1 AND id = $2", account_id,
                       store::Blob{shipment.bytes()});
  return rows.next();
}

int open_about(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  auto rows = tx.query(
      "SELECT COUNT(*) FROM tickets WHERE account_id = $1 AND shipment_id = $2 AND state = $3",
      account_id, store::Blob{shipment.bytes()}, static_cast<std::int64_t>(State::Open));
  return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

}  // namespace

std::string_view word(State state) {
  switch (state) {
    case State::Open:
      return "open";
    case State::Answered:
      return "answered";
    case State::Closed:
      break;
  }
  return "closed";
}

std::string_view describe(Refusal refusal) {
  switch (refusal) {
    case Refusal::NoShipment:
      return "there is no such parcel";
    case Refusal::NoText:
      return "a question needs words, 5,000 bytes of them at most";
    case Refusal::NoTopic:
      return "it is about where-is-it, damaged, wrong-address or other";
    case Refusal::TooManyFiles:
      return "five files at most";
    case Refusal::BadFile:
      return "a file is a picture (PNG, JPEG, WebP, GIF) or a PDF of 5 MB at most";
    case Refusal::TooMany:
      return "five questions about this parcel are open already";
    case Refusal::NoTicket:
      return "there is no such question about this parcel";
    case Refusal::Closed:
      break;
  }
  return "the question is closed";
}

std::string_view kind_of_file(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.size() > 12 && bytes.substr(8, 4) == "WEBP")
    return "image/webp";
  if (bytes.starts_with("%PDF-")) return "application/pdf";
  return {};
}

base::Result<base::Id, Refusal> Tickets::ask(store::Tx& tx, const Question& question) {
  const auto text = base::trim(question.text);
  if (text.empty() || text.size() > kMostText) return base::Failure{Refusal::NoText};
  if (std::ranges::find(kTopics, question.about) == kTopics.end())
    return base::Failure{Refusal::NoTopic};
  if (question.files.size() > kMostFiles) return base::Failure{Refusal::TooManyFiles};
  for (const auto file : question.files) {
    if (file.size() > kMostFile || kind_of_file(file).empty())
      return base::Failure{Refusal::BadFile};
  }
  if (!is_shipment(tx, question.account_id, question.shipment))
    return base::Failure{Refusal::NoShipment};
  if (open_about(tx, question.account_id, question.shipment) >= kMostOpen)
    return base::Failure{Refusal::TooMany};
  const auto now = clock_.now();
  Ticket ticket;
  ticket.account_id = question.account_id;
  ticket.id = base::Id::make(now);
  ticket.shipment = question.shipment;
  ticket.subject = vault_.new_subject_now(question.account_id);
  personal::Envelope envelope;
  envelope.put(Address(std::string(base::trim(question.address)), label_of(false)));
  const auto sealed =
      vault_.seal({"tickets", ticket.account_id, ticket.id.bytes()}, ticket.subject, envelope)
          .value();
  tx.execute("INSERT INTO tickets (account_id, " MILEPOST_TICKET_COLUMNS
             ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
             ticket.account_id, store::Blob{ticket.id.bytes()},
             store::Blob{ticket.shipment.bytes()}, question.about,
             static_cast<std::int64_t>(State::Open), question.language, ticket.subject,
             store::Blob{sealed}, now, now + kKept);
  add_message(tx, ticket, false, text);
  int number = 0;
  for (const auto file : question.files) add_file(tx, ticket, ++number, file);
  return ticket.id;
}

int Tickets::add_message(store::Tx& tx, const Ticket& ticket, bool from_shop,
                         std::string_view text) {
  const int number = next_number(tx, "ticket_messages", ticket);
  personal::Envelope envelope;
  envelope.put(Text(std::string(text), label_of(from_shop)));
  const auto sealed = vault_
                          .seal({"ticket_messages", ticket.account_id, part_of(ticket.id, number)},
                                ticket.subject, envelope)
                          .value();
  tx.execute(
      "INSERT INTO ticket_messages (account_id, ticket_id, number, shipment_id, from_shop, "
      "subject, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      ticket.account_id, store::Blob{ticket.id.bytes()}, static_cast<std::int64_t>(number),
      store::Blob{ticket.shipment.bytes()}, static_cast<std::int64_t>(from_shop), ticket.subject,
      store::Blob{sealed}, clock_.now());
  return number;
}

void Tickets::add_file(store::Tx& tx, const Ticket& ticket, int number, std::string_view bytes) {
  personal::Envelope envelope;
  envelope.put(File(std::string(bytes), label_of(false)));
  const auto sealed = vault_
                          .seal({"ticket_files", ticket.account_id, part_of(ticket.id, number)},
                                ticket.subject, envelope)
                          .value();
  tx.execute(
      "INSERT INTO ticket_files (account_id, ticket_id, number, shipment_id, kind, bytes, subject, "
      "sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      ticket.account_id, store::Blob{ticket.id.bytes()}, static_cast<std::int64_t>(number),
      store::Blob{ticket.shipment.bytes()}, kind_of_file(bytes),
      static_cast<std::int64_t>(bytes.size()), ticket.subject, store::Blob{sealed}, clock_.now());
}

base::Result<int, Refusal> Tickets::say(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                        bool from_shop, std::string_view words) {
  const auto text = base::trim(words);
  if (text.empty() || text.size() > kMostText) return base::Failure{Refusal::NoText};
  const auto ticket = find(tx, account_id, id);
  if (!ticket) return base::Failure{Refusal::NoTicket};
  if (ticket->state == State::Closed) return base::Failure{Refusal::Closed};
  const int number = add_message(tx, *ticket, from_shop, text);
  tx.execute("UPDATE tickets SET state = $1, updated_at = $2 WHERE account_id = $3 AND id = $4",
             static_cast<std::int64_t>(from_shop ? State::Answered : State::Open), clock_.now(),
             account_id, store::Blob{id.bytes()});
  return number;
}

bool Tickets::close(store::Tx& tx, std::int64_t account_id, const base::Id& ticket) {
  return tx.execute(
             "UPDATE tickets SET state = $1, updated_at = $2 WHERE account_id = $3 AND id = $4 "
             "AND state <> $1",
             static_cast<std::int64_t>(State::Closed), clock_.now(), account_id,
             store::Blob{ticket.bytes()}) == 1;
}

Ticket Tickets::read_ticket(const store::Rows& rows, std::int64_t account_id) {
  Ticket ticket;
  ticket.account_id = account_id;
  ticket.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
  ticket.shipment = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  ticket.about = rows.text(2);
  ticket.state = static_cast<State>(rows.integer(3));
  ticket.language = rows.text(4);
  ticket.subject = rows.integer(5);
  ticket.created_at = rows.instant(7);
  ticket.updated_at = rows.instant(8);
  ticket.expires_at = rows.instant(9);
  auto opened =
      vault_.unseal({"tickets", account_id, ticket.id.bytes()}, ticket.subject, rows.blob(6));
  if (opened) ticket.address = opened.value().take<personal::field::TicketAddress>();
  return ticket;
}

std::optional<Ticket> Tickets::find(store::Tx& tx, std::int64_t account_id,
                                    const base::Id& ticket) {
  auto rows =
      tx.query("SELECT " MILEPOST_TICKET_COLUMNS " FROM tickets WHERE account_id = $1 AND id = $2",
               account_id, store::Blob{ticket.bytes()});
  if (!rows.next()) return std::nullopt;
  return read_ticket(rows, account_id);
}

std::vector<Ticket> Tickets::list(store::Tx& tx, std::int64_t account_id, bool only_open,
                                  int most) {
  auto rows =
      tx.query("SELECT " MILEPOST_TICKET_COLUMNS
               " FROM tickets WHERE account_id = $1 AND state <= $2 ORDER BY state, "
               "updated_at DESC, id LIMIT $3",
               account_id, static_cast<std::int64_t>(only_open ? State::Open : State::Closed),
               static_cast<std::int64_t>(most));
  std::vector<Ticket> all;
  while (rows.next()) all.push_back(read_ticket(rows, account_id));
  return all;
}

std::vector<Ticket> Tickets::about(store::Tx& tx, std::int64_t account_id,
                                   const base::Id& shipment) {
  auto rows = tx.query("SELECT " MILEPOST_TICKET_COLUMNS
                       " FROM tickets WHERE account_id = $1 AND shipment_id = $2 ORDER BY "
                       "created_at DESC, id",
                       account_id, store::Blob{shipment.bytes()});
  std::vector<Ticket> all;
  while (rows.next()) all.push_back(read_ticket(rows, account_id));
  return all;
}

std::vector<Message> Tickets::messages(store::Tx& tx, const Ticket& ticket) {
  auto rows = tx.query(
      "SELECT number, from_shop, sealed, created_at FROM ticket_messages WHERE account_id = $1 AND "
      "ticket_id = $2 ORDER BY number",
      ticket.account_id, store::Blob{ticket.id.bytes()});
  std::vector<Message> all;
  while (rows.next()) {
    Message message;
    message.number = static_cast<int>(rows.integer(0));
    message.from_shop = rows.integer(1) != 0;
    message.at = rows.instant(3);
    auto opened =
        vault_.unseal({"ticket_messages", ticket.account_id, part_of(ticket.id, message.number)},
                      ticket.subject, rows.blob(2));
    if (opened) message.text = opened.value().take<personal::field::TicketText>();
    all.push_back(std::move(message));
  }
  return all;
}

std::vector<Attachment> Tickets::files(store::Tx& tx, const Ticket& ticket) {
  auto rows = tx.query(
      "SELECT number, kind, bytes FROM ticket_files WHERE account_id = $1 AND ticket_id = $2 ORDER "
      "BY number",
      ticket.account_id, store::Blob{ticket.id.bytes()});
  std::vector<Attachment> all;
  while (rows.next())
    all.push_back({static_cast<int>(rows.integer(0)), std::string(rows.text(1)), rows.integer(2)});
  return all;
}

std::optional<File> Tickets::file(store::Tx& tx, const Ticket& ticket, int number) {
  auto rows = tx.query(
      "SELECT sealed FROM ticket_files WHERE account_id = $1 AND ticket_id = $2 AND number = $3",
      ticket.account_id, store::Blob{ticket.id.bytes()}, static_cast<std::int64_t>(number));
  if (!rows.next()) return std::nullopt;
  auto opened = vault_.unseal({"ticket_files", ticket.account_id, part_of(ticket.id, number)},
                              ticket.subject, rows.blob(0));
  if (!opened) return std::nullopt;
  return opened.value().take<personal::field::TicketFile>();
}

base::Result<SupportWarrant, Refusal> Tickets::look(store::Tx& tx, std::int64_t account_id,
                                                    const base::Id& shipment, const base::Id& id,
                                                    std::int64_t member) {
  const auto ticket = find(tx, account_id, id);
  if (!ticket || ticket->shipment != shipment) return base::Failure{Refusal::NoTicket};
  if (ticket->state == State::Closed) return base::Failure{Refusal::Closed};
  tx.execute(
      "INSERT INTO support_looks (account_id, shipment_id, ticket_id, number, member, reason, at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      account_id, store::Blob{shipment.bytes()}, store::Blob{id.bytes()},
      static_cast<std::int64_t>(next_number(tx, "support_looks", *ticket)), member, ticket->about,
      clock_.now());
  return SupportWarrant();
}

std::int64_t Tickets::sweep() {
  auto take = [&](store::Tx& tx) {
    std::map<std::int64_t, std::vector<personal::SubjectId>> subjects;
    auto gone = tx.query(
        "DELETE FROM tickets WHERE expires_at <= $1 OR NOT EXISTS (SELECT 1 FROM shipments s WHERE "
        "s.account_id = tickets.account_id AND s.id = tickets.shipment_id) RETURNING account_id, "
        "subject",
        clock_.now());
    while (gone.next()) subjects[gone.integer(0)].push_back(gone.integer(1));
    for (const auto* table : {"ticket_messages", "ticket_files", "support_looks"}) {
      tx.execute(
          fmt::format("DELETE FROM {0} WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE "
                      "t.account_id = {0}.account_id AND t.id = {0}.ticket_id)",
                      table));
    }
    return subjects;
  };
  std::int64_t count = 0;
  for (const auto& [account_id, subjects] : database_.write_now(take)) {
    vault_.forget(account_id, subjects);
    count += static_cast<std::int64_t>(subjects.size());
  }
  return count;
}

}  // namespace support
