// expect: constraints not satisfied|no matching (member )?function for call to .*complete
#include "case.h"
#include "rights/decisions.h"

using Suspension = rights::Proposal<rights::Effect::Significant>;

bool suspend(Suspension proposal, const rights::HumanApproval& approval) {
#ifdef WRONG
  (void)approval;
  return std::move(proposal).complete([] { return true; });  // a program, alone
#else
  return std::move(proposal).complete(approval, [] {});
#endif
}
