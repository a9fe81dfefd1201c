// Decisions about people that a program must not take alone (GDPR Art. 22). The rules are in
// data/rights/rules.tsv; one whose effect is significant can be proposed by the program, and
// completed only with a HumanApproval, which only the review of a human makes. That is a matter of
// types: a significant proposal has no way to its effect without one (tests/negative).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/id.h"
#include "personal/access.h"
#include "personal/vault.h"
#include "rights/registers/human.h"
#include "store/database.h"

namespace rights {

enum class Effect : std::uint8_t { None, Minor, Significant };

struct Rule {
  std::string name;
  Effect effect = Effect::None;
  std::string about, logic;
};
const Rule* rule_named(std::string_view name);

// That a human has looked at this one decision and agreed. Made of a Human, who is made of what
// only that person knows.
class HumanApproval {
 public:
  const base::Id& decision() const { return decision_; }
  std::int64_t member() const { return member_; }

 private:
  friend class Review;
  HumanApproval(base::Id decision, std::int64_t member) : decision_(decision), member_(member) {}
  base::Id decision_;
  std::int64_t member_ = 0;
};

// What a program would do. `E` is the effect of its rule.
template <Effect E>
class Proposal {
 public:
  Proposal(base::Id id, std::int64_t account_id) : id_(id), account_id_(account_id) {}
  const base::Id& id() const { return id_; }
  std::int64_t account_id() const { return account_id_; }

  // Nothing that weighs on somebody: done at once.
  template <class Act>
      auto complete(Act act) && requires(E != Effect::Significant) {
    return act();
  }
  // Something that does: with the approval of just this decision. False when it is another's.
  template <class Act>
      bool complete(const HumanApproval& approval, Act act) && requires(E == Effect::Significant) {
    if (approval.decision() != id_) return false;
    act();
    return true;
  }

 private:
  base::Id id_;
  std::int64_t account_id_;
};

// Where proposals wait for a human.
class Review {
 public:
  Review(personal::Vault& vault, personal::Ledger& ledger, const base::Clock& clock)
      : vault_(vault), ledger_(ledger), clock_(clock) {}

  // Keeps the proposal with its explanation, in words for the person it concerns. Throws
  // std::logic_error for a rule that is not in the register or not significant.
  Proposal<Effect::Significant> propose(store::Tx& tx, std::int64_t account_id,
                                        std::string_view rule, std::string_view explanation);
  struct Waiting {
    base::Id id;
    std::string rule, explanation;
    base::Instant made_at{};
  };
  std::vector<Waiting> waiting(store::Tx& tx, std::int64_t account_id);
  // A human agrees or does not, by showing that they are one (registers/human.h): no number stands
  // for a person here. Nothing when it was decided already, or is no proposal of this account.
  std::optional<HumanApproval> approve(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                       const Human& by);
  bool decline(store::Tx& tx, std::int64_t account_id, const base::Id& id, const Human& by);

 private:
  bool decide(store::Tx& tx, std::int64_t account_id, const base::Id& id, std::int64_t member,
              bool verdict);
  personal::Vault& vault_;
  personal::Ledger& ledger_;
  const base::Clock& clock_;
};

}  // namespace rights
