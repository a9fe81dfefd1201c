// expect: no matching function for call|not a constant expression|could not convert|non-type
// template argument clause-020.compile
#include "case.h"
#include "insight/anonymised.h"

std::int64_t twice(const std::int64_t& count) { return 2 * count; }

std::int64_t publish_with(const insight::Anonymised<std::int64_t>& released, std::int64_t secret) {
#ifdef WRONG
  return released.derived<[secret](const std::int64_t& count) { return count + secret; }>().value();
#else
  return released.derived<&twice>().value() + (secret - secret);
#endif
}
