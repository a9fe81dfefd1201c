// UN/EDIFACT interchanges (IFTSTA and its neighbours) as a tree, and the CONTRL that answers one.
//
// Separators come from UNA when there is one. Each segment is a node by its tag inside the segment
// that opens its group:
//
//   UNB > (UNG >) UNH > BGM, DTM, NAD > CTA > COM, RFF, LOC ...
//                       CNI > LOC, CNT
//                             STS > RFF, DTM, FTX, NAD, LOC, PCI
//                                   TDT > DTM, RFF, LOC > DTM
//                                   EQD > MEA ...   GID > MEA ...
//
// Elements are children by number, components below them: STS.2.1 is the status. The whole of a
// composite is its own value, as written. DTM has one child more, `iso`: its time in ISO 8601 by
// its own format qualifier, or nothing when the two do not fit. STS without CNI stands under UNH.
//
// Wrong counts and references are told (`remark` children of the root); a message that breaks off
// before its trailer is refused as a whole.
#pragma once
#include <string>

#include "base/clock.h"
#include "carriers/document.h"

namespace carriers::formats {

// A DTM value by its format qualifier (code list 2379): 102, 203, 204, 101, 201, 2, 303 to 305 ...
// Empty when they do not fit, or the qualifier is not one of a point in time.
std::string edifact_time(std::string_view value, std::string_view format);

// The CONTRL of a document that read_edifact made, one interchange for each; empty when there is
// nothing to acknowledge. `reference` is the acknowledging side's own, counted up from here.
std::string acknowledge_edifact(const Document& document, base::Instant now, long reference);

}  // namespace carriers::formats
