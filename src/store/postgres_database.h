// The server engine: a pool of writing and a pool of reading threads, one libpq connection each.
#pragma once
#include <memory>

#include "store/database.h"

namespace store::engine {

std::unique_ptr<Database> open_postgres(const Options& options);

}  // namespace store::engine
