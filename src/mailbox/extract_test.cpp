#include "mailbox/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "mailbox/hypertext.h"

namespace {

using mailbox::Extractor, mailbox::Head, mailbox::Sighting;
using ::testing::Contains, ::testing::ElementsAre, ::testing::Field, ::testing::IsEmpty,
    ::testing::SizeIs;

struct ExtractorTest : testing::Test {
  std::vector<Sighting> read(const std::string& headers, const std::string& body) const {
    return extractor.read(
        "From: Example <post@shop.example>\r\nDate: Fri, 20 Mar 2026 10:00:00 "
        "+0100\r\n" +
        headers + "\r\n" + body);
  }
  std::vector<Sighting> read_html(const std::string& html) const {
    return read("Subject: Your parcel\r\nContent-Type: text/html; charset=utf-8\r\n", html);
  }
  bool opens(std::string from, std::string subject, std::string verified = {}) const {
    return extractor.is_worth_opening(
        {std::move(from), std::move(subject), "", std::move(verified), 9});
  }
  const couriers::Catalogue catalogue;
  const couriers::Detector detector{catalogue};
  const Extractor extractor{catalogue, detector};
};

constexpr std::string_view kUps = "1Z5R89390357567127";

TEST_F(ExtractorTest, TakesNumberCourierOrderDayAndSendersDomain) {
  const auto found = read("Subject: Your order 2026-10482 was shipped\r\n",
                          "Dear Ann Example,\r\nyour tracking number is 1Z5R89390357567127.\r\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].tracking_number, kUps);
  EXPECT_EQ(found[0].courier_code, "ups");
  EXPECT_EQ(found[0].order_number, "2026-10482");
  EXPECT_EQ(found[0].sent_on, "2026-03-20");
  EXPECT_EQ(found[0].sender_domain, "shop.example");
}

TEST_F(ExtractorTest, ReadsTheMarkupForProgramsEvenWhereACommaIsMissing) {
  const auto found = read_html(R"(<html><script type="application/ld+json">{"@type":"ParcelDelivery"
    "trackingNumber": "1Z5R89390357567127" "partOfOrder": {"orderNumber":"FO-10482"}}</script>)");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].tracking_number, kUps);
  EXPECT_EQ(found[0].order_number, "FO-10482");
  EXPECT_THAT(read_html(R"(<div itemscope><meta itemprop="trackingNumber"
    content="1Z5R89390357567127"/></div>)"),
              SizeIs(1));
}

TEST_F(ExtractorTest, FindsANumberThatStandsInARedirectsTargetAlone) {
  const auto found = read_html(
      R"(<a href="https://click.mailer.example/r?u=https%3A%2F%2Ftools.usps.com%2Fgo%2FTrackConfirmAction%3FtLabels%3D9400110200881345200477&amp;h=7">it</a>)");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].tracking_number, "9400110200881345200477");
  EXPECT_EQ(found[0].courier_code, "usps");
}

TEST_F(ExtractorTest, FindsANumberThatTagsAndInvisibleCharactersCut) {
  const auto found = read_html(
      "<p>Tracking number: <b>1Z5R\xE2\x80\x8B"
      "8939</b><span>0357&shy;567127</span></p>");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].tracking_number, kUps);
}

TEST_F(ExtractorTest, ReadsAMessageThatWasForwardedAsAnAttachment) {
  const auto found = read("Subject: Fwd: parcel\r\nContent-Type: message/rfc822\r\n",
                          "Subject: Your parcel\r\n\r\nTracking number 1Z5R89390357567127\r\n");
  EXPECT_THAT(found, SizeIs(1));
}

TEST_F(ExtractorTest, TakesNoNumberThatNothingAnnounces) {
  EXPECT_THAT(read("Subject: Your order\r\n",
                   "Pay to DE89370400440532013000 by 12 May, or call "
                   "030 901820 and ask for 4711081542.\r\n"),
              IsEmpty());
  EXPECT_THAT(read("Subject: Your order\r\n", "Coupon 1ZFREESHIPPING2026 for your next parcel\r\n"),
              IsEmpty());
}

