// expect: is private within this context|is a private member of
#include "case.h"

std::string text(const Email& email, Serve& access) {
#ifdef WRONG
  (void)access;
  return email.value_;
#else
  return open(email, access);
#endif
}
