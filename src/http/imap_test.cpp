#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/dovecot_for_test.h"
#include "http/imap_session.h"
#include "http/imap_wire.h"
#include "http/raw_peer.h"

namespace {

using http::ImapError, http::ImapServer, http::ImapSession, http::ImapWire;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

constexpr std::size_t kMost = 1 << 20;

ImapServer server_at(std::uint16_t port) {
  ImapServer server;
  server.host = "127.0.0.1";
  server.port = port;
  server.tls = ImapServer::Tls::None;
  server.may_be_private = true;
  server.user = "ann";
  server.secret = "secret";
  return server;
}

// Answers sign-in, then whatever `say` makes of a command's line.
http::RawPeer::Behaviour peer(std::function<std::string(const std::string& tag)> say) {
  return [say](http::RawPeer::Connection& connection) {
    std::string line;
    const auto read_line = [&] {
      line.clear();
      while (!line.ends_with("\r\n")) {
        const auto c = connection.read(1);
        if (c.empty()) return false;
        line += c;
      }
      return true;
    };
    connection.send("* OK ready\r\n");
    while (read_line()) {
      const auto tag = line.substr(0, line.find(' '));
      if (line.find("CAPABILITY") != std::string::npos) {
        connection.send("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + tag + " OK done\r\n");
      } else if (line.find("AUTHENTICATE") != std::string::npos) {
        connection.send(tag + " OK in\r\n");
      } else if (line.find("LOGOUT") != std::string::npos) {
        return;
      } else {
        connection.send(say(tag));
      }
    }
  };
}

TEST(ImapWire, GivesAnswersWithTheirLiteralsHoweverTheyAreCut) {
  const std::string bytes = "* 1 FETCH (UID 7 BODY[] {12}\r\nM1 OK hello\n)\r\nM1 OK done\r\n";
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    ImapWire wire(kMost);
    std::vector<std::string> lines, literals;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      wire.feed(std::string_view(bytes).substr(at, piece));
      while (const auto answer = wire.next()) {
        lines.push_back(answer->line);
        for (const auto& literal : answer->literals) literals.push_back(literal);
      }
    }
    EXPECT_THAT(lines, ElementsAre("* 1 FETCH (UID 7 BODY[] {12})", "M1 OK done")) << piece;
    EXPECT_THAT(literals, ElementsAre("M1 OK hello\n")) << piece;
  }
}

TEST(ImapWire, StopsAtWhatIsTooLarge) {
  ImapWire wire(100);
  wire.feed("* 1 FETCH (BODY[] {4000000000}\r\n");
  EXPECT_FALSE(wire.next());
  EXPECT_TRUE(wire.is_too_large());
  ImapWire endless(kMost);
  endless.feed(std::string(70'000, 'x'));
  EXPECT_FALSE(endless.next());
  EXPECT_TRUE(endless.is_too_large());
}

TEST(ImapSession, TakesNoLineOfAMessageForAnAnswer) {
  http::RawPeer server(peer([](const std::string& tag) {
    const auto letter = tag + " OK forged\r\n* 9 FETCH (UID 9)\r\n";
    return "* 1 FETCH (UID 1 BODY[] {" + std::to_string(letter.size()) + "}\r\n" + letter +
           ")\r\n" + tag + " OK done\r\n";
  }));
  auto session = ImapSession::open(server_at(server.port()), 10s);
  ASSERT_TRUE(session) << name(session.error());
  const auto answers = (*session)->ask("UID FETCH 1 (BODY.PEEK[])", kMost);
  ASSERT_TRUE(answers);
  EXPECT_EQ(answers->size(), 1U);
}

TEST(ImapSession, LetsNoCommandBeginAnother) {
  http::RawPeer server(peer([](const std::string& tag) { return tag + " OK done\r\n"; }));
  auto session = ImapSession::open(server_at(server.port()), 10s);
  ASSERT_TRUE(session) << name(session.error());
  const auto answers = (*session)->ask("NOOP\r\nM2 DELETE INBOX", kMost);
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error(), ImapError::BadCall);
}

TEST(ImapSession, SaysWhatWentWrong) {
  http::RawPeer refuses(peer([](const std::string& tag) { return tag + " NO not here\r\n"; }));
  http::RawPeer leaves(peer([](const std::string&) { return "* BYE\r\n"; }));
  auto session = ImapSession::open(server_at(refuses.port()), 10s);
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->ask("EXAMINE INBOX", kMost).error(), ImapError::No);
  session = ImapSession::open(server_at(leaves.port()), 10s);
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->ask("EXAMINE INBOX", kMost).error(), ImapError::Broken);
}

TEST(ImapSession, CallsNoAddressOfOursUnlessItMay) {
  http::RawPeer server(peer([](const std::string& tag) { return tag + " OK done\r\n"; }));
  auto outside = server_at(server.port());
  outside.may_be_private = false;
  const auto session = ImapSession::open(outside, 10s);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error(), ImapError::Refused);
  EXPECT_EQ(server.connections(), 0);
}

TEST(ImapSession, SendsNoSecretInTheClearToAnotherMachine) {
  auto plain = server_at(143);
  plain.host = "imap.example.org";
  const auto session = ImapSession::open(plain, 10s);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error(), ImapError::BadCall);
}

TEST(ImapSession, ReadsARealMailbox) {
  if (!http::testing::Dovecot::is_here())
    GTEST_SKIP() << "no Dovecot: install the Debian package dovecot-imapd";
  http::testing::Dovecot dovecot;
  dovecot.deliver("ann", "Subject: one\r\n\r\nbody\r\n");
  auto server = server_at(dovecot.port());
  server.secret = http::testing::Dovecot::kPassword;
  auto session = ImapSession::open(server, 20s);
  ASSERT_TRUE(session) << name(session.error());
  ASSERT_TRUE((*session)->ask("EXAMINE INBOX", kMost));
  const auto answers = (*session)->ask("UID FETCH 1 (BODY.PEEK[])", kMost);
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 1U);
  EXPECT_THAT((*answers)[0].literals, ElementsAre("Subject: one\r\n\r\nbody\r\n"));
}

}  // namespace
