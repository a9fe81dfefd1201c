// What values from a linked mailbox are used for, and where people see it
// (data/mailbox/features.tsv). Google's Limited Use asks for features that are prominent in the
// interface: each purpose that may open such a value has its page here, or a test fails.
#pragma once
#include <string_view>
#include <vector>

namespace mailbox {

struct Feature {
  std::string_view purpose;  // an id of purposes.toml
  std::string_view route;    // the pattern of a page
  std::string_view text;
};
std::vector<Feature> features();

}  // namespace mailbox
