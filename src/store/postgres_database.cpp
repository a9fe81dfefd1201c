#include "store/postgres_database.h"

namespace store::engine {

std::unique_ptr<Database> open_postgres(const Options&) {
  throw StoreError("PostgreSQL comes next");
}

}  // namespace store::engine
