#include "channels/sms/vonage.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/text.h"
#include "channels/call.h"
#include "channels/sms/segments.h"
#include "crypto/hash.h"

namespace channels::sms {
namespace {

using Kind = Outcome::Kind;
constexpr std::chrono::minutes kOldest{5};
constexpr std::size_t kShortestKey = 20;

// The status of a message in the answer. What is not here is refused.
constexpr struct {
  std::string_view status;
  Kind kind;
} kStatuses[] = {
    {"0", Kind::Accepted},  {"1", Kind::Later},  // throttled
    {"4", Kind::NotSetUp},                       // key or secret wrong
    {"5", Kind::Later},                          // trouble there
    {"7", Kind::Gone},                           // the number is barred
    {"8", Kind::NotSetUp},                       // the account is barred
    {"9", Kind::Later},                          // no money left: it may be topped up
    {"10", Kind::Later},                         // too many connections
    {"11", Kind::NotSetUp},                      // not open for this interface
    {"14", Kind::NotSetUp},                      // signature
    {"15", Kind::NotSetUp},                      // the sender is not allowed
    {"29", Kind::NotSetUp},                      // a trial account and a number it does not know
    {"32", Kind::NotSetUp},                      // signature and secret
    {"33", Kind::Gone},                          // the number is not in use any more
};
// err-code of a delivery report: what will not change by another try.
constexpr std::string_view kGoneReports[] = {
    "2",  // absent for good: the number is not in service
    "3",  // absent for good
    "4",  // barred by the receiver
    "9",  // no such number
};

Kind kind_of_status(std::string_view status) {
  for (const auto& [known, kind] : kStatuses)
    if (known == status) return kind;
  return Kind::Refused;
}

bool is_short_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 && std::all_of(text.begin(), text.end(), base::is_digit);
}

// Numbers travel without their plus here.
std::string_view bare(std::string_view number) {
  return number.starts_with('+') ? number.substr(1) : number;
}

}  // namespace

http::Call Vonage::request(const Outgoing& message) const {
  Pairs form = {{"api_key", settings_.account},
                {"api_secret", settings_.secret},
                {"from", std::string(bare(message.from))},
                {"to", std::string(bare(message.to))},
                {"text", message.text},
                {"client-ref", message.key}};
  if (segments_of(message.text).alphabet == Alphabet::Ucs2) form.emplace_back("type", "unicode");
  if (!settings_.callback_url.empty()) form.emplace_back("callback", settings_.callback_url);
  std::string base = settings_.base_url.empty() ? "https://rest.nexmo.com" : settings_.base_url;
  while (base.ends_with('/')) base.pop_back();
  http::Call call;
  call.method = "POST";
  call.url = base + "/sms/json";
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  call.body = to_form(form);
  call.may_be_private = settings_.may_be_private;
  return call;
}

// One entry for each segment. Once the first is taken the message counts as taken: to send it again
// because of its last segment would show the first one twice.
Outcome Vonage::read(const http::Reply& reply) const {
  auto outcome = read_status(reply);
  if (outcome.kind != Kind::Accepted) {
    if (outcome.kind == Kind::Gone) outcome.kind = Kind::NotSetUp;  // the address is ours
    return outcome;
  }
  simdjson::dom::parser parser;
  simdjson::dom::object first;
  std::string_view status, id;
  if (parser.parse(simdjson::padded_string(reply.body))["messages"].at(0).get(first) ||
      first["status"].get(status) || !is_short_number(status)) {
    outcome.kind = Kind::Later;
    outcome.code = "vonage unreadable";
    return outcome;
  }
  outcome.kind = kind_of_status(status);
  outcome.code = "vonage " + std::string(status);
  if (first["message-id"].get(id) == simdjson::SUCCESS) outcome.reference = id;
  return outcome;
}

// "&name=value" of every field but `sig`, by name, & and = in values replaced by _, under the
// signature secret.
bool Vonage::is_genuine(const CallbackRequest& request, base::Instant now) const {
  if (settings_.signature_secret.empty()) {
    const auto key = value_in_query(settings_.callback_url, "key");
    return key.size() >= kShortestKey && crypto::equal(key, value_in_query(request.url, "key"));
  }
  const auto given = field(request, "sig");
  const auto written = field(request, "timestamp");
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), seconds);
  if (given.empty() || error != std::errc() || end != written.data() + written.size()) return false;
  constexpr std::int64_t kEndOfTime = 253'402'300'800;  // the year 10000
  if (seconds < 0 || seconds > kEndOfTime) return false;
  const auto age = now - base::from_micros(seconds * 1'000'000);
  if (age > kOldest || age < -kOldest) return false;

  auto sorted = request.fields;
  std::sort(sorted.begin(), sorted.end());
  std::string said;
  for (auto& [name, value] : sorted) {
    if (name == "sig") continue;
    for (char& c : value)
      if (c == '&' || c == '=') c = '_';
    said.append("&").append(name).append("=").append(value);
  }
  return crypto::equal(base::to_hex(crypto::hmac_sha256(settings_.signature_secret, said)),
                       base::lower(given));
}

std::optional<Callback> Vonage::read(const CallbackRequest& request) const {
  Callback out;
  out.reference = field(request, "messageId");
  if (out.reference.empty()) return std::nullopt;
  const auto status = field(request, "status");
  if (status.empty()) {
    const auto number = PhoneNumber::parse("+" + std::string(bare(field(request, "msisdn"))));
    if (!number) return std::nullopt;
    out.is_reply = true;
    out.from = number->text();
    out.wish = read_wish(field(request, "text"));
    return out;
  }
  out.key = field(request, "client-ref");
  if (status == "delivered") {
    out.outcome = Outcome{Kind::Accepted, "vonage delivered", {}, out.reference};
  } else if (status == "failed" || status == "rejected" || status == "expired") {
    const auto code = field(request, "err-code");
    const bool is_gone =
        std::find(std::begin(kGoneReports), std::end(kGoneReports), code) != std::end(kGoneReports);
    out.outcome = Outcome{is_gone ? Kind::Gone : Kind::Refused,
                          "vonage report " + std::string(is_short_number(code) ? code : status),
                          {},
                          out.reference};
  }
  return out;
}

}  // namespace channels::sms
