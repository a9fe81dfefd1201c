#include "channels/sms/sms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "channels/call.h"
#include "channels/testing.h"
#include "crypto/hash.h"

namespace channels::sms {
namespace {

using Kind = Outcome::Kind;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using testing::Peer;
using testing::Seen;

const base::Instant kNow = base::from_micros(1'767'225'600'000'000);
constexpr char kNumber[] = "+31612345678";

Settings settings_for(Settings::Provider provider, std::string url) {
  Settings settings;
  settings.provider = provider;
  settings.account = "AC123";
  settings.secret = "hush";
  settings.signature_secret = "sign-here";
  settings.base_url = std::move(url);
  settings.callback_url = "https://track.example.com/sms/callback";
  settings.from = {"Milepost"};
  settings.from_by_country = {{"US", {"+12125550100"}}, {"CA", {"MG77"}}, {"RU", {""}}};
  settings.may_be_private = true;
  return settings;
}

Notice saying(std::string text) {
  Notice notice;
  notice.text = std::move(text);
  notice.key = "key-1";
  return notice;
}

Outcome send(const Settings& settings, std::string to, std::string text) {
  http::Client client({});
  Sms sms(settings, client);
  return base::sync_wait(sms.send(std::move(to), saying(std::move(text))));
}

// ---- Twilio

http::Response twilio_answer(const Seen& seen) {
  if (seen.authorization != basic("AC123", "hush"))
    return http::json(401, R"({"code":20003,"message":"Authenticate","status":401})");
  if (seen.target != "/2010-04-01/Accounts/AC123/Messages.json") return http::json(404, "{}");
  std::string to;
  for (const auto& [name, value] : seen.form())
    if (name == "To") to = value;
  if (to == "+31600000000")
    return http::json(400, R"({"code":21610,"message":"unsubscribed","status":400})");
  if (to == "+31600000001")
    return http::json(429, R"({"code":20429,"message":"Too many","status":429})");
  if (to == "+31600000002") return http::json(500, "oops");
  return http::json(201, R"({"sid":"SM1","status":"queued","error_code":null})");
}

TEST(Twilio, TakesAMessage) {
  Peer peer(twilio_answer);
  const auto outcome =
      send(settings_for(Settings::Provider::Twilio, peer.url()), kNumber, "Bezorgd – 100% & €5");
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.reference, "SM1");
  EXPECT_EQ(peer.last().content_type, "application/x-www-form-urlencoded");
  EXPECT_THAT(
      peer.last().form(),
      ::testing::ElementsAre(
          Pair("To", kNumber), Pair("From", "Milepost"), Pair("Body", "Bezorgd - 100% & €5"),
          Pair("StatusCallback", "https://track.example.com/sms/callback?message=key-1")));
}

TEST(Twilio, SendersGoByCountry) {
  Peer peer(twilio_answer);
  const auto settings = settings_for(Settings::Provider::Twilio, peer.url());
  (void)send(settings, "+12125550123", "x");
  EXPECT_THAT(peer.last().form(), Contains(Pair("From", "+12125550100")));
  (void)send(settings, "+14165550123", "x");
  EXPECT_THAT(peer.last().form(), Contains(Pair("MessagingServiceSid", "MG77")));
  const auto russian = send(settings, "+79123456789", "x");
  EXPECT_EQ(russian.kind, Kind::Refused);
  EXPECT_EQ(peer.seen().size(), 2U);  // nothing went to Russia
}

TEST(Twilio, RefusalsMeanDifferentThings) {
  Peer peer(twilio_answer);
  auto settings = settings_for(Settings::Provider::Twilio, peer.url());
  const auto stopped = send(settings, "+31600000000", "x");
  EXPECT_EQ(stopped.kind, Kind::Gone);
  EXPECT_EQ(stopped.code, "twilio 21610");
  EXPECT_EQ(send(settings, "+31600000001", "x").kind, Kind::Later);
  EXPECT_EQ(send(settings, "+31600000002", "x").kind, Kind::Later);
  settings.secret = "wrong";
  EXPECT_EQ(send(settings, kNumber, "x").kind, Kind::NotSetUp);
  settings.account = "AC404";
  EXPECT_EQ(send(settings, kNumber, "x").kind, Kind::NotSetUp);
}

TEST(Sms, WhatCannotTravelIsNotAsked) {
  Peer peer(twilio_answer);
  auto settings = settings_for(Settings::Provider::Twilio, peer.url());
  EXPECT_EQ(send(settings, "0612345678", "x").kind, Kind::Gone);
  EXPECT_EQ(send(settings, kNumber, std::string(1000, 'x')).code, "sms too long");
  settings.account.clear();
  EXPECT_EQ(send(settings, kNumber, "x").kind, Kind::NotSetUp);
  EXPECT_THAT(peer.seen(), IsEmpty());
}

TEST(Sms, AnUnreachableProviderIsAskedLater) {
  auto settings = settings_for(Settings::Provider::Twilio, "http://127.0.0.1:1");
  const auto outcome = send(settings, kNumber, "x");
  EXPECT_EQ(outcome.kind, Kind::Later);
  EXPECT_EQ(outcome.code, "connect");
}

CallbackRequest posted(const Pairs& fields, std::string signature = {}) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "application/x-www-form-urlencoded"}};
  if (!signature.empty()) headers.emplace_back("X-Twilio-Signature", signature);
  return read_callback_request(
      http::make_request("POST", "/sms/callback?x=1", to_form(fields), headers),
      "https://track.example.com/");
}

