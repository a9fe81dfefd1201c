// expect: is private within this context|calling a private constructor
// clause-020.compile
#include "case.h"
#include "insight/anonymised.h"

std::int64_t publish(const insight::Anonymised<std::int64_t>& released) {
#ifdef WRONG
  return insight::Anonymised<std::int64_t>(41, insight::Terms{}).value();
#else
  return released.value();
#endif
}
