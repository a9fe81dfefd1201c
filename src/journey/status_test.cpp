#include "journey/status.h"

#include <gtest/gtest.h>

using journey::Status;

TEST(Status, GoesToItsWordAndBack) {
  for (int i = 0; i <= 8; ++i) {
    const auto status = static_cast<Status>(i);
    EXPECT_EQ(journey::parse_status(journey::name(status)), status);
  }
  EXPECT_EQ(journey::parse_status("Delivered"), Status::Delivered);
  EXPECT_FALSE(journey::parse_status("outfordelivery"));
}

TEST(Status, SubstatusHasThreeDigits) {
  EXPECT_EQ(journey::substatus_name(Status::Transit, 7), "transit007");
  const auto read = journey::parse_substatus("exception011");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, Status::Exception);
  EXPECT_EQ(read->number, 11);
  for (const char* wrong : {"", "001", "transit", "transit000", "transit0x1", "moving001"}) {
    EXPECT_FALSE(journey::parse_substatus(wrong)) << wrong;
  }
}
