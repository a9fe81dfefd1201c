#include "crypto/aead.h"

#include "crypto/openssl.h"

namespace crypto {
namespace {

constexpr std::size_t kKeyBytes = 16, kNonceBytes = 12, kTagBytes = 16;

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  must(fetched != nullptr, "find AES-128-GCM");
  return fetched;
}

CipherContext begin(std::string_view key, std::string_view nonce, std::string_view beside,
                    bool sealing) {
  if (key.size() != kKeyBytes || nonce.size() != kNonceBytes)
    throw std::invalid_argument("AES-128-GCM takes 16 bytes of key and 12 of nonce");
  CipherContext context(EVP_CIPHER_CTX_new());
  int size = 0;
  must(context &&
           EVP_CipherInit_ex2(context.get(), cipher(), bytes_of(key), bytes_of(nonce),
                              sealing ? 1 : 0, nullptr) == 1 &&
           (beside.empty() || EVP_CipherUpdate(context.get(), nullptr, &size, bytes_of(beside),
                                               static_cast<int>(beside.size())) == 1),
       "begin AES-128-GCM");
  return context;
}

}  // namespace

std::string seal_aes128gcm(std::string_view key, std::string_view nonce, std::string_view plain,
                           std::string_view beside) {
  const auto context = begin(key, nonce, beside, true);
  std::string out(plain.size() + kTagBytes, '\0');
  int size = 0, last = 0;
  must((plain.empty() || EVP_CipherUpdate(context.get(), bytes_of(out), &size, bytes_of(plain),
                                          static_cast<int>(plain.size())) == 1) &&
           EVP_CipherFinal_ex(context.get(), bytes_of(out) + size, &last) == 1 &&
           static_cast<std::size_t>(size + last) == plain.size() &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                               bytes_of(out) + plain.size()) == 1,
       "seal");
  return out;
}

std::optional<std::string> open_aes128gcm(std::string_view key, std::string_view nonce,
                                          std::string_view sealed, std::string_view beside) {
  const QuietErrors quiet;
  const auto context = begin(key, nonce, beside, false);
  if (sealed.size() < kTagBytes) return std::nullopt;
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  sealed.remove_suffix(kTagBytes);
  std::string out(sealed.size(), '\0');
  int size = 0, last = 0;
  must((sealed.empty() || EVP_CipherUpdate(context.get(), bytes_of(out), &size, bytes_of(sealed),
                                           static_cast<int>(sealed.size())) == 1) &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1,
       "open");
  if (EVP_CipherFinal_ex(context.get(), bytes_of(out) + size, &last) != 1) return std::nullopt;
  return out;
}

}  // namespace crypto
