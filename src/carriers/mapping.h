// The sections [[answer]] and [[error]] of a definition.
#pragma once
#include "carriers/definition.h"
#include "carriers/section.h"

namespace carriers {

void read_answers(Section& root, Definition& into);
void read_errors(Section& root, Definition& into);

}  // namespace carriers
