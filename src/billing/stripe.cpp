#include "billing/stripe.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "billing/wire.h"
#include "crypto/hash.h"

namespace billing {
namespace {

using simdjson::dom::element;

constexpr std::string_view kHome = "https://api.stripe.com";
constexpr std::string_view kVersion = "2024-06-20";  // whose form is read below
constexpr std::string_view kSession = "cs_";
constexpr std::string_view kEvents[] = {
    "checkout.session.completed", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "checkout.session.expired"};

std::string_view next_piece(std::string_view& rest, char end) {
  const auto at = std::min(rest.find(end), rest.size());
  const auto piece = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return base::trim(piece);
}

// "t=1492774577,v1=5257a869..,v1=..": one time, any number of signatures (keys are being changed),
// other schemes passed over.
std::optional<PaymentFault> judge(const Notice& notice, std::string_view secret) {
  std::string_view time, rest = notice.signature;
  bool is_signed = false;
  for (auto scan = rest; !scan.empty();) {
    const auto piece = next_piece(scan, ',');
    if (piece.starts_with("t=")) time = piece.substr(2);
  }
  const auto expected =
      base::to_hex(crypto::hmac_sha256(secret, fmt::format("{}.{}", time, notice.body)));
  while (!rest.empty()) {
    const auto piece = next_piece(rest, ',');
    if (piece.starts_with("v1=") && crypto::equal(piece.substr(3), expected)) is_signed = true;
  }
  if (!is_signed || time.empty() || secret.empty()) return PaymentFault::Forged;
  std::int64_t seconds = 0;
  const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
  if (read.ec != std::errc() || read.ptr != time.data() + time.size()) return PaymentFault::Forged;
  const auto signed_at = base::Instant(std::chrono::seconds(seconds));
  const auto apart = notice.now > signed_at ? notice.now - signed_at : signed_at - notice.now;
  if (apart > Stripe::kTolerance) return PaymentFault::Stale;
  return std::nullopt;
}

PaymentState state_of(element session) {
  if (text_at(session, "/payment_status") == "paid") return PaymentState::Paid;
  const auto status = text_at(session, "/status");
  if (status == "expired") return PaymentState::Expired;
  // Completed, and the money comes later or never: the payment itself tells which.
  if (text_at(session, "/payment_intent/status") == "requires_payment_method" &&
      status == "complete")
    return PaymentState::Failed;
  return PaymentState::Open;
}

std::optional<Method> method_of(element session) {
  constexpr std::string_view kWay = "/payment_intent/payment_method";
  const auto at = [&](std::string_view key) { return fmt::format("{}{}", kWay, key); };
  Method method;
  method.reference = text_at(session, at("/id"));
  method.last_four = text_at(session, at("/card/last4"));
  const auto year = number_at(session, at("/card/exp_year"));
  const auto month = number_at(session, at("/card/exp_month"));
  if (year && month) method.expires_in = fmt::format("{:04}-{:02}", *year, *month);
  if (!method.is_sound()) return std::nullopt;
  return method;
}

}  // namespace

base::Task<base::Result<Begun, PaymentFault>> Stripe::begin(Charge charge) {
  auto call = call_to(access_, "POST", base_of(access_, kHome) + "/v1/checkout/sessions");
  call.headers.emplace_back("Stripe-Version", kVersion);
  call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  call.headers.emplace_back("Idempotency-Key",
                            fmt::format("{}-{}", charge.invoice.text(), charge.attempt));
  call.body =
      to_form({{"mode", "payment"},
               {"client_reference_id", charge.invoice.text()},
               {"metadata[customer]", charge.customer.text()},
               {"line_items[0][quantity]", "1"},
               {"line_items[0][price_data][currency]", base::lower(charge.amount.currency.code())},
               {"line_items[0][price_data][unit_amount]", std::to_string(charge.amount.minor)},
               {"line_items[0][price_data][product_data][name]", charge.invoice.text()},
               {"success_url", access_.back_url},
               {"cancel_url", access_.back_url}});
  const auto reply = co_await client_.call(std::move(call));
  if (const auto fault = fault_of(reply)) co_return base::Failure{*fault};
  simdjson::dom::parser parser;
  element session;
  if (parser.parse(reply->body).get(session) != simdjson::SUCCESS)
    co_return base::Failure{PaymentFault::Malformed};
  Begun begun{text_at(session, "/id"), text_at(session, "/url")};
  if (!is_reference(begun.reference, kSession) || begun.page.empty())
    co_return base::Failure{PaymentFault::Malformed};
  co_return begun;
}

base::Task<base::Result<Status, PaymentFault>> Stripe::ask(std::string reference) {
  if (!is_reference(reference, kSession)) co_return base::Failure{PaymentFault::Ignored};
  auto call = call_to(access_, "GET",
                      fmt::format("{}/v1/checkout/sessions/{}?expand%5B%5D=payment_intent.payment_"
                                  "method",
                                  base_of(access_, kHome), reference));
  call.headers.emplace_back("Stripe-Version", kVersion);
  const auto reply = co_await client_.call(std::move(call));
  if (const auto fault = fault_of(reply)) co_return base::Failure{*fault};
  simdjson::dom::parser parser;
  element session;
  if (parser.parse(reply->body).get(session) != simdjson::SUCCESS)
    co_return base::Failure{PaymentFault::Malformed};
  const auto currency = Currency::parse(text_at(session, "/currency"));
  const auto minor = number_at(session, "/amount_total");
  if (text_at(session, "/id") != reference || !currency || !minor)
    co_return base::Failure{PaymentFault::Malformed};
  Status status{state_of(session),
                {*minor, *currency},
                text_at(session, "/client_reference_id"),
                method_of(session)};
  co_return status;
}

base::Result<std::string, PaymentFault> Stripe::read(const Notice& notice) const {
  if (const auto fault = judge(notice, access_.secret)) return base::Failure{*fault};
  simdjson::dom::parser parser;
  element event;
  if (parser.parse(notice.body.data(), notice.body.size()).get(event) != simdjson::SUCCESS)
    return base::Failure{PaymentFault::Malformed};
  const auto type = text_at(event, "/type");
  if (std::ranges::find(kEvents, type) == std::end(kEvents))
    return base::Failure{PaymentFault::Ignored};
  auto reference = text_at(event, "/data/object/id");
  if (!is_reference(reference, kSession)) return base::Failure{PaymentFault::Malformed};
  return reference;
}

}  // namespace billing
