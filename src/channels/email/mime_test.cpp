#include "channels/email/mime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/email/address.h"
#include "channels/email/encoding.h"

namespace {

using namespace channels::email;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Email parcel_arrived() {
  Email email;
  email.from = {"Lamp & Shade", "parcels@shop.example"};
  email.to = {"Zoë Ångström", "zoe@example.com"};
  email.subject = "Your parcel has arrived";
  email.text = "Hello,\n\nit is there.\n";
  email.html = "<p>Hello,</p><p>it is there.</p>";
  email.language = "en";
  email.date = base::from_micros(1'767'225'600'000'000);
  email.key = "outbox-17";
  email.thread = "shipment-4";
  email.unsubscribe_url = "https://track.shop.example/u/abc";
  return email;
}

std::string bytes_of(const Email& email) {
  const auto message = build(email);
  EXPECT_TRUE(message) << describe(message.error());
  return message ? message->bytes : "";
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    EXPECT_NE(end, std::string_view::npos) << "a line without its end";
    if (end == std::string_view::npos) break;
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 2);
  }
  return out;
}

TEST(Mime, AMessageHasWhatItNeeds) {
  const auto bytes = bytes_of(parcel_arrived());
  for (const auto* line :
       {"Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n",
        "From: \"Lamp & Shade\" <parcels@shop.example>\r\n",
        "To: =?UTF-8?B?Wm/DqyDDhW5nc3Ryw7Zt?= <zoe@example.com>\r\n",
        "Subject: Your parcel has arrived\r\n", "MIME-Version: 1.0\r\n",
        "Auto-Submitted: auto-generated\r\n", "Content-Language: en\r\n",
        "List-Unsubscribe: <https://track.shop.example/u/abc>\r\n",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "Precedence: bulk\r\n",
        "Content-Type: multipart/alternative;\r\n", "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n"})
    EXPECT_THAT(bytes, HasSubstr(line));
}

TEST(Mime, TheSameKeyIsTheSameMessageToTheByte) {
  EXPECT_EQ(bytes_of(parcel_arrived()), bytes_of(parcel_arrived()));
  auto other = parcel_arrived();
  other.key = "outbox-18";
  EXPECT_NE(build(other)->id, build(parcel_arrived())->id);
  EXPECT_THAT(build(other)->id, testing::EndsWith("@shop.example"));
  EXPECT_THAT(build(other)->id, Not(HasSubstr("outbox")));
}

TEST(Mime, MessagesOfOneShipmentHangOnTheSameRoot) {
  auto second = parcel_arrived();
  second.key = "outbox-18";
  auto stranger = parcel_arrived();
  stranger.thread = "shipment-5";
  const auto root = [](const std::string& bytes) {
    const auto at = bytes.find("References: ");
    return bytes.substr(at, bytes.find("\r\n", at) - at);
  };
  EXPECT_THAT(root(bytes_of(second)), StartsWith("References: <"));
  EXPECT_EQ(root(bytes_of(second)), root(bytes_of(parcel_arrived())));
  EXPECT_NE(root(bytes_of(second)), root(bytes_of(stranger)));
  EXPECT_THAT(root(bytes_of(second)), Not(HasSubstr("shipment")));
}

TEST(Mime, NothingCanBeginAHeaderOfItsOwn) {
  for (const auto* poison : {"x\r\nBcc: all@example.com", "x\ny", "x\ry", "\x7f"}) {
    auto email = parcel_arrived();
    email.subject = poison;
    EXPECT_EQ(build(email).error(), EmailError::Subject);
    email = parcel_arrived();
    email.to.name = poison;
    EXPECT_EQ(build(email).error(), EmailError::To);
    email = parcel_arrived();
    email.from.name = poison;
    EXPECT_EQ(build(email).error(), EmailError::From);
    email = parcel_arrived();
    email.reply_to = Mailbox{poison, "a@b.example"};
    EXPECT_EQ(build(email).error(), EmailError::ReplyTo);
    email = parcel_arrived();
    email.to.address = "a@b.example" + std::string(poison);
    EXPECT_EQ(build(email).error(), EmailError::To);
    email = parcel_arrived();
    email.unsubscribe_url += poison;
    EXPECT_EQ(build(email).error(), EmailError::Unsubscribe);
    email = parcel_arrived();
    email.language = poison;
    EXPECT_EQ(build(email).error(), EmailError::Language);
    email = parcel_arrived();
    email.parts = {{"image/png", "x", poison, ""}};
    EXPECT_EQ(build(email).error(), EmailError::Part);
  }
  auto email = parcel_arrived();
  email.subject = std::string("x\0y", 3);
  EXPECT_EQ(build(email).error(), EmailError::Subject);
}

