// gzip for answers. For this room only; one for each I/O thread, because its 256 kB of state are
// worth keeping.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace http {

class Gzip {
 public:
  Gzip();
  ~Gzip();
  // Nothing when the result would not be smaller.
  std::optional<std::string> compress(std::string_view body);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace http
