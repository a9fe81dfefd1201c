#include "journey/event_table.h"

#include <gtest/gtest.h>

#include "journey/fold.h"

using journey::EventRow, journey::EventTableCount;

namespace {

struct Understood {
  std::string out, complaint;
  EventTableCount count;
};

Understood understood(std::string_view csv, bool explains = false) {
  Understood u;
  journey::EventTableReader reader;
  reader.judge = [](const EventRow& row) {
    journey::Verdict verdict;
    if (journey::fold(row.description).starts_with("delivered"))
      verdict = {journey::Verdict::Kind::Known, journey::Status::Delivered, 1,
                 journey::By::WordingRule, 1000};
    return verdict;
  };
  if (explains) reader.explain = [](const EventRow& row) { return std::string(row.carrier); };
  reader.write = [&u](std::string_view rows) { u.out += rows; };
  const auto count = journey::understand_table(csv, reader);
  if (count)
    u.count = count.value();
  else
    u.complaint = count.error();
  return u;
}

constexpr std::string_view kHeader = "carrier,raw_code,description,language,";
constexpr std::string_view kAdded = "status,substatus,by\n";

std::string table(std::string_view rows) {
  return std::string(kHeader) + std::string(kAdded) + std::string(rows);
}

TEST(EventTable, AddsWhatEachRowMeans) {
  EXPECT_EQ(understood("carrier,raw_code,description,language\nups,D1,Delivered,en\n").out,
            table("ups,D1,Delivered,en,delivered,delivered001,wording-rule\n"));
}

TEST(EventTable, TakesColumnsInAnyOrderAndCaseAndPassesOthersOn) {
  EXPECT_EQ(understood("id, Description ,CARRIER\n7,Delivered,ups\n").out,
            "id, Description ,CARRIER,status,substatus,by\n"
            "7,Delivered,ups,delivered,delivered001,wording-rule\n");
}

TEST(EventTable, LeavesTheStatusOfTheUnknownEmpty) {
  EXPECT_EQ(understood("description\nQwrt zxcvb\n").out,
            "description,status,substatus,by\nQwrt zxcvb,,,unknown\n");
}

TEST(EventTable, ForgivesAByteOrderMarkAndCarriageReturnsAndAMissingLastLineEnd) {
  EXPECT_EQ(understood("\xEF\xBB\xBF"
                       "description,x\r\n\"Delivered\",1\r\nDelivered,2")
                .out,
            "description,x,status,substatus,by\n"
            "Delivered,1,delivered,delivered001,wording-rule\n"
            "Delivered,2,delivered,delivered001,wording-rule\n");
}

TEST(EventTable, KeepsQuotesCommasAndLineEndsInACell) {
  const std::string cell = "\"Delivered, \"\"left\r\nat\"\" door\"";
  const auto u = understood("x,description\n" + cell + ",Delivered\n");
  EXPECT_EQ(u.out, "x,description,status,substatus,by\n" + cell +
                       ",Delivered,delivered,delivered001,wording-rule\n");
  EXPECT_EQ(u.count.open_quote_row, 0U);
}

TEST(EventTable, FillsUpShortRowsAndSkipsEmptyLines) {
  EXPECT_EQ(understood("description,x\nDelivered\n\n\r\nDelivered,1\n").out,
            "description,x,status,substatus,by\n"
            "Delivered,,delivered,delivered001,wording-rule\n"
            "Delivered,1,delivered,delivered001,wording-rule\n");
}

// Cells without a column would push the status out of its own.
TEST(EventTable, CutsCellsThatHaveNoColumnAndCountsTheirRows) {
  const auto u = understood("description\nDelivered,to the door\nDelivered,\n");
  EXPECT_EQ(u.out,
            "description,status,substatus,by\n"
            "Delivered,delivered,delivered001,wording-rule\n"
            "Delivered,delivered,delivered001,wording-rule\n");
  EXPECT_EQ(u.count.rows, 2U);
  EXPECT_EQ(u.count.cut_rows, 1U);
}

TEST(EventTable, NamesTheRowWhoseQuoteIsNeverClosed) {
  const auto u = understood("description,x\nDelivered,1\n\"Delivered,2\nDelivered,3\n");
  EXPECT_EQ(u.count.open_quote_row, 2U);
  // A quote inside a cell opens nothing.
  EXPECT_EQ(understood("description,x\nDelivered,5\" pipe\n").count.open_quote_row, 0U);
}

TEST(EventTable, SaysWhatIsWrongWithAHeader) {
  const struct {
    std::string_view csv, says;
  } cases[] = {
      {"", "the table is empty; its first line must name the columns"},
      {"\xEF\xBB\xBF", "the table is empty; its first line must name the columns"},
      {"carrier;raw_code;description\nups;;Delivered\n",
       "the columns are separated by semicolons; commas are needed"},
      {"carrier\tdescription\nups\tDelivered\n",
       "the columns are separated by tabs; commas are needed"},
      {std::string_view("\xFF\xFE"
                        "d\0e\0",
                        6),
       "the table is UTF-16; save it as UTF-8"},
      {"ups,D1,Delivered\n",
       "the first line must name the columns, raw_code or description at least"},
  };
  for (const auto& [csv, says] : cases) {
    const auto u = understood(csv);
    EXPECT_EQ(u.complaint, says) << csv;
    EXPECT_EQ(u.out, "") << csv;
  }
}

TEST(EventTable, PassesBrokenCharactersAndNulOnAndUnderstandsTheRest) {
  const std::string text = std::string("Deliv\xFF\xC3 ered") + '\0' + "!";
  EXPECT_EQ(understood("description\n" + text + "\n").out.substr(32, text.size()), text);
  const std::string nul = std::string("Delivered") + '\0';
  EXPECT_EQ(understood("description\n" + nul + "\n").out,
            "description,status,substatus,by\n" + nul + ",delivered,delivered001,wording-rule\n");
}

TEST(EventTable, TakesACellOfAMegabyte) {
  const std::string much = "Delivered " + std::string(1 << 20, '.');
  const auto u = understood("description\n" + much + "\nDelivered\n");
  EXPECT_EQ(u.count.rows, 2U);
  EXPECT_TRUE(u.out.ends_with("\nDelivered,delivered,delivered001,wording-rule\n"));
}

TEST(EventTable, WithReasonsHasAColumnForThem) {
  EXPECT_EQ(understood("carrier,description\n\"a,b\",Delivered\n", true).out,
            "carrier,description,status,substatus,by,why\n"
            "\"a,b\",Delivered,delivered,delivered001,wording-rule,\"a,b\"\n");
}

TEST(EventTable, WithAHeaderAloneIsAHeaderAlone) {
  EXPECT_EQ(understood("description").out, "description,status,substatus,by\n");
}

}  // namespace
