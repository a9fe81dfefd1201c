#include "rights/kept.h"

#include <set>

#include "rights/access.h"
#include "rights/canaries.h"

namespace {

using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::AnyOf, ::testing::IsEmpty;

// Texts that hold ids, words of the program or settings from a list: nobody can write into them
// what they like. A text column of another category may hold anything, so it counts as personal.
const std::set<std::string> kNotWritten = {
    "account reference",
    "carrier",
    "connector",
    "count",
    "country",
    "data set",
    "delivery of a message",
    "key reference",
    "kind of page",
    "language",
    "names of fields",
    "noisy sums",
    "process reference",
    "published text",
    "purpose",
    "question",
    "report",
    "schedule",
    "setting",
    "status",
    "time",
    "way of a message",
    "class of retention",
    "operation",
    "signed head of the log",
};
// Written by a shop for all of its customers, about none of them; and what was published.
const std::set<std::string> kOfTheShop = {"words of the shop",
                                          "name of the shop",
                                          "address of the shop",
                                          "text that was shown",
                                          "flights and scans of freight",
                                          "figures of many shipments"};

// clause-029.mark
TEST(Dictionary, MarksEveryTextThatAnybodyCanWriteAsPersonal) {
  int texts = 0;
  for (const auto& column : rights::dictionary().columns()) {
    if (column.schema != "main" || column.personal) continue;
    if (rights::column_type(column.name.table, column.name.column) != rights::ColumnType::Text)
      continue;
    ++texts;
    EXPECT_TRUE(kNotWritten.contains(column.category) || kOfTheShop.contains(column.category))
        << column.name.table << '.' << column.name.column << " is text of the category \""
        << column.category << "\" and not personal: may somebody write into it what they like?";
  }
  EXPECT_GT(texts, 10);
  for (const auto& column : rights::dictionary().columns()) {
    if (column.category.find("free text") == std::string::npos) continue;
    EXPECT_TRUE(column.personal) << column.name.table << '.' << column.name.column;
    EXPECT_FALSE(column.retention.empty()) << column.name.table << '.' << column.name.column;
  }
}

// The purposes of the service's own business (invoices and contacts of accounts, security, letting
// people in) are listed by no field that holds a recipient's address or words, so that reading one
// for them compiles nowhere (tests/negative/business_reads_*.cpp try it).
// clause-066a.compile
TEST(Dictionary, OpensNothingOfARecipientForTheServicesOwnBusiness) {
  int fields = 0;
  for (const auto& field : personal::kFields) {
    if (field.subject != "consignee") continue;
    ++fields;
    for (const auto purpose :
         {personal::Purpose::KeepAccount, personal::Purpose::Secure, personal::Purpose::SignIn})
      EXPECT_FALSE(field.purposes.contains(purpose)) << field.name << ' ' << name(purpose);
  }
  EXPECT_GT(fields, 15);
}

struct KeptOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  std::unique_ptr<World> world;
};

// clause-018.provenance
TEST_P(KeptOn, EveryPersonalValueSaysWhereItCameFrom) {
  EXPECT_THAT(rights::kept_faults(), IsEmpty());
  rights::testing::Seeder seeder(*world, "ann@example.com");
  seeder.seed();
  const auto report = world->main->read_now([&](store::Tx& tx) {
    const auto person = rights::find_person(tx, *world->vault, "ann@example.com");
    return rights::report_on(tx, *world->vault, *world->ledger, person,
                             {personal::ActorKind::Subject, 0}, world->clock.now());
  });
  std::set<std::string> origins;
  for (const auto& row : report.rows) {
    for (const auto& value : row.values) {
      EXPECT_THAT(value.origin, AnyOf("shop", "carrier", "you", "mailbox", "service"))
          << value.table << '.' << value.column;
      origins.insert(value.origin);
    }
  }
  EXPECT_TRUE(origins.contains("shop") && origins.contains("carrier") && origins.contains("you"));
  EXPECT_EQ(rights::origin_of("shipments", "order_number"), "shop");
  EXPECT_EQ(rights::origin_of("shipments", "status"), "carrier");
  EXPECT_EQ(rights::origin_of("consents", "act"), "you");
  EXPECT_EQ(rights::origin_of("nobody_told_us", "of_this"), "");
}

// One address, as each use of it is found again: a parcel of a shop, what its recipient wants and
// agreed to, a visit to one's own data. Whoever holds the tables and not the key store can match
// none of them with another, nor with the same use in another shop or under another key.
// clause-042.unlinkable
TEST_P(KeptOn, TheSamePersonIsCalledDifferentlyForEveryPurposeAndShop) {
  constexpr auto kAnn = "ann@example.com";
  World other(GetParam());  // the same shops under another key
  std::set<std::string> names;
  std::size_t made = 0;
  const auto take = [&](std::string_view bytes) {
    names.emplace(bytes);
    ++made;
  };
  for (auto* one : {world.get(), &other}) {
    for (const std::int64_t account : {std::int64_t{0}, kShop, rights::testing::kOtherShop}) {
      const auto hash = one->vault->address_hash(account, kAnn);
      take({reinterpret_cast<const char*>(hash.data()), hash.size()});
      const auto person = consent::People(*one->vault).by_email(account, kAnn);
      ASSERT_TRUE(person);
      take(person->bytes());
    }
  }
  EXPECT_EQ(names.size(), made) << "two of them are the same";
  // With the key, and only with it, each can be made again.
  const auto again = consent::People(*world->vault).by_email(kShop, "Ann@Example.com");
  EXPECT_TRUE(names.contains(std::string(again->bytes())));
}

INSTANTIATE_TEST_SUITE_P(, KeptOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

}  // namespace
