// expect: does not list this purpose
#include "case.h"
#include "personal/vault.h"

std::string text(const personal::Envelope& envelope, Serve& serve, Notify& notify) {
#ifdef WRONG
  (void)serve;
  return open(envelope.take<personal::field::Note>(), notify);
#else
  (void)notify;
  return open(envelope.take<personal::field::Note>(), serve);
#endif
}
