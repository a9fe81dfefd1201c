// Making a database on a PostgreSQL server: the key store's, so that a postgres:// URL in the
// configuration is the whole change.
#pragma once
#include <string>

namespace store {

// Makes the database that `url` names, on the same server and as the same user as `beside_url`,
// unless it is there. True when it was made. Throws StoreError with a sentence that says what to do
// when this user may not.
bool ensure_database(const std::string& url, const std::string& beside_url);

}  // namespace store
