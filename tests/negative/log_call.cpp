// expect: could not convert.*LogField|no matching constructor.*LogField
#include "base/log.h"
#include "case.h"

void tell(const Email& email) {
#ifdef WRONG
  base::log(base::Level::Info, "test.told", {{"email", email}});
#else
  base::log(base::Level::Info, "test.told", {{"given", email.is_given()}});
#endif
}
