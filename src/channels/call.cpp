#include "channels/call.h"

#include "base/text.h"

namespace channels {

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::string to_form(const Pairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
  }
  return out;
}

std::string basic(std::string_view user, std::string_view password) {
  std::string pair(user);
  pair.append(":").append(password);
  return "Basic " + base::to_base64(pair);
}

Outcome outcome_of(http::CallError error) {
  using http::CallError;
  Outcome outcome;
  outcome.code = http::name(error);
  const bool is_ours =
      error == CallError::BadCall || error == CallError::Refused || error == CallError::TooLarge;
  outcome.kind = is_ours ? Outcome::Kind::Refused : Outcome::Kind::Later;
  return outcome;
}

base::Task<Outcome> deliver(http::Client& client, http::Call call, ReadReply read) {
  const auto reply = co_await client.call(std::move(call));
  if (!reply) co_return outcome_of(reply.error());
  co_return read(*reply);
}

Outcome read_status(const http::Reply& reply) {
  return outcome_of_status(reply.status, reply.header("retry-after"));
}

std::string shortened(std::string_view text, std::size_t most) {
  if (base::utf8_length(text) <= most) return std::string(text);
  std::string out;
  for (std::size_t count = 0; count + 1 < most && !text.empty(); ++count) {
    const auto size = std::max<std::size_t>(base::utf8_sequence(text), 1);
    out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out + "…";
}

}  // namespace channels
