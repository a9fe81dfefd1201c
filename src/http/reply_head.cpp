#include "http/reply_head.h"

#include "base/text.h"

namespace http {

bool ReplyHead::add(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kMostBytes) return false;
  // A status line begins a new head: what stood before was an interim reply (100, 103).
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return true;
  headers_.emplace_back(base::lower(base::trim(line.substr(0, colon))),
                        std::string(base::trim(line.substr(colon + 1))));
  return true;
}

}  // namespace http
