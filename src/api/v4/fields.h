// A request's fields become a shipment, or the first error in the order in which the v4 API names
// them.
#pragma once
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "api/v4/body.h"
#include "base/result.h"
#include "couriers/catalogue.h"
#include "shipments/repository.h"
#include "shipments/shipment.h"

namespace api::v4 {

// Length limits, in characters: what is longer is refused, not cut.
inline constexpr std::size_t kLongestText = 255;
inline constexpr std::size_t kLongestNote = 2000;

// A new shipment without id, account, subject and times. The number and courier are checked, the
// courier's special fields are there (4122 comes before any quota is charged).
base::Result<shipments::Shipment, Failing> read_create(Fields fields,
                                                       const couriers::Catalogue& catalogue);

// What an update changes. Empty means "leave as it is", never "clear".
struct Changes {
  Fields fields;             // validated and normalised
  std::string courier_code;  // the new one, lower case; empty: unchanged
  std::optional<bool> is_archived;
  bool touches_body = false;  // some of it is sealed
};
base::Result<Changes, Failing> read_update(Fields fields, const couriers::Catalogue& catalogue);
void apply(const Changes& changes, shipments::Shipment& shipment);

// The query of GET /trackings/get.
struct ListQuery {
  shipments::Filter filter;
  shipments::Page page;
};
inline constexpr int kMostNumbers = 40;
inline constexpr int kDefaultPageSize = 100;
inline constexpr int kLargestPageSize = 200;
base::Result<ListQuery, Failing> read_list_query(std::string_view raw_query);

}  // namespace api::v4
