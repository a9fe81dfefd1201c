// The answers of an IMAP server, cut out of the bytes as they come: lines and literals (RFC 9051
// 2.2.2, 4.3), pure and without a socket.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/imap_session.h"

namespace http {

// "{310}" or "{310+}" at the end of a line: so many bytes follow that are no line.
std::optional<std::size_t> literal_length(std::string_view line);

class ImapWire {
 public:
  explicit ImapWire(std::size_t most_bytes) : most_(most_bytes) {}
  ~ImapWire();

  void feed(std::string_view bytes) { buffer_ += bytes; }
  // One whole answer, literals and all, or nothing until there is more. Is_broken afterwards: what
  // came is no answer, or too large.
  std::optional<ImapAnswer> next();
  bool is_too_large() const { return is_too_large_; }

 private:
  std::string buffer_;
  std::size_t at_ = 0;  // behind what was given out
  ImapAnswer part_;     // an answer under way
  std::size_t taken_ = 0;
  std::size_t most_;
  bool is_too_large_ = false;
};

}  // namespace http