TEST(Mime, NoLineIsTooLongWhateverTheWords) {
  auto email = parcel_arrived();
  email.from.name = std::string(120, 'x') + " & " + std::string(60, 'y');
  email.to.name = "Приветствую вас, дорогой получатель посылки из далёкого города";
  email.subject = "Pakkumine " + std::string(150, 'a') +
                  " ここに長い件名があります。荷物が届きました。ご確認ください。";
  email.text = std::string(500, 'a') + "\n" + std::string(300, ' ') +
               "\n漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\n";
  email.html = "<p>" + std::string(2000, 'b') + "</p>";
  email.parts = {{"image/png", std::string(1000, '\xff'), "logo.png", "logo@shop"},
                 {"application/pdf", std::string(1000, '\0'), "label.pdf", ""}};
  const auto bytes = bytes_of(email);
  for (const auto& line : lines_of(bytes)) {
    EXPECT_LE(line.size(), 76U) << line;
    for (const char c : line) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\t') << line;
  }
  EXPECT_THAT(bytes, HasSubstr("Content-Type: multipart/mixed;"));
  EXPECT_THAT(bytes, HasSubstr("Content-Type: multipart/related;"));
}

TEST(Mime, ALetterOfTheServiceOffersNoUnsubscribing) {
  auto email = parcel_arrived();
  email.unsubscribe_url.clear();
  const auto bytes = bytes_of(email);
  EXPECT_THAT(bytes, Not(HasSubstr("List-")));
  EXPECT_THAT(bytes, Not(HasSubstr("Precedence")));
}

TEST(Mime, OneClickNeedsALinkThatNobodyCanReadOnTheWay) {
  for (const auto& [url, is_one_click] :
       std::vector<std::pair<std::string, bool>>{{"https://a.example/u", true},
                                                 {"http://localhost:8080/u", true},
                                                 {"http://127.0.0.1:8080/u", true},
                                                 {"http://milepost.lan/u", false}}) {
    auto email = parcel_arrived();
    email.unsubscribe_url = url;
    const auto bytes = bytes_of(email);
    EXPECT_THAT(bytes, HasSubstr("List-Unsubscribe: <" + url + ">\r\n"));
    EXPECT_EQ(bytes.find("List-Unsubscribe-Post") != std::string::npos, is_one_click) << url;
  }
}

TEST(Mime, OneLinkUnsubscribesAndNothingElseCan) {
  for (const auto* url : {"http://", "ftp://a.example/u", "https://", "https://a b",
                          "https://a>,<https://b", "javascript:alert(1)"}) {
    auto email = parcel_arrived();
    email.unsubscribe_url = url;
    EXPECT_FALSE(build(email)) << url;
  }
  auto email = parcel_arrived();
  email.unsubscribe_address = "stop@shop.example";
  EXPECT_THAT(bytes_of(email),
              HasSubstr("List-Unsubscribe: <https://track.shop.example/u/abc>,\r\n "
                        "<mailto:stop@shop.example?subject=unsubscribe>"));
}

// A message holds what it was given: nothing is fetched by reading it, nothing counts a click.
// clause-131.lint
TEST(Mime, NoPixelAndNoLinkIsAddedOrRewritten) {
  auto email = parcel_arrived();
  email.html = "<p><a href=\"https://shop.example/track/1?a=1&amp;b=2\">Where it is</a></p>";
  const auto bytes = bytes_of(email);
  const auto begin = bytes.find("\r\n\r\n", bytes.find("text/html")) + 4;
  const auto html = bytes.substr(begin, bytes.find("\r\n\r\n--", begin) - begin);
  EXPECT_EQ(decode_quoted_printable(html), email.html);
  EXPECT_THAT(decode_quoted_printable(bytes), Not(HasSubstr("<img")));
}

