// expect: does not list this purpose
// clause-066a.compile
#include "case.h"

// The service's own business: to guard itself, to keep accounts. Nobody's address is its affair.
using Guard = personal::Access<personal::Purpose::Secure>;

std::string address(const Email& email, Serve& serve, Guard& guard) {
#ifdef WRONG
  (void)serve;
  return open(email, guard);
#else
  (void)guard;
  return open(email, serve);
#endif
}