// The example of Twilio's documentation.
TEST(Twilio, SignsAsItsDocumentationDoes) {
  auto settings = settings_for(Settings::Provider::Twilio, "");
  settings.secret = "12345";
  const auto provider = make_provider(settings);
  CallbackRequest request;
  request.url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  request.fields = {{"CallSid", "CA1234567890ABCDE"},
                    {"Caller", "+12349013030"},
                    {"Digits", "1234"},
                    {"From", "+12349013030"},
                    {"To", "+18005551212"}};
  request.signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
  EXPECT_TRUE(provider->is_genuine(request, kNow));
  request.fields[2].second = "1235";
  EXPECT_FALSE(provider->is_genuine(request, kNow));
  request.signature.clear();
  EXPECT_FALSE(provider->is_genuine(request, kNow));
}

TEST(Twilio, CallsBackAtOurPublicAddress) {
  const auto provider = make_provider(settings_for(Settings::Provider::Twilio, ""));
  const Pairs fields = {{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}, {"To", kNumber}};
  std::string said = "https://track.example.com/sms/callback?x=1";
  said += std::string("MessageSidSM1MessageStatusdeliveredTo") + kNumber;
  const auto request = posted(fields, base::to_base64(crypto::hmac_sha1("hush", said)));
  EXPECT_TRUE(provider->is_genuine(request, kNow));
  EXPECT_FALSE(provider->is_genuine(posted(fields, "c2lnbmVk"), kNow));
}

TEST(Twilio, TellsWhatBecameOfAMessage) {
  const auto provider = make_provider(settings_for(Settings::Provider::Twilio, ""));
  const struct {
    Pairs fields;
    std::optional<Kind> kind;
    const char* code;
  } cases[] = {
      {{{"MessageSid", "SM1"}, {"MessageStatus", "sent"}}, std::nullopt, ""},
      {{{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}}, Kind::Accepted, "twilio delivered"},
      {{{"MessageSid", "SM1"}, {"MessageStatus", "undelivered"}, {"ErrorCode", "30005"}},
       Kind::Gone,
       "twilio 30005"},
      {{{"MessageSid", "SM1"}, {"MessageStatus", "failed"}, {"ErrorCode", "30003"}},
       Kind::Refused,
       "twilio 30003"},
      {{{"MessageSid", "SM1"}, {"MessageStatus", "failed"}, {"ErrorCode", "<script>"}},
       Kind::Refused,
       "twilio failed"},
  };
  for (const auto& [fields, kind, code] : cases) {
    const auto callback = provider->read(posted(fields));
    ASSERT_TRUE(callback);
    EXPECT_EQ(callback->reference, "SM1");
    EXPECT_EQ(callback->outcome.has_value(), kind.has_value());
    if (!kind) continue;
    EXPECT_EQ(callback->outcome->kind, *kind);
    EXPECT_EQ(callback->outcome->code, code);
  }
  EXPECT_FALSE(provider->read(posted({})));
}

