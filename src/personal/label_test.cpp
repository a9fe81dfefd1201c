#include "personal/label.h"

#include <gtest/gtest.h>

#include <concepts>
#include <set>
#include <string>
#include <type_traits>

#include "personal/fields.gen.h"
#include "personal/personal.h"

namespace {

using namespace personal;

// clause-067.algebra
TEST(Label, JoinsToTheStrictest) {
  const Source rising[] = {Source::Shop, Source::Carrier, Source::Buyer, Source::Mailbox};
  for (const auto a : rising) {
    for (const auto b : rising) {
      EXPECT_EQ(join(Label(a), Label(b)).source(), std::max(a, b));
      EXPECT_EQ(join(Label(a), Label(b)).source(), join(Label(b), Label(a)).source());
    }
  }
}

// clause-067.algebra clause-068.purpose
TEST(Label, OfAMailboxOutranksTheFieldsPurposes) {
  for (const auto purpose : kPurposes) {
    EXPECT_TRUE(Label(Source::Shop).allows(purpose)) << name(purpose);
    EXPECT_TRUE(Label(Source::Carrier).allows(purpose)) << name(purpose);
    EXPECT_TRUE(Label(Source::Buyer).allows(purpose)) << name(purpose);
  }
  const Label mailbox(Source::Mailbox);
  EXPECT_FALSE(mailbox.allows(Purpose::AskCarrier));
  EXPECT_FALSE(mailbox.allows(Purpose::Notify));
  EXPECT_FALSE(mailbox.allows(Purpose::KeepAccount));
  EXPECT_TRUE(mailbox.allows(Purpose::ServeController));
  EXPECT_TRUE(mailbox.allows(Purpose::ShowToRecipient));
  EXPECT_TRUE(mailbox.allows(Purpose::Rights));
  const auto joined = join(mailbox, Label(Source::Shop));
  EXPECT_FALSE(joined.allows(Purpose::Notify)) << "the strictest part speaks for the whole";
}

TEST(Dictionary, EveryFieldCanBeExportedAndHasADistinctId) {
  std::set<std::uint16_t> ids;
  for (const auto& field : kFields) {
    EXPECT_TRUE(ids.insert(field.id).second) << field.name;
    // A secret that lets somebody in is told to nobody, its owner included.
    const bool is_secret = field.category == "credential" && field.subject != "consignee";
    EXPECT_TRUE(is_secret || field.purposes.contains(Purpose::Rights)) << field.name;
    EXPECT_FALSE(field.text.empty());
  }
  EXPECT_EQ(field::CustomerEmail::kName, "customer_email");
  EXPECT_EQ(basis(Purpose::Rights), "legal-obligation");
  EXPECT_FALSE(field::Note::kPurposes.contains(Purpose::Notify));
}

// What the type must not be able to do; that it does not compile is shown in tests/negative.
TEST(Personal, OffersNoWayOut) {
  using Email = Personal<std::string, field::CustomerEmail>;
  static_assert(!std::is_convertible_v<Email, std::string>);
  static_assert(!std::is_convertible_v<Email, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, Email>);
  static_assert(!std::equality_comparable<Email>);
  static_assert(!std::three_way_comparable<Email>);
  static_assert(!std::is_aggregate_v<Email>);
  SUCCEED();
}

}  // namespace
