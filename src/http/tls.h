// TLS of the server, directly on OpenSSL: the context made of two PEM files, exchanged while
// connections live. For this room only.
#pragma once
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace http {

struct SslDelete {
  void operator()(ssl_st* ssl) const;
};
using Ssl = std::unique_ptr<ssl_st, SslDelete>;

class TlsContext {
 public:
  // Loads at once; throws std::system_error when the pair is unusable.
  TlsContext(std::string certificate, std::string key);

  // Reads both files again. Empty when done; otherwise a sentence, and the old pair stays.
  std::string reload();
  // The server's end of a new connection. Throws std::bad_alloc.
  Ssl accept(int socket);

 private:
  const std::string certificate_;
  const std::string key_;
  std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace http