// The report comes to the address that went out with the message, and that address is signed.
TEST(Twilio, ReportsNameTheMessage) {
  const auto provider = make_provider(settings_for(Settings::Provider::Twilio, ""));
  const Pairs fields = {{"ErrorCode", "30005"}, {"MessageSid", "SM1"}, {"MessageStatus", "failed"}};
  const auto report = [&](const std::string& target) {
    const std::string said =
        "https://track.example.com/sms/callback?message=key-1"
        "ErrorCode30005MessageSidSM1MessageStatusfailed";
    return read_callback_request(
        http::make_request(
            "POST", target, to_form(fields),
            {{"Content-Type", "application/x-www-form-urlencoded"},
             {"X-Twilio-Signature", base::to_base64(crypto::hmac_sha1("hush", said))}}),
        "https://track.example.com");
  };
  const auto genuine = report("/sms/callback?message=key-1");
  EXPECT_TRUE(provider->is_genuine(genuine, kNow));
  EXPECT_EQ(provider->read(genuine)->key, "key-1");
  EXPECT_EQ(provider->read(genuine)->outcome->kind, Kind::Gone);
  EXPECT_FALSE(provider->is_genuine(report("/sms/callback?message=key-2"), kNow))
      << "nobody can blame another message";
}

TEST(Twilio, AnAnswerOfStopIsHeard) {
  const auto provider = make_provider(settings_for(Settings::Provider::Twilio, ""));
  const auto reply = [&](const char* body, const char* judged) {
    Pairs fields = {{"MessageSid", "SM2"}, {"From", kNumber}, {"Body", body}};
    if (*judged != '\0') fields.emplace_back("OptOutType", judged);
    return provider->read(posted(fields));
  };
  const auto stop = reply("Afmelden aub", "");
  ASSERT_TRUE(stop);
  EXPECT_TRUE(stop->is_reply);
  EXPECT_EQ(stop->from, kNumber);
  EXPECT_EQ(stop->wish, Wish::Stop);
  EXPECT_EQ(reply("whatever", "STOP")->wish, Wish::Stop);
  EXPECT_EQ(reply("thanks", "")->wish, Wish::None);
}

// ---- Vonage

http::Response vonage_answer(const Seen& seen) {
  std::string to;
  for (const auto& [name, value] : seen.form())
    if (name == "to") to = value;
  const auto status = [](std::string_view word) {
    return http::json(200, R"({"message-count":"1","messages":[{"status":")" + std::string(word) +
                               R"(","message-id":"VM1","error-text":"about +31612345678"}]})");
  };
  if (to == "31600000000") return status("33");
  if (to == "31600000001") return status("1");
  if (to == "31600000002") return status("4");
  if (to == "31600000003") return http::json(200, "<html>");
  return status("0");
}

TEST(Vonage, TakesAMessage) {
  Peer peer(vonage_answer);
  const auto settings = settings_for(Settings::Provider::Vonage, peer.url());
  const auto outcome = send(settings, kNumber, "Bezorgd");
  EXPECT_EQ(outcome.kind, Kind::Accepted);
  EXPECT_EQ(outcome.reference, "VM1");
  EXPECT_EQ(peer.last().target, "/sms/json");
  EXPECT_THAT(peer.last().form(),
              ::testing::ElementsAre(Pair("api_key", "AC123"), Pair("api_secret", "hush"),
                                     Pair("from", "Milepost"), Pair("to", "31612345678"),
                                     Pair("text", "Bezorgd"), Pair("client-ref", "key-1"),
                                     Pair("callback", settings.callback_url)));
  (void)send(settings, kNumber, "Доставлено");
  EXPECT_THAT(peer.last().form(), Contains(Pair("type", "unicode")));
}

TEST(Vonage, RefusalsMeanDifferentThings) {
  Peer peer(vonage_answer);
  const auto settings = settings_for(Settings::Provider::Vonage, peer.url());
  const auto gone = send(settings, "+31600000000", "x");
  EXPECT_EQ(gone.kind, Kind::Gone);
  EXPECT_EQ(gone.code, "vonage 33");  // and not a word of theirs
  EXPECT_EQ(send(settings, "+31600000001", "x").kind, Kind::Later);
  EXPECT_EQ(send(settings, "+31600000002", "x").kind, Kind::NotSetUp);
  EXPECT_EQ(send(settings, "+31600000003", "x").kind, Kind::Later);
}

Pairs signed_fields(Pairs fields, std::string_view said) {
  fields.emplace_back("sig", base::upper(base::to_hex(crypto::hmac_sha256("sign-here", said))));
  return fields;
}

