// expect: Cannot format an argument|formatter<T> specialization
#include <fmt/format.h>

#include "case.h"

std::string line(const Email& email, Serve& access) {
#ifdef WRONG
  return fmt::format("{}", email);
#else
  return fmt::format("{}", open(email, access));
#endif
}
