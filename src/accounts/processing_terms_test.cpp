#include "accounts/processing_terms.h"

#include "accounts/testing.h"

namespace accounts {
namespace {

using ::testing::ElementsAre;
using testing::OnBoth;

struct ProcessingTermsOn : OnBoth {
  base::Outcome<TermsError> agree_to(std::int64_t account, ProcessingTerms terms) {
    house->clock.advance(std::chrono::seconds(1));
    terms.agreed_at = house->clock.now();
    return house->main->write_now([&](store::Tx& tx) { return agree(tx, account, terms); });
  }
  std::optional<ProcessingTerms> found(std::int64_t account) {
    return house->main->read_now([&](store::Tx& tx) { return processing_terms(tx, account); });
  }
};
MILEPOST_ON_BOTH(ProcessingTermsOn);

TEST_P(ProcessingTermsOn, AreNobodysUntilTheyAreAgreedToAndThenKeepTheirVersion) {
  const auto ann = house->join("ann@example.com");
  house->main->write_now(
      [&](store::Tx& tx) { await_agreement(tx, ann.account_id, house->clock.now()); });
  EXPECT_FALSE(found(ann.account_id));
  ASSERT_TRUE(agree_to(ann.account_id, {"terms-v1", "order", {"name", "e-mail"}, {}, 0}));
  ASSERT_TRUE(agree_to(ann.account_id, {"terms-v2", "contract", {"name"}, {}, ann.person_id}));
  const auto now = found(ann.account_id);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->terms, "terms-v2");
  EXPECT_EQ(now->basis, "contract");
  EXPECT_THAT(now->categories, ElementsAre("name"));
  EXPECT_EQ(now->agreed_by, ann.person_id);
  EXPECT_TRUE(now->covers("name"));
  EXPECT_FALSE(now->covers("e-mail"));
  EXPECT_EQ(house->count("processing_terms"), 3) << "what was agreed to before stays";
  house->main->write_now([](store::Tx& tx) { return tx.execute("DELETE FROM processing_terms"); });
}

TEST_P(ProcessingTermsOn, NameAVersionABasisAndOnlyWhatThereIsAWordFor) {
  const auto ann = house->join("ann@example.com");
  EXPECT_EQ(agree_to(ann.account_id, {"", "order", {}, {}, 0}).error(), TermsError::NoVersion);
  EXPECT_EQ(agree_to(ann.account_id, {"v", "because", {}, {}, 0}).error(),
            TermsError::UnknownBasis);
  EXPECT_EQ(agree_to(ann.account_id, {"v", "order", {"card"}, {}, 0}).error(),
            TermsError::UnknownCategory);
  EXPECT_EQ(agree_to(987654, {"v", "order", {}, {}, 0}).error(), TermsError::NoAccount);
  EXPECT_EQ(house->count("processing_terms"), 0);
}

TEST_P(ProcessingTermsOn, AreNotWantedOfWhoRunsTheInstanceForThemselves) {
  const auto ann = house->join("ann@example.com");
  const auto own = found(ann.account_id);
  ASSERT_TRUE(own);
  for (const auto category : kCategories) EXPECT_TRUE(own->covers(category)) << category;
  EXPECT_EQ(own->terms, "");
}

}  // namespace
}  // namespace accounts
