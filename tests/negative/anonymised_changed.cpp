// expect: is private within this context|read-only|discards qualifiers|const
// clause-020.compile
#include "case.h"
#include "insight/anonymised.h"

std::int64_t change(insight::Anonymised<std::int64_t>& released) {
#ifdef WRONG
  released.value() = 41;
#endif
  return released.value();
}
