#include "channels/email/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/email/catcher.h"
#include "channels/email/judgement.h"
#include "channels/email/reader.h"
#include "http/raw_peer.h"

namespace {

using namespace channels::email;
using channels::Outcome;
using Kind = Outcome::Kind;
using testing::HasSubstr;

Email letter(std::string to = "zoe@example.com", std::string key = "k1") {
  Email email;
  email.from = {"Shop", "parcels@shop.example"};
  email.to = {"Zoë", std::move(to)};
  email.subject = "It is there";
  email.text = "Hello\n.\n..dots\nFrom here\n";
  email.html = "<p>Hello</p>";
  email.date = base::from_micros(1'767'225'600'000'000);
  email.key = std::move(key);
  return email;
}

Catcher::Options objecting(std::function<std::string(std::string_view)> object) {
  Catcher::Options options;
  options.session.object = std::move(object);
  return options;
}

// Answers a command that begins like this with that.
std::function<std::string(std::string_view)> on(std::string begin, std::string reply) {
  return [begin = std::move(begin), reply = std::move(reply)](std::string_view line) {
    return line.starts_with(begin) ? reply : std::string();
  };
}

SmtpMailer::Options to_relays(std::initializer_list<std::string> urls) {
  SmtpMailer::Options options;
  for (const auto& url : urls) options.relays.push_back(parse_relays(url)->front());
  options.sessions = 1;
  return options;
}

Outcome sent(SmtpMailer& mailer, Email email = letter()) {
  return base::sync_wait(
      mailer.send(std::move(email), {"b+1.2@bounces.example", std::chrono::seconds(5)}));
}

TEST(Smtp, AMessageArrivesAsItWasWritten) {
  Catcher catcher({});
  SmtpMailer mailer(to_relays({catcher.url()}));
  const auto outcome = sent(mailer);
  EXPECT_EQ(outcome.kind, Kind::Accepted) << outcome.code;
  EXPECT_EQ(outcome.code, "smtp 250 2.0.0");
  ASSERT_EQ(catcher.messages().size(), 1U);
  const auto caught = catcher.messages().front();
  EXPECT_EQ(caught->bytes, build(letter())->bytes);
  EXPECT_EQ(caught->from, "b+1.2@bounces.example");
  EXPECT_EQ(caught->to, std::vector<std::string>{"zoe@example.com"});
  EXPECT_EQ(outcome.reference, build(letter())->id);
  const auto read = read_message(caught->bytes);
  EXPECT_EQ(read.find("text/plain")->decoded(), "Hello\r\n.\r\n..dots\r\nFrom here\r\n");
}

TEST(Smtp, TheNextMessageTakesTheSameConnection) {
  Catcher catcher({});
  SmtpMailer mailer(to_relays({catcher.url()}));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(sent(mailer, letter("a@example.com", std::to_string(i))).kind, Kind::Accepted);
  EXPECT_EQ(catcher.messages().size(), 5U);
  EXPECT_EQ(catcher.connections(), 1);
}

TEST(Smtp, AConnectionThatGrewOldIsOpenedAnew) {
  int mails = 0;
  Catcher catcher(objecting([&](std::string_view line) -> std::string {
    return line.starts_with("MAIL") && ++mails == 2 ? "421 4.4.2 idle for too long" : "";
  }));
  SmtpMailer mailer(to_relays({catcher.url()}));
  EXPECT_EQ(sent(mailer).kind, Kind::Accepted);
  EXPECT_EQ(sent(mailer).kind, Kind::Accepted);
  EXPECT_EQ(catcher.connections(), 2);
}

TEST(Smtp, WhatIsSaidOfARecipientIsFinal) {
  const struct {
    const char* at;
    const char* reply;
    Kind kind;
    const char* code;
  } table[] = {
      {"RCPT", "550 5.1.1 no such user zoe@example.com", Kind::Gone, "smtp 550 5.1.1"},
      {"RCPT", "550 no such user", Kind::Gone, "smtp 550"},
      {"RCPT", "550 5.7.1 we do not like you", Kind::Refused, "smtp 550 5.7.1"},
      {"RCPT", "552 5.2.2 mailbox full", Kind::Later, "smtp 552 5.2.2"},
      {"RCPT", "452 4.2.2 mailbox full", Kind::Later, "smtp 452 4.2.2"},
      {"RCPT", "450 4.7.1 greylisted", Kind::Later, "smtp 450 4.7.1"},
      {".", "554 5.7.1 spam", Kind::Refused, "smtp 554 5.7.1"},
      {".", "550 content", Kind::Refused, "smtp 550"},
      {".", "451 4.7.0 try again", Kind::Later, "smtp 451 4.7.0"},
      {"MAIL", "552 5.3.4 too large", Kind::Refused, "smtp 552 5.3.4"},
  };
  for (const auto& row : table) {
    Catcher catcher(objecting(on(row.at, row.reply)));
    Catcher other({});
    SmtpMailer mailer(to_relays({catcher.url(), other.url()}));
    const auto outcome = sent(mailer);
    EXPECT_EQ(outcome.kind, row.kind) << row.at << " " << row.reply;
    EXPECT_EQ(outcome.code, row.code);
    EXPECT_TRUE(other.messages().empty()) << "another relay was asked: " << row.reply;
  }
}

TEST(Smtp, ARelayInTroubleIsPassedOver) {
  for (const auto& [at, reply] : std::vector<std::pair<std::string, std::string>>{
           {"(connect)", "554 5.7.1 not you"},
           {"(connect)", "drop"},
           {"EHLO", "drop"},
           {"MAIL", "451 4.3.0 disk trouble"},
           {"MAIL", "530 5.7.0 authentication required"},
           {"RCPT", "451 4.3.2 overloaded"},
           {"RCPT", "drop"},
           {"DATA", "421 4.3.0 sorry"}}) {
    Catcher broken(objecting(on(at, reply)));
    Catcher other({});
    SmtpMailer mailer(to_relays({broken.url(), other.url()}));
    EXPECT_EQ(sent(mailer).kind, Kind::Accepted) << at << " " << reply;
    EXPECT_EQ(other.messages().size(), 1U) << at << " " << reply;
  }
}

TEST(Smtp, AMessageThatMayHaveBeenTakenIsNotGivenToAnother) {
  Catcher broken(objecting(on(".", "drop")));
  Catcher other({});
  SmtpMailer mailer(to_relays({broken.url(), other.url()}));
  const auto outcome = sent(mailer);
  EXPECT_EQ(outcome.kind, Kind::Later);
  EXPECT_THAT(outcome.code, HasSubstr("unanswered"));
  EXPECT_TRUE(other.messages().empty());
}

TEST(Smtp, ARelayThatFailsAgainAndAgainIsLeftAlone) {
  std::atomic<std::int64_t> now = 0;
  Catcher broken(objecting(on("(connect)", "421 4.3.2 no")));
  auto options = to_relays({broken.url()});
  options.now = [&] { return base::from_micros(now); };
  SmtpMailer mailer(options);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(sent(mailer).kind, Kind::Later);
  EXPECT_EQ(broken.connections(), Breakers::kFailures);
  EXPECT_EQ(sent(mailer).retry_after, Breakers::kFirst);
  now = 31'000'000;
  EXPECT_EQ(sent(mailer).kind, Kind::Later);
  EXPECT_EQ(broken.connections(), Breakers::kFailures + 1);
}

TEST(Smtp, WithoutARelayItIsNotSetUp) {
  SmtpMailer mailer(to_relays({}));
  EXPECT_EQ(sent(mailer).kind, Kind::NotSetUp);
}

TEST(Smtp, NobodyThereIsForLater) {
  std::string url;
  {
    Catcher gone({});
    url = gone.url();
  }
  SmtpMailer mailer(to_relays({url}));
  const auto outcome = sent(mailer);
  EXPECT_EQ(outcome.kind, Kind::Later);
  EXPECT_EQ(outcome.code, "smtp connect refused");
}

TEST(Smtp, ADeadlineHoldsAgainstARelayThatSaysNothing) {
  http::RawPeer silent([](http::RawPeer::Connection& connection) { connection.linger(); });
  SmtpMailer mailer(to_relays({"smtp://127.0.0.1:" + std::to_string(silent.port())}));
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = base::sync_wait(mailer.send(letter(), {"", std::chrono::milliseconds(300)}));
  EXPECT_EQ(outcome.kind, Kind::Later);
  EXPECT_THAT(outcome.code, HasSubstr("timeout"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST(Smtp, AMalformedMessageIsNotSent) {
  Catcher catcher({});
  SmtpMailer mailer(to_relays({catcher.url()}));
  auto email = letter();
  email.subject = "x\r\nBcc: all@example.com";
  EXPECT_EQ(sent(mailer, email).kind, Kind::Refused);
  EXPECT_EQ(catcher.connections(), 0);
}

TEST(Smtp, AnInternationalMailboxIsNotForcedOnAServerThatDoesNotKnowIt) {
  Catcher plain(objecting(on("EHLO", "250 localhost")));
  Catcher knows({});
  SmtpMailer to_plain(to_relays({plain.url()}));
  SmtpMailer to_knows(to_relays({knows.url()}));
  EXPECT_EQ(sent(to_plain, letter("用户@例子.测试")).code, "smtp hello no_utf8");
  EXPECT_EQ(sent(to_plain, letter("用户@例子.测试")).kind, Kind::Refused);
  EXPECT_EQ(sent(to_knows, letter("用户@例子.测试")).kind, Kind::Accepted);
  EXPECT_EQ(knows.messages().front()->to.front(), "用户@xn--fsqu00a.xn--0zwm56d");
}

TEST(Smtp, StoppingEndsWhatIsUnderWay) {
  Catcher slow(objecting([](std::string_view line) -> std::string {
    if (line == ".") std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return "";
  }));
  auto mailer = std::make_unique<SmtpMailer>(to_relays({slow.url()}));
  std::vector<std::thread> senders;
  std::atomic<int> ended = 0;
  for (int i = 0; i < 20; ++i) senders.emplace_back([&] { sent(*mailer), ++ended; });
  while (slow.connections() == 0) std::this_thread::yield();
  mailer->stop();
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(ended, 20);
  EXPECT_LT(slow.messages().size(), 20U);
  EXPECT_EQ(sent(*mailer).code, "smtp stopped");
}

TEST(Relays, AreWrittenAsUrls) {
  const auto relays = parse_relays(
      "smtps://shop%40example.com:p%3Aw@mail.example.com, smtp://relay.example:2525 "
      "smtp://[::1]");
  ASSERT_TRUE(relays) << relays.error();
  ASSERT_EQ(relays->size(), 3U);
  const auto& first = relays->at(0).server;
  EXPECT_EQ(first.user, "shop@example.com");
  EXPECT_EQ(first.secret, "p:w");
  EXPECT_EQ(first.port, 465);
  EXPECT_EQ(first.tls, http::MailServer::Tls::Implicit);
  EXPECT_EQ(relays->at(0).name(), "smtps://mail.example.com:465");
  EXPECT_EQ(relays->at(1).server.port, 2525);
  EXPECT_EQ(relays->at(1).server.tls, http::MailServer::Tls::Required);
  EXPECT_EQ(relays->at(2).server.host, "::1");
  EXPECT_EQ(relays->at(2).server.port, 587);
  EXPECT_EQ(relays->at(2).server.tls, http::MailServer::Tls::Opportunistic);
}

TEST(Relays, AMistakeIsTold) {
  for (const auto* text :
       {"mail.example.com", "http://x", "smtp://", "smtp://a:0", "smtp://a:99999", "smtp://a:b",
        "smtp://u@a", "smtp://u:p@a?tls=none", "smtp://u:p@a?tls=maybe", "smtps://a?tls=none",
        "smtp://a?colour=red", "smtp://a?password_file=x", "smtp://u%0d:p@a", "smtp://[::1"}) {
    const auto relays = parse_relays(text);
    EXPECT_FALSE(relays) << text;
  }
  EXPECT_TRUE(parse_relays("")->empty());
}

TEST(Breaker, PausesDoubleUpToTenMinutes) {
  Breakers breakers(1);
  auto now = base::from_micros(0);
  for (int i = 0; i < Breakers::kFailures; ++i) {
    EXPECT_TRUE(breakers.may_try(0, now));
    breakers.failed(0, now);
  }
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 7; ++i) {
    pauses.push_back(breakers.pause(now).count());
    EXPECT_FALSE(breakers.may_try(0, now));
    now += breakers.pause(now);
    EXPECT_TRUE(breakers.may_try(0, now));
    EXPECT_FALSE(breakers.may_try(0, now)) << "one at a time";
    breakers.failed(0, now);
  }
  EXPECT_THAT(pauses, testing::ElementsAre(30, 60, 120, 240, 480, 600, 600));
  breakers.succeeded(0);
  EXPECT_TRUE(breakers.may_try(0, now));
}

TEST(Sink, TakesDotsOffAndMindsItsLimits) {
  SinkSession::Options options;
  options.most_bytes = 100;
  std::vector<SunkMessage> taken;
  SinkSession session(options, [&](SunkMessage message) {
    taken.push_back(std::move(message));
    return true;
  });
  EXPECT_THAT(session.begin(), testing::StartsWith("220 "));
  EXPECT_THAT(session.feed("RCPT TO:<a@b>\r\n"), testing::StartsWith("503 "));
  EXPECT_THAT(session.feed("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n..x\r\n\n.\n\r\n.\r"),
              testing::EndsWith("of its own\r\n"));
  EXPECT_TRUE(taken.empty()) << "a bare line feed ended a message";
  EXPECT_THAT(session.feed("\n"), testing::StartsWith("250 "));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].bytes, ".x\r\n\n.\n\r\n");
  session.feed("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n");
  session.feed(std::string(101, 'x') + "\r\n");
  EXPECT_THAT(session.feed(".\r\n"), testing::StartsWith("552 "));
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_THAT(session.feed(std::string(5000, 'x')), testing::StartsWith("500 "));
  EXPECT_TRUE(session.is_over());
}

}  // namespace
