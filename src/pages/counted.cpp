#include "pages/counted.h"

#include <memory>

namespace pages {
namespace {

// Browsers say what they fetch for; who says nothing is taken for somebody who reads.
bool is_read(const http::Request& request) {
  const auto destination = request.header("Sec-Fetch-Dest");
  return (destination.empty() || destination == "document") &&
         request.header("Sec-Purpose").empty() && !insight::is_robot(request.header("User-Agent"));
}

bool wants_no_mark(const http::Request& request) {
  return request.header("Sec-GPC") == "1" || request.header("DNT") == "1";
}

insight::View view_of(const Counting& counting, std::string_view page,
                      const http::Request& request) {
  insight::View view;
  view.page = page;
  view.referrer = insight::kind_of_referrer(request.header("Referer"), request.header("Host"));
  if (!wants_no_mark(request)) {
    view.visitor = counting.peer_of ? counting.peer_of(request) : std::string(request.peer());
    view.visitor += '\n';
    view.visitor += request.header("User-Agent");
  }
  return view;
}

base::Task<http::Response> answer(const Counting& counting, std::string_view page,
                                  const http::Handler& handler, http::Request request) {
  if (counting.counters == nullptr || !is_read(request)) {
    auto plain = co_await handler(std::move(request));
    co_return plain;
  }
  const auto view = std::make_unique<insight::View>(view_of(counting, page, request));
  auto response = co_await handler(std::move(request));
  if (response.status == 200 || response.status == 304) counting.counters->saw(*view);
  co_return response;
}

}  // namespace

http::Handler counted(const Counting& counting, std::string_view page, http::Handler handler) {
  // Shared, because the router copies what it is given, and the coroutine outlives no router.
  auto kept = std::make_shared<const http::Handler>(std::move(handler));
  return [&counting, page, kept](http::Request request) {
    return answer(counting, page, *kept, std::move(request));
  };
}

}  // namespace pages
