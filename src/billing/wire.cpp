#include "billing/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace billing {
namespace {

constexpr std::size_t kMostReference = 128;

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string to_form(std::initializer_list<Pair> pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    append_encoded(out, name);
    out += '=';
    append_encoded(out, value);
  }
  return out;
}

std::string base_of(const Access& access, std::string_view own) {
  std::string base(access.base.empty() ? own : std::string_view(access.base));
  while (base.ends_with('/')) base.pop_back();
  return base;
}

http::Call call_to(const Access& access, std::string_view method, std::string url) {
  http::Call call;
  call.method = method;
  call.url = std::move(url);
  call.headers = {{"Authorization", "Bearer " + access.key}, {"Accept", "application/json"}};
  call.most_bytes = 1 << 20;
  call.may_be_private = access.may_be_private;
  return call;
}

std::optional<PaymentFault> fault_of(const base::Result<http::Reply, http::CallError>& reply) {
  if (!reply) {
    const bool is_ours = reply.error() == http::CallError::BadCall ||
                         reply.error() == http::CallError::Refused ||
                         reply.error() == http::CallError::TooLarge;
    return is_ours ? PaymentFault::Refused : PaymentFault::Unreachable;
  }
  const auto status = reply->status;
  if (status >= 200 && status < 300) return std::nullopt;
  return status == 429 || status >= 500 ? PaymentFault::Unreachable : PaymentFault::Refused;
}

bool is_reference(std::string_view text, std::string_view beginning) {
  return text.size() > beginning.size() && text.size() <= kMostReference &&
         text.starts_with(beginning) && std::ranges::all_of(text, [](char c) {
           return base::is_letter(c) || base::is_digit(c) || c == '_';
         });
}

std::string text_at(simdjson::dom::element from, std::string_view pointer) {
  std::string_view text;
  return from.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text)
                                                                 : std::string();
}

std::optional<std::int64_t> number_at(simdjson::dom::element from, std::string_view pointer) {
  std::int64_t number = 0;
  if (from.at_pointer(pointer).get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

}  // namespace billing
