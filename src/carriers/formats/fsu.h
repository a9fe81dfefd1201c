// IATA Cargo-IMP freight status messages (FSU, and FSA, which answers a question in the same form)
// as a tree:
//
//   FSU > version, kind (FSU or FSA), and for each air waybill
//     consignment > awb "176-12345675", prefix, serial, origin, destination, quantity...
//       status > code "RCF", flight, carrier, origin, destination, place, iso, clock ...,
//                discrepancy, name, quantity..., told ...
//       OSI, ULD, OCI ...  (the text behind the identifier)
//
// quantity... is: share (T the total, P a part, ...), pieces, weight_unit (K or L), weight, and for
// a part the total of the consignment as total_pieces.
//
// Dates have no year. `iso` is the local time at `place` without one, "--05-07T06:40:00" as ISO
// 8601 once wrote it: whoever knows when the message came gives it its year (carriers/years.h). A
// time's day-change mark (-N the next day, -P the day before) is worked into the date.
//
// Type-B envelopes before FSU and lines of white space are skipped. A line nobody understands is
// told (`remark` children of the root) and kept; a message without an air waybill or without a
// status line is refused.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "carriers/document.h"

namespace carriers::formats {

// A date of the form DDMMM, optionally followed by hhmm and a day-change mark: "07MAY0640",
// "06MAY", "06MAY2350-N". Nothing when it is none.
std::optional<std::string> fsu_time(std::string_view text);
// The same with the time apart: "06MAY" and "0010-N". An empty time leaves the date.
std::optional<std::string> fsu_time(std::string_view date, std::string_view time);

}  // namespace carriers::formats
