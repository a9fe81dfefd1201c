// expect: is private within this context|calling a private constructor|is a private member
// clause-020.compile
#include "case.h"
#include "insight/gate.h"

// Another type in the same envelope is no way in either.
using Names = insight::Anonymised<std::string>;

const std::string& name_of(const Names* released, const std::string& raw) {
#ifdef WRONG
  static Names made{raw, insight::Release(), personal::Label()};
  (void)released;
  return made.value();
#else
  (void)raw;
  return released->value();
#endif
}
