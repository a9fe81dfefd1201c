#include "mailbox/features.h"

#include "mailbox/table.h"

namespace embedded {
std::string_view mailbox_features();
}

namespace mailbox {

std::vector<Feature> features() {
  std::vector<Feature> all;
  for (const auto& row : table_rows<3>(embedded::mailbox_features()))
    all.push_back({row[0], row[1], row[2]});
  return all;
}

}  // namespace mailbox
