// expect: no match for 'operator<<'.*Email|invalid operands to binary expression.*Email
#include <ostream>

#include "case.h"

void print(std::ostream& out, const Email& email, Serve& access) {
#ifdef WRONG
  out << email;
#else
  out << open(email, access);
#endif
}
