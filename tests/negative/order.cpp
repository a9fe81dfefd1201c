// expect: use of deleted function.*operator<=>|selected deleted operator '<=>'
#include "case.h"

bool before(const Email& a, const Email& b, Serve& access) {
#ifdef WRONG
  (void)access;
  return a < b;
#else
  return open(a, access) < open(b, access);
#endif
}
