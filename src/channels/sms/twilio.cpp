#include "channels/sms/twilio.h"

#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "channels/call.h"
#include "crypto/hash.h"

namespace channels::sms {
namespace {

using Kind = Outcome::Kind;

constexpr std::string_view kMessage = "message";

// What Twilio's error codes mean for the receiver. What is not here is refused.
constexpr struct {
  int code;
  Kind kind;
} kMeanings[] = {
    {20003, Kind::NotSetUp},  // account or token wrong
    {20404, Kind::NotSetUp},  // no such account
    {20429, Kind::Later},     // too many requests
    {20500, Kind::Later},     // trouble there
    {20503, Kind::Later},     //
    {21211, Kind::Gone},      // no telephone number
    {21214, Kind::Gone},      // cannot be reached
    {21217, Kind::Gone},      // no telephone number
    {21401, Kind::Gone},      // no telephone number
    {21408, Kind::NotSetUp},  // this country is not switched on for the account
    {21603, Kind::NotSetUp},  // no sender
    {21606, Kind::NotSetUp},  // the sender is not the account's
    {21610, Kind::Gone},      // has answered STOP
    {21611, Kind::Later},     // the sender's queue is full
    {21614, Kind::Gone},      // no mobile
    {21659, Kind::NotSetUp},  // the sender is not the account's
    {30001, Kind::Later},     // queue overflow
    {30002, Kind::NotSetUp},  // account suspended
    {30004, Kind::Gone},      // blocked by the receiver
    {30005, Kind::Gone},      // unknown number
    {30006, Kind::Gone},      // a landline
    {63038, Kind::Later},     // the account's messages of this day are used up
};

Kind meaning_of(std::int64_t code) {
  for (const auto& [known, kind] : kMeanings)
    if (known == code) return kind;
  return Kind::Refused;
}

std::string_view trimmed_base(const Settings& settings) {
  std::string_view base = settings.base_url;
  if (base.empty()) base = "https://api.twilio.com";
  while (base.ends_with('/')) base.remove_suffix(1);
  return base;
}

// Twilio knows no reference of the sender's: the message is named in the address, which is signed
// with the rest. Its own id would be known only after its answer, which a report may overtake.
std::string report_address(const std::string& callback, const std::string& key) {
  const char* const mark = callback.find('?') == std::string::npos ? "?" : "&";
  return callback + mark + std::string(kMessage) + "=" + percent_encode(key);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

http::Call Twilio::request(const Outgoing& message) const {
  Pairs form = {{"To", message.to},
                {message.from.starts_with("MG") ? "MessagingServiceSid" : "From", message.from},
                {"Body", message.text}};
  if (!settings_.callback_url.empty())
    form.emplace_back("StatusCallback", report_address(settings_.callback_url, message.key));
  http::Call call;
  call.method = "POST";
  call.url = std::string(trimmed_base(settings_)) + "/2010-04-01/Accounts/" +
             percent_encode(settings_.account) + "/Messages.json";
  call.headers = {{"Authorization", basic(settings_.account, settings_.secret)},
                  {"Content-Type", "application/x-www-form-urlencoded"}};
  call.body = to_form(form);
  call.may_be_private = settings_.may_be_private;
  return call;
}

Outcome Twilio::read(const http::Reply& reply) const {
  auto outcome = read_status(reply);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view sid;
  std::int64_t code = 0;
  const bool is_json =
      parser.parse(simdjson::padded_string(reply.body)).get(object) == simdjson::SUCCESS;
  if (is_json && object["sid"].get(sid) == simdjson::SUCCESS) outcome.reference = sid;
  // A message has its trouble under error_code, a refusal under code.
  if (is_json && (object["code"].get(code) == simdjson::SUCCESS ||
                  object["error_code"].get(code) == simdjson::SUCCESS)) {
    outcome.kind = meaning_of(code);
    outcome.code = "twilio " + std::to_string(code);
  } else if (is_one_of(std::to_string(reply.status), {"401", "403", "404"})) {
    outcome.kind = Kind::NotSetUp;  // about the account, not the receiver
  } else if (outcome.kind == Kind::Accepted && outcome.reference.empty()) {
    outcome.kind = Kind::Later;
    outcome.code = "twilio unreadable";
  }
  return outcome;
}

// The whole URL, then each field's name and value in the order of the names, under the auth token.
bool Twilio::is_genuine(const CallbackRequest& request, base::Instant) const {
  if (settings_.secret.empty() || request.signature.empty()) return false;
  auto sorted = request.fields_are_query ? decltype(request.fields)() : request.fields;
  std::sort(sorted.begin(), sorted.end());
  std::string said = request.url;
  for (const auto& [name, value] : sorted) said.append(name).append(value);
  return crypto::equal(base::to_base64(crypto::hmac_sha1(settings_.secret, said)),
                       request.signature);
}

std::optional<Callback> Twilio::read(const CallbackRequest& request) const {
  Callback out;
  out.reference = field(request, "MessageSid");
  if (out.reference.empty()) return std::nullopt;
  const auto status = field(request, "MessageStatus");
  if (status.empty() || status == "received" || !field(request, "OptOutType").empty()) {
    const auto number = PhoneNumber::parse(field(request, "From"));
    if (!number) return std::nullopt;
    out.is_reply = true;
    out.from = number->text();
    // Twilio reads STOP in some languages by itself, and then has stopped already.
    const auto judged = field(request, "OptOutType");
    out.wish = judged == "STOP"    ? Wish::Stop
               : judged == "START" ? Wish::Start
               : judged == "HELP"  ? Wish::Help
                                   : read_wish(field(request, "Body"));
    return out;
  }
  out.key = value_in_query(request.url, kMessage);
  if (is_one_of(status, {"delivered", "read"})) {
    out.outcome = Outcome{Kind::Accepted, "twilio " + std::string(status), {}, out.reference};
  } else if (is_one_of(status, {"undelivered", "failed", "canceled"})) {
    std::string code(field(request, "ErrorCode"));
    if (code.size() > 6 || !std::all_of(code.begin(), code.end(), base::is_digit)) code.clear();
    const auto kind = code.empty() ? Kind::Refused : meaning_of(std::stoll(code));
    out.outcome = Outcome{kind, "twilio " + (code.empty() ? "failed" : code), {}, out.reference};
  }
  return out;
}

}  // namespace channels::sms
