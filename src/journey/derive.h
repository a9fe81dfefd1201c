// Everything a reader wants, from the evidence: which checkpoint stands where and in what order,
// legs, milestones, status, estimate, latest event, time on the way. Inner part of merge.
#pragma once
#include "journey/journey.h"
#include "journey/merge.h"

namespace journey {

// A pure function of the evidence (in whatever order it lies) and the context.
void derive(Journey& journey, const Context& context);

}  // namespace journey
