#include "billing/invoices.h"

#include <fmt/format.h>

#include <array>

namespace billing {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"charge", "credit", "discount"};

#define MILEPOST_INVOICE_COLUMNS "id, currency, total, state, created_at, paid_at"

LineKind kind_named(std::string_view word) {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (kKinds[i] == word) return static_cast<LineKind>(i);
  return LineKind::Charge;
}

// Nothing where the currency is not known any more.
std::optional<Invoice> read_invoice(const store::Rows& rows, std::int64_t account_id) {
  const auto currency = Currency::parse(rows.text(1));
  if (!currency) return std::nullopt;
  Invoice invoice{account_id,
                  base::Id::from_bytes(rows.blob(0)).value_or(base::Id()),
                  {rows.integer(2), *currency},
                  static_cast<InvoiceState>(rows.integer(3)),
                  rows.instant(4),
                  std::nullopt,
                  {}};
  if (!rows.is_null(5)) invoice.paid_at = rows.instant(5);
  return invoice;
}

std::optional<InvoiceFault> fault_of(const std::vector<Line>& lines) {
  if (lines.empty()) return InvoiceFault::NoLines;
  for (const auto& line : lines) {
    const bool is_charge = line.kind == LineKind::Charge;
    if (is_charge ? line.amount < 0 : line.amount > 0) return InvoiceFault::WrongSign;
  }
  if (!sum_of(lines)) return InvoiceFault::TooLarge;
  return std::nullopt;
}

}  // namespace

std::string_view word(LineKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

std::string_view word(InvoiceState state) { return state == InvoiceState::Paid ? "paid" : "open"; }

std::string_view describe(InvoiceFault fault) {
  switch (fault) {
    case InvoiceFault::NoLines:
      return "an invoice has lines";
    case InvoiceFault::WrongSign:
      return "a charge is not negative, a credit or discount not positive";
    case InvoiceFault::TooLarge:
      break;
  }
  return "the amount is too large";
}

std::optional<std::int64_t> sum_of(const std::vector<Line>& lines) {
  std::int64_t sum = 0;
  for (const auto& line : lines) {
    if (line.amount > kMostMoney || line.amount < -kMostMoney) return std::nullopt;
    sum += line.amount;
    if (sum > kMostMoney || sum < -kMostMoney) return std::nullopt;
  }
  return sum;
}

base::Result<base::Id, InvoiceFault> Invoices::add(store::Tx& tx, std::int64_t account_id,
                                                   const Currency& currency,
                                                   const std::vector<Line>& lines) {
  if (const auto fault = fault_of(lines)) return base::Failure{*fault};
  const auto now = clock_.now();
  const auto id = base::Id::make(now);
  const auto total = *sum_of(lines);
  tx.execute(
      "INSERT INTO billing_invoices (account_id, id, currency, total, state, created_at, "
      "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      account_id, store::Blob{id.bytes()}, currency.code(), total,
      static_cast<std::int64_t>(InvoiceState::Open), now, now + kKept);
  std::int64_t number = 0;
  for (const auto& line : lines)
    tx.execute(
        "INSERT INTO billing_lines (account_id, invoice_id, number, kind, tariff, amount, "
        "begins_at, ends_at, discounts_left) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account_id, store::Blob{id.bytes()}, ++number, word(line.kind), line.tariff, line.amount,
        line.begins_at, line.ends_at, static_cast<std::int64_t>(line.discounts_left));
  if (total <= 0) note_paid(tx, account_id, id);
  return id;
}

std::optional<Invoice> Invoices::find(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_INVOICE_COLUMNS
                       " FROM billing_invoices WHERE account_id = $1 AND id = $2",
                       account_id, store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  auto invoice = read_invoice(rows, account_id);
  if (!invoice) return std::nullopt;
  auto lines = tx.query(
      "SELECT kind, tariff, amount, begins_at, ends_at, discounts_left FROM billing_lines WHERE "
      "account_id = $1 AND invoice_id = $2 ORDER BY number",
      account_id, store::Blob{id.bytes()});
  while (lines.next())
    invoice->lines.push_back({kind_named(lines.text(0)), std::string(lines.text(1)),
                              lines.integer(2), lines.instant(3), lines.instant(4),
                              static_cast<int>(lines.integer(5))});
  return invoice;
}

std::vector<Invoice> Invoices::list(store::Tx& tx, std::int64_t account_id, int most) {
  auto rows = tx.query("SELECT " MILEPOST_INVOICE_COLUMNS
                       " FROM billing_invoices WHERE account_id = $1 ORDER BY created_at DESC, id "
                       "DESC LIMIT $2",
                       account_id, static_cast<std::int64_t>(most));
  std::vector<Invoice> all;
  while (rows.next())
    if (auto invoice = read_invoice(rows, account_id)) all.push_back(std::move(*invoice));
  return all;
}

bool Invoices::note_paid(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  return tx.execute(
             "UPDATE billing_invoices SET state = $1, paid_at = $2 WHERE account_id = $3 AND id = "
             "$4 AND state = $5",
             static_cast<std::int64_t>(InvoiceState::Paid), clock_.now(), account_id,
             store::Blob{id.bytes()}, static_cast<std::int64_t>(InvoiceState::Open)) == 1;
}

std::int64_t Invoices::sweep() {
  return database_.write_now([&](store::Tx& tx) {
    const auto count =
        tx.execute("DELETE FROM billing_invoices WHERE expires_at <= $1", clock_.now());
    for (const auto* table : {"billing_lines", "billing_payments"})
      tx.execute(
          fmt::format("DELETE FROM {0} WHERE NOT EXISTS (SELECT 1 FROM billing_invoices i "
                      "WHERE i.account_id = {0}.account_id AND i.id = {0}.invoice_id)",
                      table));
    return count;
  });
}

}  // namespace billing
