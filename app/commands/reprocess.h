// milepost shipments reprocess: kept answers, understood with today's connectors and tables.
#pragma once
#include <string>

#include "app/instance.h"

namespace app {

// `carrier`: only answers of this connector; empty: all. The exit code.
int reprocess(const Config& config, const std::string& carrier, bool as_json);

}  // namespace app
