// The border: where bytes from outside become a Request or are refused. No sockets, no clock, so
// that a fuzzer can stand on the other side. For this room only.
//
// Boost.Beast's parser does the grammar; what it leaves open is decided here: bytes over the whole
// header (it limits only what is unparsed), the number of fields, transfer encodings other than
// "chunked", repeated Content-Length, missing or repeated Host, endless chunk extensions; trailers
// are read and dropped, for a trailer must never look like a header.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "http/message.h"

namespace http {

struct BorderLimits {
  std::size_t header = 16 << 10;
  std::size_t target = 8 << 10;
  std::size_t body = 1 << 20;
  std::size_t fields = 100;
};

class BorderParser {
 public:
  enum class State {
    Start,     // nothing of the next request has come
    Header,    // in its header
    Body,      // in its body
    Complete,  // take() it
    Refused,   // refusal() says why; the connection cannot be used for more
  };

  explicit BorderParser(const BorderLimits& limits);
  ~BorderParser();

  // Eats from the front of bytes what it can use, at most one request, and returns how much. What
  // it leaves must be offered again, with more behind it.
  std::size_t feed(std::string_view bytes);

  // Ends the request from outside: its time is over.
  void refuse(int status);

  State state() const;
  int refusal() const;  // 400, 413, 414, 431, or what refuse() was told
  // True once for each request that asked for "100 Continue" and has a body to come.
  bool take_expectation();
  // Of the request that is complete.
  bool keeps_alive() const;
  bool is_http_10() const;
  // The refused request as far as it was understood: nullptr when not even its first line was.
  Request* known();
  // Hands over the complete request and begins the next.
  Request take();

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace http
