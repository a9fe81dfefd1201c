#include "channels/sms/provider.h"

#include <simdjson.h>

#include "base/text.h"
#include "channels/sms/twilio.h"
#include "channels/sms/vonage.h"

namespace channels::sms {
namespace {

constexpr std::size_t kMostBody = 64 << 10;

std::vector<std::pair<std::string, std::string>> fields_of_json(std::string_view json) {
  std::vector<std::pair<std::string, std::string>> fields;
  simdjson::dom::parser parser(kMostBody);
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(json)).get(object)) return fields;
  for (const auto member : object) {
    std::string_view text;
    fields.emplace_back(member.key, member.value.get(text) == simdjson::SUCCESS
                                        ? std::string(text)
                                        : simdjson::minify(member.value));
  }
  return fields;
}

}  // namespace

bool From::can_be_answered() const {
  if (text.starts_with("MG")) return true;
  for (const char c : text)
    if (!base::is_digit(c) && c != '+') return false;
  return !text.empty();
}

const From* Settings::sender_to(std::string_view country) const {
  for (const auto& [name, sender] : from_by_country) {
    if (base::equals_ignoring_case(name, country)) return sender.text.empty() ? nullptr : &sender;
  }
  return from.text.empty() ? nullptr : &from;
}

CallbackRequest read_callback_request(const http::Request& request, std::string_view public_base) {
  CallbackRequest out;
  while (public_base.ends_with('/')) public_base.remove_suffix(1);
  out.url = std::string(public_base) + std::string(request.target());
  out.signature = request.header("X-Twilio-Signature");
  const auto body = request.body();
  if (body.empty()) {
    out.fields = http::parse_query(request.query(), http::Plus::IsSpace);
    out.fields_are_query = true;
  } else if (body.size() > kMostBody) {
    return out;
  } else if (base::lower(request.header("Content-Type")).find("json") != std::string::npos) {
    out.fields = fields_of_json(body);
  } else {
    out.fields = http::parse_query(body, http::Plus::IsSpace);
  }
  return out;
}

std::string_view field(const CallbackRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.fields)
    if (key == name) return value;
  return {};
}

std::string value_in_query(std::string_view url, std::string_view name) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  for (auto& [key, value] : http::parse_query(url.substr(mark + 1), http::Plus::IsSpace))
    if (key == name) return std::move(value);
  return {};
}

std::unique_ptr<Provider> make_provider(const Settings& settings) {
  if (settings.provider == Settings::Provider::Vonage) return std::make_unique<Vonage>(settings);
  return std::make_unique<Twilio>(settings);
}

}  // namespace channels::sms
