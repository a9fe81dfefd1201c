// expect: is private within this context|calling a private constructor
// clause-062.refused
#include "case.h"

bool look_anyway(personal::Ledger& ledger) {
#ifdef WRONG
  personal::Warrant<personal::Purpose::Support> warrant;
  personal::Access<personal::Purpose::Support> access(ledger, {}, 1001, "pages.parcel", warrant);
#else
  personal::Access<personal::Purpose::ServeController> access(ledger, {}, 1001, "pages.parcel");
#endif
  return access.is_shut();
}
