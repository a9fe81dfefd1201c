#include "notify/people/browsers.h"

namespace notify::people {

std::optional<int> find_browser(store::Tx& tx, Recipients& recipients, std::int64_t account_id,
                                const base::Id& shipment, std::string_view json,
                                NotifyAccess& access) {
  for (const auto& one : recipients.of(tx, account_id, shipment)) {
    if ((one.reach & kPush) == 0) continue;
    access.about(one.subject);
    if (open(one.push, access) == json) return one.number;
  }
  return std::nullopt;
}

std::optional<int> add_browser(store::Tx& tx, Recipients& recipients, std::int64_t account_id,
                               const base::Id& shipment, const std::string& json,
                               std::string_view language, NotifyAccess& access) {
  if (const auto known = find_browser(tx, recipients, account_id, shipment, json, access))
    return known;
  Recipient browser;
  browser.role = kBrowser;
  browser.language = language;
  browser.push = {json, personal::Label()};
  return recipients.add(tx, account_id, shipment, std::move(browser));
}

}  // namespace notify::people
