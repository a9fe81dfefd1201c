// The pages of a list's readers, below /lists: no account, no cookie, no script.
//
//   GET  /lists/{token}           a form: an address, and what happens with it
//   POST /lists/{token}           a letter goes there; the same answer whatever is known of it
//   GET  /lists/yes/{token}       one button: mail programs look at links ahead of people
//   POST /lists/yes/{token}       the reader is on the list, by the words that stood there
//   GET  /lists/{token}/leave     two buttons
//   POST /lists/{token}/leave     off the list, or off all of the shop's; a mail program's one
//   click
//                                 (RFC 8058) leaves this one, without a page
#pragma once
#include "http/router.h"
#include "outreach/joining.h"

namespace pages {

struct ListContext {
  store::Database& database;
  personal::Vault& vault;
  outreach::Joining& joining;
};

// `context` must outlive the router.
void add_list_routes(http::Router& router, ListContext& context);

}  // namespace pages
