#include "personal/fields.gen.h"
#include "personal/testing.h"

namespace {

using personal::Access, personal::Envelope, personal::folded_address, personal::Label;
using personal::Ledger, personal::MasterKey, personal::Personal, personal::Purpose, personal::Vault;
namespace field = personal::field;

TEST(FoldedAddress, ForgivesHowPeopleTypeIt) {
  EXPECT_EQ(folded_address("  Ann@Example.COM "), "ann@example.com");
  EXPECT_EQ(folded_address("+31 6-1234 5678"), "+31612345678");
  EXPECT_EQ(folded_address("0031 (6) 12345678"), "+31612345678");
  EXPECT_EQ(folded_address("06 12345678"), "0612345678");
}

struct Addresses : ::testing::Test {
  void SetUp() override {
    vault = std::make_unique<Vault>(*keys, MasterKey::ephemeral(), clock);
    ledger = std::make_unique<Ledger>(*main, clock);
    vault->prepare(1);
    vault->prepare(2);
  }
  base::ManualClock clock;
  store::testing::FreshDatabase main{store::testing::Engine::Sqlite, store::Schema::Main};
  store::testing::FreshDatabase keys{store::testing::Engine::Sqlite, store::Schema::Keys};
  std::unique_ptr<Vault> vault;
  std::unique_ptr<Ledger> ledger;
};

// clause-012.apart
TEST_F(Addresses, AreFoundByAHashThatAnotherAccountCannotLink) {
  Envelope envelope;
  envelope.put(personal::testing::email(" Ann@example.com"));
  const auto hash = vault->hash_of<field::CustomerEmail>(1, envelope);
  ASSERT_TRUE(hash);
  EXPECT_EQ(*hash, vault->address_hash(1, "ann@EXAMPLE.com"));
  EXPECT_NE(*hash, *vault->hash_of<field::CustomerEmail>(2, envelope));
  EXPECT_FALSE(vault->hash_of<field::CustomerSms>(1, envelope));
}

TEST_F(Addresses, OpenAsAWholeOnlyWhatListsThePurpose) {
  Envelope envelope;
  envelope.put(personal::testing::email("ann@example.com"));
  envelope.put(Personal<std::string, field::Note>("fragile", Label()));
  Access<Purpose::Rights> all(*ledger, {}, 1, "test");
  EXPECT_EQ(open_all(envelope, all).size(), 2u);
  Access<Purpose::Notify> told(*ledger, {}, 1, "test");
  const auto some = open_all(envelope, told);
  ASSERT_EQ(some.size(), 1u);
  EXPECT_EQ(some[0].field->name, "customer_email");
  EXPECT_EQ(some[0].value, "ann@example.com");
}

}  // namespace
