// expect: is private within this context|is a private member
// clause-020.compile
#include "case.h"
#include "insight/gate.h"

// The maker is the gate's own: nobody calls it with sums that bear no noise.
insight::Counts of(const insight::Anonymised<insight::Counts>& released) {
#ifdef WRONG
  return insight::Gate::made(released.value(), released.release(), released.label()).value();
#else
  return released.value();
#endif
}
