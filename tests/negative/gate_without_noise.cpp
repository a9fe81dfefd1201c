// expect: is private within this context|calling a private constructor|is a private member
// clause-020.compile
#include "case.h"
#include "insight/gate.h"

// A gate with noise of somebody's own choice is for tests alone.
std::int64_t none(const insight::Fraction&) { return 0; }

std::int64_t threshold(store::Database& database, const base::Clock& clock) {
#ifdef WRONG
  insight::KernelRandomness lots;
  insight::Gate gate(database, clock, none, lots);
#else
  insight::Gate gate(database, clock);
#endif
  (void)gate;
  return none({});
}
