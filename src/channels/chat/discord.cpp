#include <simdjson.h>

#include <cmath>

#include "base/json_writer.h"
#include "base/text.h"
#include "channels/address.h"
#include "channels/call.h"
#include "channels/chat/chat.h"

namespace channels::chat {
namespace {

constexpr std::size_t kMostText = 900, kMostTitle = 100, kMostContent = 2000;
constexpr int kWithoutPictures = 1 << 2;  // SUPPRESS_EMBEDS

std::string payload_of(const Notice& notice) {
  std::string text;
  if (!notice.title.empty())
    text = "**" + discord_text(shortened(notice.title, kMostTitle)) + "**\n";
  text += discord_text(shortened(notice.text, kMostText));
  if (!notice.link.empty() && notice.text.find(notice.link) == std::string::npos)
    text += "\n<" + notice.link + ">";
  base::JsonWriter json;
  json.begin_object().key("content").value(shortened(text, kMostContent));
  json.key("allowed_mentions").begin_object().key("parse").begin_array().end_array().end_object();
  json.key("flags").value(kWithoutPictures).end_object();
  return std::move(json).text();
}

Outcome read(const http::Reply& reply) {
  auto outcome = read_status(reply);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view id;
  double wait = 0;
  if (reply.status == 401) outcome.kind = Outcome::Kind::Gone;  // the webhook's token is no more
  if (parser.parse(simdjson::padded_string(reply.body)).get(object)) return outcome;
  if (outcome.kind == Outcome::Kind::Accepted && object["id"].get(id) == simdjson::SUCCESS)
    outcome.reference = id;
  if (reply.status == 429 && !outcome.retry_after && !object["retry_after"].get(wait) &&
      wait >= 0 && wait < 86'400)
    outcome.retry_after = std::chrono::seconds(static_cast<long>(std::ceil(wait)));
  return outcome;
}

}  // namespace

base::Task<Outcome> Discord::send(std::string address, Notice notice) {
  if (!is_web_address(address, settings_.may_be_private ? Scheme::HttpToo : Scheme::HttpsOnly))
    co_return Outcome{Outcome::Kind::Gone, "discord not an address", {}, {}};
  http::Call call;
  call.method = "POST";
  // Waits until the message is there, and so tells its id.
  call.url = address + (address.find('?') == std::string::npos ? "?" : "&") + "wait=true";
  call.headers = {{"Content-Type", "application/json"}};
  call.body = payload_of(notice);
  call.may_be_private = settings_.may_be_private;
  co_return co_await deliver(client_, std::move(call), read);
}

}  // namespace channels::chat
