// expect: no matching function for call to 'open
#include "case.h"

std::string text(const Email& email, Serve& access) {
#ifdef WRONG
  (void)access;
  return open(email);
#else
  return open(email, access);
#endif
}
