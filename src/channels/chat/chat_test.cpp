#include "channels/chat/chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "channels/testing.h"

namespace channels::chat {
namespace {

using Kind = Outcome::Kind;
using testing::Peer;
using testing::Seen;

Notice hostile() {
  Notice notice;
  notice.title = "Lamp <b>*";
  notice.text = "Tom & Jerry <!channel> @everyone *bold* https://x.example/a_b_c?d=1&e=2";
  notice.link = "https://track.example.com/t/a_b?c=1&d=2";
  return notice;
}

std::string string_at(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  std::string_view text;
  EXPECT_FALSE(parser.parse(json).at_pointer(pointer).get(text)) << pointer << " in " << json;
  return std::string(text);
}
std::string raw_at(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(json).at_pointer(pointer).get(element)) return "absent";
  return simdjson::minify(element);
}

template <class Chat>
Outcome send(typename Chat::Settings settings, std::string address, const Notice& notice) {
  http::Client client({});
  settings.may_be_private = true;
  Chat chat(settings, client);
  return base::sync_wait(chat.send(std::move(address), notice));
}

TEST(Slack, NothingInATextIsACommand) {
  Peer peer([](const Seen& seen) {
    // What a real one refuses.
    simdjson::dom::parser parser;
    std::string_view text;
    if (seen.content_type != "application/json" || parser.parse(seen.body)["text"].get(text))
      return http::text(400, "invalid_payload");
    return http::text(200, "ok");
  });
  const auto outcome = send<Slack>({}, peer.url() + "/services/T0/B0/x", hostile());
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  const auto body = peer.last().body;
  EXPECT_EQ(
      string_at(body, "/text"),
      "Lamp &lt;b&gt;*\n"
      "Tom &amp; Jerry &lt;!channel&gt; @everyone *bold* https://x.example/a_b_c?d=1&amp;e=2\n"
      "<https://track.example.com/t/a_b?c=1&amp;d=2>");
  EXPECT_EQ(raw_at(body, "/mrkdwn"), "false");
  EXPECT_EQ(raw_at(body, "/unfurl_links"), "false");
}

TEST(Slack, AnswersMeanWhatTheyMean) {
  const struct {
    int status;
    const char* body;
    Kind kind;
  } cases[] = {{400, "invalid_payload", Kind::Refused},
               {403, "action_prohibited", Kind::Refused},
               {404, "no_service", Kind::Gone},
               {410, "channel_is_archived", Kind::Gone},
               {500, "rollup_error", Kind::Later}};
  for (const auto& [status, body, kind] : cases) {
    Peer peer([&](const Seen&) { return http::text(status, body); });
    const auto outcome = send<Slack>({}, peer.url() + "/services/x", hostile());
    EXPECT_EQ(outcome.kind, kind) << body;
    EXPECT_EQ(outcome.code, "http " + std::to_string(status));
  }
}

TEST(Slack, ALinkIsSaidOnce) {
  Peer peer([](const Seen&) { return http::text(200, "ok"); });
  Notice notice;
  notice.text = "Delivered: https://track.example.com/t/1";
  notice.link = "https://track.example.com/t/1";
  (void)send<Slack>({}, peer.url() + "/x", notice);
  EXPECT_EQ(string_at(peer.last().body, "/text"), notice.text);
}

TEST(Discord, MentionsNobody) {
  Peer peer([](const Seen& seen) {
    if (seen.target != "/api/webhooks/1/abc?thread_id=7&wait=true") return http::json(404, "{}");
    return http::json(200, R"({"id":"42","content":"x"})");
  });
  const auto outcome = send<Discord>({}, peer.url() + "/api/webhooks/1/abc?thread_id=7", hostile());
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.reference, "42");
  const auto body = peer.last().body;
  EXPECT_EQ(raw_at(body, "/allowed_mentions"), R"({"parse":[]})");
  EXPECT_EQ(string_at(body, "/content"),
            "**Lamp \\<b\\>\\***\n"
            "Tom & Jerry \\<!channel\\> \\@everyone \\*bold\\* https://x.example/a_b_c?d=1&e=2\n"
            "<https://track.example.com/t/a_b?c=1&d=2>");
}

