#include "mailbox/providers.h"

#include <stdexcept>

#include "mailbox/table.h"

namespace embedded {
std::string_view mailbox_providers();
std::string_view mailbox_scopes();
}  // namespace embedded

namespace mailbox {

std::string Provider::asked() const {
  std::string all;
  for (const auto& scope : scopes) {
    if (!all.empty()) all += ' ';
    all += scope.name;
  }
  return all;
}

std::vector<Provider> read_providers(std::string_view providers, std::string_view scopes) {
  std::vector<Provider> all;
  const auto scope_rows = table_rows<4>(scopes);
  for (const auto& row : table_rows<8>(providers)) {
    Provider one;
    one.id = row[0];
    one.title = row[1];
    one.kind = row[2] == "imap" ? "imap-token" : row[2];
    one.issuer = row[3];
    one.authorize = row[4];
    one.token = row[5];
    one.revoke = row[6];
    one.reads = row[7];
    for (const auto& scope : scope_rows) {
      if (scope[0] != row[0]) continue;
      if (scope[2].empty() || scope[3].empty())
        throw std::logic_error("data/mailbox/scopes.tsv: a scope without a reason or a day");
      one.scopes.push_back({scope[1], scope[2]});
    }
    if (one.scopes.empty())
      throw std::logic_error("data/mailbox/providers.tsv: a provider without a scope");
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<Provider> known_providers() {
  return read_providers(embedded::mailbox_providers(), embedded::mailbox_scopes());
}

}  // namespace mailbox
