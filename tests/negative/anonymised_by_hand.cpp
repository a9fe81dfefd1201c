// expect: is private within this context|calling a private constructor|is a private member
// clause-020.compile
#include "case.h"
#include "insight/gate.h"

using Figures = insight::Anonymised<insight::Counts>;

Figures launder(const insight::Counts& raw, const Figures& released) {
#ifdef WRONG
  return Figures(raw, insight::Release(), personal::Label());
#else
  (void)raw;
  return released;
#endif
}
