// [carriers.<id>] of the configuration: secrets and settings of each connector, checked against the
// connectors there are.
//
// A secret comes from the file, from a file of its own (client_id_file = "PATH"), or from the
// environment (MILEPOST_CARRIERS_UPS_CLIENT_ID, hyphens of the connector's name as underscores);
// the environment outranks the others, as everywhere.
#pragma once
#include "app/config.h"
#include "carriers/ask.h"

namespace app {

// Adds to `mistakes` what names no connector, no setting and no secret of it, cannot be read, or is
// half given. The settings of everything without a mistake are given back.
carriers::AllSettings carrier_settings(const Config& config, const carriers::Connectors& connectors,
                                       const Environment& environment,
                                       std::vector<Mistake>& mistakes);

}  // namespace app