TEST(Vonage, SignsWithATime) {
  const auto provider = make_provider(settings_for(Settings::Provider::Vonage, ""));
  const Pairs plain = {{"timestamp", "1767225600"}, {"messageId", "VM1"}, {"text", "a&b=c"}};
  const auto fields = signed_fields(plain, "&messageId=VM1&text=a_b_c&timestamp=1767225600");
  EXPECT_TRUE(provider->is_genuine(posted(fields), kNow));
  EXPECT_TRUE(provider->is_genuine(posted(fields), kNow + std::chrono::minutes(5)));
  EXPECT_FALSE(provider->is_genuine(posted(fields), kNow + std::chrono::minutes(6)));
  EXPECT_FALSE(provider->is_genuine(posted(fields), kNow - std::chrono::minutes(6)));
  EXPECT_FALSE(provider->is_genuine(posted(plain), kNow));
  auto changed = fields;
  changed[1].second = "VM2";
  EXPECT_FALSE(provider->is_genuine(posted(changed), kNow));
  // In the query, as Vonage does it by default.
  const auto asked = read_callback_request(
      http::make_request("GET", "/sms/callback?" + to_form(fields)), "https://track.example.com");
  EXPECT_TRUE(provider->is_genuine(asked, kNow));
}

TEST(Vonage, WithoutSignaturesAKeyIsTheProof) {
  auto settings = settings_for(Settings::Provider::Vonage, "");
  settings.signature_secret.clear();
  CallbackRequest request;
  request.fields = {{"messageId", "VM1"}};
  request.url = "https://track.example.com/sms/callback?key=a-word-that-nobody-knows&status=x";
  EXPECT_FALSE(make_provider(settings)->is_genuine(request, kNow));  // no key was agreed on
  settings.callback_url = "https://track.example.com/sms/callback?key=a-word-that-nobody-knows";
  EXPECT_TRUE(make_provider(settings)->is_genuine(request, kNow));
  request.url = "https://track.example.com/sms/callback?key=a-word-that-somebody-knows";
  EXPECT_FALSE(make_provider(settings)->is_genuine(request, kNow));
  request.url = settings.callback_url = "https://track.example.com/sms/callback?key=short";
  EXPECT_FALSE(make_provider(settings)->is_genuine(request, kNow));
  // Where signatures are agreed on, a key is not enough.
  settings.callback_url = request.url = "https://x/?key=a-word-that-nobody-knows";
  settings.signature_secret = "sign-here";
  EXPECT_FALSE(make_provider(settings)->is_genuine(request, kNow));
}

TEST(Vonage, ReportsAndReplies) {
  const auto provider = make_provider(settings_for(Settings::Provider::Vonage, ""));
  const auto json = [](std::string body) {
    return read_callback_request(
        http::make_request("POST", "/x", std::move(body), {{"Content-Type", "application/json"}}),
        "https://track.example.com");
  };
  const auto delivered =
      provider->read(json(R"({"messageId":"VM1","status":"delivered","err-code":"0"})"));
  ASSERT_TRUE(delivered && delivered->outcome);
  EXPECT_EQ(delivered->outcome->kind, Kind::Accepted);
  const auto gone = provider->read(json(R"({"messageId":"VM1","status":"failed","err-code":"9"})"));
  EXPECT_EQ(gone->outcome->kind, Kind::Gone);
  EXPECT_EQ(gone->outcome->code, "vonage report 9");
  EXPECT_TRUE(gone->key.empty());
  const auto named = provider->read(
      json(R"({"messageId":"VM1","status":"rejected","err-code":"4","client-ref":"key-1"})"));
  EXPECT_EQ(named->key, "key-1");
  EXPECT_EQ(named->outcome->kind, Kind::Gone);
  EXPECT_FALSE(provider->read(json(R"({"messageId":"VM1","status":"buffered"})"))->outcome);
  const auto reply = provider->read(json(
      R"({"messageId":"VM2","msisdn":"31612345678","to":"3197","text":"STOP","type":"text"})"));
  ASSERT_TRUE(reply && reply->is_reply);
  EXPECT_EQ(reply->from, kNumber);
  EXPECT_EQ(reply->wish, Wish::Stop);
  for (const char* broken : {"", "{", "[]", "7", R"({"messageId":{}})"})
    EXPECT_NO_THROW({
      const auto nothing = provider->read(json(broken));
      EXPECT_TRUE(!nothing || !nothing->is_reply);
    });
}

TEST(Sms, OnlyNumbersCanBeAnswered) {
  EXPECT_TRUE(From{"+12125550100"}.can_be_answered());
  EXPECT_TRUE(From{"MG77"}.can_be_answered());
  EXPECT_FALSE(From{"Milepost"}.can_be_answered());
  EXPECT_FALSE(From{""}.can_be_answered());
}

}  // namespace
}  // namespace channels::sms
