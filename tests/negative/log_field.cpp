// expect: no matching (function|constructor).*LogField
#include "base/log.h"
#include "case.h"

base::LogField field(const Email& email) {
#ifdef WRONG
  return base::LogField("email", email);
#else
  return base::LogField("given", email.is_given());
#endif
}
