#include "channels/email/bounce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/email/bounce_door.h"
#include "channels/email/reader.h"
#include "http/mail_session.h"
#include "http/raw_client.h"

namespace {

using namespace channels::email;
using Kind = Bounce::Kind;

const Verp kVerp(std::string(32, 'k'), "bounces.shop.example");

std::string report(std::string_view recipient_block, std::string_view to = "") {
  return "From: MAILER-DAEMON@mx.example\r\nTo: " + std::string(to) +
         "\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b1\"\r\n\r\n"
         "This is the mail system.\r\n--b1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b1\r\n"
         "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n" +
         std::string(recipient_block) +
         "\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: Yours\r\n\r\n--b1--\r\n";
}

std::string failed(std::string_view status) {
  return "Final-Recipient: rfc822; zoe@example.com\r\nAction: failed\r\nStatus: " +
         std::string(status) + "\r\n";
}

std::optional<Bounce> read(const std::string& message) {
  return read_bounce(kVerp.address("abc123"), message, kVerp);
}

TEST(Verp, OnlyAnAddressOfOursTellsWhomItIsAbout) {
  const auto address = kVerp.address("abc123");
  EXPECT_THAT(address, testing::MatchesRegex("b\\+abc123\\.[0-9a-f]{20}@bounces\\.shop\\.example"));
  EXPECT_EQ(kVerp.id_in(address), "abc123");
  EXPECT_EQ(kVerp.id_in("<" + address + ">"), "abc123");
  EXPECT_EQ(kVerp.id_in("B+ABC123." + address.substr(9)), "abc123") << "servers change case";
  auto forged = address;
  forged[2] = 'b';
  EXPECT_FALSE(kVerp.id_in(forged));
  EXPECT_FALSE(kVerp.id_in("b+abc123@bounces.shop.example"));
  EXPECT_FALSE(kVerp.id_in("b+abc123.@bounces.shop.example"));
  EXPECT_FALSE(kVerp.id_in(address + ".evil.example"));
  EXPECT_FALSE(kVerp.id_in(""));
  EXPECT_FALSE(Verp(std::string(32, 'o'), "bounces.shop.example").id_in(address));
  EXPECT_LE(kVerp.address(std::string(32, 'f')).find('@'), 64U);
  EXPECT_EQ(kVerp.address("no good"), "");
}

TEST(Bounces, TheStatusSaysWhatToDo) {
  const struct {
    const char* status;
    Kind kind;
  } table[] = {{"5.1.1", Kind::Gone},   {"5.1.10", Kind::Gone},  {"5.2.1", Kind::Gone},
               {"5.1.8", Kind::Policy}, {"5.2.2", Kind::Soft},   {"4.4.7", Kind::Soft},
               {"4.2.2", Kind::Soft},   {"5.7.1", Kind::Policy}, {"5.4.4", Kind::Policy},
               {"5.0.0", Kind::Policy}};
  for (const auto& row : table) {
    const auto bounce = read(report(failed(row.status)));
    ASSERT_TRUE(bounce) << row.status;
    EXPECT_EQ(bounce->id, "abc123");
    EXPECT_EQ(name(bounce->kind), name(row.kind)) << row.status;
    EXPECT_EQ(bounce->status, row.status);
  }
}

TEST(Bounces, AVagueStatusGivesWayToTheReply) {
  const auto bounce =
      read(report(failed("5.0.0") + "Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n"));
  ASSERT_TRUE(bounce);
  EXPECT_EQ(bounce->kind, Kind::Gone);
}

TEST(Bounces, ADelayOrASuccessIsNoBounce) {
  for (const auto* action : {"delayed", "delivered", "relayed", "expanded", ""})
    EXPECT_FALSE(read(report("Action: " + std::string(action) + "\r\nStatus: 4.4.1\r\n")));
}

TEST(Bounces, AnAbsenceNoticeIsNoBounce) {
  EXPECT_FALSE(
      read("Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday"));
}

TEST(Bounces, AReportWithoutOurMacIsNotBelieved) {
  const auto message = report(failed("5.1.1"));
  EXPECT_FALSE(read_bounce("postmaster@shop.example", message, kVerp));
  EXPECT_FALSE(read_bounce("b+abc123.00000000000000000000@bounces.shop.example", message, kVerp));
  EXPECT_FALSE(read_bounce(message, kVerp));
}

TEST(Bounces, AFileAloneTellsWhereItWasSent) {
  const auto address = kVerp.address("77");
  EXPECT_EQ(read_bounce(report(failed("5.1.1"), address), kVerp)->id, "77");
  EXPECT_EQ(read_bounce("Delivered-To: " + address + "\r\n" + report(failed("5.1.1")), kVerp)->id,
            "77");
  EXPECT_EQ(read_bounce(report(failed("5.1.1"), "\"Returns\" <" + address + ">"), kVerp)->id, "77");
}

TEST(Bounces, TheReportMayBeEncodedAndHaveBareLineEnds) {
  auto message = report("");
  const auto at = message.find("Content-Type: message/delivery-status");
  message = message.substr(0, at) +
            "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "UmVwb3J0aW5nLU1UQTogZG5zOyBteAoKQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=\r\n--b1--";
  std::erase(message, '\r');
  const auto bounce = read(message);
  ASSERT_TRUE(bounce);
  EXPECT_EQ(bounce->kind, Kind::Gone);
}

std::string complaint(std::string_view type) {
  return "From: feedback@isp.example\r\nContent-Type: multipart/report; "
         "report-type=feedback-report; "
         "boundary=x\r\n\r\n--x\r\n\r\nAn e-mail was reported.\r\n--x\r\n"
         "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: " +
         std::string(type) + "\r\nUser-Agent: SomeISP/1.0\r\nVersion: 1\r\n\r\n--x--\r\n";
}

TEST(Bounces, AReaderWhoCallsItSpamIsHeard) {
  const auto bounce = read(complaint("abuse"));
  ASSERT_TRUE(bounce);
  EXPECT_EQ(bounce->kind, Kind::Complaint);
  EXPECT_FALSE(read(complaint("not-spam")));
  EXPECT_FALSE(read(complaint("auth-failure")));
}

// What the door answers to a message from somebody's mail server.
http::MailResult knock(const BounceDoor& door, std::string_view to, std::string_view message) {
  http::MailServer server;
  server.host = "127.0.0.1";
  server.port = door.port();
  server.tls = http::MailServer::Tls::None;
  http::MailDelivery delivery;
  delivery.to = to;
  delivery.bytes = message;
  return http::MailSession(server).send(delivery);
}

TEST(BounceDoors, AReportToAReturnPathOfOursIsHeard) {
  std::vector<Bounce> heard;
  const BounceDoor door({}, kVerp, [&](const Bounce& bounce) {
    heard.push_back(bounce);
    return true;
  });
  EXPECT_TRUE(knock(door, kVerp.address("abc123"), report(failed("5.1.1"))).is_done());
  EXPECT_TRUE(knock(door, kVerp.address("9"), complaint("abuse")).is_done());
  EXPECT_TRUE(knock(door, kVerp.address("9"), "Subject: Away\r\n\r\nBack soon\r\n").is_done());
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].id, "abc123");
  EXPECT_EQ(heard[0].kind, Kind::Gone);
  EXPECT_EQ(heard[1].kind, Kind::Complaint);
}

