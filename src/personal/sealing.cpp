#include "personal/sealing.h"

#include <algorithm>
#include <vector>

#include "personal/wrap.h"

namespace personal {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kOverhead = 1 + kNonceBytes + kTagBytes;

void append_fixed(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift);
}
void append_text(std::string& out, std::string_view text) {
  append_fixed(out, text.size());
  out += text;
}

// Lengths before texts, so that no two rows encode alike.
std::string encode(const RowIdentity& row, SubjectId subject) {
  std::string out;
  out.reserve(4 * 8 + row.table.size() + row.row.size());
  append_text(out, row.table);
  append_fixed(out, static_cast<std::uint64_t>(row.account_id));
  append_text(out, row.row);
  append_fixed(out, static_cast<std::uint64_t>(subject));
  return out;
}

const std::uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::optional<std::uint64_t> EnvelopeReader::varint() {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  return std::nullopt;
}

std::optional<EnvelopeEntry> EnvelopeReader::next() {
  if (rest_.empty() || broken_) return std::nullopt;
  broken_ = true;  // until the entry turns out whole
  const auto field = varint();
  if (!field || *field == 0 || *field > 0xffff || rest_.empty()) return std::nullopt;
  const auto label = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  if (label > static_cast<std::uint8_t>(Source::Mailbox)) return std::nullopt;
  const auto length = varint();
  if (!length || *length > rest_.size()) return std::nullopt;
  const EnvelopeEntry entry{static_cast<std::uint16_t>(*field), Label(static_cast<Source>(label)),
                            rest_.substr(0, *length)};
  rest_.remove_prefix(*length);
  broken_ = false;
  return entry;
}

bool is_well_formed_envelope(std::string_view bytes) {
  EnvelopeReader reader(bytes);
  std::uint64_t low = 0;  // the ids below 64 that were seen: all there are, for a long time
  std::vector<std::uint16_t> high;
  while (const auto entry = reader.next()) {
    if (entry->field < 64) {
      const auto bit = std::uint64_t{1} << entry->field;
      if ((low & bit) != 0) return false;
      low |= bit;
    } else {
      high.push_back(entry->field);
    }
  }
  std::sort(high.begin(), high.end());
  return !reader.is_broken() && std::adjacent_find(high.begin(), high.end()) == high.end();
}

std::string seal_bytes(const Key& key, const RowIdentity& row, SubjectId subject,
                       std::string_view plain) {
  const auto bound = encode(row, subject);
  const auto nonce = random_nonce();
  std::string sealed;
  sealed.reserve(plain.size() + kOverhead);
  sealed += kVersion;
  sealed += as_text(nonce);
  sealed.resize(plain.size() + kOverhead);
  auto* cipher = reinterpret_cast<std::uint8_t*>(sealed.data()) + 1 + kNonceBytes;
  crypto_aead_xchacha20poly1305_ietf_encrypt(cipher, nullptr, as_bytes(plain), plain.size(),
                                             as_bytes(bound), bound.size(), nullptr, nonce.data(),
                                             key.data());
  return sealed;
}

bool looks_sealed(std::string_view sealed) {
  return sealed.size() >= kOverhead && sealed.front() == kVersion;
}

bool unseal_bytes(const Key& key, const RowIdentity& row, SubjectId subject,
                  std::string_view sealed, std::string& plain) {
  const auto bound = encode(row, subject);
  const auto* nonce = as_bytes(sealed) + 1;
  plain.resize(sealed.size() - kOverhead);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             reinterpret_cast<std::uint8_t*>(plain.data()), nullptr, nullptr, nonce + kNonceBytes,
             sealed.size() - 1 - kNonceBytes, as_bytes(bound), bound.size(), nonce,
             key.data()) == 0;
}

}  // namespace personal
