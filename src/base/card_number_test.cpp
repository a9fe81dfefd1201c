#include "base/card_number.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/log.h"

namespace {

using base::holds_card_number, base::without_card_numbers;

TEST(CardNumber, IsMaskedButForItsLastFourDigits) {
  EXPECT_EQ(without_card_numbers("paid with 4111 1111 1111 1111, thanks"),
            "paid with [card number removed, 1111], thanks");
  EXPECT_EQ(without_card_numbers("4111111111111111 5555-5555-5555-4444"),
            "[card number removed, 1111] [card number removed, 4444]");
  for (const char* card :
       {"378282246310005", "3782 822463 10005", "30569309025904", "6011111111111117",
        "3530111333300000", "2223003122003222", "6200000000000005", "4222222222222",
        "(4111111111111111)", "card:4111111111111111."})
    EXPECT_TRUE(holds_card_number(card)) << card;
  // After another number, or a date.
  EXPECT_TRUE(holds_card_number("12/27 4111111111111111"));
}

TEST(CardNumber, IsNothingElseThatPeopleWrite) {
  for (const char* text :
       {"4111111111111112",                         // check digit
        "+4915112345678901", "1Z999AA10123456784",  // telephone, parcel
        "402-1234567-1234567",                      // an order at a large shop
        "00340434161094021501", "9400111899223100001234", "2026-01-02 10:11:12.123456",
        "1767225600000000", "X4111111111111111", "4111111111111111A", "41111111111111111111", ""})
    EXPECT_FALSE(holds_card_number(text)) << text;
  EXPECT_FALSE(holds_card_number("378282246310005", 16)) << "where a telephone number may stand";
}

// clause-022.scan
TEST(CardNumber, DoesNotReachALog) {
  const auto path = std::filesystem::temp_directory_path() / "milepost-card-number.log";
  std::filesystem::remove(path);
  base::open_log(path.string(), base::LogForm::Json, base::Level::Info);
  base::log(base::Level::Warning, "test.card", {{"said", "take 4111 1111 1111 1111"}});
  base::log(base::Level::Warning, "test.plain", {{"at", std::int64_t{1767225600000000}}});
  base::flush_log();
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  base::open_log("", base::LogForm::Text, base::Level::Error);
  EXPECT_EQ(text.find("4111"), std::string::npos) << text;
  EXPECT_NE(text.find("card number removed, 1111"), std::string::npos) << text;
  EXPECT_NE(text.find("1767225600000000"), std::string::npos) << text;
  std::filesystem::remove(path);
}

}  // namespace
