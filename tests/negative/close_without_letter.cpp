// expect: no matching function|cannot convert|no viable conversion|could not convert|is private
#include "case.h"
#include "rights/desk.h"

void end(rights::Desk& desk, store::Tx& tx, const rights::Case& one,
         const rights::PostedLetter& letter) {
#ifdef WRONG
  (void)letter;
  desk.close(tx, one, rights::Outcome::Done, base::Id(), {});
#else
  desk.close(tx, one, rights::Outcome::Done, letter, {});
#endif
}
