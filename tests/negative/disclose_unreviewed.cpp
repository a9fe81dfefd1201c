// expect: no matching function|cannot convert|no viable conversion|could not convert|private
#include "case.h"
#include "rights/registers/legal_requests.h"

auto disclose(rights::LegalRequests& requests, store::Tx& tx, const rights::Approved& approved) {
#ifdef WRONG
  return requests.answer(tx, rights::Approved(approved.request()), {});
#else
  return requests.answer(tx, approved, {});
#endif
}
