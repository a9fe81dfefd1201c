#include "store/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/migrations.h"
#include "store/testing.h"

namespace {

using namespace store;
using store::testing::Engine, store::testing::FreshDatabase;
using ::testing::HasSubstr, ::testing::ThrowsMessage;

constexpr base::Instant kNow = base::from_micros(1'770'000'000'000'000);
constexpr base::Instant kLater = kNow + std::chrono::days(7);

ByteSource source_of(const std::string& bytes) {
  return [&bytes, at = std::size_t{0}](std::size_t most) mutable {
    const auto part = bytes.substr(at, std::min<std::size_t>(most, 1000));
    at += part.size();
    return part;
  };
}

std::string dump_of(Database& database, Schema schema = Schema::Main) {
  std::string bytes;
  write_dump(database, {schema, 0, kNow, kLater}, [&](std::string_view part) { bytes += part; });
  return bytes;
}

void fill(Database& database) {
  migrate(database, Schema::Main, kNow);
  database.write_now([](Tx& tx) {
    tx.execute(
        "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
        "VALUES (7, 1, 2, 'caf\xc3\xa9', 0, $1)",
        Blob{std::string_view("\0\xff\x01", 3)});
    for (int i = 0; i < 2'500; ++i) {
      tx.enqueue(
          "INSERT INTO paces (connector, price, priced_at, rates, fitted_at) "
          "VALUES ($1, 0.125, -5, '', 0)",
          std::to_string(i));
    }
    return 0;
  });
}

struct DumpOn : ::testing::TestWithParam<std::tuple<Engine, Engine>> {
  void SetUp() override {
    for (const auto engine : {std::get<0>(GetParam()), std::get<1>(GetParam())}) {
      if (!store::testing::is_available(engine)) GTEST_SKIP() << "no PostgreSQL";
    }
  }
  FreshDatabase from{std::get<0>(GetParam())}, to{std::get<1>(GetParam())};
};

TEST_P(DumpOn, BringsEveryRowIntoAnotherDatabaseOfEitherEngine) {
  fill(*from);
  const auto bytes = dump_of(*from);
  const auto tally = load_dump(*to, Schema::Main, source_of(bytes), kNow);
  EXPECT_EQ(tally.rows, 2'501u);
  to->read_now([](Tx& tx) {
    auto rows = tx.query("SELECT plan, email_hash, sealed FROM accounts WHERE account_id = 7");
    EXPECT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "caf\xc3\xa9");
    EXPECT_EQ(rows.blob(1), std::string_view("\0\xff\x01", 3));
    EXPECT_TRUE(rows.is_null(2));
    auto paces = tx.query("SELECT COUNT(*), SUM(price), MIN(priced_at) FROM paces");
    paces.next();
    EXPECT_EQ(paces.integer(0), 2'500);
    EXPECT_DOUBLE_EQ(paces.real(1), 312.5);
    EXPECT_EQ(paces.integer(2), -5);
    return 0;
  });
  EXPECT_TRUE(pending_migrations(*to, Schema::Main).empty());
}

std::string name_of_pair(const ::testing::TestParamInfo<std::tuple<Engine, Engine>>& info) {
  const auto word = [](Engine e) { return e == Engine::Sqlite ? "Sqlite" : "Postgres"; };
  return fmt::format("{}To{}", word(std::get<0>(info.param)), word(std::get<1>(info.param)));
}
INSTANTIATE_TEST_SUITE_P(, DumpOn,
                         ::testing::Combine(::testing::ValuesIn(store::testing::kEngines),
                                            ::testing::ValuesIn(store::testing::kEngines)),
                         name_of_pair);

TEST(Dump, IsRefusedWhenItsTimeIsOverOrItIsAnotherOnes) {
  FreshDatabase from(Engine::Sqlite);
  migrate(*from, Schema::Main, kNow);
  const auto bytes = dump_of(*from);
  FreshDatabase to(Engine::Sqlite);
  EXPECT_THAT([&] { load_dump(*to, Schema::Main, source_of(bytes), kLater); },
              ThrowsMessage<DumpFault>(HasSubstr("its time is over")));
  EXPECT_THAT([&] { load_dump(*to, Schema::Keys, source_of(bytes), kNow); },
              ThrowsMessage<DumpFault>(HasSubstr("a dump of the main database")));
  EXPECT_THAT([&] { load_dump(*from, Schema::Main, source_of(bytes), kNow); },
              ThrowsMessage<DumpFault>(HasSubstr("not empty")));
}

TEST(Dump, IsReadToItsEndOrNotAtAll) {
  FreshDatabase from(Engine::Sqlite);
  fill(*from);
  const auto bytes = dump_of(*from);
  DumpHead head;
  EXPECT_EQ(check_dump(source_of(bytes), head).rows, 2'501u);
  EXPECT_EQ(head.made_at, kNow);
  for (const std::size_t end : {0u, 1u, 40u, 100u, 5'000u}) {
    const auto part = bytes.substr(0, end);
    EXPECT_THROW(check_dump(source_of(part), head), DumpFault) << end;
  }
  const auto most = bytes.substr(0, bytes.size() - 1);
  EXPECT_THROW(check_dump(source_of(most), head), DumpFault);
}

}  // namespace
