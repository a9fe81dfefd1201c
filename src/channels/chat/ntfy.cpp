#include <simdjson.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "channels/call.h"
#include "channels/chat/chat.h"

namespace channels::chat {
namespace {

// A message above 4096 bytes would become an attachment.
constexpr std::size_t kMostTitle = 200, kMostText = 900;

int priority_of(Urgency urgency) {
  switch (urgency) {
    case Urgency::Low:
      return 2;
    case Urgency::High:
      return 4;
    case Urgency::Normal:
      break;
  }
  return 3;
}

std::string payload_of(std::string_view topic, const Notice& notice) {
  base::JsonWriter json;
  json.begin_object().key("topic").value(topic);
  if (!notice.title.empty()) json.key("title").value(shortened(notice.title, kMostTitle));
  json.key("message").value(shortened(notice.text, kMostText));
  if (!notice.link.empty()) json.key("click").value(notice.link);
  json.key("tags").begin_array().value("package").end_array();
  json.key("priority").value(priority_of(notice.urgency)).end_object();
  return std::move(json).text();
}

Outcome read(const http::Reply& reply) {
  auto outcome = read_status(reply);
  simdjson::dom::parser parser;
  std::string_view id;
  if (outcome.kind == Outcome::Kind::Accepted &&
      !parser.parse(simdjson::padded_string(reply.body))["id"].get(id))
    outcome.reference = id;
  return outcome;
}

}  // namespace

base::Task<Outcome> Ntfy::send(std::string address, Notice notice) {
  if (canonical_address(Channel::Ntfy, address) != address)
    co_return Outcome{Outcome::Kind::Gone, "ntfy not a topic", {}, {}};
  const auto slash = address.rfind('/');
  const auto server = address.substr(0, slash);
  http::Call call;
  call.method = "POST";
  call.url = server + "/";  // JSON is published at the root
  call.headers = {{"Content-Type", "application/json"}};
  for (const auto& [known, token] : settings_.tokens) {
    if (base::equals_ignoring_case(known.ends_with('/') ? known.substr(0, known.size() - 1) : known,
                                   server))
      call.headers.emplace_back("Authorization", "Bearer " + token);
  }
  call.body = payload_of(std::string_view(address).substr(slash + 1), notice);
  call.may_be_private = settings_.may_be_private;
  co_return co_await deliver(client_, std::move(call), read);
}

}  // namespace channels::chat
