#include "rights/closing.h"

#include <fmt/format.h>

#include <set>

#include "rights/kept.h"
#include "rights/testing.h"

namespace {

using rights::ColumnType;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::Contains, ::testing::Not, ::testing::SizeIs;

// Whatever names an account, by what the dictionary says of the schema.
std::set<std::string> all_tables() {
  std::set<std::string> tables;
  for (const auto& column : rights::dictionary().columns()) {
    if (column.schema == "main" && column.name.column == "account_id")
      tables.insert(column.name.table);
  }
  tables.erase("accounts");
  return tables;
}

struct ClosingOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  // A row in every table, with keys where rows have keys.
  void fill(std::int64_t account) {
    // What others refer to comes first.
    std::vector<std::string> tables = {"shipments", "rights_cases"};
    for (const auto& table : all_tables()) {
      if (!std::ranges::count(tables, table)) tables.push_back(table);
    }
    for (const auto& table : tables) {
      std::string names, places, text = fmt::format("{:016}", account);
      std::vector<store::Param> params;
      for (const auto& column : rights::dictionary().columns()) {
        if (column.schema != "main" || column.name.table != table) continue;
        params.push_back(value(table, column.name.column, account, text));
        names += (names.empty() ? "" : ", ") + column.name.column;
        places += fmt::format("{}${}", places.empty() ? "" : ", ", params.size());
      }
      world->main->write_now([&](store::Tx& tx) {
        tx.enqueue_params(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, places),
                          params);
      });
    }
  }
  store::Param value(const std::string& table, const std::string& column, std::int64_t account,
                     const std::string& text) {
    const auto type = rights::column_type(table, column);
    if (column == "subject" && type == ColumnType::Integer) {
      // Its key is the parcel's, which was filled first.
      if (table == "disclosures") return store::to_param(keys[account].front().second);
      keys[account].push_back({table, world->vault->new_subject_now(account)});
      return store::to_param(keys[account].back().second);
    }
    if (column == "ends_at") return store::to_param(account + 1);
    if (type == ColumnType::Integer) return store::to_param(account);
    if (type == ColumnType::Real) return store::to_param(1.0);
    if (type == ColumnType::Bytes) return store::to_param(store::Blob{text});
    return store::to_param(std::string_view(text));
  }
  std::vector<std::string> tables_with_rows(std::int64_t account) {
    std::vector<std::string> found;
    for (const auto& table : all_tables()) {
      if (world->count(
              fmt::format("SELECT COUNT(*) FROM {} WHERE account_id = {}", table, account)) > 0)
        found.push_back(table);
    }
    return found;
  }
  bool has_key(std::int64_t account, personal::SubjectId subject) {
    return world->vault->forgotten_among(account, std::span(&subject, 1)).empty();
  }

  std::unique_ptr<World> world;
  std::map<std::int64_t, std::vector<std::pair<std::string, personal::SubjectId>>> keys;
};
INSTANTIATE_TEST_SUITE_P(, ClosingOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// Whoever adds a table says by its retention class whether it outlives an account.
// clause-044.closing
TEST_P(ClosingOn, WhatAnAccountKeptGoesWithItFromEveryTable) {
  fill(kShop);
  fill(kOtherShop);
  const auto everything = tables_with_rows(kShop);
  ASSERT_THAT(everything, SizeIs(all_tables().size()));
  const auto cleared = rights::clear_account(*world->main, *world->vault, kShop);
  EXPECT_GT(cleared.rows, 40);
  EXPECT_GT(cleared.keys, 10);
  const auto left = tables_with_rows(kShop);
  for (const auto& table : rights::tables_of_accounts()) EXPECT_THAT(left, Not(Contains(table)));
  for (const auto& [table, subject] : keys[kShop]) {
    const bool stays = std::ranges::find(left, table) != left.end();
    EXPECT_EQ(has_key(kShop, subject), stays) << table;
  }
  EXPECT_EQ(tables_with_rows(kOtherShop), everything) << "another's stays";
  for (const auto& [table, subject] : keys[kOtherShop])
    EXPECT_TRUE(has_key(kOtherShop, subject)) << table;
  EXPECT_EQ(rights::clear_account(*world->main, *world->vault, kShop).rows, 0) << "once";
}

// Each of them with a reason that does not end with the account.
TEST(Closing, LeavesBooksLogsProofsAndWhatAHoldNames) {
  auto stay = all_tables();
  for (const auto& table : rights::tables_of_accounts()) stay.erase(table);
  const std::set<std::string> expected = {
      "access_ledger",    "audit_carried",   "audit_checkpoints", "audit_entries",
      "audit_tiles",      "member_events",   "security_log",      // who did what, and saw what
      "billing_invoices", "billing_lines",   "billing_payments",  // what tax law asks for
      "erased",           "rights_cases",    "rights_decisions",  "rights_events",
      "rights_letters",   "rights_steps",    "suspensions",  // that requests were answered, and how
      "claims",           "legal_holds",     "legal_requests",  // what the law names
      "policy_versions",  "purpose_changes",                    // what was in force when
      "page_views",       "page_visitors",   "release_budgets",   "releases",
      "reports",  // nobody is in them
  };
  EXPECT_EQ(stay, expected);
  for (const auto* table : {"webhooks", "receivers", "list_entries", "tickets", "reviews",
                            "suppressions", "message_templates", "mailbox_links", "shipments"})
    EXPECT_THAT(rights::tables_of_accounts(), Contains(std::string(table)));
}

TEST_P(ClosingOn, NeverTouchesTheInstanceItself) {
  fill(0);
  const auto before = tables_with_rows(0);
  EXPECT_EQ(rights::clear_account(*world->main, *world->vault, 0).rows, 0);
  EXPECT_EQ(tables_with_rows(0), before);
}

}  // namespace