TEST(Mime, AnInternationalMailboxNeedsAServerThatKnowsIt) {
  auto email = parcel_arrived();
  email.to = {"", "δοκιμή@παράδειγμα.δοκιμή"};
  const auto message = build(email);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->needs_utf8);
  EXPECT_THAT(message->bytes, HasSubstr("To: δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp\r\n"));
  email.to.address = "info@παράδειγμα.δοκιμή";
  EXPECT_FALSE(build(email)->needs_utf8);
}

TEST(Mime, WhatSomebodyTypedIsMadeFitForALine) {
  EXPECT_EQ(one_line(" Zo\xc3\xab\r\nBcc: x\t\xff y ", 99), "Zo\xc3\xab Bcc: x y");
  EXPECT_EQ(one_line("\xc3\xab\xc3\xab", 3), "\xc3\xab") << "no character is cut in two";
  auto email = parcel_arrived();
  email.to.name = one_line("Zo\xc3\xab\r\nBcc: all@example.com", 100);
  EXPECT_THAT(bytes_of(email), Not(HasSubstr("\nBcc")));
}

TEST(Encoding, QuotedPrintableComesBackAsItWas) {
  for (const std::string text :
       {"", "plain\r\n", "From here\r\n.dot\r\n..\r\n", "ends with a blank \r\ntab\t\r\n",
        "= == =3D\r\n", "漢字\r\nÄÖÜ ß €\r\n"}) {
    const auto out = quoted_printable(text);
    EXPECT_EQ(decode_quoted_printable(out), text.empty() ? "\r\n" : text);
    for (const auto& line : lines_of(out)) {
      EXPECT_FALSE(line.starts_with('.')) << line;
      EXPECT_FALSE(line.starts_with("From ")) << line;
      EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\t')) << line;
    }
  }
  EXPECT_EQ(quoted_printable("a\rb\nc\r\n"), "a\r\nb\r\nc\r\n");
}

TEST(Encoding, HeadersComeBackAsTheyWere) {
  for (const std::string text :
       {"Plain words", "Ünïcödé", "=?UTF-8?Q?not_encoded?=", "two  spaces", "tail \xe2\x9c\x93",
        "Ваша посылка уже в пути и прибудет завтра до восьми часов вечера, ждите курьера",
        "📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦📦 parcels"}) {
    auto line = text_header("Subject", text);
    EXPECT_THAT(line, StartsWith("Subject: "));
    EXPECT_THAT(line, testing::EndsWith("\r\n"));
    line = line.substr(9, line.size() - 11);
    for (auto at = line.find("\r\n"); at != std::string::npos; at = line.find("\r\n"))
      line.erase(at, 2);
    EXPECT_EQ(decode_words(line), text);
  }
}

TEST(Encoding, BrokenEncodingsStayAsTheyAre) {
  for (const auto* text : {"=?UTF-8?Q?open", "=?x?", "=?", "=?UTF-8?Z?a?=", "=?klingon?Q?a?="})
    EXPECT_EQ(decode_words(text), text);
  EXPECT_EQ(decode_quoted_printable("a=ZZ="), "a=ZZ=");
}

TEST(Address, WhatIsAnAddress) {
  for (const auto* text : {"a@b.example", "first.last+tag@mail.example.com", "o'neil@x.example",
                           "用户@例子.测试", "a@xn--fsqu00a.xn--0zwm56d"})
    EXPECT_TRUE(parse_address(text)) << text;
  for (const auto* text : {"",
                           "a",
                           "@b.example",
                           "a@",
                           "a@b",
                           "a b@c.example",
                           ".a@c.example",
                           "a.@c.example",
                           "a..b@c.example",
                           "\"a\"@c.example",
                           "a@[10.0.0.1]",
                           "a@10.0.0.1",
                           "a@-b.example",
                           "a@b..example",
                           "a@b.example.",
                           "<a@b.example>",
                           "a,b@c.example",
                           "a@b.example\r\n",
                           "a\xc2\x85@b.example",
                           "a\xe2\x80\xa8@b.example",
                           "\xff@b.example"})
    EXPECT_FALSE(parse_address(text)) << text;
  EXPECT_FALSE(parse_address(std::string(65, 'a') + "@b.example"));
  EXPECT_EQ(parse_address("Me@Bücher.Example")->text(), "Me@xn--bcher-kva.example");
}

}  // namespace
