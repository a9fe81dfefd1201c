#include "billing/desk.h"

#include "base/log.h"

namespace billing {

struct Desk::Payment {
  std::int64_t account_id = 0;
  base::Id invoice;
  PaymentState state = PaymentState::Open;
};

namespace {

std::int64_t number(PaymentState state) { return static_cast<std::int64_t>(state); }

// Payments of this invoice that came to nothing, and so will not be begun again.
int ended_tries(store::Tx& tx, std::int64_t account_id, const base::Id& invoice) {
  auto rows = tx.query(
      "SELECT COUNT(*) FROM billing_payments WHERE account_id = $1 AND invoice_id = $2 AND state "
      "IN ($3, $4)",
      account_id, store::Blob{invoice.bytes()}, number(PaymentState::Failed),
      number(PaymentState::Expired));
  return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

}  // namespace

std::string_view word(Settled settled) {
  switch (settled) {
    case Settled::Paid:
      return "paid";
    case Settled::Noted:
      return "noted";
    case Settled::Surplus:
      return "surplus";
    case Settled::Mismatch:
      return "mismatch";
    case Settled::Unknown:
      break;
  }
  return "unknown";
}

base::Task<base::Result<Begun, Desk::Begin>> Desk::begin(std::int64_t account_id, base::Id id) {
  int tries = 0;
  auto read = [&](store::Tx& tx) {
    tries = ended_tries(tx, account_id, id);
    return invoices_.find(tx, account_id, id);
  };
  const auto invoice = co_await database_.read(read);
  if (!invoice) co_return base::Failure{Begin{BeginFault::NoInvoice, {}}};
  if (invoice->state != InvoiceState::Open) co_return base::Failure{Begin{BeginFault::Paid, {}}};
  Charge charge{invoice->total, Opaque::customer(vault_, account_id),
                Opaque::invoice(vault_, account_id, id), tries + 1};
  auto begun = co_await provider_.begin(std::move(charge));
  if (!begun) co_return base::Failure{Begin{BeginFault::Provider, begun.error()}};
  auto note = [&](store::Tx& tx) {
    return tx.execute(
        "INSERT INTO billing_payments (account_id, provider, reference, invoice_id, state, "
        "created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING",
        account_id, provider_.name(), begun->reference, store::Blob{id.bytes()},
        number(PaymentState::Open), clock_.now());
  };
  co_await database_.write(note);
  co_return std::move(*begun);
}

std::optional<Desk::Payment> Desk::find(store::Tx& tx, std::string_view reference) {
  auto rows = tx.query(
      "SELECT account_id, invoice_id, state FROM billing_payments WHERE provider = $1 AND "
      "reference = $2",
      provider_.name(), reference);
  if (!rows.next()) return std::nullopt;
  return Payment{rows.integer(0), base::Id::from_bytes(rows.blob(1)).value_or(base::Id()),
                 static_cast<PaymentState>(rows.integer(2))};
}

base::Task<base::Result<Settled, PaymentFault>> Desk::take(std::string signature,
                                                           std::string body) {
  const auto reference = provider_.read({signature, body, clock_.now()});
  if (!reference) {
    if (reference.error() == PaymentFault::Ignored) co_return Settled::Unknown;
    co_return base::Failure{reference.error()};
  }
  auto look = [&](store::Tx& tx) { return find(tx, *reference); };
  const auto payment = co_await database_.read(look);
  if (!payment) co_return Settled::Unknown;
  if (payment->state == PaymentState::Paid) co_return Settled::Noted;
  const auto status = co_await provider_.ask(*reference);
  if (!status) co_return base::Failure{status.error()};
  auto work = [&](store::Tx& tx) { return settle(tx, *reference, *status); };
  const auto settled = co_await database_.write(work);
  base::log(settled == Settled::Mismatch || settled == Settled::Surplus ? base::Level::Warning
                                                                        : base::Level::Info,
            "billing.settled", {{"account", payment->account_id}, {"outcome", word(settled)}});
  co_return settled;
}

Settled Desk::settle(store::Tx& tx, std::string_view reference, const Status& status) {
  const auto payment = find(tx, reference);
  if (!payment) return Settled::Unknown;
  if (payment->state == PaymentState::Paid || payment->state == status.state) return Settled::Noted;
  const auto invoice = invoices_.find(tx, payment->account_id, payment->invoice);
  if (!invoice) return Settled::Unknown;
  const auto named = Opaque::invoice(vault_, payment->account_id, payment->invoice);
  if (status.invoice != named.text() || status.amount != invoice->total) return Settled::Mismatch;
  // What failed may still be paid (another try on the provider's page), what is paid stays paid.
  tx.execute(
      "UPDATE billing_payments SET state = $1, updated_at = $2 WHERE account_id = $3 AND provider "
      "= $4 AND reference = $5",
      number(status.state), clock_.now(), payment->account_id, provider_.name(), reference);
  if (status.state != PaymentState::Paid) return Settled::Noted;
  if (status.method) keep(tx, payment->account_id, *status.method);
  return invoices_.note_paid(tx, payment->account_id, payment->invoice) ? Settled::Paid
                                                                        : Settled::Surplus;
}

void Desk::keep(store::Tx& tx, std::int64_t account_id, const Method& method) {
  if (!method.is_sound()) return;
  tx.execute(
      "INSERT INTO billing_methods (account_id, provider, reference, last_four, expires_in) VALUES "
      "($1, $2, $3, $4, $5) ON CONFLICT (account_id, provider, reference) DO UPDATE SET last_four "
      "= excluded.last_four, expires_in = excluded.expires_in",
      account_id, provider_.name(), method.reference, method.last_four, method.expires_in);
}

bool Desk::paid_by_hand(store::Tx& tx, std::int64_t account_id, const base::Id& invoice) {
  return invoices_.note_paid(tx, account_id, invoice);
}

std::vector<KeptMethod> Desk::methods(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query(
      "SELECT provider, reference, last_four, expires_in FROM billing_methods WHERE account_id = "
      "$1 ORDER BY provider, reference",
      account_id);
  std::vector<KeptMethod> all;
  while (rows.next())
    all.push_back(
        {std::string(rows.text(0)),
         {std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3))}});
  return all;
}

bool Desk::forget_method(store::Tx& tx, std::int64_t account_id, std::string_view provider,
                         std::string_view reference) {
  return tx.execute(
             "DELETE FROM billing_methods WHERE account_id = $1 AND provider = $2 AND reference = "
             "$3",
             account_id, provider, reference) == 1;
}

}  // namespace billing
