// expect: no matching function for call|no default constructor
// clause-020.compile
#include "case.h"
#include "insight/anonymised.h"

std::int64_t publish_default(const insight::Anonymised<std::int64_t>& released) {
#ifdef WRONG
  const insight::Anonymised<std::int64_t> made;
  return made.value();
#else
  return released.value();
#endif
}
