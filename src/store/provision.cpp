#include "store/provision.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "base/text.h"
#include "store/database.h"

namespace store {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

// The database of a URL, as libpq reads it.
std::string database_of(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), nullptr), PQconninfoFree);
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (std::string_view(option->keyword) == "dbname" && option->val != nullptr) return option->val;
  }
  throw StoreError("the key store's URL names no database");
}

std::string_view state_of(const Answer& answer) {
  const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : state;
}

}  // namespace

bool ensure_database(const std::string& url, const std::string& beside_url) {
  const auto name = database_of(url);
  const Connection server(PQconnectdb(beside_url.c_str()), PQfinish);
  if (PQstatus(server.get()) != CONNECTION_OK) {
    throw StoreError("PostgreSQL cannot be reached: " +
                     std::string(base::trim(PQerrorMessage(server.get()))));
  }
  const char* const values[] = {name.c_str()};
  const Answer found(PQexecParams(server.get(), "SELECT 1 FROM pg_database WHERE datname = $1", 1,
                                  nullptr, values, nullptr, nullptr, 0),
                     PQclear);
  if (PQresultStatus(found.get()) == PGRES_TUPLES_OK && PQntuples(found.get()) == 1) return false;

  const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
      PQescapeIdentifier(server.get(), name.c_str(), name.size()), PQfreemem);
  if (quoted == nullptr) throw StoreError("the key store's database has an impossible name");
  const Answer made(PQexec(server.get(), fmt::format("CREATE DATABASE {}", quoted.get()).c_str()),
                    PQclear);
  constexpr std::string_view kExists = "42P04", kRace = "23505";  // another process was faster
  if (PQresultStatus(made.get()) == PGRES_COMMAND_OK) return true;
  if (state_of(made) == kExists || state_of(made) == kRace) return false;
  throw StoreError(
      fmt::format("the key store needs a database of its own, {0}, and it could not be made ({1}); "
                  "make it with: createdb {0}",
                  name, base::trim(PQresultErrorField(made.get(), PG_DIAG_MESSAGE_PRIMARY))));
}

}  // namespace store
