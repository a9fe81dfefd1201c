#include "base/csv.h"

#include <gtest/gtest.h>

namespace {

std::vector<std::vector<std::string>> rows(std::string_view text) {
  base::CsvReader reader(text);
  std::vector<std::vector<std::string>> all;
  std::vector<std::string> cells;
  while (reader.next(cells)) all.push_back(cells);
  return all;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, ReadsQuotedCellsWithCommasQuotesAndLineEnds) {
  EXPECT_EQ(rows("a,\"b, \"\"c\"\"\nd\",e\r\nf\n"), (Rows{{"a", "b, \"c\"\nd", "e"}, {"f"}}));
}

TEST(Csv, ForgivesAByteOrderMarkAMissingEndAndAnUnclosedQuote) {
  EXPECT_EQ(rows("\xEF\xBB\xBF"
                 "a,b"),
            (Rows{{"a", "b"}}));
  EXPECT_EQ(rows("a,,\n\n"), (Rows{{"a", "", ""}, {""}}));
  EXPECT_EQ(rows("a,\"b\nc"), (Rows{{"a", "b\nc"}}));
  EXPECT_EQ(rows(""), Rows{});
}

TEST(Csv, WritesWhatItReads) {
  for (const char* cell : {"", "plain", "with, comma", "a \"quote\"", "two\nlines", "\r"}) {
    std::string out;
    base::append_csv(out, cell);
    EXPECT_EQ(rows(out + ",x\n"), (Rows{{cell, "x"}})) << cell;
  }
}

}  // namespace
