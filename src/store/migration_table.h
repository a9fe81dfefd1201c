// The SQL files as compiled in; the source is made by CMakeLists.txt from the folder.
#pragma once
#include <vector>

#include "store/migrations.h"

namespace store::engine {

std::vector<Migration> embedded_migrations(Schema schema);

}  // namespace store::engine