TEST(Discord, EscapesOnlyWhatWouldMeanSomething) {
  EXPECT_EQ(discord_text("1Z-12 at 3.5 km, mail me@x.example"),
            "1Z-12 at 3\\.5 km, mail me\\@x.example");
  EXPECT_EQ(discord_text("- a list\n1. another\n# title"), "\\- a list\n1\\. another\n\\# title");
  EXPECT_EQ(discord_text("[click](https://evil.example)"), "\\[click\\]\\(https://evil.example)");
  EXPECT_EQ(discord_text("C:\\x ||spoiler|| `code`"), "C\\:\\\\x \\|\\|spoiler\\|\\| \\`code\\`");
}

TEST(Discord, AnswersMeanWhatTheyMean) {
  const struct {
    int status;
    const char* body;
    Kind kind;
  } cases[] = {{401, R"({"code":50027})", Kind::Gone},
               {404, R"({"code":10015})", Kind::Gone},
               {400, R"({"code":50035})", Kind::Refused},
               {429, R"({"retry_after":0.64})", Kind::Later}};
  for (const auto& [status, body, kind] : cases) {
    Peer peer([&](const Seen&) { return http::json(status, body); });
    const auto outcome = send<Discord>({}, peer.url() + "/api/webhooks/1/abc", hostile());
    EXPECT_EQ(outcome.kind, kind) << body;
    if (status == 429) {
      EXPECT_EQ(outcome.retry_after, std::chrono::seconds(1));
    }
  }
}

TEST(Telegram, SaysItPlainly) {
  Peer peer([](const Seen& seen) {
    if (seen.target != "/bot123:abc/sendMessage")
      return http::json(404, R"({"ok":false,"error_code":404,"description":"Not Found"})");
    return http::json(200, R"({"ok":true,"result":{"message_id":77}})");
  });
  auto notice = hostile();
  notice.title = "📦 Lamp <b>*";
  notice.urgency = Urgency::Low;
  const auto outcome = send<Telegram>({"123:abc", peer.url() + "/"}, "-100123", notice);
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.reference, "77");
  const auto body = peer.last().body;
  EXPECT_EQ(string_at(body, "/chat_id"), "-100123");
  EXPECT_EQ(string_at(body, "/text"),
            notice.title + "\n" + notice.text + "\n" + notice.link);  // not one character changed
  EXPECT_EQ(raw_at(body, "/parse_mode"), "absent");
  // Telegram counts in UTF-16: the parcel is two.
  EXPECT_EQ(raw_at(body, "/entities"), R"([{"type":"bold","offset":0,"length":12}])");
  EXPECT_EQ(raw_at(body, "/link_preview_options/is_disabled"), "true");
  EXPECT_EQ(raw_at(body, "/disable_notification"), "true");
  EXPECT_EQ(send<Telegram>({"wrong", peer.url()}, "-100123", notice).kind, Kind::NotSetUp);
  EXPECT_EQ(send<Telegram>({"", peer.url()}, "-100123", notice).kind, Kind::NotSetUp);
  EXPECT_EQ(send<Telegram>({"123:abc", peer.url()}, "somebody", notice).kind, Kind::Gone);
}

