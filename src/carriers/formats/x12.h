// ASC X12 interchanges (214 and its neighbours) as a tree, and the 997 that answers one.
//
// Separators come from the ISA segment itself. Each segment is a node by its tag inside the segment
// that opens its group:
//
//   ISA > GS > ST > B10, L11, G62, MS3 ...
//                   N1 > N2, N3, N4
//                   LX > AT7 > MS1, MS2, K1, M7
//                        AT8, L11, MAN, Q7 ...
//
// Elements are children by number: B10.1 is the carrier's reference. SE, GE and IEA are the last
// children of what they close. AT7 without LX (it happens) stands under ST.
//
// Wrong counts and control numbers are told (`remark` children of the root); a message that breaks
// off before its trailer is refused as a whole, because nobody knows what was to follow.
#pragma once
#include <string>

#include "base/clock.h"
#include "carriers/document.h"

namespace carriers::formats {

// The functional acknowledgement (997) of every 214 group in a document that read_x12 made, one
// interchange for each; empty when there is nothing to acknowledge. `now` dates it; `control` is
// the acknowledging side's own interchange number, counted up from here.
std::string acknowledge_x12(const Document& document, base::Instant now, long control);

}  // namespace carriers::formats
