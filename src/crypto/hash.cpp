#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>

#include <array>

#include "crypto/openssl.h"

namespace crypto {
namespace {

// Fetched once and kept to the end of the process: OpenSSL frees its own things then.
const EVP_MD* fetched(const char* name) {
  const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
  must(digest != nullptr, "find a digest");
  return digest;
}

std::string digest(const EVP_MD* type, std::string_view bytes) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  must(EVP_DigestInit_ex2(context.get(), type, nullptr) == 1 &&
           EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
           EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1,
       "hash");
  return {reinterpret_cast<const char*>(out.data()), size};
}

MacContext mac_context(const char* digest_name) {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac));
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest_name), 0),
      OSSL_PARAM_construct_end()};
  must(context && EVP_MAC_CTX_set_params(context.get(), parameters) == 1, "make an HMAC");
  return context;
}

std::string mac(EVP_MAC_CTX* context, std::string_view key, std::string_view message) {
  // An empty key needs a pointer all the same: without one the context would keep its last key.
  const unsigned char none = 0;
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  must(EVP_MAC_init(context, key.empty() ? &none : bytes_of(key), key.size(), nullptr) == 1 &&
           EVP_MAC_update(context, bytes_of(message), message.size()) == 1 &&
           EVP_MAC_final(context, out.data(), &size, out.size()) == 1,
       "compute an HMAC");
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

std::string md5(std::string_view bytes) {
  static const EVP_MD* const type = fetched("MD5");
  return digest(type, bytes);
}
std::string sha1(std::string_view bytes) {
  static const EVP_MD* const type = fetched("SHA1");
  return digest(type, bytes);
}
std::string sha256(std::string_view bytes) {
  static const EVP_MD* const type = fetched("SHA256");
  return digest(type, bytes);
}
std::string sha512(std::string_view bytes) {
  static const EVP_MD* const type = fetched("SHA512");
  return digest(type, bytes);
}

std::string hmac_md5(std::string_view key, std::string_view message) {
  thread_local const MacContext context = mac_context("MD5");
  return mac(context.get(), key, message);
}
std::string hmac_sha1(std::string_view key, std::string_view message) {
  thread_local const MacContext context = mac_context("SHA1");
  return mac(context.get(), key, message);
}
std::string hmac_sha256(std::string_view key, std::string_view message) {
  thread_local const MacContext context = mac_context("SHA256");
  return mac(context.get(), key, message);
}
std::string hmac_sha512(std::string_view key, std::string_view message) {
  thread_local const MacContext context = mac_context("SHA512");
  return mac(context.get(), key, message);
}

std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info,
                        std::size_t bytes) {
  if (bytes > 255 * 32) throw std::invalid_argument("HKDF gives 8160 bytes at most");
  const std::string extracted = hmac_sha256(salt, secret);
  std::string out, block, message;
  for (char counter = 1; out.size() < bytes; ++counter) {
    message.assign(block).append(info).push_back(counter);
    block = hmac_sha256(extracted, message);
    out += block;
  }
  out.resize(bytes);
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace crypto
