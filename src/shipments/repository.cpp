#include "shipments/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "base/card_number.h"
#include "base/log.h"
#include "shipments/events.h"

namespace shipments {
namespace {

constexpr std::string_view kTable = "shipments";

// The columns, in the order of Column. A list of parameters in the same order is made by bind().
#define MILEPOST_SHIPMENT_COLUMNS                                                             \
  "account_id, id, tracking_number, courier_code, status, substatus, archived, source, "      \
  "created_at, updated_at, expires_at, subject, order_number, order_id, order_date, "         \
  "origin_country, destination_country, logistics_channel, label, language, "                 \
  "tracking_ship_date, tracking_origin_country, tracking_destination_country, auto_correct, " \
  "sealed, reach, email_hash, sms_hash"

enum Column : int {
  kAccountId,
  kId,
  kNumber,
  kCourier,
  kStatus,
  kSubstatus,
  kArchived,
  kSource,
  kCreatedAt,
  kUpdatedAt,
  kExpiresAt,
  kSubject,
  kOrderNumber,
  kOrderId,
  kOrderDate,
  kOriginCountry,
  kDestinationCountry,
  kChannel,
  kLabel,
  kLanguage,
  kShipDate,
  kTrackingOrigin,
  kTrackingDestination,
  kAutoCorrect,
  kSealed,
  kReach,
  kEmailHash,
  kSmsHash,
  // Below: read only, the store's own.
  kVersion,
  kLastEvent,
  kTrueStatus,
  kTrueSubstatus,
  kEstimate,
  // Only for ingest.
  kEvents,
  kLearntAt,
};
#define MILEPOST_SHIPMENT_READ \
  MILEPOST_SHIPMENT_COLUMNS ", version, last_event, true_status, true_substatus, estimate"

constexpr std::string_view kInsert = "INSERT INTO shipments (" MILEPOST_SHIPMENT_COLUMNS
                                     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
                                     "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, "
                                     "$23, $24, $25, $26, $27, $28) ON CONFLICT DO NOTHING";

constexpr std::string_view kUpdate =
    "UPDATE shipments SET tracking_number = $3, courier_code = $4, status = $5, substatus = $6, "
    "archived = $7, "
    "source = $8, updated_at = $10, subject = $12, order_number = $13, order_id = $14, order_date "
    "= $15, "
    "origin_country = $16, destination_country = $17, logistics_channel = $18, label = $19, "
    "language = $20, "
    "tracking_ship_date = $21, tracking_origin_country = $22, tracking_destination_country = $23, "
    "auto_correct = $24, sealed = $25, reach = $26, email_hash = $27, sms_hash = $28, "
    "version = version + 1, created_at = $9, expires_at = $11 "
    "WHERE account_id = $1 AND "
    "id = $2";

store::Param text_or_null(const std::string& text) {
  if (text.empty()) return std::monostate{};
  return std::string_view(text);
}

store::Param bytes_or_null(std::string_view bytes) {
  if (bytes.empty()) return store::NullOf::Bytes;
  return store::Blob{bytes};
}

std::array<store::Param, 28> bind(const Head& h, std::string_view sealed, base::Instant expires) {
  return {h.account_id,
          store::Blob{h.id.bytes()},
          std::string_view(h.tracking_number),
          std::string_view(h.courier_code),
          static_cast<std::int64_t>(h.status),
          static_cast<std::int64_t>(h.substatus),
          static_cast<std::int64_t>(h.is_archived),
          static_cast<std::int64_t>(h.source),
          base::to_micros(h.created_at),
          base::to_micros(h.updated_at),
          base::to_micros(expires),
          h.subject,
          text_or_null(h.order_number),
          text_or_null(h.order_id),
          text_or_null(h.order_date),
          text_or_null(h.origin_country),
          text_or_null(h.destination_country),
          text_or_null(h.logistics_channel),
          text_or_null(h.label),
          text_or_null(h.language),
          text_or_null(h.tracking_ship_date),
          text_or_null(h.tracking_origin_country),
          text_or_null(h.tracking_destination_country),
          static_cast<std::int64_t>(h.may_auto_correct),
          bytes_or_null(sealed),
          static_cast<std::int64_t>(h.reach),
          bytes_or_null(h.email_hash),
          bytes_or_null(h.sms_hash)};
}

Head head_of(const store::Rows& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  Head h;
  h.account_id = row.integer(kAccountId);
  h.id = base::Id::from_bytes(row.blob(kId)).value_or(base::Id());
  h.tracking_number = text(kNumber);
  h.courier_code = text(kCourier);
  h.status = static_cast<journey::Status>(row.integer(kStatus));
  h.substatus = static_cast<int>(row.integer(kSubstatus));
  h.is_archived = row.integer(kArchived) != 0;
  h.source = static_cast<Source>(row.integer(kSource));
  h.created_at = row.instant(kCreatedAt);
  h.updated_at = row.instant(kUpdatedAt);
  h.expires_at = row.instant(kExpiresAt);
  h.subject = row.integer(kSubject);
  h.order_number = text(kOrderNumber);
  h.order_id = text(kOrderId);
  h.order_date = text(kOrderDate);
  h.origin_country = text(kOriginCountry);
  h.destination_country = text(kDestinationCountry);
  h.logistics_channel = text(kChannel);
  h.label = text(kLabel);
  h.language = text(kLanguage);
  h.tracking_ship_date = text(kShipDate);
  h.tracking_origin_country = text(kTrackingOrigin);
  h.tracking_destination_country = text(kTrackingDestination);
  h.may_auto_correct = row.integer(kAutoCorrect) != 0;
  h.email_hash = std::string(row.blob(kEmailHash));
  h.sms_hash = std::string(row.blob(kSmsHash));
  h.version = row.integer(kVersion);
  h.last_event = row.integer(kLastEvent);
  h.reach = static_cast<int>(row.integer(kReach));
  h.estimate = text(kEstimate);
  if (!row.is_null(kTrueStatus)) {
    h.true_status = static_cast<journey::Status>(row.integer(kTrueStatus));
    h.true_substatus = static_cast<int>(row.integer(kTrueSubstatus));
  }
  return h;
}

personal::RowIdentity identity(std::int64_t account_id, const base::Id& id) {
  return {kTable, account_id, id.bytes()};
}

// A WHERE clause that grows, with its parameters.
class Conditions {
 public:
  explicit Conditions(std::int64_t account_id) { add("account_id = {}", account_id); }