TEST(Telegram, AnswersMeanWhatTheyMean) {
  const struct {
    int status;
    const char* body;
    Kind kind;
  } cases[] = {
      {400, R"({"ok":false,"description":"Bad Request: chat not found"})", Kind::Gone},
      {400, R"({"ok":false,"description":"x","parameters":{"migrate_to_chat_id":-100}})",
       Kind::Gone},
      {400, R"({"ok":false,"description":"Bad Request: message text is empty"})", Kind::Refused},
      {401, R"({"ok":false,"description":"Unauthorized"})", Kind::NotSetUp},
      {403, R"({"ok":false,"description":"Forbidden: bot was blocked by the user"})", Kind::Gone},
      {429, R"({"ok":false,"parameters":{"retry_after":9}})", Kind::Later},
      {502, "<html>", Kind::Later}};
  for (const auto& [status, body, kind] : cases) {
    Peer peer([&](const Seen&) { return http::json(status, body); });
    const auto outcome = send<Telegram>({"123:abc", peer.url()}, "5", hostile());
    EXPECT_EQ(outcome.kind, kind) << body;
    EXPECT_EQ(outcome.code, "http " + std::to_string(status));
    if (status == 429) {
      EXPECT_EQ(outcome.retry_after, std::chrono::seconds(9));
    }
  }
}

TEST(Ntfy, PublishesToItsTopic) {
  Peer peer([](const Seen& seen) {
    if (seen.target != "/" || seen.method != "POST") return http::json(404, "{}");
    if (seen.authorization != "Bearer tk_1") return http::json(403, R"({"code":40301})");
    return http::json(200, R"({"id":"hwQ2YpKdmg","event":"message"})");
  });
  auto notice = hostile();
  notice.urgency = Urgency::High;
  Ntfy::Settings settings;
  settings.tokens = {{peer.url() + "/", "tk_1"}};
  const auto outcome = send<Ntfy>(settings, peer.url() + "/secret-word", notice);
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.reference, "hwQ2YpKdmg");
  const auto body = peer.last().body;
  EXPECT_EQ(string_at(body, "/topic"), "secret-word");
  EXPECT_EQ(string_at(body, "/title"), notice.title);
  EXPECT_EQ(string_at(body, "/message"), notice.text);
  EXPECT_EQ(string_at(body, "/click"), notice.link);
  EXPECT_EQ(raw_at(body, "/priority"), "4");
  EXPECT_EQ(send<Ntfy>({}, peer.url() + "/secret-word", notice).kind, Kind::Refused);
  EXPECT_EQ(send<Ntfy>({}, peer.url(), notice).kind, Kind::Gone);
}

// Whoever wants to be told names the address: it must not lead into the operator's own network.
TEST(Chat, DoesNotReachInward) {
  Peer peer([](const Seen&) { return http::text(200, "ok"); });
  http::Client client({});
  Notice notice = hostile();
  Ntfy ntfy({}, client);
  EXPECT_EQ(base::sync_wait(ntfy.send(peer.url() + "/topic", notice)).code, "refused");
  Slack slack({}, client);
  EXPECT_EQ(base::sync_wait(slack.send("https://127.0.0.1/x", notice)).code, "refused");
  EXPECT_EQ(base::sync_wait(slack.send(peer.url() + "/x", notice)).kind, Kind::Gone);  // no https
  Discord discord({}, client);
  EXPECT_EQ(base::sync_wait(discord.send("https://[::1]/x", notice)).code, "refused");
  EXPECT_TRUE(peer.seen().empty());
}

TEST(Chat, AnyTextFits) {
  Peer peer([](const Seen&) { return http::json(200, "{}"); });
  Notice notice;
  for (int i = 0; i < 20'000; ++i) notice.text += "*📦";
  (void)send<Discord>({}, peer.url() + "/x", notice);
  simdjson::dom::parser parser;
  const auto content = string_at(peer.last().body, "/content");
  EXPECT_LE(utf16_length(content), 2000U);
  (void)send<Telegram>({"1:a", peer.url()}, "5", notice);
  EXPECT_LE(utf16_length(string_at(peer.last().body, "/text")), 4096U);
  (void)send<Ntfy>({}, peer.url() + "/x", notice);
  EXPECT_LE(string_at(peer.last().body, "/message").size(), 4096U);
}

}  // namespace
}  // namespace channels::chat
