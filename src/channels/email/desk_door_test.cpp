#include "channels/email/desk_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/mail_session.h"

namespace {

using namespace channels::email;
using ::testing::HasSubstr, ::testing::Not;

constexpr std::string_view kMailbox = "privacy@shop.example";

std::string letter(std::string_view headers, std::string_view body = "Please erase my data.") {
  return std::string(headers) + "\r\n" + std::string(body) + "\r\n";
}

http::MailResult knock(const DeskDoor& door, std::string to, std::string from, std::string bytes) {
  http::MailServer server;
  server.host = "127.0.0.1";
  server.port = door.port();
  server.tls = http::MailServer::Tls::None;
  http::MailDelivery delivery;
  delivery.from = std::move(from);
  delivery.to = std::move(to);
  delivery.bytes = std::move(bytes);
  return http::MailSession(server).send(delivery);
}

TEST(DeskLetters, AreReadAsFarAsAHumanWould) {
  const auto read = read_desk_letter(letter(
      "From: =?utf-8?Q?Ann_L=C3=A9e?= <Ann@Example.com>\r\nSubject: =?utf-8?Q?L=C3=B6schung?="
      "\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n",
      "Bitte l=F6schen Sie alles."));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from, "ann@example.com");
  EXPECT_EQ(read->subject, "Löschung");
  EXPECT_THAT(read->text, HasSubstr("Bitte löschen Sie alles."));
}

TEST(DeskLetters, InHtmlLeaveTheirMarkupBehind) {
  const auto read = read_desk_letter(
      letter("From: ann@example.com\r\nContent-Type: text/html\r\n",
             "<style>p{}</style><p>Erase <b>everything</b></p><script>alert(1)</script>"));
  ASSERT_TRUE(read);
  EXPECT_THAT(read->text, HasSubstr("everything"));
  EXPECT_THAT(read->text, Not(HasSubstr("alert")));
}

TEST(DeskLetters, OfMachinesAndOfSeveralSendersAreNone) {
  for (const auto* headers :
       {"From: a@example.com\r\nAuto-Submitted: auto-replied\r\n",
        "From: a@example.com\r\nPrecedence: bulk\r\n", "From: a@example.com\r\nList-Id: <x>\r\n",
        "From: a@example.com, b@example.com\r\n", "From: nobody\r\n", "Subject: erase\r\n",
        "From: a@example.com\r\nReturn-Path: <>\r\n"})
    EXPECT_FALSE(read_desk_letter(letter(headers))) << headers;
  EXPECT_TRUE(read_desk_letter(letter("From: a@example.com\r\nAuto-Submitted: no\r\n")));
}

TEST(DeskDoors, HearWhatComesToTheDesksMailboxAndNoOther) {
  std::vector<DeskLetter> heard;
  DeskDoor::Options options;
  options.mailbox = kMailbox;
  const DeskDoor door(options, [&](const DeskLetter& one) {
    heard.push_back(one);
    return true;
  });
  const auto bytes = letter("From: ann@example.com\r\nSubject: My data\r\n");
  EXPECT_TRUE(knock(door, "Privacy@shop.example", "ann@example.com", bytes).is_done());
  EXPECT_EQ(knock(door, "ceo@shop.example", "ann@example.com", bytes).code, 550);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].subject, "My data");
}

TEST(DeskDoors, WriteToNobodyMoreOftenThanTheyMay) {
  int heard = 0;
  DeskDoor::Options options;
  options.mailbox = kMailbox;
  options.most_an_hour = 2;
  const DeskDoor door(options, [&](const DeskLetter&) { return ++heard > 0; });
  const auto bytes = letter("From: ann@example.com\r\n");
  EXPECT_TRUE(knock(door, std::string(kMailbox), "a@example.com", bytes).is_done());
  EXPECT_TRUE(knock(door, std::string(kMailbox), "a@example.com", bytes).is_done());
  EXPECT_FALSE(knock(door, std::string(kMailbox), "a@example.com", bytes).is_done());
  EXPECT_EQ(heard, 2);
}

}  // namespace