TEST(BounceDoors, NobodyElsesAddressIsAMailbox) {
  const BounceDoor door({}, kVerp, [](const Bounce&) { return true; });
  for (const auto* to : {"postmaster@bounces.shop.example", "zoe@example.com",
                         "b+abc123.00000000000000000000@bounces.shop.example"}) {
    const auto result = knock(door, to, report(failed("5.1.1")));
    EXPECT_EQ(result.stage, http::MailResult::Stage::Recipient);
    EXPECT_EQ(result.code, 550);
  }
}

TEST(BounceDoors, WhatCouldNotBeKeptIsToBeSentAgain) {
  const BounceDoor door({}, kVerp, [](const Bounce&) { return false; });
  const auto result = knock(door, kVerp.address("abc123"), report(failed("5.1.1")));
  EXPECT_FALSE(result.is_done());
  EXPECT_EQ(result.enhanced, "4.3.0");
}

TEST(BounceDoors, APeerThatSaysNothingIsLetGo) {
  SmtpListener::Options options;
  options.idle = std::chrono::seconds(0);
  SmtpListener listener(options, [](SunkMessage) { return true; });
  http::RawClient silent(listener.port());
  EXPECT_THAT(silent.read_to_end(), testing::StartsWith("220 "));
}

TEST(Reader, HostileNestingEndsSomewhere) {
  std::string bomb;
  for (int i = 0; i < 5000; ++i) {
    const auto boundary = "b" + std::to_string(i);
    bomb +=
        "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  const auto message = read_message(bomb);
  int depth = 0;
  for (const auto* at = &message; !at->parts.empty(); at = &at->parts.front()) ++depth;
  EXPECT_LE(depth, 6);
  std::string many = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 1000; ++i) many += "--b\r\n\r\nx\r\n";
  EXPECT_LE(read_message(many).parts.size(), 64U);
}

TEST(Reader, PartsAreWhatStandsBetweenTheirDelimiters) {
  const auto message = read_message(
      "Content-Type: multipart/alternative; boundary=\"a b\"\n\npreamble\n--a b\n\none\n\n--a b\n"
      "Content-Type: TEXT/HTML; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\n\n"
      "tw=\no=20--a bc\n--a b--\nepilogue\n");
  ASSERT_EQ(message.parts.size(), 2U);
  EXPECT_EQ(message.parts[0].body, "one\n");
  EXPECT_EQ(message.parts[0].type, "text/plain");
  EXPECT_EQ(message.find("text/html")->decoded(), "two --a bc");
  EXPECT_EQ(message.find("text/html")->parameter("charset"), "utf-8");
  EXPECT_EQ(message.find("image/png"), nullptr);
}

}  // namespace
