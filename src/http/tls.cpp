#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <string_view>
#include <system_error>

namespace http {
namespace {

// Forward secrecy and authenticated encryption only (Mozilla's "intermediate" without CBC and
// finite-field DHE); TLS 1.3 has its own list, which needs no help.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// ALPN: we speak one protocol, and say no to a client that insists on another (RFC 7301 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kOurs, sizeof(kOurs) - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// A key with a passphrase must fail, not ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  SSL_CTX* c = context.get();
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(c, kCiphers);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                             SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                          SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);  // tickets resume without our memory
  SSL_CTX_set_alpn_select_cb(c, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(c, no_passphrase);
  return context;
}

// Loads the pair into a fresh context; the sentence is empty when it worked.
std::string load(SSL_CTX* context, const std::string& certificate, const std::string& key) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return "the certificate " + certificate + " is not readable as PEM";
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return "the key " + key +
           " is not readable as PEM without a passphrase, or belongs to another certificate";
  if (SSL_CTX_check_private_key(context) != 1)
    return "the key " + key + " does not belong to the certificate " + certificate;
  return {};
}

}  // namespace

void SslDelete::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsContext::TlsContext(std::string certificate, std::string key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {
  if (const auto trouble = reload(); !trouble.empty())
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), trouble);
}

std::string TlsContext::reload() {
  auto fresh = make_context();
  auto trouble = load(fresh.get(), certificate_, key_);
  ERR_clear_error();
  if (!trouble.empty()) return trouble;
  const std::lock_guard lock(mutex_);
  context_ = std::move(fresh);
  return {};
}

Ssl TlsContext::accept(int socket) {
  std::shared_ptr<SSL_CTX> context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  Ssl ssl(SSL_new(context.get()));  // keeps the context alive by itself
  if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) throw std::bad_alloc();
  SSL_set_accept_state(ssl.get());
  return ssl;
}

}  // namespace http
