// Telling that data of a child is kept here (clause 103): /rights/child, for anybody, without an
// account. It opens a case of the operator's with a deadline of its own; what may be known about
// the child's address is said to nobody, the reporter included.
#pragma once
#include "pages/rights_endpoints.h"

namespace pages {

// `context` must outlive the router.
void add_child_routes(http::Router& router, RightsContext& context);

}  // namespace pages
