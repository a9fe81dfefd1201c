#include "billing/provider.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "billing/card_guard.h"

namespace billing {
namespace {

std::string shortened(const std::array<std::uint8_t, 32>& hash) {
  return base::to_hex(std::span(hash).first(16));
}

bool is_month(std::string_view text) {
  return text.size() == 7 && text[4] == '-' &&
         std::ranges::all_of(text.substr(0, 4), base::is_digit) && text.substr(5) >= "01" &&
         text.substr(5) <= "12" && base::is_digit(text[6]);
}

}  // namespace

Opaque Opaque::customer(personal::Vault& vault, std::int64_t account_id) {
  return Opaque(shortened(vault.keyed_hash(account_id, "billing-customer", "")));
}

Opaque Opaque::invoice(personal::Vault& vault, std::int64_t account_id, const base::Id& invoice) {
  return Opaque(shortened(vault.keyed_hash(account_id, "billing-invoice", invoice.hex())));
}

std::string_view word(PaymentState state) {
  switch (state) {
    case PaymentState::Open:
      return "open";
    case PaymentState::Paid:
      return "paid";
    case PaymentState::Failed:
      return "failed";
    case PaymentState::Expired:
      break;
  }
  return "expired";
}

bool Method::is_sound() const {
  const bool is_name =
      !reference.empty() && reference.size() <= 128 && std::ranges::all_of(reference, [](char c) {
        return base::is_letter(c) || base::is_digit(c) || c == '_' || c == '-';
      });
  const bool is_four = last_four.empty() ||
                       (last_four.size() == 4 && std::ranges::all_of(last_four, base::is_digit));
  return is_name && is_four && (expires_in.empty() || is_month(expires_in)) &&
         !looks_like_card(reference);
}

std::string_view describe(PaymentFault fault) {
  switch (fault) {
    case PaymentFault::Unreachable:
      return "the payment provider does not answer";
    case PaymentFault::Refused:
      return "the payment provider does not take it: is the key right, and its host in the "
             "register of processors?";
    case PaymentFault::Malformed:
      return "the payment provider answered something that makes no sense";
    case PaymentFault::Forged:
      return "the message is not signed by the payment provider";
    case PaymentFault::Stale:
      return "the message was signed too long ago";
    case PaymentFault::Ignored:
      break;
  }
  return "the message is about nothing that matters here";
}

}  // namespace billing
