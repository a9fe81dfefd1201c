#include "channels/email/verp.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"

namespace channels::email {
namespace {

constexpr std::string_view kBegin = "b+";
constexpr std::size_t kLongestId = 32;
// 80 bits; one guess costs a message to us. With the longest id the local part has 55 characters
// of the 64 allowed.
constexpr std::size_t kMacBytes = 10;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId &&
         std::ranges::all_of(id, [](char c) { return base::is_lower(c) || base::is_digit(c); });
}

}  // namespace

std::string Verp::mac(std::string_view id) const {
  const auto text = "milepost return path " + std::string(id);
  return base::to_hex(std::string_view(crypto::hmac_sha256(key_, text)).substr(0, kMacBytes));
}

std::string Verp::address(std::string_view id) const {
  if (!is_id(id)) return {};
  return std::string(kBegin) + std::string(id) + "." + mac(id) + "@" + domain_;
}

std::optional<std::string> Verp::id_in(std::string_view address) const {
  address = base::trim(address);
  if (address.starts_with('<') && address.ends_with('>'))
    address = address.substr(1, address.size() - 2);
  const auto text = base::lower(address);
  const auto at = text.rfind('@');
  if (at == std::string::npos || text.substr(at + 1) != domain_ || !text.starts_with(kBegin))
    return std::nullopt;
  const auto local = text.substr(kBegin.size(), at - kBegin.size());
  const auto dot = local.find('.');
  if (dot == std::string::npos || !is_id(local.substr(0, dot))) return std::nullopt;
  if (!crypto::equal(local.substr(dot + 1), mac(local.substr(0, dot)))) return std::nullopt;
  return local.substr(0, dot);
}

}  // namespace channels::email
