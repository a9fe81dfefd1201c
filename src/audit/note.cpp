#include "audit/note.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

namespace audit {
namespace {

constexpr char kEd25519 = 1;
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // an em dash and a space begin a signature

// The first four bytes of SHA-256(name, newline, algorithm, key).
std::string key_id(std::string_view name, std::string_view public_key) {
  std::string text(name);
  text += '\n';
  text += kEd25519;
  text += public_key;
  return crypto::sha256(text).substr(0, 4);
}

struct VerifierKey {
  std::string name, id;
  crypto::PublicKey key;
};

std::optional<VerifierKey> read_key(std::string_view text) {
  const auto first = text.find('+');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const auto second = text.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(0, first);
  const auto id = base::from_hex(text.substr(first + 1, second - first - 1));
  const auto material = crypto::from_base64(text.substr(second + 1));
  if (!material || material->empty() || material->front() != kEd25519) return std::nullopt;
  const auto raw = material->substr(1);
  auto key = crypto::PublicKey::from_raw(crypto::KeyKind::Ed25519, raw);
  if (!key || id != key_id(name, raw)) return std::nullopt;
  return VerifierKey{std::string(name), id, std::move(key).value()};
}

crypto::PrivateKey key_from(std::string_view seed) {
  auto key = crypto::PrivateKey::from_raw(crypto::KeyKind::Ed25519, seed);
  if (!key) throw std::invalid_argument("a seed has 32 bytes");
  return std::move(key).value();
}

}  // namespace

Signer::Signer(std::string name, std::string_view seed)
    : name_(std::move(name)), key_(key_from(seed)) {
  if (name_.empty() || name_.find_first_of(" +\n\t") != std::string::npos) {
    throw std::invalid_argument("a log's name has no space and no plus sign");
  }
}

std::string Signer::verifier_key() const {
  const auto raw = key_.public_key().raw();
  return fmt::format("{}+{}+{}", name_, base::to_hex(key_id(name_, raw)),
                     base::to_base64(std::string(1, kEd25519) + raw));
}

std::string Signer::sign(std::string_view text) const {
  return fmt::format("{}\n{}{} {}\n", text, kDash, name_,
                     base::to_base64(key_id(name_, key_.public_key().raw()) + key_.sign(text)));
}

bool is_verifier_key(std::string_view verifier_key) { return read_key(verifier_key).has_value(); }

std::optional<std::string> open_note(std::string_view note, std::string_view verifier_key) {
  const auto key = read_key(verifier_key);
  const auto blank = note.rfind("\n\n");
  if (!key || blank == std::string_view::npos || !note.ends_with('\n')) return std::nullopt;
  const auto text = note.substr(0, blank + 1);
  auto rest = note.substr(blank + 2);
  bool is_proved = false;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const auto space = line.rfind(' ');
    if (!line.starts_with(kDash) || space < kDash.size()) return std::nullopt;
    if (line.substr(kDash.size(), space - kDash.size()) != key->name) continue;
    const auto material = crypto::from_base64(line.substr(space + 1));
    if (!material || !material->starts_with(key->id)) continue;
    if (!key->key.verify(text, std::string_view(*material).substr(4))) return std::nullopt;
    is_proved = true;
  }
  if (!is_proved) return std::nullopt;
  return std::string(text);
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size,
                     base::to_base64(bytes(checkpoint.root)));
}

std::optional<Checkpoint> read_checkpoint(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  if (lines.size() < 3 || lines[0].empty()) return std::nullopt;
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  const auto [end, error] =
      std::from_chars(lines[1].data(), lines[1].data() + lines[1].size(), checkpoint.size);
  const bool has_zero = lines[1].size() > 1 && lines[1].front() == '0';
  if (error != std::errc() || end != lines[1].data() + lines[1].size() || has_zero) {
    return std::nullopt;
  }
  const auto hash = crypto::from_base64(lines[2]);
  const auto root = hash ? to_hash(*hash) : std::nullopt;
  if (!root) return std::nullopt;
  checkpoint.root = *root;
  return checkpoint;
}

}  // namespace audit
