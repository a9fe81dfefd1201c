#include "store/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using store::engine::highest_parameter, store::engine::postgres_schema, store::engine::split_script;
using ::testing::ElementsAre;

TEST(Dialect, SplitsAScriptAtItsSemicolonsOnly) {
  EXPECT_THAT(split_script("A; B -- no; 'no\n; C ';' \";\" /* ; */ D;;\n"),
              ElementsAre("A", "B", "C ';' \";\"   D"));
  EXPECT_THAT(split_script(""), ElementsAre());
  EXPECT_THAT(split_script("-- nothing"), ElementsAre());
  EXPECT_THAT(split_script("A 'it''s;'; B 'open ;"), ElementsAre("A 'it''s;'", "B 'open ;"));
}

TEST(Dialect, SpeaksPostgresqlInWholeWords) {
  const struct {
    const char* ours;
    const char* theirs;
  } cases[] = {
      {"a INTEGER NOT NULL, b BLOB", "a BIGINT NOT NULL, b BYTEA"},
      {"a TEXT DEFAULT 'TEXT BLOB'", "a TEXT COLLATE \"C\" DEFAULT 'TEXT BLOB'"},
      {"\"INTEGER\" REAL", "\"INTEGER\" DOUBLE PRECISION"},
      {"INTEGERS A_BLOB TEXT2 STRICTLY", "INTEGERS A_BLOB TEXT2 STRICTLY"},
      {") STRICT", ") "},
      {") STRICT, WITHOUT ROWID", ")"},
      {"-- INTEGER\nINTEGER", "-- INTEGER\nBIGINT"},
  };
  for (const auto& [ours, theirs] : cases) EXPECT_EQ(postgres_schema(ours), theirs);
}

TEST(Dialect, FindsTheHighestParameter) {
  EXPECT_EQ(highest_parameter("SELECT 1"), 0u);
  EXPECT_EQ(highest_parameter("$2 $1 $10 $2"), 10u);
  EXPECT_EQ(highest_parameter("$1 '$7' \"$8\" -- $9"), 1u);
  EXPECT_EQ(highest_parameter("a$"), 0u);
}

}  // namespace