  void add(std::string_view shape, store::Param value) {
    params_.push_back(value);
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += fmt::format(fmt::runtime(shape), placeholder());
  }
  template <class Values, class Convert>
  void add_any_of(std::string_view column, const Values& values, Convert convert) {
    if (values.empty()) return;
    sql_ += " AND ";
    sql_ += column;
    sql_ += " IN (";
    for (std::size_t i = 0; i < values.size(); ++i) {
      params_.push_back(convert(values[i]));
      if (i > 0) sql_ += ", ";
      sql_ += placeholder();
    }
    sql_ += ')';
  }
  std::string next(store::Param value) {
    params_.push_back(value);
    return placeholder();
  }
  const std::string& sql() const { return sql_; }
  const std::vector<store::Param>& params() const { return params_; }

 private:
  std::string placeholder() const { return fmt::format("${}", params_.size()); }
  std::string sql_;
  std::vector<store::Param> params_;
};

}  // namespace

std::string Repository::seal(const Shipment& shipment) const {
  return seal(shipment.head, shipment.body.envelope());
}

std::string Repository::seal(const Head& head, const personal::Envelope& envelope) const {
  if (envelope.is_empty()) return {};
  auto sealed = vault_.seal(identity(head.account_id, head.id), head.subject, envelope);
  if (!sealed) {
    throw store::StoreError(
        fmt::format("a shipment could not be sealed: {}", describe(sealed.error())));
  }
  return std::move(sealed).value();
}

void Repository::note_addresses(Head& head, const personal::Envelope& envelope) const {
  const auto bytes = [](const auto& hash) {
    return hash ? std::string(reinterpret_cast<const char*>(hash->data()), hash->size())
                : std::string();
  };
  head.email_hash =
      bytes(vault_.hash_of<personal::field::CustomerEmail>(head.account_id, envelope));
  head.sms_hash = bytes(vault_.hash_of<personal::field::CustomerSms>(head.account_id, envelope));
}

namespace {

// What of a head says nothing about a person.
Head bare(const Head& head) {
  Head bare;
  bare.account_id = head.account_id;
  bare.id = head.id;
  bare.tracking_number = head.tracking_number;
  bare.courier_code = head.courier_code;
  bare.status = head.status;
  bare.substatus = head.substatus;
  bare.source = head.source;
  bare.created_at = head.created_at;
  bare.updated_at = head.updated_at;
  return bare;
}

// What a shop may write as it likes and is kept readable.
constexpr std::array kWritten = {&Head::order_number, &Head::order_id, &Head::logistics_channel,
                                 &Head::label};

// Orders' numbers that are digits alone stay, as parcels' do: some have the shape of a card's, and
// an order that is not found again protects nobody.
bool is_order(std::string Head::*member, const std::string& text) {
  return (member == &Head::order_number || member == &Head::order_id) &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

// `head`, or `copy` without the numbers of cards.
const Head& without_cards(const Head& head, std::optional<Head>& copy) {
  for (const auto member : kWritten) {
    const auto& text = head.*member;
    if (!base::holds_card_number(text) || is_order(member, text)) continue;
    if (!copy) copy = head;
    (*copy).*member = base::without_card_numbers(text);
  }
  return copy ? *copy : head;
}

}  // namespace

Repository::Inserted Repository::insert(store::Tx& tx, const Head& head, std::string_view sealed,
                                        base::Instant received_at) const {
  return insert(tx, Erasures(tx, vault_, head.account_id), head, sealed, received_at);
}

Repository::Inserted Repository::insert(store::Tx& tx, const Erasures& erasures, const Head& head,
                                        std::string_view sealed, base::Instant received_at) const {
  const bool is_back = erasures.hold(head);
  std::optional<Head> copy;
  if (is_back) copy = bare(head);
  const auto& kept = is_back ? *copy : without_cards(head, copy);
  const auto params = bind(kept, is_back ? std::string_view() : sealed, received_at + kLongestKept);
  if (tx.execute_params(kInsert, params) == 1) return Inserted::Yes;
  return find_id(tx, head.account_id, head.tracking_number, head.courier_code)
             ? Inserted::NumberExists
             : Inserted::IdExists;
}

bool Repository::update(store::Tx& tx, const Head& head, std::string_view sealed) const {
  std::optional<Head> clean;
  const auto params = bind(without_cards(head, clean), sealed, head.expires_at);
  return tx.execute_params(kUpdate, params) == 1;
}

bool Repository::remove(store::Tx& tx, std::int64_t account_id, const base::Id& id) const {
  // The row first: whoever is adding to it in another process has committed before this goes on.
  const bool was_there = tx.execute("DELETE FROM shipments WHERE account_id = $1 AND id = $2",
                                    account_id, store::Blob{id.bytes()}) == 1;
  remove_outbox(tx, account_id, id);
  return was_there;
}

std::optional<base::Id> Repository::find_id(store::Tx& tx, std::int64_t account_id,
                                            std::string_view tracking_number,
                                            std::string_view courier_code) const {
  auto rows = tx.query(
      "SELECT id FROM shipments WHERE account_id = $1 AND tracking_number = $2 AND courier_code = "
      "$3",
      account_id, tracking_number, courier_code);
  if (!rows.next()) return std::nullopt;
  return base::Id::from_bytes(rows.blob(0));
}

std::vector<Repository::Whose> Repository::find_everywhere(store::Tx& tx,
                                                           std::string_view tracking_number,
                                                           std::string_view courier_code) {
  std::vector<Whose> found;
  // CROSS JOIN keeps SQLite from reading all shipments: one look-up in the unique index an account.
  auto rows = tx.query(
      "SELECT s.account_id, s.id FROM accounts a CROSS JOIN shipments s WHERE s.account_id = "
      "a.account_id AND s.tracking_number = $1 AND s.courier_code = $2 ORDER BY s.account_id",
      tracking_number, courier_code);
  while (rows.next()) {
    found.push_back({rows.integer(0), base::Id::from_bytes(rows.blob(1)).value_or(base::Id())});
  }
  return found;
}

std::optional<Repository::Row> Repository::find_row(store::Tx& tx, std::int64_t account_id,
                                                    const base::Id& id, For purpose) const {
  std::string sql = "SELECT " MILEPOST_SHIPMENT_READ
                    ", events, learnt_at FROM shipments WHERE account_id = $1 AND id = $2";
  if (purpose == For::Rewriting) sql += tx.hold_rows();
  auto rows = tx.query(sql, account_id, store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  return Row{head_of(rows), std::string(rows.blob(kSealed)), std::string(rows.blob(kEvents)),
             rows.instant(kLearntAt)};
}

base::Result<personal::Envelope, personal::VaultError> Repository::unseal_envelope(
    const Row& row) const {
  if (row.sealed.empty()) return personal::Envelope();
  return vault_.unseal(identity(row.head.account_id, row.head.id), row.head.subject, row.sealed);
}

bool Repository::advance(store::Tx& tx, const Row& row) {
  const auto& h = row.head;
  std::optional<base::Instant> learnt_at;
  if (row.learnt_at != base::Instant{}) learnt_at = row.learnt_at;
  std::optional<std::int64_t> true_status, true_substatus;
  if (h.true_status) {
    true_status = static_cast<std::int64_t>(*h.true_status);
    true_substatus = h.true_substatus;
  }
  return tx.execute(
             "UPDATE shipments SET status = $4, substatus = $5, updated_at = $6, subject = $7, "
             "origin_country = $8, destination_country = $9, last_event = $10, true_status = $11, "
             "true_substatus = $12, sealed = $13, estimate = $14, events = $15, learnt_at = $16, "
             "version = version + 1 "
             "WHERE account_id = $1 AND id = $2 AND version = $3",
             h.account_id, store::Blob{h.id.bytes()}, h.version, h.status, h.substatus,
             h.updated_at, h.subject, text_or_null(h.origin_country),
             text_or_null(h.destination_country), h.last_event, true_status, true_substatus,
             bytes_or_null(row.sealed), text_or_null(h.estimate), bytes_or_null(row.events),
             learnt_at) == 1;
}

Body Repository::unseal(const Head& head, std::string_view sealed) const {
  if (sealed.empty()) return {};
  const auto envelope = vault_.unseal(identity(head.account_id, head.id), head.subject, sealed);
  if (envelope) return Body::from(*envelope);
  // A forgotten person's row may be read a moment before it is deleted; anything else is damage.
  if (envelope.error() == personal::VaultError::NoKey) return {};
  throw store::StoreError(
      fmt::format("a shipment could not be unsealed: {}", describe(envelope.error())));
}

// A long list asks the key store once for all its keys; one or two rows are unsealed as they come.
std::vector<Shipment> Repository::collect(store::Rows rows, std::int64_t account_id,
                                          Expected expected) const {
  std::vector<Shipment> found;
  if (expected == Expected::Few) {
    while (rows.next()) {
      auto& shipment = found.emplace_back();
      shipment.head = head_of(rows);
      shipment.body = unseal(shipment.head, rows.blob(kSealed));
    }
    return found;
  }
  std::vector<std::string> sealed;
  std::vector<personal::SubjectId> subjects;
  while (rows.next()) {
    found.emplace_back().head = head_of(rows);
    sealed.emplace_back(rows.blob(kSealed));
    if (!sealed.back().empty()) subjects.push_back(found.back().head.subject);
  }
  vault_.prefetch(account_id, subjects);
  for (std::size_t i = 0; i < found.size(); ++i) found[i].body = unseal(found[i].head, sealed[i]);
  return found;
}

std::optional<Shipment> Repository::find(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                         For purpose) const {
  std::string sql =
      "SELECT " MILEPOST_SHIPMENT_READ " FROM shipments WHERE account_id = $1 AND id = $2";
  if (purpose == For::Rewriting) sql += tx.hold_rows();
  auto found =
      collect(tx.query(sql, account_id, store::Blob{id.bytes()}), account_id, Expected::Few);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

namespace {

// The page of what was found by other means than the database's own order.
std::vector<Shipment> page_of(std::vector<Shipment> found, Page page) {
  std::ranges::sort(found, [](const Shipment& a, const Shipment& b) {
    return std::tie(b.head.created_at, b.head.id) < std::tie(a.head.created_at, a.head.id);
  });
  const auto skipped =
      static_cast<std::size_t>(page.number - 1) * static_cast<std::size_t>(page.size);
  found.erase(found.begin(),
              found.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, found.size())));
  if (found.size() > static_cast<std::size_t>(page.size))
    found.resize(static_cast<std::size_t>(page.size));
  return found;
}

Conditions conditions_of(std::int64_t account_id, const Filter& filter) {
  Conditions where(account_id);
  const auto text = [](const std::string& s) { return store::Param(std::string_view(s)); };
  where.add_any_of("tracking_number", filter.tracking_numbers, text);
  where.add_any_of("courier_code", filter.courier_codes, text);
  where.add_any_of("status", filter.statuses,
                   [](journey::Status s) { return store::Param(static_cast<std::int64_t>(s)); });
  if (!filter.order_number.empty()) where.add("order_number = {}", text(filter.order_number));
  if (filter.created_min) where.add("created_at >= {}", base::to_micros(*filter.created_min));
  if (filter.created_max) where.add("created_at <= {}", base::to_micros(*filter.created_max));
  if (filter.updated_min) where.add("updated_at >= {}", base::to_micros(*filter.updated_min));
  if (filter.updated_max) where.add("updated_at <= {}", base::to_micros(*filter.updated_max));
  if (filter.is_archived) {
    where.add("archived = {}", static_cast<std::int64_t>(*filter.is_archived));
  }
  return where;
}

// Pages that begin so far down are looked for in the index on age alone, without reading what they
// leave out: whoever takes everything away page by page reads each shipment once.
constexpr std::int64_t kFar = 1000;

struct Begin {
  base::Instant created_at{};  // of the page's first
  std::int64_t skip = 0;       // of those entered at that instant
};
std::optional<Begin> begin_of(store::Tx& tx, std::int64_t account_id, const Filter& ages,
                              std::int64_t skipped) {
  auto where = conditions_of(account_id, ages);
  const auto sql = "SELECT created_at FROM shipments" + where.sql() +
                   " ORDER BY created_at DESC LIMIT 1 OFFSET " + where.next(skipped);
  auto rows = tx.query_params(sql, where.params());
  if (!rows.next()) return std::nullopt;
  const auto created_at = rows.instant(0);
  auto newer = conditions_of(account_id, ages);
  newer.add("created_at > {}", base::to_micros(created_at));
  auto count = tx.query_params("SELECT COUNT(*) FROM shipments" + newer.sql(), newer.params());
  count.next();
  return Begin{created_at, skipped - count.integer(0)};
}

}  // namespace

std::vector<Repository::Named> Repository::find_named(store::Tx& tx, std::int64_t account_id,
                                                      std::string_view tracking_number) const {
  std::vector<Named> named;
  auto rows = tx.query(
      "SELECT id, courier_code FROM shipments WHERE account_id = $1 AND tracking_number = $2 ORDER "
      "BY created_at, id",
      account_id, tracking_number);
  while (rows.next()) {
    const auto id = base::Id::from_bytes(rows.blob(0));
    if (id) named.push_back({*id, std::string(rows.text(1))});
  }
  return named;
}

std::vector<Shipment> Repository::list(store::Tx& tx, std::int64_t account_id, const Filter& filter,
                                       Page page) const {
  if (filter.is_only_numbers()) {
    return page_of(list_by_numbers(tx, account_id, filter.tracking_numbers), page);
  }
  auto skipped = static_cast<std::int64_t>(page.number - 1) * page.size;
  auto where = conditions_of(account_id, filter);
  if (skipped >= kFar && filter.is_only_ages()) {
    const auto begin = begin_of(tx, account_id, filter, skipped);
    if (!begin) return {};
    where.add("created_at <= {}", base::to_micros(begin->created_at));
    skipped = begin->skip;
  }
  // With few rows to expect, the plus keeps SQLite from walking the index on age instead of the one
  // that finds them.
  const bool is_narrow = !filter.tracking_numbers.empty() || !filter.order_number.empty();
  std::string sql = "SELECT " MILEPOST_SHIPMENT_READ " FROM shipments" + where.sql();
  sql += is_narrow ? " ORDER BY +created_at DESC" : " ORDER BY created_at DESC";
  sql += ", id DESC LIMIT " + where.next(static_cast<std::int64_t>(page.size));
  sql += " OFFSET " + where.next(skipped);
  return collect(tx.query_params(sql, where.params()), account_id);
}

// One statement that never changes, once a number: the look-up that all shops make all day.
std::vector<Shipment> Repository::list_by_numbers(store::Tx& tx, std::int64_t account_id,
                                                  const std::vector<std::string>& numbers) const {
  std::vector<std::string_view> distinct(numbers.begin(), numbers.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<Shipment> found;
  for (const auto number : distinct) {
    auto some = collect(tx.query("SELECT " MILEPOST_SHIPMENT_READ
                                 " FROM shipments WHERE account_id = $1 AND tracking_number = $2",
                                 account_id, number),
                        account_id, Expected::Few);
    if (found.empty()) {
      found = std::move(some);
    } else {
      std::ranges::move(some, std::back_inserter(found));
    }
  }
  return found;
}

std::vector<Shipment> Repository::list_after(store::Tx& tx, std::int64_t account_id,
                                             base::Instant created_at, const base::Id& id,
                                             int most) const {
  return collect(tx.query("SELECT " MILEPOST_SHIPMENT_READ
                          " FROM shipments WHERE account_id = $1 AND created_at >= $2 AND "
                          "(created_at > $2 OR id > $3)"
                          " ORDER BY created_at, id LIMIT $4",
                          account_id, created_at, store::Blob{id.bytes()}, most),
                 account_id);
}

}  // namespace shipments
