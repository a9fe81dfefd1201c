#include "accounts/processing_terms.h"

#include <algorithm>

namespace accounts {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

bool ProcessingTerms::covers(std::string_view category) const {
  return std::ranges::find(categories, category) != categories.end();
}

std::string_view describe(TermsError error) {
  switch (error) {
    case TermsError::NoAccount:
      return "there is no such account";
    case TermsError::NoVersion:
      return "there are no terms to agree to: the server publishes them when it starts";
    case TermsError::UnknownBasis:
      return "why may the shop pass the data on? order, contract or consent";
    case TermsError::UnknownCategory:
      return "what is brought in is one of: name, e-mail, phone, postcode, order, free-text";
  }
  return "";
}

base::Outcome<TermsError> agree(store::Tx& tx, std::int64_t account_id,
                                const ProcessingTerms& terms) {
  if (terms.terms.empty()) return base::Failure{TermsError::NoVersion};
  if (std::ranges::find(kPassingBases, terms.basis) == kPassingBases.end())
    return base::Failure{TermsError::UnknownBasis};
  for (const auto& category : terms.categories) {
    if (std::ranges::find(kCategories, category) == kCategories.end())
      return base::Failure{TermsError::UnknownCategory};
  }
  if (!tx.query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id)
           .next())
    return base::Failure{TermsError::NoAccount};
  const auto categories = joined(terms.categories);
  tx.execute(
      "INSERT INTO processing_terms (account_id, terms, basis, categories, agreed_at, agreed_by) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      account_id, terms.terms, terms.basis, categories, terms.agreed_at, terms.agreed_by);
  return base::kDone;
}

void await_agreement(store::Tx& tx, std::int64_t account_id, base::Instant now) {
  tx.execute(
      "INSERT INTO processing_terms (account_id, terms, basis, categories, agreed_at, agreed_by) "
      "VALUES ($1, '', '', '', $2, 0)",
      account_id, now);
}

std::optional<ProcessingTerms> processing_terms(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query(
      "SELECT terms, basis, categories, agreed_at, agreed_by FROM processing_terms WHERE "
      "account_id = $1 ORDER BY agreed_at DESC LIMIT 1",
      account_id);
  if (!rows.next()) return ProcessingTerms{{}, {}, {kCategories.begin(), kCategories.end()}};
  if (rows.text(0).empty()) return std::nullopt;
  return ProcessingTerms{std::string(rows.text(0)), std::string(rows.text(1)), split(rows.text(2)),
                         rows.instant(3), rows.integer(4)};
}

}  // namespace accounts
