// expect: no matching (member )?function for call to '.*value
#include "base/json_writer.h"
#include "case.h"

void answer(base::JsonWriter& json, const Email& email, Serve& access) {
#ifdef WRONG
  (void)access;
  json.value(email);
#else
  json.value(open(email, access));
#endif
}
