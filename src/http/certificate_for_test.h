// For tests: a self-signed certificate and its key in two PEM files.
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace http {

inline void write_pair(const std::string& certificate_file, const std::string& key_file,
                       const char* name) {
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509* c = certificate.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
  X509_gmtime_adj(X509_getm_notBefore(c), -60);
  X509_gmtime_adj(X509_getm_notAfter(c), 3600);
  X509_set_pubkey(c, key.get());
  X509_NAME* subject = X509_get_subject_name(c);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(c, subject);
  X509_sign(c, key.get(), EVP_sha256());
  const File certificate_out(std::fopen(certificate_file.c_str(), "w"), std::fclose);
  PEM_write_X509(certificate_out.get(), c);
  const File key_out(std::fopen(key_file.c_str(), "w"), std::fclose);
  PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace http
