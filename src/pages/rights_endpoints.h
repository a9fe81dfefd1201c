// The rights desk's pages below /rights: for anybody whose data is kept here, without an account
// and without script.
//
//   GET  /rights                        what can be done, and a form for one's address
//   POST /rights                        a link is sent; the answer is the same whoever asks
//   GET  /rights/link/{token}           one button: mail programs look at links ahead of people
//   POST /rights/link/{token}           the link, once, becomes a visit
//   GET  /rights/mine/{token}           all that is kept, and what can be done about it
//   GET  /rights/mine/{token}/data.json | data.csv | portable.json
//   POST /rights/mine/{token}/rectification | objection | restriction | lifting | withdrawal |
//                             transfer | other | erasure | leave
//
// The token in the address is the visit: unguessable, hashed at rest, gone an hour after its last
// use. It is what a form must know, so no other page can send one.
#pragma once
#include <functional>

#include "base/aside.h"
#include "http/router.h"
#include "personal/restrictions.h"
#include "rights/access.h"
#include "rights/acts.h"
#include "rights/portable.h"
#include "rights/transfer.h"
#include "shipments/repository.h"

namespace pages {

struct RightsContext {
  store::Database& database;
  const shipments::Repository& shipments;
  personal::Ledger& ledger;
  const base::Clock& clock;
  rights::Desk& desk;
  rights::Visits& visits;
  rights::Acts& acts;
  base::Aside& aside;
  rights::NameOfAccount shop = {};
  // Sends a person's data where the invitation leads (api/own/transfer.h); the receiver's receipt,
  // or a sentence why not. Not set: moving data is not offered.
  std::function<base::Task<base::Result<rights::Receipt, std::string>>(rights::Portable,
                                                                       rights::Invitation)>
      send = {};
  // Set when restrictions are honoured here (personal/restrictions.h).
  personal::Restrictions* restrictions = nullptr;
};

// `context` must outlive the router.
void add_rights_routes(http::Router& router, RightsContext& context);

// The desk for somebody who has shown in another way that the address is theirs: a member who is
// signed in. Gives the place to send their browser to (303); works once, like a link in a letter.
std::string open_rights_visit(store::Tx& tx, RightsContext& context, std::string_view address,
                              std::string_view language);

}  // namespace pages