TEST_F(ExtractorTest, BelievesNoReportOfAMessageThatCameBack) {
  EXPECT_THAT(read("Subject: Undelivered\r\nContent-Type: multipart/report; boundary=x\r\n",
                   "--x\r\n\r\nTracking number 1Z5R89390357567127\r\n--x--\r\n"),
              IsEmpty());
}

TEST_F(ExtractorTest, GivesUpOnOrdersWhenThereAreSeveral) {
  const auto found = read("Subject: Your parcel\r\n",
                          "Order number 1001-A\r\nOrder number 1002-B\r\nTracking number "
                          "1Z5R89390357567127\r\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].order_number, "");
}

TEST_F(ExtractorTest, TellsNothingOfTheMessageBesideItsFields) {
  const std::string secret = "zebrafinch";
  const auto found = read("Subject: Your parcel " + secret + "\r\n",
                          secret + " Order number 1001-A of " + secret +
                              "\r\nTracking number 1Z5R89390357567127 " + secret + "\r\n");
  ASSERT_THAT(found, SizeIs(1));
  for (const auto& value : {found[0].tracking_number, found[0].courier_code, found[0].order_number,
                            found[0].sent_on, found[0].sender_domain})
    EXPECT_EQ(base::lower(value).find(secret), std::string::npos) << value;
}

TEST_F(ExtractorTest, OpensMessagesOfShopsAndCarriersOnly) {
  EXPECT_TRUE(opens("Shop <post@shop.example>", "Your order is on its way"));
  EXPECT_TRUE(opens("UPS <no-reply@ups.com>", "Notice"));
  EXPECT_TRUE(opens("Laden <post@laden.example>", "Ihre Sendung ist unterwegs"));
  EXPECT_FALSE(opens("Ann <ann@example.com>", "Dinner on Friday?"));
  EXPECT_FALSE(opens("Clinic <post@clinic.example>", "Your results are in"));
  EXPECT_FALSE(opens("", "Your parcel"));
}

TEST_F(ExtractorTest, LeavesClosedWhatTheProviderFoundForged) {
  EXPECT_FALSE(opens("DHL <a@dhl.com>", "Your parcel waits",
                     "mx.example; spf=fail; dmarc=fail (p=reject) header.from=dhl.com"));
  EXPECT_TRUE(opens("DHL <a@dhl.com>", "Your parcel waits", "mx.example; dmarc=pass"));
}

TEST_F(ExtractorTest, LeavesAHugeMessageClosed) {
  EXPECT_FALSE(extractor.is_worth_opening({"a@ups.com", "Your parcel", "", "", 5U << 20}));
}

TEST(DayOf, ReadsRfc5322DatesAndNothingElse) {
  EXPECT_EQ(mailbox::day_of("Fri, 20 Mar 2026 10:00:00 +0100"), "2026-03-20");
  EXPECT_EQ(mailbox::day_of("2 Nov 2026 10:00:00 GMT"), "2026-11-02");
  for (const auto* text : {"", "yesterday", "31 Foo 2026", "99 Mar 2026", "20 Mar 99999"})
    EXPECT_EQ(mailbox::day_of(text), "") << text;
}

TEST(DomainOf, IsOfTheAddressAndNotOfTheName) {
  EXPECT_EQ(mailbox::domain_of("\"a@ups.com\" <x@Evil.Example>"), "evil.example");
  EXPECT_EQ(mailbox::domain_of("x@shop.example"), "shop.example");
  for (const auto* text : {"", "x@", "x@localhost", "x@.example", "nobody"})
    EXPECT_EQ(mailbox::domain_of(text), "") << text;
}

TEST(Hypertext, SaysWhatAReaderSees) {
  const auto text = mailbox::read_hypertext(
      "<style>b{}</style><p>One&nbsp;&amp; t<b>w</b>o</p><!-- no "
      "--><script>no()</script>three<br>4");
  EXPECT_EQ(text.words.find("no"), std::string::npos);
  EXPECT_THAT(text.words, testing::HasSubstr("One & two"));
}

}  // namespace
