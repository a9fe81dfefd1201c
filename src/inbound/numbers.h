// One number, several ways to write it: what a document says and what the shop typed need not be
// the same characters.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

// The forms under which a shipment may be registered, the likeliest first, each as
// shipments::normalise_number gives it: as written; without dashes and dots (air waybills); the 18
// digits of an SSCC that came as an EPC or as a GS1 Digital Link. Empty when it is no number.
std::vector<std::string> number_forms(std::string_view said);

}  // namespace inbound
