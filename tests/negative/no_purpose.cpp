// expect: no matching function for call to 'open
#include "case.h"

std::string text(const Email& email, personal::access_detail::Base& base, Serve& access) {
#ifdef WRONG
  (void)access;
  return open(email, base);  // an access, but for no purpose
#else
  (void)base;
  return open(email, access);
#endif
}
