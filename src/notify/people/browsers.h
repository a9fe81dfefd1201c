// Browsers that are told of a parcel: recipients whose only address is a push subscription, made by
// whoever presses the button on the parcel's page, and taken back there.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "notify/people/recipients.h"
#include "personal/access.h"

namespace notify::people {

inline constexpr std::string_view kBrowser = "browser";  // its role

using NotifyAccess = personal::Access<personal::Purpose::Notify>;

// The number under which this subscription hears of the shipment. `json` in its one form
// (channels::canonical_address). Opens what at most ten have given.
std::optional<int> find_browser(store::Tx& tx, Recipients& recipients, std::int64_t account_id,
                                const base::Id& shipment, std::string_view json,
                                NotifyAccess& access);
// The number it has or gets; nothing when there are too many, or no such shipment.
std::optional<int> add_browser(store::Tx& tx, Recipients& recipients, std::int64_t account_id,
                               const base::Id& shipment, const std::string& json,
                               std::string_view language, NotifyAccess& access);

}  // namespace notify::people
