#include <simdjson.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "channels/call.h"
#include "channels/chat/chat.h"

namespace channels::chat {
namespace {

using Kind = Outcome::Kind;
constexpr std::size_t kMostTitle = 200, kMostText = 1500;

// Plain text, its title made bold by position: nothing has to be escaped, and nothing can be
// forgotten.
std::string payload_of(std::string_view chat, const Notice& notice) {
  const auto title = shortened(notice.title, kMostTitle);
  std::string text = title;
  if (!text.empty() && !notice.text.empty()) text += '\n';
  text += shortened(notice.text, kMostText);
  if (!notice.link.empty() && notice.text.find(notice.link) == std::string::npos)
    text += "\n" + notice.link;
  base::JsonWriter json;
  json.begin_object().key("chat_id").value(chat).key("text").value(text);
  if (!title.empty()) {
    json.key("entities").begin_array().begin_object().key("type").value("bold");
    json.key("offset").value(0).key("length").value(utf16_length(title)).end_object().end_array();
  }
  json.key("link_preview_options").begin_object().key("is_disabled").value(true).end_object();
  if (notice.urgency == Urgency::Low) json.key("disable_notification").value(true);
  json.end_object();
  return std::move(json).text();
}

Outcome read(const http::Reply& reply) {
  auto outcome = read_status(reply);
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  std::string_view why;
  std::int64_t number = 0;
  const bool is_json = !parser.parse(simdjson::padded_string(reply.body)).get(json);
  switch (reply.status) {
    case 200:
      if (is_json && !json["result"]["message_id"].get(number))
        outcome.reference = std::to_string(number);
      break;
    case 401:
    case 404:
      outcome.kind = Kind::NotSetUp;  // the bot's token
      break;
    case 403:
      outcome.kind = Kind::Gone;  // blocked by the reader, or thrown out of the group
      break;
    case 400:
      // The only sign is English; a group that became a supergroup has another number since.
      if (is_json && (!json["parameters"]["migrate_to_chat_id"].get(number) ||
                      (!json["description"].get(why) &&
                       base::lower(why).find("chat not found") != std::string::npos)))
        outcome.kind = Kind::Gone;
      break;
    case 429:
      if (is_json && !json["parameters"]["retry_after"].get(number) && number >= 0 &&
          number < 86'400)
        outcome.retry_after = std::chrono::seconds(number);
      break;
    default:
      break;
  }
  return outcome;
}

}  // namespace

base::Task<Outcome> Telegram::send(std::string address, Notice notice) {
  if (settings_.token.empty()) co_return Outcome{Kind::NotSetUp, "telegram not set up", {}, {}};
  if (canonical_address(Channel::Telegram, address) != address)
    co_return Outcome{Kind::Gone, "telegram not a chat", {}, {}};
  std::string_view base = settings_.base_url;
  while (base.ends_with('/')) base.remove_suffix(1);
  http::Call call;
  call.method = "POST";
  call.url = std::string(base) + "/bot" + settings_.token + "/sendMessage";
  call.headers = {{"Content-Type", "application/json"}};
  call.body = payload_of(address, notice);
  call.may_be_private = settings_.may_be_private;
  co_return co_await deliver(client_, std::move(call), read);
}

}  // namespace channels::chat
