// expect: no matching function for call|constraints not satisfied|is private within this context
// clause-062.refused
#include "case.h"

std::string look(const Email& email, personal::Ledger& ledger) {
#ifdef WRONG
  personal::Access<personal::Purpose::Support> access(ledger, {}, 1001, "pages.parcel");
#else
  personal::Access<personal::Purpose::ServeController> access(ledger, {}, 1001, "pages.parcel");
#endif
  return open(email, access);
}
