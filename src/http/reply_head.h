// The head of a reply, line by line as libcurl hands it over, interim replies included. Pure. For
// this room only.
#pragma once
#include <string_view>

#include "http/client.h"

namespace http {

class ReplyHead {
 public:
  static constexpr std::size_t kMostBytes = 64 << 10;
  // A line with its end. False when the head grows beyond all measure.
  bool add(std::string_view line);
  Headers take() { return std::move(headers_); }

 private:
  Headers headers_;
  std::size_t bytes_ = 0;
};

}  // namespace http
