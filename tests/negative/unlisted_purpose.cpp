// expect: does not list this purpose
// clause-019.compile
#include "case.h"

std::string text(const Note& note, Serve& serve, Notify& notify) {
#ifdef WRONG
  (void)serve;
  return open(note, notify);  // the shop's own note is nobody else's to hear
#else
  (void)notify;
  return open(note, serve);
#endif
}
