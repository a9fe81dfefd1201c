#include "billing/mollie.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "billing/wire.h"

namespace billing {
namespace {

using simdjson::dom::element;

constexpr std::string_view kHome = "https://api.mollie.com";
constexpr std::string_view kPayment = "tr_";

std::string body_of(const Charge& charge, const Access& access) {
  base::JsonWriter json;
  json.begin_object();
  json.key("amount").begin_object();
  json.key("currency").value(charge.amount.currency.code());
  json.key("value").value(decimal(charge.amount));
  json.end_object();
  json.key("description").value(charge.invoice.text());
  json.key("redirectUrl").value(access.back_url);
  if (!access.notice_url.empty()) json.key("webhookUrl").value(access.notice_url);
  json.key("metadata").begin_object();
  json.key("invoice").value(charge.invoice.text());
  json.key("customer").value(charge.customer.text());
  json.end_object().end_object();
  return std::move(json).text();
}

std::optional<PaymentState> state_of(std::string_view word) {
  if (word == "paid") return PaymentState::Paid;
  if (word == "failed") return PaymentState::Failed;
  if (word == "expired" || word == "canceled") return PaymentState::Expired;
  if (word == "open" || word == "pending" || word == "authorized") return PaymentState::Open;
  return std::nullopt;
}

// A card's last four digits stand there as its number; a bank account's are the end of its IBAN,
// which is looked at and dropped.
std::optional<Method> method_of(element payment) {
  Method method;
  method.reference = text_at(payment, "/mandateId");
  if (method.reference.empty()) method.reference = text_at(payment, "/id");
  auto number = text_at(payment, "/details/cardNumber");
  if (number.empty()) number = text_at(payment, "/details/consumerAccount");
  if (number.size() >= 4) method.last_four = number.substr(number.size() - 4);
  const auto until = text_at(payment, "/details/cardExpiryDate");  // "2028-04-30"
  if (until.size() == 10) method.expires_in = until.substr(0, 7);
  if (!method.is_sound()) return std::nullopt;
  return method;
}

}  // namespace

base::Task<base::Result<Begun, PaymentFault>> Mollie::begin(Charge charge) {
  auto call = call_to(access_, "POST", base_of(access_, kHome) + "/v2/payments");
  call.headers.emplace_back("Content-Type", "application/json");
  call.headers.emplace_back("Idempotency-Key",
                            fmt::format("{}-{}", charge.invoice.text(), charge.attempt));
  call.body = body_of(charge, access_);
  const auto reply = co_await client_.call(std::move(call));
  if (const auto fault = fault_of(reply)) co_return base::Failure{*fault};
  simdjson::dom::parser parser;
  element payment;
  if (parser.parse(reply->body).get(payment) != simdjson::SUCCESS)
    co_return base::Failure{PaymentFault::Malformed};
  Begun begun{text_at(payment, "/id"), text_at(payment, "/_links/checkout/href")};
  if (!is_reference(begun.reference, kPayment) || begun.page.empty())
    co_return base::Failure{PaymentFault::Malformed};
  co_return begun;
}

base::Task<base::Result<Status, PaymentFault>> Mollie::ask(std::string reference) {
  if (!is_reference(reference, kPayment)) co_return base::Failure{PaymentFault::Ignored};
  auto call = call_to(access_, "GET", base_of(access_, kHome) + "/v2/payments/" + reference);
  const auto reply = co_await client_.call(std::move(call));
  if (const auto fault = fault_of(reply)) co_return base::Failure{*fault};
  simdjson::dom::parser parser;
  element payment;
  if (parser.parse(reply->body).get(payment) != simdjson::SUCCESS)
    co_return base::Failure{PaymentFault::Malformed};
  const auto state = state_of(text_at(payment, "/status"));
  const auto currency = Currency::parse(text_at(payment, "/amount/currency"));
  const auto amount = currency ? parse_decimal(text_at(payment, "/amount/value"), *currency)
                               : std::optional<Money>();
  if (text_at(payment, "/id") != reference || !state || !amount)
    co_return base::Failure{PaymentFault::Malformed};
  Status status{*state, *amount, text_at(payment, "/metadata/invoice"), method_of(payment)};
  co_return status;
}

base::Result<std::string, PaymentFault> Mollie::read(const Notice& notice) const {
  auto body = base::trim(notice.body);
  if (!body.starts_with("id=")) return base::Failure{PaymentFault::Malformed};
  body.remove_prefix(3);
  if (!is_reference(body, kPayment)) return base::Failure{PaymentFault::Ignored};
  return std::string(body);
}

}  // namespace billing
