// expect: is private within this context|calling a private constructor
#include "case.h"
#include "rights/decisions.h"

std::int64_t approve(const rights::HumanApproval& given) {
#ifdef WRONG
  return rights::HumanApproval(given.decision(), 1).member();
#else
  return given.member();
#endif
}
