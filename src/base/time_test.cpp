#include "base/time.h"

#include <gtest/gtest.h>

using base::parse_iso, base::to_iso_offset;

TEST(Time, IsReadWithOffsetSpaceOrNothing) {
  for (const char* text :
       {"2023-08-23T06:00:00+00:00", "2023-08-23T06:00:00Z", "2023-08-23 06:00",
        "2023-08-23T14:00:00+08:00", "2023-08-23T14:00:00 08:00", "2023-08-23T01:00:00.000-0500"}) {
    const auto at = parse_iso(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(to_iso_offset(*at), "2023-08-23T06:00:00+00:00") << text;
  }
}

TEST(Time, IsRefusedWhenItDoesNotExist) {
  for (const char* text :
       {"", "2023", "2023-13-01", "2023-02-29", "2023-02-28T24:00", "2023-02-28Tx",
        "2023-02-28T10:00:00+", "2023-02-28T10:00:00+08:00x", "1969-01-01"}) {
    EXPECT_FALSE(parse_iso(text)) << text;
  }
}

TEST(Time, KeepsMicroseconds) {
  EXPECT_EQ(base::to_iso_micros(*parse_iso("2024-02-29T23:59:59.123456Z")),
            "2024-02-29T23:59:59.123456Z");
}
