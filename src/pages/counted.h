// Counts the views of a page (insight/counters.h): without a cookie, without a script, and without
// anything of the visitor that outlives the request.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "http/router.h"
#include "insight/counters.h"

namespace pages {

struct Counting {
  insight::Counters* counters = nullptr;  // nullptr: nothing is counted
  // Whom a request comes from. Empty: the peer of its connection.
  std::function<std::string(const http::Request&)> peer_of = {};
};

// The handler, and one more view of `page` (a constant) when it has answered with the page. Not
// counted: programs that read for others, pages fetched ahead, and a page's own refreshing. Sec-GPC
// and DNT count as a view without a visitor. `counting` is looked at with each request and must
// outlive the router.
http::Handler counted(const Counting& counting, std::string_view page, http::Handler handler);

}  // namespace pages
