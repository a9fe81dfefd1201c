#include "rights/decisions.h"

#include <algorithm>
#include <stdexcept>

#include "personal/fields/rights.gen.h"
#include "rights/facts.h"

namespace rights {
namespace {

using Explanation = personal::Personal<std::string, personal::field::DecisionExplanation>;
constexpr std::string_view kTable = "rights_decisions";
constexpr std::chrono::days kKept{180};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> made = [] {
    std::vector<Rule> all;
    for (const auto& row : tsv_rows(embedded_rules(), 4)) {
      const auto effect = row[1] == "significant" ? Effect::Significant
                          : row[1] == "minor"     ? Effect::Minor
                                                  : Effect::None;
      all.push_back({std::string(row[0]), effect, std::string(row[2]), std::string(row[3])});
    }
    return all;
  }();
  return made;
}

}  // namespace

const Rule* rule_named(std::string_view name) {
  const auto found = std::ranges::find(rules(), name, &Rule::name);
  return found == rules().end() ? nullptr : &*found;
}

Proposal<Effect::Significant> Review::propose(store::Tx& tx, std::int64_t account_id,
                                              std::string_view rule, std::string_view explanation) {
  const auto* known = rule_named(rule);
  if (known == nullptr || known->effect != Effect::Significant)
    throw std::logic_error(
        "a decision by a rule that data/rights/rules.tsv does not call significant");
  if (explanation.empty()) throw std::logic_error("a decision without an explanation");
  const auto now = clock_.now();
  const auto id = base::Id::make(now);
  const auto subject = vault_.new_subject_now(account_id);
  personal::Envelope envelope;
  envelope.put(Explanation(std::string(explanation), personal::Label()));
  const auto sealed = vault_.seal({kTable, account_id, id.bytes()}, subject, envelope).value();
  tx.execute(
      "INSERT INTO rights_decisions (account_id, id, rule, subject, sealed, made_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      account_id, store::Blob{id.bytes()}, rule, subject, store::Blob{sealed}, now, now + kKept);
  return {id, account_id};
}

std::vector<Review::Waiting> Review::waiting(store::Tx& tx, std::int64_t account_id) {
  std::vector<Waiting> all;
  auto rows = tx.query(
      "SELECT id, rule, subject, sealed, made_at FROM rights_decisions WHERE account_id = $1 AND "
      "decided_at IS NULL ORDER BY made_at, id",
      account_id);
  personal::Access<personal::Purpose::Rights> access(ledger_, {}, account_id, "rights.review");
  while (rows.next()) {
    Waiting one;
    one.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
    one.rule = rows.text(1);
    one.made_at = rows.instant(4);
    const auto envelope =
        vault_.unseal({kTable, account_id, one.id.bytes()}, rows.integer(2), rows.blob(3));
    if (envelope) {
      access.about(rows.integer(2));
      one.explanation = open(envelope->take<personal::field::DecisionExplanation>(), access);
    }
    all.push_back(std::move(one));
  }
  return all;
}

bool Review::decide(store::Tx& tx, std::int64_t account_id, const base::Id& id, std::int64_t member,
                    bool verdict) {
  return tx.execute(
             "UPDATE rights_decisions SET decided_at = $3, decided_by = $4, verdict = $5 WHERE "
             "account_id = $1 AND id = $2 AND decided_at IS NULL",
             account_id, store::Blob{id.bytes()}, clock_.now(), member, verdict) == 1;
}

std::optional<HumanApproval> Review::approve(store::Tx& tx, std::int64_t account_id,
                                             const base::Id& id, const Human& by) {
  if (!decide(tx, account_id, id, by.person(), true)) return std::nullopt;
  return HumanApproval(id, by.person());
}

bool Review::decline(store::Tx& tx, std::int64_t account_id, const base::Id& id, const Human& by) {
  return decide(tx, account_id, id, by.person(), false);
}

}  // namespace rights
