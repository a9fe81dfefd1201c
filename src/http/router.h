// Which handler answers which method and path.
//
// Patterns are constants: "/v4/trackings/update/{id}". Matching is by whole segments, on the path
// with repeated slashes collapsed (some clients of the v4 API send /v4//awb; a redirect would break
// them). A literal segment wins over a parameter. Unknown paths and wrong methods go to a fallback
// that belongs to a prefix, so that everything below /v4 is answered in that API's own error form.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "http/message.h"

namespace http {

// Runs on an I/O thread: it must not block (await the database instead). A handler that throws is
// answered with the error page of its prefix and status 500, and logged with the request id.
using Handler = std::function<base::Task<Response>(Request)>;

// What the server itself must refuse, or a handler broke: 400 bad syntax, 404, 405, 408, 413, 414,
// 431, 500, 503.
using ErrorPage = std::function<Response(int status, const Request* request_if_known)>;

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // The pattern must be a constant (it is also the label of the metrics: a route, never a path).
  // Throws std::logic_error when the same method and pattern stand already.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  // Error pages for everything below a prefix ("/v4"; "/" for the rest).
  void errors_below(std::string_view prefix, ErrorPage page);

  struct Match {
    const Handler* handler = nullptr;  // nullptr: see status
    int status = 404;                  // 404 or 405 when there is no handler
    std::string_view pattern;          // for metrics and the log; "(none)" when nothing matched
    std::size_t route = kNoRoute;      // index into routes()
    std::string allow;                 // methods for the Allow header, when the status is 405
  };
  static constexpr std::size_t kNoRoute = static_cast<std::size_t>(-1);

  // Fills the request's parameters.
  Match match(Request& request) const;
  // The page of the longest prefix above this path; a plain JSON page where none was given.
  const ErrorPage& error_page(std::string_view path) const;

  struct Route {
    std::string_view method;
    std::string_view pattern;
  };
  // In the order they were added.
  const std::vector<Route>& routes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
