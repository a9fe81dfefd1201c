// expect: is private within this context|calling a private constructor|no matching function
#include "case.h"
#include "rights/registers/human.h"

std::int64_t who(const rights::Human& human) {
#ifdef WRONG
  return rights::Human(7).person() + human.person();
#else
  return human.person();
#endif
}
