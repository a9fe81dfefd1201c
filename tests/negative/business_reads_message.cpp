// expect: does not list this purpose
// clause-066a.compile
#include "case.h"

using Bookkeeping = personal::Access<personal::Purpose::KeepAccount>;

std::string words(const Note& note, Serve& serve, Bookkeeping& books) {
#ifdef WRONG
  (void)serve;
  return open(note, books);
#else
  (void)books;
  return open(note, serve);
#endif
}
