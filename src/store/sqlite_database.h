// The embedded engine: one writer thread that commits in groups, a few reader threads, a
// checkpointer.
#pragma once
#include <memory>
#include <string>

#include "store/database.h"

namespace store::engine {

std::unique_ptr<Database> open_sqlite(std::string path, const Options& options);

}  // namespace store::engine
