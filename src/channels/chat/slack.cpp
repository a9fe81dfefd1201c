#include "base/json_writer.h"
#include "channels/address.h"
#include "channels/call.h"
#include "channels/chat/chat.h"

namespace channels::chat {
namespace {

constexpr std::size_t kMostText = 3500;  // of 4,000 that Slack recommends, before escaping

std::string payload_of(const Notice& notice) {
  std::string text = slack_text(notice.title);
  if (!text.empty() && !notice.text.empty()) text += '\n';
  text += slack_text(shortened(notice.text, kMostText));
  if (!notice.link.empty() && notice.text.find(notice.link) == std::string::npos)
    text += "\n<" + slack_text(notice.link) + ">";
  base::JsonWriter json;
  json.begin_object().key("text").value(text);
  // No bold by accident, no @here, no picture of the page behind the link.
  json.key("mrkdwn").value(false).key("link_names").value(false);
  json.key("unfurl_links").value(false).key("unfurl_media").value(false).end_object();
  return std::move(json).text();
}

}  // namespace

base::Task<Outcome> Slack::send(std::string address, Notice notice) {
  if (!is_web_address(address, settings_.may_be_private ? Scheme::HttpToo : Scheme::HttpsOnly))
    co_return Outcome{Outcome::Kind::Gone, "slack not an address", {}, {}};
  http::Call call;
  call.method = "POST";
  call.url = std::move(address);
  call.headers = {{"Content-Type", "application/json"}};
  call.body = payload_of(notice);
  call.may_be_private = settings_.may_be_private;
  co_return co_await deliver(client_, std::move(call), read_status);
}

}  // namespace channels::chat
